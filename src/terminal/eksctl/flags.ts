/** Flags the way cobra reads them: `--name x`, `--name=x`, `-n x`, `--approve`, anywhere among the arguments. */
import { EksctlFailure, type FlagSpec } from './command.ts';
import { parseDuration } from '../kubectl/flags/duration.ts';

export interface ParsedFlags {
  readonly values: ReadonlyMap<string, string | readonly string[]>;
  readonly args: readonly string[];
  readonly wantsHelp: boolean;
}

/** @throws EksctlFailure in cobra's words */
export function parseFlags(words: readonly string[], specs: readonly FlagSpec[]): ParsedFlags {
  const values = new Map<string, string | readonly string[]>();
  const args: string[] = [];
  let wantsHelp = false;
  const set = (spec: FlagSpec, text: string, shown: string): void => {
    const complaint = complaintAbout(spec, text);
    if (complaint !== undefined) throw new EksctlFailure(`invalid argument ${JSON.stringify(text)} for ${JSON.stringify(shown)} flag: ${complaint}`);
    if (spec.kind === 'list' || spec.kind === 'map') values.set(spec.name, [...(values.get(spec.name) as readonly string[] | undefined ?? []), ...text.split(',')]);
    else values.set(spec.name, text);
  };
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at]!;
    if (word === '--') {
      args.push(...words.slice(at + 1));
      break;
    }
    if (word === '--help' || word === '-h') wantsHelp = true;
    else if (word.startsWith('--')) {
      const [, name = '', , value] = /^--([^=]*)(=([\s\S]*))?$/.exec(word) ?? [];
      const spec = specs.find(known => known.name === name);
      if (!spec) throw new EksctlFailure(`unknown flag: --${name}`);
      const shown = spec.short ? `-${spec.short}, --${name}` : `--${name}`;
      if (value !== undefined) set(spec, value, shown);
      else if (spec.kind === 'bool') set(spec, 'true', shown);
      else if (at + 1 < words.length) set(spec, words[++at]!, shown);
      else throw new EksctlFailure(`flag needs an argument: --${name}`);
    } else if (word.startsWith('-') && word.length > 1) {
      for (let letter = 1; letter < word.length; letter += 1) {
        const spec = specs.find(known => known.short === word[letter]);
        if (!spec) throw new EksctlFailure(`unknown shorthand flag: ${`'${word[letter]}'`} in ${word}`);
        const shown = `-${spec.short}, --${spec.name}`;
        if (spec.kind === 'bool') {
          set(spec, 'true', shown);
          continue;
        }
        const rest = word.slice(letter + 1).replace(/^=/, '');
        if (rest !== '') set(spec, rest, shown);
        else if (at + 1 < words.length) set(spec, words[++at]!, shown);
        else throw new EksctlFailure(`flag needs an argument: '${spec.short}' in ${word}`);
        break;
      }
    } else args.push(word);
  }
  return { values, args, wantsHelp };
}

function complaintAbout(spec: FlagSpec, text: string): string | undefined {
  switch (spec.kind) {
    case 'int': return /^[-+]?\d+$/.test(text) ? undefined : `strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`;
    case 'bool': return /^(1|0|t|f|T|F|true|false|TRUE|FALSE|True|False)$/.test(text) ? undefined : `strconv.ParseBool: parsing ${JSON.stringify(text)}: invalid syntax`;
    case 'duration': {
      const parsed = parseDuration(text);
      return typeof parsed === 'number' ? undefined : parsed.error;
    }
    case 'map': return text.split(',').every(pair => pair.includes('=')) ? undefined : `${text} must be formatted as key=value`;
    default: return undefined;
  }
}

const TYPES: Readonly<Record<FlagSpec['kind'], string>> = { string: 'string', bool: '', int: 'int', duration: 'duration', list: 'strings', map: 'stringToString' };

/** The lines below `Flags:`. */
export function flagUsages(specs: readonly FlagSpec[]): string {
  const left = specs.map(({ short, name, kind }) => `  ${short ? `-${short}, ` : '    '}--${name}${TYPES[kind] === '' ? '' : ` ${TYPES[kind]}`}`);
  const widest = Math.max(...left.map(text => text.length));
  return specs.map(({ help, fallback, kind }, at) => {
    const shown = fallback === undefined || fallback === '' || fallback === 'false' ? '' : ` (default ${kind === 'string' ? JSON.stringify(fallback) : fallback})`;
    return `${left[at]!.padEnd(widest)}   ${help}${shown}\n`;
  }).join('');
}
