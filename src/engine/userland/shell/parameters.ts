import type { Task } from '../../kernel/task.ts';
import type { ParameterExpansionPart, Word } from 'unbash';
import { ExpansionError } from './control-flow.ts';
import { matches, patternSource } from './glob.ts';
import type { Shell } from './shell.ts';
import { elementOf } from './subscripts.ts';
import { quoteWord } from './variables.ts';

/** What a parameter holds: nothing, one text, or the elements of `@` or `*`. */
export type Values =
  | { readonly kind: 'unset' }
  | { readonly kind: 'single'; readonly text: string }
  | { readonly kind: 'at' | 'star'; readonly texts: readonly string[] };

const UNSET: Values = { kind: 'unset' };

function single(text: string | undefined): Values {
  return text === undefined ? UNSET : { kind: 'single', text };
}

/** The value of `name` or `name[index]`; `prefix` `!` follows the name it holds. */
export function parameterValues(shell: Shell, name: string, index: string | undefined, prefix?: '!' | '#'): Values {
  if (prefix === '!') {
    if (index === '@' || index === '*') return { kind: index === '@' ? 'at' : 'star', texts: shell.variables.elements(name).map(([key]) => key) };
    const target = parameterValues(shell, name, index);
    if (target.kind !== 'single') throw new ExpansionError(`${name}: invalid indirect expansion`, false);
    const reference = /^(\w+|[@*#?$!-])(?:\[(.+)\])?$/.exec(target.text);
    if (!reference) throw new ExpansionError(`${target.text}: invalid variable name`, false);
    return parameterValues(shell, reference[1]!, reference[2]);
  }
  const computed = computedArray(shell, name);
  if (computed && index !== undefined) {
    if (index === '@' || index === '*') return { kind: index === '@' ? 'at' : 'star', texts: computed };
    return single(computed[Number(index)]);
  }
  if (index === '@' || index === '*') {
    return { kind: index === '@' ? 'at' : 'star', texts: shell.variables.elements(name).map(([, value]) => value) };
  }
  if (index !== undefined) return single(elementOf(shell, name, index));
  switch (name) {
    case '@': return { kind: 'at', texts: shell.positional };
    case '*': return { kind: 'star', texts: shell.positional };
    case '#': return single(String(shell.positional.length));
    case '?': return single(String(shell.status));
    case '$': return single(String(shell.shellPid));
    case '!': return single(shell.lastBackground === undefined ? undefined : String(shell.lastBackground));
    case '-': return single(flagLetters(shell));
    case '0': return single(shell.name);
    default:
  }
  if (/^\d+$/.test(name)) return single(shell.positional[Number(name) - 1]);
  return single(dynamicValue(shell, name) ?? shell.variables.get(name));
}

function flagLetters(shell: Shell): string {
  const { errexit, nounset, xtrace, noglob, noclobber } = shell.options;
  return `${errexit ? 'e' : ''}${noglob ? 'f' : ''}h${shell.interactive ? 'i' : ''}${nounset ? 'u' : ''}${xtrace ? 'x' : ''}${noclobber ? 'C' : ''}${shell.interactive ? 'mH' : ''}B${shell.origin === 'command' ? 'c' : ''}${shell.interactive ? 's' : ''}`;
}

function computedArray(shell: Shell, name: string): string[] | undefined {
  if (shell.dialect !== 'bash') return undefined;
  if (name === 'PIPESTATUS') return shell.pipeStatus.map(String);
  if (name === 'FUNCNAME') return [...shell.functionNames].reverse();
  return undefined;
}

/** Variables the shell computes when they are read. */
function dynamicValue(shell: Shell, name: string): string | undefined {
  const { kernel } = shell.process;
  switch (name) {
    case 'RANDOM': return shell.dialect === 'bash' || shell.variables.find(name) === undefined ? String(kernel.random.below(32_768)) : undefined;
    case 'SECONDS': return String(Math.floor((kernel.nowMs - shell.process.startedAtMs) / 1000));
    case 'EPOCHSECONDS': return shell.dialect === 'bash' ? String(Math.floor(kernel.nowMs / 1000)) : undefined;
    case 'EPOCHREALTIME': return shell.dialect === 'bash' ? (kernel.nowMs / 1000).toFixed(6) : undefined;
    case 'LINENO': return String(shell.line);
    case 'BASHPID': return shell.dialect === 'bash' ? String(shell.process.pid) : undefined;
    case 'PIPESTATUS': return shell.dialect === 'bash' ? String(shell.pipeStatus[0] ?? 0) : undefined;
    case 'FUNCNAME': return shell.functionNames.at(-1);
    default: return undefined;
  }
}

/** How operands are expanded; given by the caller, which in turn expands parameters. */
export interface Expanders {
  pattern(shell: Shell, word: Word): Task<string>;
  string(shell: Shell, word: Word): Task<string>;
  arithmetic(shell: Shell, text: string): Task<bigint>;
}

/** `${…}` with an operation other than the default family. */
export function* operate(shell: Shell, part: ParameterExpansionPart, index: string | undefined, expand: Expanders): Task<Values> {
  const { operation } = part;
  if (operation?.type === 'Names') {
    const names = shell.variables.names().filter(name => name.startsWith(part.parameter));
    return { kind: operation.operator === '@' ? 'at' : 'star', texts: names };
  }
  if (part.prefix === '#') return single(String(lengthOf(shell, part.parameter, index)));
  const values = parameterValues(shell, part.parameter, index, part.prefix);
  if (!operation) return values;
  if (operation.type === 'Unknown') throw new ExpansionError(`${part.text}: bad substitution`);
  if (values.kind === 'unset' && shell.options.nounset) return values;
  switch (operation.type) {
    case 'Remove': {
      const pattern = yield* expand.pattern(shell, operation.operand);
      return each(values, text => removeMatch(text, pattern, operation.operator));
    }
    case 'Replace': {
      const pattern = yield* expand.pattern(shell, operation.pattern);
      const replacement = yield* expand.string(shell, operation.replacement);
      return each(values, text => replaceMatch(text, pattern, replacement, operation.operator));
    }
    case 'Slice': {
      const offset = Number(yield* expand.arithmetic(shell, yield* expand.string(shell, operation.offset)));
      const length = operation.length ? Number(yield* expand.arithmetic(shell, yield* expand.string(shell, operation.length))) : undefined;
      return slice(shell, part.parameter, values, offset, length);
    }
    case 'CaseModification': {
      const pattern = operation.operand ? yield* expand.pattern(shell, operation.operand) : '?';
      return each(values, text => changeCase(text, operation.operator, pattern));
    }
    case 'Transform':
      return transform(shell, part.parameter, values, wordText(operation.operand));
    default:
      return values;
  }
}

function wordText(word: Word): string {
  return word.value;
}

function each(values: Values, change: (text: string) => string): Values {
  if (values.kind === 'unset') return single('');
  if (values.kind === 'single') return single(change(values.text));
  return { kind: values.kind, texts: values.texts.map(change) };
}

function lengthOf(shell: Shell, name: string, index: string | undefined): number {
  const values = parameterValues(shell, name, index);
  if (values.kind === 'unset') {
    if (shell.options.nounset) throw new ExpansionError(`${name}: unbound variable`, true, 1);
    return 0;
  }
  return values.kind === 'single' ? [...values.text].length : values.texts.length;
}

function removeMatch(text: string, pattern: string, operator: '#' | '##' | '%' | '%%'): string {
  const lengths = Array.from({ length: text.length + 1 }, (_, length) => length);
  if (operator === '##' || operator === '%%') lengths.reverse();
  for (const length of lengths) {
    if (operator.startsWith('#')) {
      if (matches(pattern, text.slice(0, length))) return text.slice(length);
    } else if (matches(pattern, text.slice(text.length - length))) return text.slice(0, text.length - length);
  }
  return text;
}

function replaceMatch(text: string, pattern: string, replacement: string, operator: '/' | '//' | '/#' | '/%'): string {
  if (pattern === '') return operator === '/#' ? replacement + text : operator === '/%' ? text + replacement : text;
  const source = patternSource(pattern);
  const anchored = operator === '/#' ? `^(?:${source})` : operator === '/%' ? `(?:${source})$` : source;
  return text.replace(new RegExp(anchored, operator === '//' ? 'gu' : 'u'), matched => (matched === '' ? '' : replacement.replace(/(?<!\\)&/g, () => matched).replace(/\\&/g, '&')));
}

function slice(shell: Shell, name: string, values: Values, offset: number, length: number | undefined): Values {
  if (values.kind === 'unset') return values;
  if (values.kind === 'single') {
    const characters = [...values.text];
    const start = offset < 0 ? characters.length + offset : offset;
    if (start < 0) return single('');
    const end = length === undefined ? characters.length : length < 0 ? characters.length + length : start + length;
    if (length !== undefined && length < 0 && end < start) throw new ExpansionError(`${length}: substring expression < 0`, false);
    return single(characters.slice(start, end).join(''));
  }
  const isPositional = name === '@' || name === '*';
  const all = isPositional ? [shell.name, ...values.texts] : values.texts;
  const start = offset < 0 ? all.length + offset : offset;
  if (length !== undefined && length < 0) throw new ExpansionError(`${length}: substring expression < 0`, false);
  const texts = start < 0 ? [] : all.slice(start, length === undefined ? undefined : start + length);
  return { kind: values.kind, texts: isPositional && start > 0 ? texts : isPositional ? texts : texts };
}

function changeCase(text: string, operator: '^' | '^^' | ',' | ',,', pattern: string): string {
  const upper = operator.startsWith('^');
  const change = (char: string): string => (matches(pattern, char) ? (upper ? char.toUpperCase() : char.toLowerCase()) : char);
  const characters = [...text];
  return operator.length === 2 ? characters.map(change).join('') : characters.map((char, index) => (index === 0 ? change(char) : char)).join('');
}

function transform(shell: Shell, name: string, values: Values, operator: string): Values {
  switch (operator) {
    case 'Q': return values.kind === 'unset' ? values : each(values, text => (/^[\w@%+=:,./-]*[^\n]*$/.test(text) ? `'${text.replace(/'/g, `'\\''`)}'` : quoteWord(text)));
    case 'U': return each(values, text => text.toUpperCase());
    case 'u': return each(values, text => text.slice(0, 1).toUpperCase() + text.slice(1));
    case 'L': return each(values, text => text.toLowerCase());
    case 'a': {
      const variable = shell.variables.find(name);
      return single(variable ? `${variable.array ? 'a' : ''}${variable.table ? 'A' : ''}${variable.integer ? 'i' : ''}${variable.readonly ? 'r' : ''}${variable.exported ? 'x' : ''}` : '');
    }
    case 'E': return each(values, text => text.replace(/\\n/g, '\n').replace(/\\t/g, '\t').replace(/\\\\/g, '\\'));
    default: throw new ExpansionError(`\${${name}@${operator}}: bad substitution`);
  }
}
