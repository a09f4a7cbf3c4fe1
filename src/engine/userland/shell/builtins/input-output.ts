import type { Task } from '../../../kernel/task.ts';
import { InputDescriptor } from '../../files/open-file.ts';
import { echoEscapes, formatPrintf } from '../../programs/printf-format.ts';
import type { Shell } from '../shell.ts';
import { builtin, invalidOption, type Builtin } from './builtin.ts';

function* echo(shell: Shell, argv: readonly string[]): Task<number> {
  let at = 1;
  let newline = true;
  let escapes = false;
  for (; /^-[neE]+$/.test(argv[at] ?? ''); at += 1) {
    if (argv[at]!.includes('n')) newline = false;
    if (argv[at]!.includes('e')) escapes = true;
    if (argv[at]!.includes('E')) escapes = false;
  }
  let text = argv.slice(at).join(' ');
  let stopped = false;
  if (escapes) ({ text, stopped } = echoEscapes(text));
  yield* shell.step();
  yield* shell.print(text + (newline && !stopped ? '\n' : ''));
  return 0;
}

function* printf(shell: Shell, argv: readonly string[]): Task<number> {
  let args = argv.slice(1);
  let target: string | undefined;
  if (args[0] === '-v') { target = args[1]; args = args.slice(2); }
  if (args[0] === '--') args = args.slice(1);
  if (args.length === 0) {
    yield* shell.process.write(2, 'printf: usage: printf [-v var] format [arguments]\n');
    return 2;
  }
  const { text, problems } = formatPrintf(args[0]!, args.slice(1), shell.process.kernel.nowMs);
  if (target !== undefined) shell.variables.set(target, text);
  else yield* shell.print(text);
  for (const problem of problems) yield* shell.complain(`printf: ${problem}`);
  return problems.length > 0 ? 1 : 0;
}

interface ReadOptions {
  raw: boolean;
  array?: string;
  delimiter: string;
  prompt?: string;
  count?: number;
  timeoutMs?: number;
  fd: number;
}

/** One delimited stretch from a descriptor; what follows it stays unread. */
function* readStretch(shell: Shell, options: ReadOptions): Task<{ text: string; ended: 'delimiter' | 'end' | 'timeout' }> {
  const descriptor = shell.process.descriptors.get(options.fd);
  if (!descriptor) return { text: '', ended: 'end' };
  let input: InputDescriptor;
  if (descriptor instanceof InputDescriptor) input = descriptor;
  else {
    input = new InputDescriptor(descriptor);
    shell.process.setDescriptor(options.fd, input);
  }
  const deadlineMs = options.timeoutMs === undefined ? undefined : shell.process.kernel.nowMs + options.timeoutMs;
  let text = '';
  for (;;) {
    const chunk = yield* readChunk(shell, input, deadlineMs);
    if (chunk === 'timeout') return { text, ended: 'timeout' };
    if (chunk === null) return { text, ended: 'end' };
    text += chunk;
    let from = 0;
    for (;;) {
      const at = options.delimiter === '' ? text.indexOf('\0', from) : text.indexOf(options.delimiter, from);
      if (options.count !== undefined && (at < 0 ? text.length : at) >= options.count) {
        input.unread(text.slice(options.count));
        return { text: text.slice(0, options.count), ended: 'delimiter' };
      }
      if (at < 0) break;
      const backslashes = /\\*$/.exec(text.slice(0, at))![0].length;
      if (!options.raw && backslashes % 2 === 1) { from = at + 1; continue; }
      input.unread(text.slice(at + 1));
      return { text: text.slice(0, at), ended: 'delimiter' };
    }
  }
}

function* readChunk(shell: Shell, input: InputDescriptor, deadlineMs: number | undefined): Task<string | null | 'timeout'> {
  if (deadlineMs === undefined && !shell.interactive) return yield* input.read();
  const { kernel } = shell.process;
  // The read's own suspension is started here, so that Ctrl-C and the time limit can give it up.
  const reading = input.read();
  let next = reading.next();
  while (!next.done) {
    const start = next.value;
    const outcome = yield* shell.waitFor<{ value: unknown } | 'timeout'>(resume => {
      const giveUp = start(value => resume({ value }));
      const timer = deadlineMs === undefined ? undefined : kernel.at(Math.max(deadlineMs, kernel.nowMs), 'process/read-timeout', shell.process.label, () => resume('timeout'));
      return () => { giveUp?.(); kernel.cancel(timer); };
    });
    if (outcome === 'timeout') { reading.return(null); return 'timeout'; }
    if (outcome === undefined) { yield* shell.runPendingTraps(); continue; }
    next = reading.next(outcome.value as never);
  }
  return next.value;
}

