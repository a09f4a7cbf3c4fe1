import { evaluateArithmetic } from './arithmetic.ts';
import type { Shell } from './shell.ts';

/** The key an index text means for this variable: a number, or text for an associative array. */
export function subscript(shell: Shell, name: string, index: string): string | number {
  const variable = shell.variables.find(name);
  if (variable?.table) return index.replace(/^(["'])(.*)\1$/, '$2');
  const number = Number(evaluateArithmetic(index, {
    get: (inner, innerIndex) => (innerIndex === undefined ? shell.variables.get(inner) : elementOf(shell, inner, innerIndex)) ?? '',
    set: (inner, _index, value) => shell.variables.set(inner, value),
  }));
  return number < 0 && variable?.array ? Math.max(-1, ...variable.array.keys()) + 1 + number : number;
}

export function elementOf(shell: Shell, name: string, index: string): string | undefined {
  const variable = shell.variables.find(name);
  if (!variable) return undefined;
  const key = subscript(shell, name, index);
  if (variable.table) return variable.table.get(String(key));
  if (variable.array) return variable.array.get(Number(key));
  return key === 0 ? variable.scalar : undefined;
}
