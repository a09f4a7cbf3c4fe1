/** What Tab offers after `eksctl`: verbs, objects, flags. */
import type { Completion } from '../contract.ts';
import { eksctlCommands, VERBS } from './commands/registry.ts';

/** `words[0]` is eksctl. */
export function completeEksctl(words: readonly string[], index: number): Completion {
  const current = words[index] ?? '';
  const [verb, object] = words.slice(1, index).filter(word => !word.startsWith('-'));
  const offer = (candidates: readonly { text: string; note?: string }[]): Completion => ({ from: 0, candidates: candidates.filter(({ text }) => text.startsWith(current)), suffix: ' ' });
  if (verb === undefined) return offer([...Object.keys(VERBS), 'version', 'help'].sort().map(text => ({ text })));
  const ofVerb = eksctlCommands.filter(({ path }) => path.startsWith(`${verb} `));
  if (object === undefined) return offer(ofVerb.map(({ path, summary }) => ({ text: path.split(' ')[1]!, note: summary })));
  const command = ofVerb.find(({ path, aliases }) => path === `${verb} ${object}` || aliases?.includes(object));
  return offer((command?.flags ?? []).filter(({ name }) => command?.refused?.[name] === undefined).map(({ name, help }) => ({ text: `--${name}`, note: help })));
}