function splitFields(text: string, ifs: string, count: number, raw: boolean): string[] {
  const fields: string[] = [];
  const blanks = [...ifs].filter(char => /\s/.test(char)).join('');
  const isBlank = (char: string | undefined): boolean => char !== undefined && blanks.includes(char);
  const unescape = (field: string): string => (raw ? field : field.replace(/\\\n/g, '').replace(/\\([\s\S])/g, '$1'));
  let at = 0;
  while (isBlank(text[at])) at += 1;
  while (at < text.length) {
    if (fields.length === count - 1) {
      let end = text.length;
      while (end > at && isBlank(text[end - 1]) && text[end - 2] !== '\\') end -= 1;
      let last = text.slice(at, end);
      if (last.length > 0 && ifs.includes(last.at(-1)!) && !isBlank(last.at(-1)) && ![...last.slice(0, -1)].some(char => ifs.includes(char))) last = last.slice(0, -1);
      fields.push(unescape(last));
      return fields;
    }
    let field = '';
    while (at < text.length && !ifs.includes(text[at]!)) {
      if (text[at] === '\\' && !raw && at + 1 < text.length) { field += text[at]; at += 1; }
      field += text[at];
      at += 1;
    }
    fields.push(unescape(field));
    while (isBlank(text[at])) at += 1;
    if (at < text.length && ifs.includes(text[at]!) && !isBlank(text[at])) {
      at += 1;
      while (isBlank(text[at])) at += 1;
    }
  }
  return fields;
}

function* read(shell: Shell, argv: readonly string[]): Task<number> {
  const options: ReadOptions = { raw: false, delimiter: '\n', fd: 0 };
  let at = 1;
  for (; argv[at]?.startsWith('-') && argv[at] !== '-'; at += 1) {
    if (argv[at] === '--') { at += 1; break; }
    let letters = argv[at]!.slice(1);
    while (letters !== '') {
      const letter = letters[0]!;
      letters = letters.slice(1);
      if (letter === 'r') { options.raw = true; continue; }
      if (letter === 's' || letter === 'e') continue;
      if (!'adinNptu'.includes(letter)) return yield* invalidOption(shell, 'read', `-${letter}`, 'read [-ers] [-a array] [-d delim] [-i text] [-n nchars] [-N nchars] [-p prompt] [-t timeout] [-u fd] [name ...]');
      const value = letters !== '' ? letters : argv[at += 1] ?? '';
      letters = '';
      if (letter === 'a') options.array = value;
      else if (letter === 'd') options.delimiter = value.slice(0, 1);
      else if (letter === 'n' || letter === 'N') options.count = Number(value);
      else if (letter === 'p') options.prompt = value;
      else if (letter === 't') options.timeoutMs = Number(value) * 1000;
      else if (letter === 'u') options.fd = Number(value);
    }
  }
  yield* shell.step();
  const names = argv.slice(at);
  for (const name of names) {
    if (!/^[A-Za-z_]\w*(\[.+\])?$/.test(name)) { yield* shell.complain(`read: \`${name}': not a valid identifier`); return 1; }
  }
  if (options.prompt !== undefined && shell.process.descriptors.get(options.fd)?.terminal) yield* shell.process.write(2, options.prompt);
  const { text, ended } = yield* readStretch(shell, options);
  const code = ended === 'delimiter' ? 0 : ended === 'timeout' ? 142 : 1;
  const ifs = shell.variables.get('IFS') ?? ' \t\n';
  if (options.array !== undefined) {
    shell.variables.setArray(options.array, splitFields(text, ifs, Number.POSITIVE_INFINITY, options.raw));
    return code;
  }
  if (names.length === 0) {
    shell.variables.set('REPLY', options.raw ? text : text.replace(/\\\n/g, '').replace(/\\([\s\S])/g, '$1'));
    return code;
  }
  const fields = splitFields(text, ifs, names.length, options.raw);
  names.forEach((name, index) => shell.variables.set(name, fields[index] ?? ''));
  return code;
}

function* mapfile(shell: Shell, argv: readonly string[]): Task<number> {
  let trim = false;
  let name = 'MAPFILE';
  for (const arg of argv.slice(1)) {
    if (arg === '-t') trim = true;
    else if (arg.startsWith('-')) return yield* invalidOption(shell, argv[0]!, arg, `${argv[0]} [-t] [array]`);
    else name = arg;
  }
  const text = yield* shell.process.readAll(0);
  const lines = text === '' ? [] : text.replace(/\n$/, '').split('\n');
  shell.variables.setArray(name, trim ? lines : lines.map(line => `${line}\n`));
  return 0;
}

export const inputOutputBuiltins: [string, Builtin][] = [
  ['echo', builtin(echo)],
  ['printf', builtin(printf)],
  ['read', builtin(read)],
  ['mapfile', builtin(mapfile, { bashOnly: true })],
  ['readarray', builtin(mapfile, { bashOnly: true })],
];
