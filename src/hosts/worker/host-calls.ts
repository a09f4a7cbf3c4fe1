import type { Jq } from 'jq-wasm';
import type { HostCall } from '../../engine/kernel/kernel.ts';

/** What `jq` in the world asks for. */
interface JqCall {
  /** Flags, their values and the filter, as typed. */
  readonly args: readonly string[];
  readonly input: string;
  /** Contents of the files that flags name. */
  readonly files: Readonly<Record<string, string>>;
}

export interface JqAnswer {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number;
}

let engine: Promise<Jq> | undefined;

/** Real jq, loaded when it is first asked for. Its answer is an input of the world, so a replay never needs it. */
export async function answerJq(call: HostCall): Promise<JqAnswer> {
  engine ??= import('jq-wasm').then(({ loadJq }) => loadJq());
  const jq = await engine;
  const { args, input, files } = call.input as JqCall;
  const { flags, filter } = splitArguments(args, files, text => jq.raw(text, '.', ['-s', '-c']).stdout);
  try {
    const { stdout, stderr, exitCode } = jq.raw(input, filter, flags);
    // The library drops the newline that ends jq's output.
    const joined = flags.some(flag => /^-[a-z]*j/.test(flag) || flag === '--join-output');
    return { stdout: stdout === '' || joined ? stdout : withNewline(stdout), stderr: stderr === '' ? '' : withNewline(stderr), exitCode };
  } catch (failure) {
    return { stdout: '', stderr: `jq: error: ${failure instanceof Error ? failure.message : String(failure)}\n`, exitCode: 5 };
  }
}

const withNewline = (text: string): string => (text.endsWith('\n') ? text : `${text}\n`);

const TAKES: Readonly<Record<string, number>> = { '--arg': 2, '--argjson': 2, '--indent': 1, '-L': 1 };

/**
 * The filter is the first word that is neither a flag nor a flag's value, or the file that `-f` names. Files become
 * values: the library's jq has no file system of ours.
 *
 * @param slurp makes one JSON array of the texts of a `--slurpfile`
 */
export function splitArguments(args: readonly string[], files: Readonly<Record<string, string>>, slurp: (text: string) => string): { flags: string[]; filter: string } {
  const flags: string[] = [];
  let filter: string | undefined;
  for (let at = 0; at < args.length; at += 1) {
    const word = args[at] ?? '';
    if (word === '--args' || word === '--jsonargs') {
      const rest = args.slice(at + 1);
      filter ??= rest.shift() ?? '.';
      flags.push(word, ...rest);
      break;
    }
    if (word === '-f' || word === '--from-file') filter = files[args[at += 1] ?? ''] ?? '.';
    else if (word === '--rawfile' || word === '--slurpfile') {
      const name = args[at + 1] ?? '';
      const text = files[args[at + 2] ?? ''] ?? '';
      at += 2;
      flags.push(...(word === '--rawfile' ? ['--arg', name, text] : ['--argjson', name, slurp(text)]));
    } else if (word.startsWith('-') && word.length > 1) {
      const values = TAKES[word] ?? 0;
      flags.push(word, ...args.slice(at + 1, at + 1 + values));
      at += values;
    } else filter ??= word;
  }
  return { flags, filter: filter ?? '.' };
}
