/** Command lines as cobra and pflag read them: flags anywhere, `--` ends them, short ones may be joined. */
import { type CommandSpec, commandSpec, type FlagSpec, globalFlags, subcommand } from './catalogue.ts';
import { parseDuration } from './duration.ts';

/** Typed access to what was given, with the recorded defaults underneath. Asking for an undeclared flag is our mistake. */
export class FlagValues {
  private readonly values = new Map<string, string[]>();

  constructor(private readonly declared: ReadonlyMap<string, FlagSpec>) {}

  changed(name: string): boolean {
    return this.values.has(name);
  }

  has(name: string): boolean {
    return this.declared.has(name);
  }

  str(name: string): string {
    const given = this.values.get(name)?.at(-1);
    if (given !== undefined) return given;
    return (this.declared.get(name)?.shownDefault ?? '').replace(/^'(.*)'$/s, '$1');
  }

  bool(name: string): boolean {
    return isTrue(this.str(name));
  }

  int(name: string): number {
    return Number(this.str(name));
  }

  /** Milliseconds. */
  duration(name: string): number {
    const parsed = parseDuration(this.str(name));
    return typeof parsed === 'number' ? parsed : 0;
  }

  list(name: string): readonly string[] {
    return this.values.get(name) ?? [];
  }

  set(flag: FlagSpec, value: string): void {
    const before = this.values.get(flag.name) ?? [];
    if (flag.type === 'strings') this.values.set(flag.name, [...before, ...splitList(value)]);
    else this.values.set(flag.name, [...before, value]);
  }

  /** Names of the flags given, in no particular order. */
  given(): string[] {
    return [...this.values.keys()];
  }
}

export interface ParsedLine {
  readonly spec: CommandSpec;
  readonly flags: FlagValues;
  readonly args: readonly string[];
  /** How many arguments stood before `--`; -1 when there was none. */
  readonly dashAt: number;
  readonly wantsHelp: boolean;
  /** The line cannot be read; pflag's words. */
  readonly error?: string;
}

const TRUE = new Set(['1', 't', 'T', 'true', 'TRUE', 'True']);
const FALSE = new Set(['0', 'f', 'F', 'false', 'FALSE', 'False']);
const isTrue = (text: string): boolean => TRUE.has(text);

/** One CSV record, as `StringSlice` flags read it. */
function splitList(text: string): string[] {
  if (text === '') return [];
  if (!text.includes('"')) return text.split(',');
  return [...text.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(match => match[1]?.replaceAll('""', '"') ?? match[2] ?? '');
}

function refusal(flag: FlagSpec, value: string): string | undefined {
  const shown = flag.short === '' ? `--${flag.name}` : `-${flag.short}, --${flag.name}`;
  const invalid = (why: string): string => `invalid argument ${JSON.stringify(value)} for ${JSON.stringify(shown)} flag: ${why}`;
  if (flag.type === 'bool' && !TRUE.has(value) && !FALSE.has(value)) {
    return invalid(`strconv.ParseBool: parsing ${JSON.stringify(value)}: invalid syntax`);
  }
  if (flag.type === 'int' && !/^[+-]?\d+$/.test(value)) {
    return invalid(`strconv.ParseInt: parsing ${JSON.stringify(value)}: invalid syntax`);
  }
  if (flag.type === 'duration') {
    const parsed = parseDuration(value);
    if (typeof parsed !== 'number') return invalid(parsed.error);
  }
  return undefined;
}

/** Which command the words name; flags in between are skipped as cobra's `Find` does. */
export function findCommand(words: readonly string[]): { spec: CommandSpec; rest: string[] } {
  let spec = commandSpec('')!;
  const rest = [...words];
  let index = 0;
  while (index < rest.length) {
    const word = rest[index]!;
    if (word === '--') break;
    if (word.startsWith('-') && word !== '-') {
      index += takesNextWord(spec, word) ? 2 : 1;
      continue;
    }
    const next = spec.groups.length > 0 ? subcommand(spec, word) : undefined;
    if (!next) break;
    spec = next;
    rest.splice(index, 1);
  }
  return { spec, rest };
}

function takesNextWord(spec: CommandSpec, word: string): boolean {
  if (word.includes('=')) return false;
  const known = [...globalFlags, ...spec.flags];
  if (word.startsWith('--')) {
    const flag = known.find(candidate => candidate.name === word.slice(2));
    return flag !== undefined && flag.bare === undefined;
  }
  const flag = known.find(candidate => candidate.short === word[1]);
  return word.length === 2 && flag !== undefined && flag.bare === undefined;
}

/** Reads the words after `kubectl`. Errors come back as a value with what was read so far. */
export function parseLine(words: readonly string[]): ParsedLine {
  const { spec, rest } = findCommand(words);
  const declared = new Map([...globalFlags, ...spec.flags].map(flag => [flag.name, flag]));
  const shorts = new Map([...globalFlags, ...spec.flags].filter(flag => flag.short !== '').map(flag => [flag.short, flag]));
  const flags = new FlagValues(declared);
  const args: string[] = [];
  let dashAt = -1;
  let wantsHelp = false;
  const end = (error?: string): ParsedLine => ({ spec, flags, args, dashAt, wantsHelp, ...(error !== undefined && { error }) });

  for (let i = 0; i < rest.length; i += 1) {
    const word = rest[i]!;
    if (word === '--') {
      dashAt = args.length;
      args.push(...rest.slice(i + 1));
      break;
    }
    if (!word.startsWith('-') || word === '-') {
      args.push(word);
      continue;
    }
    if (word.startsWith('--')) {
      const equals = word.indexOf('=');
      const name = equals < 0 ? word.slice(2) : word.slice(2, equals);
      if (name === '' || name.startsWith('-') || name.startsWith('=')) return end(`bad flag syntax: ${word}`);
      const flag = declared.get(name);
      if (!flag) {
        if (name === 'help') { wantsHelp = true; return end(); }
        return end(`unknown flag: --${name}`);
      }
      let value: string;
      if (equals >= 0) value = word.slice(equals + 1);
      else if (flag.bare !== undefined) value = flag.bare;
      else if (i + 1 < rest.length) value = rest[++i]!;
      else return end(`flag needs an argument: --${name}`);
      const why = refusal(flag, value);
      if (why !== undefined) return end(why);
      flags.set(flag, value);
      continue;
    }
    for (let at = 1; at < word.length;) {
      const letter = word[at]!;
      const flag = shorts.get(letter);
      if (!flag) {
        if (letter === 'h') { wantsHelp = true; return end(); }
        return end(`unknown shorthand flag: '${letter}' in -${word.slice(at)}`);
      }
      at += 1;
      let value: string;
      if (at < word.length && word[at] === '=') { value = word.slice(at + 1); at = word.length; }
      else if (flag.bare !== undefined) value = flag.bare;
      else if (at < word.length) { value = word.slice(at); at = word.length; }
      else if (i + 1 < rest.length) value = rest[++i]!;
      else return end(`flag needs an argument: '${letter}' in -${letter}`);
      const why = refusal(flag, value);
      if (why !== undefined) return end(why);
      flags.set(flag, value);
    }
  }
  return end();
}
