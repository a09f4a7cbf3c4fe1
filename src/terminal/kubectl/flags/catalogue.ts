/**
 * The command tree as the real kubectl declares it: names, summaries, flags with defaults and texts. Recorded once
 * (`recorded/kubectl/record-help.mjs`); parsing, help and completion all read it here.
 */
import recorded from '../help/catalogue.json' with { type: 'json' };

/** How a flag's value is read. `strings` splits at commas, `array` takes each occurrence whole. */
export type FlagType = 'bool' | 'int' | 'string' | 'duration' | 'strings' | 'array';

export interface FlagSpec {
  readonly name: string;
  /** One letter, or empty. */
  readonly short: string;
  readonly type: FlagType;
  /** As `--help` prints it: `''`, `[]`, `false`, `-1` … */
  readonly shownDefault: string;
  readonly text: string;
  /** What the flag means when it stands without a value. */
  readonly bare?: string;
}

export interface CommandSpec {
  /** Words after `kubectl`, joined by spaces; empty for kubectl itself. */
  readonly path: string;
  readonly name: string;
  readonly summary: string;
  readonly long: string;
  readonly examples: string | undefined;
  readonly aliases: readonly string[];
  readonly aliasLine: string | undefined;
  readonly usage: string | undefined;
  readonly flags: readonly FlagSpec[];
  readonly groups: readonly { readonly heading: string; readonly names: readonly string[] }[];
}

interface RecordedCommand {
  summary: string; long: string; flags: number[];
  examples?: string; aliases?: string; usage?: string; groups?: [string, string[]][];
}

/** Lists whose occurrences are taken whole although they look like any other list in the help text. */
const WHOLE_LISTS = new Set([
  'from-literal', 'env', 'annotations', 'as-group', 'as-user-extra', 'rule', 'annotation', 'resource-name', 'exec-arg', 'exec-env',
  'auth-provider-arg', 'user', 'group', 'serviceaccount', 'option', 'appendarg', 'prependarg',
]);
const DURATIONS = new Set(['log-flush-frequency', 'duration', 'timeout', 'since', 'pod-running-timeout', 'keepalive']);
const BARE: Readonly<Record<string, string>> = { 'dry-run': 'unchanged', cascade: 'background', validate: 'strict' };

function typeOf(name: string, shown: string): FlagType {
  if (shown === 'true' || shown === 'false') return 'bool';
  if (shown.startsWith('[')) return WHOLE_LISTS.has(name) ? 'array' : 'strings';
  if (DURATIONS.has(name)) return 'duration';
  return /^-?\d+$/.test(shown) ? 'int' : 'string';
}

const flagTable: readonly FlagSpec[] = (recorded.flags as [string, string, string, string][])
  .map(([name, short, shownDefault, text]) => {
    const type = typeOf(name, shownDefault);
    const bare = type === 'bool' ? 'true' : BARE[name];
    return { name, short, type, shownDefault, text, ...(bare !== undefined && { bare }) };
  });

const commandTable = recorded.commands as unknown as Readonly<Record<string, RecordedCommand>>;
const specs = new Map<string, CommandSpec>();

/** Flags every command takes, as `kubectl options` lists them. */
export const globalFlags: readonly FlagSpec[] = recorded.globals.map(index => flagTable[index]!);

/** The command at `path`, for example `create secret tls`. */
export function commandSpec(path: string): CommandSpec | undefined {
  const known = specs.get(path);
  if (known) return known;
  const entry = Object.hasOwn(commandTable, path) ? commandTable[path] : undefined;
  if (!entry) return undefined;
  const name = path.slice(path.lastIndexOf(' ') + 1);
  const spec: CommandSpec = {
    path, name,
    summary: entry.summary,
    long: entry.long,
    examples: entry.examples,
    aliases: (entry.aliases ?? '').split(', ').filter(alias => alias !== '' && alias !== name),
    aliasLine: entry.aliases,
    usage: entry.usage,
    flags: entry.flags.map(index => flagTable[index]!),
    groups: (entry.groups ?? []).map(([heading, names]) => ({ heading, names })),
  };
  specs.set(path, spec);
  return spec;
}

/** Direct subcommands in the order the help text lists them. */
export function subcommands(spec: CommandSpec): CommandSpec[] {
  const prefix = spec.path === '' ? '' : `${spec.path} `;
  return spec.groups.flatMap(group => group.names).map(name => commandSpec(prefix + name)!);
}

/** A direct subcommand by name or alias. */
export function subcommand(spec: CommandSpec, word: string): CommandSpec | undefined {
  return subcommands(spec).find(sub => sub.name === word || sub.aliases.includes(word));
}
