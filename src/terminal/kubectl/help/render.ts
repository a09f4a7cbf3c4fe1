/** The text of `--help`, drawn from the catalogue as kubectl's own template draws it. */
import { type CommandSpec, commandSpec, type FlagSpec, globalFlags, subcommands } from '../flags/catalogue.ts';

/** What `kubectl X --help` prints. */
export function helpText(spec: CommandSpec): string {
  const parts = [spec.long === '' ? [] : [spec.long]];
  if (spec.aliasLine !== undefined) parts.push(['Aliases:', spec.aliasLine]);
  if (spec.examples !== undefined) parts.push(['Examples:', spec.examples]);
  const subs = new Map(subcommands(spec).map(sub => [sub.name, sub]));
  for (const { heading, names } of spec.groups) {
    const width = Math.max(...[...subs.keys()].map(name => name.length), 11);
    parts.push([`${heading}:`, ...names.map(name => `  ${name.padEnd(width + 2)} ${subs.get(name)!.summary}`)]);
  }
  if (spec.flags.length > 0) parts.push(['Options:', flagTexts(spec.flags)]);
  if (spec.usage !== undefined) parts.push(['Usage:', `  ${spec.usage}`]);
  const tail: string[] = [];
  if (spec.groups.length > 0) tail.push(`Use "kubectl ${spec.path === '' ? '' : `${spec.path} `}<command> --help" for more information about a given command.`);
  if (spec.usage !== undefined) tail.push('Use "kubectl options" for a list of global command-line options (applies to all commands).');
  if (tail.length > 0) parts.push(tail);
  return `${parts.map(lines => lines.join('\n')).join('\n\n')}\n`;
}

function flagTexts(flags: readonly FlagSpec[]): string {
  return flags.map(flag => `    ${flag.short === '' ? '' : `-${flag.short}, `}--${flag.name}=${flag.shownDefault}:\n\t${flag.text}`).join('\n\n');
}

/** What `kubectl options` prints; the cache directory follows the caller's home. */
export function optionsText(home: string): string {
  const flags = globalFlags.map(flag =>
    (flag.name === 'cache-dir' ? { ...flag, shownDefault: `'${home}/.kube/cache'` } : flag));
  return `The following options can be passed to any command:\n\n${flagTexts(flags)}\n\n`;
}

/** What `kubectl help NOTHING` says about words that name no command. */
export function unknownTopic(words: readonly string[]): string {
  const text = helpText(commandSpec('')!);
  return `Unknown help topic [${words.map(word => `\`${word}\``).join(' ')}]\n\n\n${text.slice(text.indexOf('Basic Commands'))}`;
}
