import type { Descriptor } from '../../kernel/pipe.ts';
import type { Task } from '../../kernel/task.ts';
import type { SystemProcess } from '../contract.ts';
import { AwkMachine, AwkRuntimeError } from './awk-machine.ts';
import { parseAwk, type AwkProgram } from './awk-syntax.ts';
import { AwkSyntaxError } from './awk-tokens.ts';
import { LineInput, openInput, readWhole } from './program-input.ts';

const USAGE = 'usage: awk [-F value] [-v var=value] [--] \'program text\' [file ...]\n';

/** `awk`. */
export function* awk(process: SystemProcess): Task<number> {
  const words = process.argv.slice(1);
  let separator: string | undefined;
  const variables: [string, string][] = [];
  const sources: string[] = [];
  while (words[0]?.startsWith('-') && words[0] !== '-') {
    const word = words.shift()!;
    if (word === '--') break;
    const value = (): string => (word.length > 2 ? word.slice(2) : words.shift() ?? '');
    if (word.startsWith('-F')) separator = value();
    else if (word.startsWith('-v')) {
      const assignment = /^([A-Za-z_]\w*)=([\s\S]*)$/.exec(value());
      if (!assignment) { yield* process.write(2, `awk: invalid -v argument: ${word}\n`); return 2; }
      variables.push([assignment[1]!, assignment[2]!]);
    } else if (word.startsWith('-f')) {
      const name = value();
      const read = yield* readWhole(process, name);
      if (typeof read === 'string') { yield* process.write(2, `awk: cannot open ${name} (${read})\n`); return 2; }
      sources.push(read.text);
    } else {
      yield* process.write(2, `awk: not an option: ${word}\n`);
      return 2;
    }
  }
  if (sources.length === 0) {
    const text = words.shift();
    if (text === undefined) { yield* process.write(2, USAGE); return 2; }
    sources.push(text);
  }
  let program: AwkProgram;
  try {
    program = parseAwk(sources.join('\n'));
  } catch (thrown) {
    if (!(thrown instanceof AwkSyntaxError)) throw thrown;
    yield* process.write(2, `awk: ${thrown.message}\n`);
    return 2;
  }
  const machine = new AwkMachine(program, process);
  if (separator !== undefined) machine.setVariable('FS', separator === 't' ? '\t' : unescape(separator));
  for (const [name, value] of variables) machine.setFromInput(name, unescape(value));
  machine.setArguments(['awk', ...words]);
  machine.input = inputLines(process, words, machine);
  try {
    return yield* machine.run();
  } catch (thrown) {
    if (!(thrown instanceof AwkRuntimeError)) throw thrown;
    yield* machine.flush();
    yield* process.write(2, `awk: ${thrown.message}\n`);
    return 2;
  }
}

function unescape(text: string): string {
  return text.replace(/\\([nt\\])/g, (_, letter: string) => ({ n: '\n', t: '\t', '\\': '\\' })[letter]!);
}

/** Records of the operands one after the other; `name=value` operands are assignments on the way. */
function inputLines(process: SystemProcess, operands: readonly string[], machine: AwkMachine): () => Task<string | null> {
  let index = 0;
  let opened = false;
  let lines: LineInput | undefined;
  let queue: string[] = [];
  return function* next(): Task<string | null> {
    for (;;) {
      const line = queue.pop();
      if (line !== undefined) return line;
      if (lines) {
        yield* machine.flush();
        const batch = yield* lines.next();
        if (batch) { queue = batch.reverse(); continue; }
        lines = undefined;
      }
      if (index >= operands.length) {
        if (opened) return null;
        opened = true;
        lines = recordsOf(process.descriptors.get(0)!, machine);
        continue;
      }
      const operand = operands[index]!;
      index += 1;
      const assignment = /^([A-Za-z_]\w*)=([\s\S]*)$/.exec(operand);
      if (assignment) { machine.setFromInput(assignment[1]!, unescape(assignment[2]!)); continue; }
      opened = true;
      const descriptor = openInput(process, operand);
      if (typeof descriptor === 'string') {
        yield* process.write(2, `awk: cannot open ${operand} (${descriptor})\n`);
        machine.failed = true;
        continue;
      }
      machine.startFile(operand);
      lines = recordsOf(descriptor, machine);
    }
  };
}

function recordsOf(descriptor: Descriptor, machine: AwkMachine): LineInput {
  const separator = machine.text('RS');
  if (separator === '') return new ParagraphInput(descriptor);
  return new LineInput(descriptor, separator === '\n' ? '\n' : separator);
}

/** Records separated by blank lines (`RS=""`). */
class ParagraphInput extends LineInput {
  private drained = false;

  override *next(): Task<string[] | null> {
    if (this.drained) return null;
    this.drained = true;
    const lines: string[] = [];
    for (let batch = yield* super.next(); batch; batch = yield* super.next()) lines.push(...batch);
    const records = lines.join('\n').split(/\n{2,}/).map(record => record.replace(/^\n+|\n+$/g, '')).filter(record => record !== '');
    return records.length > 0 ? records : null;
  }
}
