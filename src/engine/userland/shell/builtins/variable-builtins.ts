import type { Task } from '../../../kernel/task.ts';
import { assign } from '../assignments.ts';
import { evaluateArithmetic } from '../arithmetic.ts';
import { ExpansionError } from '../control-flow.ts';
import { arithmeticValue } from '../expand.ts';
import { functionText } from '../function-text.ts';
import type { Shell } from '../shell.ts';
import { elementOf, subscript } from '../subscripts.ts';
import { ReadonlyVariable, quoteWord, type Variable } from '../variables.ts';
import { builtin, invalidOption, type Builtin } from './builtin.ts';

const NAME = /^[A-Za-z_]\w*$/;

/** `export`, `readonly`, `local`, `declare`: set attributes, and values where given. */
function declaration(name: string, usage: string): Builtin['run'] {
  return function* (shell, argv) {
    let flags = '';
    let at = 1;
    for (; /^[-+][A-Za-z]+$/.test(argv[at] ?? ''); at += 1) {
      const wrong = /[^aAfFgilnprtuxX]/.exec(argv[at]!.slice(1));
      if (wrong) return yield* invalidOption(shell, name, `-${wrong[0]}`, usage);
      flags += argv[at]!.startsWith('+') ? argv[at]!.slice(1).toUpperCase().replace(/A/g, '') : argv[at]!.slice(1);
    }
    if (argv[at] === '--') at += 1;
    const words = argv.slice(at);
    if (name === 'local' && !shell.variables.inFunction) {
      yield* shell.complain('local: can only be used in a function');
      return 1;
    }
    if (flags.includes('f') || flags.includes('F')) return yield* showFunctions(shell, words, flags);
    if (words.length === 0 || flags.includes('p')) return yield* show(shell, name, words, flags);
    let code = 0;
    for (const word of words) {
      const indexed = /^([^=]*)=\u0000(\d+)$/.exec(word);
      const assignment = indexed ? shell.declarations[Number(indexed[2])] : undefined;
      const text = indexed ? undefined : /^([A-Za-z_]\w*)\+?=([\s\S]*)$/.exec(word);
      const variableName = assignment?.name ?? text?.[1] ?? word;
      if (!NAME.test(variableName)) {
        yield* shell.complain(`${name}: \`${variableName}': not a valid identifier`);
        code = 1;
        continue;
      }
      const isLocal = name === 'local' || (name === 'declare' || name === 'typeset') && shell.variables.inFunction && !flags.includes('g');
      const kept = shell.variables.find(variableName);
      const variable = isLocal ? shell.variables.makeLocal(variableName) : shell.variables.declare(variableName);
      if (flags.includes('i')) variable.integer = true;
      if (flags.includes('A') && !variable.table) { variable.table = new Map(); variable.scalar = undefined; }
      if (flags.includes('a') && !variable.array && !variable.table) {
        variable.array = new Map(variable.scalar === undefined ? [] : [[0, variable.scalar]]);
        variable.scalar = undefined;
      }
      try {
        if (assignment) {
          if (isLocal && assignment.append && kept) variable.scalar ??= kept.scalar;
          yield* assign(shell, assignment);
        } else if (text) shell.variables.set(variableName, text[2]!);
      } catch (thrown) {
        if (!(thrown instanceof ReadonlyVariable)) throw thrown;
        yield* shell.complain(`${thrown.name}: readonly variable`);
        code = 1;
        continue;
      }
      if (flags.includes('u') && variable.scalar !== undefined) variable.scalar = variable.scalar.toUpperCase();
      if (flags.includes('l') && variable.scalar !== undefined) variable.scalar = variable.scalar.toLowerCase();
      if (name === 'export' || flags.includes('x')) variable.exported = name !== 'export' || !flags.includes('n');
      if (flags.includes('X')) variable.exported = false;
      if (name === 'readonly' || flags.includes('r')) variable.readonly = true;
    }
    return code;
  };
}

