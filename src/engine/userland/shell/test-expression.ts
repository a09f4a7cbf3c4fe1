import type { Task } from '../../kernel/task.ts';
import type { TestExpression } from 'unbash';
import { allowed } from '../files/file-system.ts';
import { resolvePath } from '../files/path.ts';
import { arithmeticValue, expandPattern, expandRegex, expandString } from './expand.ts';
import { matches } from './glob.ts';
import type { Shell } from './shell.ts';
import { elementOf } from './subscripts.ts';

/** A mistake in a test: the message after `[: ` or the shell's name. */
export class TestError {
  readonly message: string;

  constructor(message: string) {
    this.message = message;
  }
}

const UNARY = /^-[abcdefghknoprstuvwxzGLNORS]$/;
const BINARY = new Set(['=', '==', '!=', '<', '>', '-eq', '-ne', '-lt', '-le', '-gt', '-ge', '-nt', '-ot', '-ef']);

/** The `[` and `test` builtins. @throws TestError */
export function testArguments(shell: Shell, args: readonly string[]): boolean {
  if (args.length === 0) return false;
  if (args.length === 1) return args[0] !== '';
  if (args.length === 2) {
    if (args[0] === '!') return args[1] === '';
    if (UNARY.test(args[0]!)) return unary(shell, args[0]!, args[1]!);
    throw new TestError(`${args[0]}: unary operator expected`);
  }
  if (args.length === 3) {
    if (BINARY.has(args[1]!)) return binary(shell, args[0]!, args[1]!, args[2]!, false);
    if (args[1] === '-a') return args[0] !== '' && args[2] !== '';
    if (args[1] === '-o') return args[0] !== '' || args[2] !== '';
    if (args[0] === '!') return !testArguments(shell, args.slice(1));
    if (args[0] === '(' && args[2] === ')') return args[1] !== '';
    throw new TestError(`${args[1]}: binary operator expected`);
  }
  if (args.length === 4 && args[0] === '!') return !testArguments(shell, args.slice(1));
  let at = 0;
  const or = (): boolean => {
    let value = and();
    while (args[at] === '-o') { at += 1; value = and() || value; }
    return value;
  };
  const and = (): boolean => {
    let value = not();
    while (args[at] === '-a') { at += 1; value = not() && value; }
    return value;
  };
  const not = (): boolean => {
    if (args[at] === '!') { at += 1; return !not(); }
    return primary();
  };
  const primary = (): boolean => {
    const first = args[at];
    if (first === undefined) throw new TestError('argument expected');
    if (first === '(') {
      at += 1;
      const value = or();
      if (args[at] !== ')') throw new TestError("`)' expected");
      at += 1;
      return value;
    }
    if (args[at + 1] !== undefined && BINARY.has(args[at + 1]!) && args[at + 2] !== undefined) {
      at += 3;
      return binary(shell, first, args[at - 2]!, args[at - 1]!, false);
    }
    if (UNARY.test(first) && args[at + 1] !== undefined) {
      at += 2;
      return unary(shell, first, args[at - 1]!);
    }
    at += 1;
    return first !== '';
  };
  const value = or();
  if (at < args.length) throw new TestError('too many arguments');
  return value;
}

function unary(shell: Shell, operator: string, operand: string): boolean {
  if (operator === '-z') return operand === '';
  if (operator === '-n') return operand !== '';
  if (operator === '-v') {
    const element = /^(\w+)\[(.+)\]$/.exec(operand);
    if (element) return element[2] === '@' ? shell.variables.elements(element[1]!).length > 0 : elementOf(shell, element[1]!, element[2]!) !== undefined;
    return shell.variables.get(operand) !== undefined;
  }
  if (operator === '-o') return (shell.options as unknown as Record<string, boolean>)[operand] === true;
  if (operator === '-t') return shell.process.descriptors.get(Number(operand))?.terminal !== undefined;
  const path = resolvePath(shell.process.cwd, operand);
  if (operand === '') return false;
  const { files } = shell.system;
  const stat = files.stat(path, { followLinks: operator !== '-L' && operator !== '-h' });
  if (!stat) return /^\/dev\/(?:null|zero|std(?:in|out|err)|tty|urandom|random|fd\/\d+)$/.test(path) && (operator === '-e' || operator === '-c' || operator === '-r' || operator === '-w');
  const as = shell.credentials();
  switch (operator) {
    case '-f': return stat.type === 'file' && !/^\/dev\/(null|zero|u?random|tty)$/.test(path);
    case '-d': return stat.type === 'directory';
    case '-L': case '-h': return stat.type === 'symlink';
    case '-s': return stat.type === 'directory' || stat.sizeBytes > 0;
    case '-r': return allowed(stat, 4, as);
    case '-w': return allowed(stat, 2, as);
    case '-x': return allowed(stat, 1, as);
    case '-O': return stat.uid === as.uid;
    case '-G': return stat.gid === as.gid;
    case '-c': return path.startsWith('/dev/');
    case '-e': case '-a': return true;
    case '-N': return false;
    case '-u': return (stat.mode & 0o4000) !== 0;
    case '-g': return (stat.mode & 0o2000) !== 0;
    case '-k': return (stat.mode & 0o1000) !== 0;
    default: return false;
  }
}

