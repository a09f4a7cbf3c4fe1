/**
 * Parses words the way Python's argparse does for the AWS CLI: known options anywhere, abbreviations, the rest handed on.
 * The CLI parses a line three times (globals and service, operation, its options); each level takes what it knows.
 */
import { usageFailure } from '../failure.ts';

export interface OptionSpec {
  /** With its dashes: `--max-items`. */
  readonly name: string;
  /** Where its value goes; several options may share one. */
  readonly dest: string;
  /** How many words follow: none, one, at most one, any number, at least one. */
  readonly takes: 'none' | 'one' | '?' | '*' | '+';
  /** What a `none` option sets; default true. */
  readonly value?: unknown;
  /** What a `?` option without a word sets; default null. */
  readonly bare?: unknown;
  readonly required?: boolean;
  readonly choices?: readonly string[];
  /** Checks and converts one word. @returns a complaint's type name when it is not one: `int` */
  readonly convert?: { readonly type: string; readonly of: (word: string) => unknown };
}

export interface PositionalSpec {
  readonly dest: string;
  readonly optional?: boolean;
  readonly choices?: readonly string[];
}

export interface ParsedWords {
  readonly values: ReadonlyMap<string, unknown>;
  /** What nobody at this level knew, in order. */
  readonly rest: readonly string[];
}

/** @throws AwsFailure for ambiguous options, missing words, bad choices, missing arguments */
export function parseWords(words: readonly string[], options: readonly OptionSpec[], positionals: readonly PositionalSpec[]): ParsedWords {
  const byName = new Map(options.map(option => [option.name, option]));
  const values = new Map<string, unknown>();
  const given = new Set<string>();
  const rest: string[] = [];
  const waiting = [...positionals];
  const dashes = words.indexOf('--');
  const found = words.map((word, at) => (dashes >= 0 && at >= dashes ? undefined : classify(word, byName)));
  const isArgument = (at: number): boolean => at < words.length && found[at] === undefined;
  for (let at = 0; at < words.length;) {
    const hit = found[at];
    if (hit === undefined) {
      const word = words[at]!;
      const positional = word === '--' ? undefined : waiting.shift();
      if (positional) {
        checkChoice(positional.dest, word, positional.choices);
        values.set(positional.dest, word);
      } else if (word !== '--') rest.push(word);
      at += 1;
      continue;
    }
    const { option, value } = hit;
    if (!option) {
      rest.push(words[at]!);
      at += 1;
      continue;
    }
    at += 1;
    const taken: string[] = [];
    if (value !== undefined) taken.push(value);
    else {
      const most = option.takes === 'none' ? 0 : option.takes === 'one' || option.takes === '?' ? 1 : Infinity;
      while (taken.length < most && isArgument(at)) taken.push(words[at++]!);
    }
    given.add(option.name);
    values.set(option.dest, valueOf(option, taken, value !== undefined));
  }
  const missing = [...options.filter(option => option.required && !given.has(option.name)).map(({ name }) => name),
    ...waiting.filter(positional => !positional.optional).map(({ dest }) => dest)];
  if (missing.length > 0) throw usageFailure(`the following arguments are required: ${missing.join(', ')}`);
  return { values, rest };
}

function valueOf(option: OptionSpec, taken: readonly string[], explicit: boolean): unknown {
  if (option.takes === 'none') {
    if (explicit) throw usageFailure(`argument ${option.name}: ignored explicit argument ${pythonString(taken[0]!)}`);
    return option.value ?? true;
  }
  if (option.takes === 'one' && taken.length === 0) throw usageFailure(`argument ${option.name}: expected one argument`);
  if (option.takes === '+' && taken.length === 0) throw usageFailure(`argument ${option.name}: expected at least one argument`);
  if (option.takes === '?' && taken.length === 0) return option.bare ?? null;
  const converted = taken.map(word => {
    if (!option.convert) return word;
    const made = option.convert.of(word);
    if (made === undefined) throw usageFailure(`argument ${option.name}: invalid ${option.convert.type} value: ${pythonString(word)}`);
    return made;
  });
  if (option.choices) for (const word of taken) checkChoice(option.name, word, option.choices);
  return option.takes === '*' || option.takes === '+' ? converted : converted[0];
}

/** An option with its `=value`, an unknown option (`option` undefined), or `undefined` for a plain word. */
function classify(word: string, byName: ReadonlyMap<string, OptionSpec>): { option: OptionSpec | undefined; value?: string } | undefined {
  if (!word.startsWith('-') || word === '-') return undefined;
  const exact = byName.get(word);
  if (exact) return { option: exact };
  const equals = word.indexOf('=');
  const name = equals < 0 ? word : word.slice(0, equals);
  const value = equals < 0 ? undefined : word.slice(equals + 1);
  const named = byName.get(name);
  if (named) return { option: named, value: value! };
  if (name.startsWith('--')) {
    const near = [...byName.values()].filter(option => option.name.startsWith(name));
    if (near.length > 1) throw usageFailure(`ambiguous option: ${name} could match ${near.map(option => option.name).join(', ')}`);
    if (near.length === 1) return { option: near[0]!, ...(value !== undefined && { value }) };
  }
  if (/^-\d+$|^-\d*\.\d+$/.test(word) || word.includes(' ')) return undefined;
  return { option: undefined };
}

function checkChoice(argument: string, word: string, choices: readonly string[] | undefined): void {
  if (!choices || choices.includes(word)) return;
  const lines = ['Invalid choice, valid choices are:\n'];
  for (let at = 0; at < choices.length; at += 2) lines.push(choices.slice(at, at + 2).map(choice => choice.padEnd(40)).join(' | '));
  const near = closeMatches(word, choices);
  if (near.length > 0) lines.push(`\n\nInvalid choice: ${pythonString(word)}, maybe you meant:\n`, ...near.map(choice => `  * ${choice}`));
  throw usageFailure(`argument ${argument}: ${lines.join('\n')}`);
}

/** A text as Python shows it: `'it'`. */
export function pythonString(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  const escaped = text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('\t', '\\t');
  return quote + (quote === "'" ? escaped.replaceAll("'", "\\'") : escaped) + quote;
}

/** The three most alike of at least 80 %, by Ratcliff and Obershelp's measure. */
export function closeMatches(word: string, choices: readonly string[]): string[] {
  return choices.map(choice => ({ choice, ratio: (2 * matching(choice, word)) / (choice.length + word.length || 1) }))
    .filter(({ ratio }) => ratio >= 0.8)
    .sort((a, b) => b.ratio - a.ratio || (a.choice < b.choice ? 1 : -1)).slice(0, 3).map(({ choice }) => choice);
}

/** Characters in the longest common stretch, and in those to its left and right. */
function matching(a: string, b: string): number {
  let best = 0;
  let startA = 0;
  let startB = 0;
  let row = new Array<number>(b.length + 1).fill(0);
  for (let i = 0; i < a.length; i += 1) {
    const next = new Array<number>(b.length + 1).fill(0);
    for (let j = 0; j < b.length; j += 1) {
      if (a[i] !== b[j]) continue;
      const length = row[j]! + 1;
      next[j + 1] = length;
      if (length > best) [best, startA, startB] = [length, i - length + 1, j - length + 1];
    }
    row = next;
  }
  if (best === 0) return 0;
  return best + matching(a.slice(0, startA), b.slice(0, startB)) + matching(a.slice(startA + best), b.slice(startB + best));
}