function* show(shell: Shell, name: string, words: readonly string[], flags: string): Task<number> {
  let code = 0;
  const selected = words.length > 0 ? words : shell.variables.names().filter(candidate => {
    const variable = shell.variables.find(candidate)!;
    return name === 'export' || flags.includes('x') ? variable.exported : name === 'readonly' || flags.includes('r') ? variable.readonly : true;
  });
  for (const candidate of selected) {
    const variable = shell.variables.find(candidate);
    if (!variable) {
      yield* shell.complain(`${name}: ${candidate}: not found`);
      code = 1;
      continue;
    }
    if (shell.dialect === 'ash') yield* shell.print(`${name} ${candidate}='${variable.scalar ?? ''}'\n`);
    else if (name === 'declare' && words.length === 0 && !flags.includes('p') && flags === '') yield* shell.print(`${candidate}=${declared(variable, true)}\n`);
    else yield* shell.print(`declare ${attributes(variable)} ${candidate}${hasValue(variable) ? `=${declared(variable, false)}` : ''}\n`);
  }
  return code;
}

function hasValue(variable: Variable): boolean {
  return variable.scalar !== undefined || variable.array !== undefined || variable.table !== undefined;
}

function attributes(variable: Variable): string {
  const letters = `${variable.array ? 'a' : ''}${variable.table ? 'A' : ''}${variable.integer ? 'i' : ''}${variable.readonly ? 'r' : ''}${variable.exported ? 'x' : ''}`;
  return letters === '' ? '--' : `-${letters}`;
}

function declared(variable: Variable, bare: boolean): string {
  const quoted = (text: string): string => `"${text.replace(/[\\"$`]/g, '\\$&')}"`;
  if (variable.array) return `(${[...variable.array].sort((a, b) => a[0] - b[0]).map(([index, text]) => `[${index}]=${quoted(text)}`).join(' ')})`;
  if (variable.table) return `(${[...variable.table].map(([key, text]) => `[${/^\w+$/.test(key) ? key : quoted(key)}]=${quoted(text)} `).join('')})`;
  return bare ? quoteWord(variable.scalar ?? '') : quoted(variable.scalar ?? '');
}

function* showFunctions(shell: Shell, words: readonly string[], flags: string): Task<number> {
  let code = 0;
  for (const name of words.length > 0 ? words : [...shell.functions.keys()].sort()) {
    const definition = shell.functions.get(name);
    if (!definition) { code = 1; continue; }
    yield* shell.print(flags.includes('F') ? (words.length > 0 ? `${name}\n` : `declare -f ${name}\n`) : `${functionText(definition)}\n`);
  }
  return code;
}

