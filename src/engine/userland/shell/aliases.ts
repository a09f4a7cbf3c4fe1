import type { AndOr, Command, CommandNode, Pipeline, PipelineNode, Statement } from 'unbash';
import type { Shell } from './shell.ts';
import { parseShell } from './syntax.ts';

/**
 * The command with its leading alias replaced, or `undefined` when it has none. The alias's tokens are put into the
 * tree rather than into the text: a here-document's body lies outside its command's text and would be lost.
 */
export function spliceAlias(shell: Shell, command: Command): Command | PipelineNode | AndOr | undefined {
  const used = new Set<string>();
  let current: Command = command;
  let changed = false;
  for (;;) {
    const name = current.name;
    if (!name || name.parts || name.text.includes('\\')) break;
    const value = shell.aliases.get(name.text);
    if (value === undefined || used.has(name.text)) break;
    used.add(name.text);
    const parsed = parseShell(value);
    if (parsed.kind === 'error' || parsed.script.commands.length === 0) break;
    changed = true;
    const statements = parsed.script.commands;
    const rest = value.endsWith(' ') ? expandNext(shell, current.suffix) : current.suffix;
    const last = statements.at(-1)!;
    const joined = joinLast(last.command, { ...current, suffix: rest } as Command);
    if (statements.length > 1 || joined.type !== 'Command') {
      const list: Statement[] = [...statements.slice(0, -1), { ...last, command: joined }];
      return { type: 'BraceGroup', pos: command.pos, end: command.end, body: { type: 'CompoundList', pos: 0, end: 0, commands: list } };
    }
    current = joined;
  }
  return changed ? current : undefined;
}

/** After an alias that ends in a blank the next word may be an alias too. */
function expandNext(shell: Shell, suffix: Command['suffix']): Command['suffix'] {
  const next = suffix[0];
  const value = next?.type === 'Word' && !next.parts ? shell.aliases.get(next.text) : undefined;
  if (value === undefined) return suffix;
  const command = parseShell(value).script.commands[0]?.command;
  if (command?.type !== 'Command' || !command.name) return suffix;
  return [command.name, ...command.suffix, ...suffix.slice(1)];
}

function joinLast(node: PipelineNode | AndOr, command: Command): PipelineNode | AndOr {
  if (node.type === 'AndOr') {
    return { ...node, commands: [...node.commands.slice(0, -1), joinLast(node.commands.at(-1)!, command) as PipelineNode] } as AndOr;
  }
  if (node.type === 'Pipeline') {
    return { ...node, commands: [...node.commands.slice(0, -1), joinLast(node.commands.at(-1)!, command) as CommandNode] } as Pipeline;
  }
  if (node.type !== 'Command') return node;
  const prefix = [...command.prefix, ...node.prefix];
  const suffix = [...node.suffix, ...command.suffix];
  const all = [...prefix, ...suffix];
  return {
    type: 'Command', pos: command.pos, end: command.end, name: node.name, prefix, suffix,
    args: suffix.filter(entry => entry.type === 'Word' || entry.type === 'Assignment'),
    redirects: all.filter(entry => entry.type === 'Redirect' || entry.type === 'HereString' || entry.type === 'HereDoc'),
  } as Command;
}
