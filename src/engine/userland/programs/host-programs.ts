import type { Task } from '../../kernel/task.ts';
import { FileError, type SystemProcess, type SystemProgram } from '../contract.ts';
import { credentialsOf, fileErrorWords } from '../files/open-file.ts';
import { resolvePath } from '../files/path.ts';
import { readWhole } from './program-input.ts';

/** What the host's jq answers: the real jq's output and exit code. */
export interface JqAnswer {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number;
}

const VALUE_FLAGS: Readonly<Record<string, number>> = { '--arg': 2, '--argjson': 2, '--slurpfile': 2, '--rawfile': 2, '--indent': 1, '-f': 1, '--from-file': 1, '-L': 1 };

/** `jq`: the real one, run by the host; this part finds and reads the files. */
export function* jq(process: SystemProcess): Task<number> {
  const words = process.argv.slice(1);
  const args: string[] = [];
  const files: Record<string, string> = {};
  const operands: string[] = [];
  let filterGiven = false;
  let nullInput = false;
  let positional = false;
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at]!;
    if (word.startsWith('-') && word !== '-' && !positional) {
      args.push(word);
      if (word === '--args' || word === '--jsonargs') { args.push(...(filterGiven ? words.slice(at + 1) : words.slice(at + 1))); at = words.length; break; }
      if (/^-[a-zA-Z]*n/.test(word) || word === '--null-input') nullInput = true;
      for (let count = VALUE_FLAGS[word] ?? 0; count > 0; count -= 1) { at += 1; args.push(words[at] ?? ''); }
      if (word === '-f' || word === '--from-file') {
        const read = yield* readWhole(process, words[at] ?? '');
        if (typeof read === 'string') { yield* process.write(2, `jq: error: Could not open ${words[at]}: ${read}\n`); return 2; }
        files[words[at]!] = read.text;
        filterGiven = true;
      }
      if (word === '--slurpfile' || word === '--rawfile') {
        const read = yield* readWhole(process, words[at] ?? '');
        if (typeof read === 'string') { yield* process.write(2, `jq: Bad JSON in --${word.slice(2)} ${words[at - 1]} ${words[at]}: Could not open ${words[at]}: ${read}\n`); return 2; }
        files[words[at]!] = read.text;
      }
    } else if (!filterGiven) { args.push(word); filterGiven = true; } else operands.push(word);
    positional = false;
  }
  if (!filterGiven && args.length === 0) {
    if (process.terminal) { yield* process.write(2, 'jq - commandline JSON processor [version 1.8.2]\n\nUsage:\tjq [OPTIONS] FILTER [FILES...]\n'); return 2; }
    args.push('.');
  }
  let input = '';
  let code = 0;
  if (!nullInput && operands.length === 0) input = yield* process.readAll(0);
  for (const operand of operands) {
    const read = yield* readWhole(process, operand);
    if (typeof read === 'string') { yield* process.write(2, `jq: error: Could not open ${operand}: ${read}\n`); code = 2; } else input += read.text;
  }
  const answer = yield* process.callHost<JqAnswer>('jq', { args, input, files });
  yield* process.write(1, answer.stdout);
  yield* process.write(2, answer.stderr);
  return answer.exitCode || code;
}

/** `vim`, `vi`, `nano`: the host opens an editor; the file is written when it was saved. */
export function* editor(process: SystemProcess): Task<number> {
  const name = process.argv.slice(1).filter(word => !/^[-+]/.test(word)).at(-1);
  const program = process.argv[0]!;
  if (name === undefined) { yield* process.write(2, `${program}: name the file to edit\n`); return 1; }
  if (!process.terminal) { yield* process.write(2, program === 'nano' ? 'Standard input is not a terminal\n' : 'Vim: Warning: Input is not from a terminal\n'); return 1; }
  const path = resolvePath(process.cwd, name);
  let content = '';
  try {
    if (process.system.files.stat(path)) content = process.system.files.read(path, credentialsOf(process));
  } catch (thrown) {
    if (!(thrown instanceof FileError)) throw thrown;
    yield* process.write(2, `"${name}" ${thrown.code === 'EISDIR' ? 'is a directory' : `[${fileErrorWords(thrown.code)}]`}\n`);
    return 1;
  }
  const answer = yield* process.callHost<{ content: string | undefined }>('editor', { path, content, flavour: program === 'nano' || process.argv[0] === 'pico' ? 'nano' : 'vim' });
  if (answer.content === undefined) return 0;
  try {
    process.system.files.write(path, answer.content, { as: credentialsOf(process) });
  } catch (thrown) {
    if (!(thrown instanceof FileError)) throw thrown;
    yield* process.write(2, `"${name}" E212: Can't open file for writing: ${fileErrorWords(thrown.code)}\n`);
    return 1;
  }
  return 0;
}

/** Tools people reach for that are not built here, each with the nearest one that is. */
export const REFUSED_PROGRAMS: readonly (readonly [name: string, nearest: string])[] = [
  ['yq', 'use kubectl get -o json with jq'], ['python3', 'use awk or jq'], ['perl', 'use sed or awk'],
  ['tcpdump', "use curl -v, nc -zv or the map's request trace"], ['traceroute', "use nc -zv or the map's request trace"], ['ssh', 'use kubectl exec'],
  ['sudo', 'you are the owner of everything this laptop needs'], ['tar', 'use cp -r'], ['gzip', 'files here are plain text'],
  ['screen', 'open another tab'], ['tmux', 'open another tab'],
];

const refusal = ([name, nearest]: readonly [string, string]): [string, SystemProgram] => [name, function* refuse(process): Task<number> {
  yield* process.write(2, `${name}: not modelled here; ${nearest}\n`);
  return 1;
}];

export const hostPrograms: [string, SystemProgram][] = [['jq', jq], ['vim', editor], ['vi', editor], ['nano', editor], ...REFUSED_PROGRAMS.map(refusal)];
