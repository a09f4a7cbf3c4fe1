import type { Task } from '../../kernel/task.ts';
import type { Assignment } from 'unbash';
import { arithmeticValue, expandArguments, expandString } from './expand.ts';
import type { Shell } from './shell.ts';
import { elementOf, subscript } from './subscripts.ts';
import { quoteWord } from './variables.ts';

/** Carries out `name=value`, `name+=value`, `name[i]=value`, `name=(…)`. @returns it as `set -x` shows it */
export function* assign(shell: Shell, assignment: Assignment): Task<string> {
  const { name, value } = assignment;
  const { variables } = shell;
  if (value.type === 'ArrayValue') {
    const existing = variables.find(name);
    if (existing?.table) {
      if (!assignment.append) existing.table.clear();
      for (const element of value.elements) {
        const keyed = /^\[((?:[^\]"']|"[^"]*"|'[^']*')+)\]=([\s\S]*)$/.exec(element.text);
        if (keyed) existing.table.set(keyed[1]!.replace(/^(["'])(.*)\1$/, '$2'), yield* valueAfterIndex(shell, keyed[2]!));
      }
      return `${name}=(…)`;
    }
    const values: [number, string][] = [];
    let next = assignment.append ? Math.max(-1, ...[...(existing?.array?.keys() ?? (existing?.scalar === undefined ? [] : [0]))]) + 1 : 0;
    for (const element of value.elements) {
      const keyed = /^\[([^\]]+)\]=([\s\S]*)$/.exec(element.text);
      if (keyed) {
        next = Number(yield* arithmeticValue(shell, keyed[1]!));
        values.push([next, yield* valueAfterIndex(shell, keyed[2]!)]);
        next += 1;
        continue;
      }
      for (const text of yield* expandArguments(shell, [element])) {
        values.push([next, text]);
        next += 1;
      }
    }
    if (!assignment.append) variables.setArray(name, []);
    for (const [index, text] of values) variables.setElement(name, index, text);
    return `${name}=(${values.map(([, text]) => quoteWord(text)).join(' ')})`;
  }
  let text = yield* expandString(shell, value, { assignment: true });
  const index = assignment.index ? yield* expandString(shell, assignment.index) : undefined;
  const variable = variables.find(name);
  if (assignment.append) {
    const before = (index === undefined ? variables.get(name) : elementOf(shell, name, index)) ?? '';
    text = variable?.integer ? String(BigInt(before || '0') + (yield* arithmeticValue(shell, text))) : before + text;
  } else if (variable?.integer) text = String(yield* arithmeticValue(shell, text));
  if (index === undefined) {
    variables.set(name, text);
    if (shell.options.allexport) variables.declare(name).exported = true;
  } else variables.setElement(name, subscript(shell, name, index), text);
  return `${name}${index === undefined ? '' : `[${index}]`}${assignment.append ? '+' : ''}=${text === '' ? '' : quoteWord(text)}`;
}

function* valueAfterIndex(shell: Shell, text: string): Task<string> {
  if (text === '') return '';
  return (yield* expandArguments(shell, [{ type: 'Assignment', text: `${text}` } as Assignment])).join(' ');
}