export const variableBuiltins: [string, Builtin][] = [
  ['export', builtin(declaration('export', 'export [-fn] [name[=value] ...] or export -p'))],
  ['readonly', builtin(declaration('readonly', 'readonly [-aAf] [name[=value] ...] or readonly -p'))],
  ['local', builtin(declaration('local', 'local [option] name[=value] ...'))],
  ['declare', builtin(declaration('declare', 'declare [-aAfFgiIlnrtux] [name[=value] ...] or declare -p [-aAfFilnrtux] [name ...]'), { bashOnly: true })],
  ['typeset', builtin(declaration('typeset', 'typeset [-aAfFgiIlnrtux] name[=value] ... or typeset -p [-aAfFilnrtux] [name ...]'), { bashOnly: true })],
  ['unset', builtin(function* (shell, argv) {
    let functions = false;
    let code = 0;
    for (const word of argv.slice(1)) {
      if (word === '-f') { functions = true; continue; }
      if (word === '-v') continue;
      if (word.startsWith('-')) return yield* invalidOption(shell, 'unset', word, 'unset [-f] [-v] [-n] [name ...]');
      const element = /^(\w+)\[(.+)\]$/.exec(word);
      try {
        if (element) {
          const variable = shell.variables.find(element[1]!);
          const key = subscript(shell, element[1]!, element[2]!);
          variable?.table?.delete(String(key));
          variable?.array?.delete(Number(key));
        } else if (functions || !shell.variables.find(word)) shell.functions.delete(word);
        else shell.variables.unset(word);
      } catch (thrown) {
        if (!(thrown instanceof ReadonlyVariable)) throw thrown;
        yield* shell.complain(`unset: ${word}: cannot unset: readonly variable`);
        code = 1;
      }
    }
    return code;
  })],
  ['shift', builtin(function* (shell, argv) {
    const count = Number(argv[1] ?? 1);
    if (!Number.isInteger(count)) { yield* shell.complain(`shift: ${argv[1]}: numeric argument required`); return 1; }
    if (count > shell.positional.length) return 1;
    shell.positional = shell.positional.slice(count);
    return 0;
  })],
  ['let', builtin(function* (shell, argv) {
    if (argv.length === 1) { yield* shell.complain('let: expression expected'); return 1; }
    let value = 0n;
    for (const expression of argv.slice(1)) {
      try {
        value = yield* arithmeticValue(shell, expression);
      } catch (thrown) {
        if (!(thrown instanceof ExpansionError)) throw thrown;
        yield* shell.complain(`let: ${thrown.message}`);
        return 1;
      }
    }
    return value === 0n ? 1 : 0;
  })],
  ['getopts', builtin(getopts)],
];

function* getopts(shell: Shell, argv: readonly string[]): Task<number> {
  const [, spec = '', name = 'opt'] = argv;
  const args = argv.length > 3 ? argv.slice(3) : shell.positional;
  const quiet = spec.startsWith(':');
  let index = Number(evaluateArithmetic(shell.variables.get('OPTIND') ?? '1', { get: (key, at) => (at === undefined ? shell.variables.get(key) : elementOf(shell, key, at)) ?? '', set: () => {} }));
  if (index !== shell.getoptsIndex) shell.getoptsOffset = 0;
  const word = args[index - 1];
  if (shell.getoptsOffset === 0) {
    if (word === undefined || !/^-./.test(word) || word === '--') {
      if (word === '--') index += 1;
      shell.variables.set('OPTIND', String(index));
      shell.getoptsIndex = index;
      shell.variables.set(name, '?');
      return 1;
    }
    shell.getoptsOffset = 1;
  }
  const letter = word![shell.getoptsOffset]!;
  shell.getoptsOffset += 1;
  const at = spec.indexOf(letter, quiet ? 1 : 0);
  const ended = shell.getoptsOffset >= word!.length;
  const finish = (value: string, argument: string | undefined): void => {
    shell.variables.set(name, value);
    if (argument === undefined) shell.variables.unset('OPTARG');
    else shell.variables.set('OPTARG', argument);
    shell.variables.set('OPTIND', String(index));
    shell.getoptsIndex = index;
  };
  if (at < 0 || letter === ':') {
    if (ended) { index += 1; shell.getoptsOffset = 0; }
    finish('?', quiet ? letter : undefined);
    if (!quiet) yield* shell.process.write(2, `${shell.name}: illegal option -- ${letter}\n`);
    return 0;
  }
  if (spec[at + 1] !== ':') {
    if (ended) { index += 1; shell.getoptsOffset = 0; }
    finish(letter, undefined);
    return 0;
  }
  const argument = ended ? args[index] : word!.slice(shell.getoptsOffset);
  index += ended ? 2 : 1;
  shell.getoptsOffset = 0;
  if (argument === undefined) {
    index = args.length + 1;
    finish(quiet ? ':' : '?', quiet ? letter : undefined);
    if (!quiet) yield* shell.process.write(2, `${shell.name}: option requires an argument -- ${letter}\n`);
    return 0;
  }
  finish(letter, argument);
  return 0;
}