function integer(shell: Shell, text: string): bigint {
  const trimmed = text.trim();
  if (!/^[-+]?\d+$/.test(trimmed)) throw new TestError(shell.dialect === 'bash' ? `${text}: integer expression expected` : `${text}: bad number`);
  return BigInt(trimmed.replace('+', ''));
}

function compareNumbers(operator: string, left: bigint, right: bigint): boolean {
  switch (operator) {
    case '-eq': return left === right;
    case '-ne': return left !== right;
    case '-lt': return left < right;
    case '-le': return left <= right;
    case '-gt': return left > right;
    default: return left >= right;
  }
}

function binary(shell: Shell, left: string, operator: string, right: string, pattern: boolean): boolean {
  const ignoreCase = pattern && shell.shopt.get('nocasematch') === true;
  switch (operator) {
    case '=': case '==': return pattern ? matches(right, left, ignoreCase) : left === right;
    case '!=': return pattern ? !matches(right, left, ignoreCase) : left !== right;
    case '<': return left < right;
    case '>': return left > right;
    case '-nt': case '-ot': case '-ef': {
      const [a, b] = [left, right].map(path => shell.system.files.stat(resolvePath(shell.process.cwd, path)));
      if (operator === '-ef') return a !== undefined && resolvePath(shell.process.cwd, left) === resolvePath(shell.process.cwd, right);
      if (operator === '-nt') return a !== undefined && (b === undefined || a.modifiedAtMs > b.modifiedAtMs);
      return b !== undefined && (a === undefined || a.modifiedAtMs < b.modifiedAtMs);
    }
    default: return compareNumbers(operator, integer(shell, left), integer(shell, right));
  }
}

/** `[[ … ]]`. @throws TestError */
export function* testExpression(shell: Shell, expression: TestExpression): Task<boolean> {
  switch (expression.type) {
    case 'TestGroup': return yield* testExpression(shell, expression.expression);
    case 'TestNot': {
      const value = yield* testExpression(shell, expression.operand);
      return expression.negations.length % 2 === 1 ? !value : value;
    }
    case 'TestLogical': {
      for (const operand of expression.operands) {
        const value = yield* testExpression(shell, operand);
        if (value === (expression.operator === '||')) return value;
      }
      return expression.operator === '&&';
    }
    case 'TestUnary':
      return unary(shell, expression.operator, yield* expandString(shell, expression.operand));
    case 'TestBinary': {
      const { operator } = expression;
      const left = yield* expandString(shell, expression.left);
      if (operator === '=~') return matchRegex(shell, left, yield* expandRegex(shell, expression.right));
      if (operator === '=' || operator === '==' || operator === '!=') return binary(shell, left, operator, yield* expandPattern(shell, expression.right), true);
      const right = yield* expandString(shell, expression.right);
      if (/^-(?:eq|ne|lt|le|gt|ge)$/.test(operator)) {
        return compareNumbers(operator, yield* arithmeticValue(shell, left), yield* arithmeticValue(shell, right));
      }
      return binary(shell, left, operator, right, true);
    }
  }
}

function matchRegex(shell: Shell, text: string, source: string): boolean {
  let match: RegExpExecArray | null;
  try {
    match = new RegExp(source.replace(/\[\[:(\w+):\]\]/g, (_, name: string) => ({ alpha: '[A-Za-z]', digit: '[0-9]', alnum: '[A-Za-z0-9]', space: '\\s', upper: '[A-Z]', lower: '[a-z]' })[name] ?? '.'), shell.shopt.get('nocasematch') ? 'i' : '').exec(text);
  } catch {
    throw new TestError(`[[: invalid regular expression \`${source}'`);
  }
  shell.variables.setArray('BASH_REMATCH', match ? [...match].map(group => group ?? '') : []);
  return match !== null;
}
