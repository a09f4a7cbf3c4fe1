import { ExpansionError } from './control-flow.ts';

/** Where an expression reads and writes its names. `index` is the text between brackets. */
export interface ArithmeticNames {
  get(name: string, index: string | undefined): string;
  set(name: string, index: string | undefined, value: string): void;
}

const DEPTH_LIMIT = 64;
const TOKEN = /\s*(?:(\d+#[\w@]+|0[xX][0-9a-fA-F]+|\d+)|([A-Za-z_]\w*)|(<<=|>>=|\*\*|\+\+|--|<<|>>|<=|>=|==|!=|&&|\|\||[-+*/%&|^]=|[-+*/%<>=!~&|^?:,()[\]]))/y;

type Token = { kind: 'number' | 'name' | 'operator'; text: string; start: number; end: number };

/** The value of an arithmetic expression as bash computes it, in 64-bit integers. @throws ExpansionError in bash's words */
export function evaluateArithmetic(expression: string, names: ArithmeticNames, depth = 0): bigint {
  if (expression.trim() === '') return 0n;
  return new Evaluation(expression, names, depth).run();
}

const BINARY: readonly (readonly string[])[] = [
  ['||'], ['&&'], ['|'], ['^'], ['&'], ['==', '!='], ['<', '<=', '>', '>='], ['<<', '>>'], ['+', '-'], ['*', '/', '%'],
];

class Evaluation {
  private tokens: Token[] = [];
  private at = 0;
  private skipping = 0;
  private readonly source: string;
  private readonly names: ArithmeticNames;
  private readonly depth: number;

  constructor(source: string, names: ArithmeticNames, depth: number) {
    this.source = source;
    this.names = names;
    this.depth = depth;
    if (depth > DEPTH_LIMIT) throw this.error('expression recursion level exceeded', source);
    TOKEN.lastIndex = 0;
    let position = 0;
    while (position < source.length) {
      if (/^\s*$/.test(source.slice(position))) break;
      TOKEN.lastIndex = position;
      const match = TOKEN.exec(source);
      if (!match) throw this.error('syntax error: operand expected', source.slice(position).trimStart());
      const text = match[1] ?? match[2] ?? match[3]!;
      const kind = match[1] !== undefined ? 'number' : match[2] !== undefined ? 'name' : 'operator';
      position = TOKEN.lastIndex;
      this.tokens.push({ kind, text, start: position - text.length, end: position });
    }
  }

  run(): bigint {
    const value = this.comma();
    const rest = this.tokens[this.at];
    if (rest) throw this.error(rest.kind === 'operator' && '])'.includes(rest.text) ? 'syntax error in expression' : 'syntax error in expression', this.source.slice(rest.start));
    return value;
  }

  private error(words: string, token: string): ExpansionError {
    return new ExpansionError(`${this.source.trim() === '' ? '' : `${this.source}: `}${words} (error token is "${token}")`);
  }

  private peek(): string | undefined {
    const token = this.tokens[this.at];
    return token?.kind === 'operator' ? token.text : undefined;
  }

  private take(text: string): boolean {
    if (this.peek() !== text) return false;
    this.at += 1;
    return true;
  }

  private comma(): bigint {
    let value = this.assignment();
    while (this.take(',')) value = this.assignment();
    return value;
  }

  private assignment(): bigint {
    const start = this.at;
    const target = this.target();
    if (target) {
      const operator = this.peek();
      if (operator && /^(?:[-+*/%&|^]|<<|>>)?=$/.test(operator)) {
        this.at += 1;
        const right = this.assignment();
        if (this.skipping) return 0n;
        const value = operator === '=' ? right : this.apply(operator.slice(0, -1), this.read(target), right);
        this.names.set(target.name, target.index, String(value));
        return value;
      }
    }
    this.at = start;
    return this.ternary();
  }

  private ternary(): bigint {
    const test = this.binary(0);
    if (!this.take('?')) return test;
    const chosen = test !== 0n;
    if (!chosen) this.skipping += 1;
    const yes = this.assignment();
    if (!chosen) this.skipping -= 1;
    if (!this.take(':')) throw this.error("`:' expected for conditional expression", this.source.slice(this.tokens[this.at]?.start ?? this.source.length));
    if (chosen) this.skipping += 1;
    const no = this.assignment();
    if (chosen) this.skipping -= 1;
    return chosen ? yes : no;
  }

  private binary(level: number): bigint {
    const operators = BINARY[level];
    if (!operators) return this.power();
    let left = this.binary(level + 1);
    for (;;) {
      const operator = this.peek();
      if (!operator || !operators.includes(operator)) return left;
      this.at += 1;
      const skip = (operator === '&&' && left === 0n) || (operator === '||' && left !== 0n);
      if (skip) this.skipping += 1;
      const right = this.binary(level + 1);
      if (skip) this.skipping -= 1;
      left = this.apply(operator, left, right);
    }
  }

  private power(): bigint {
    const base = this.unary();
    if (!this.take('**')) return base;
    const exponent = this.power();
    if (exponent < 0n) throw this.error('exponent less than 0', String(exponent));
    return BigInt.asIntN(64, base ** (exponent > 4096n ? 4096n : exponent));
  }

  private unary(): bigint {
    if (this.take('!')) return this.unary() === 0n ? 1n : 0n;
    if (this.take('~')) return ~this.unary();
    if (this.take('-')) return BigInt.asIntN(64, -this.unary());
    if (this.take('+')) return this.unary();
    for (const [operator, change] of [['++', 1n], ['--', -1n]] as const) {
      if (this.peek() !== operator) continue;
      this.at += 1;
      const target = this.target();
      if (!target) return this.unary();
      const value = BigInt.asIntN(64, this.read(target) + change);
      if (!this.skipping) this.names.set(target.name, target.index, String(value));
      return value;
    }
    return this.primary();
  }

  private primary(): bigint {
    const token = this.tokens[this.at];
    if (!token) throw this.error('syntax error: operand expected', this.source.slice(this.tokens[this.at - 1]?.start ?? 0));
    if (this.take('(')) {
      const value = this.comma();
      if (!this.take(')')) throw this.error("missing `)'", this.source.slice(this.tokens[this.at]?.start ?? this.tokens.at(-1)!.start));
      return value;
    }
    if (token.kind === 'number') {
      this.at += 1;
      return this.number(token.text);
    }
    const target = this.target();
    if (!target) throw this.error('syntax error: operand expected', this.source.slice(token.start));
    const value = this.read(target);
    for (const [operator, change] of [['++', 1n], ['--', -1n]] as const) {
      if (this.take(operator)) {
        if (!this.skipping) this.names.set(target.name, target.index, String(BigInt.asIntN(64, value + change)));
        return value;
      }
    }
    return value;
  }

  private target(): { name: string; index: string | undefined } | undefined {
    const token = this.tokens[this.at];
    if (token?.kind !== 'name') return undefined;
    this.at += 1;
    if (this.peek() !== '[') return { name: token.text, index: undefined };
    const open = this.tokens[this.at]!;
    let depth = 0;
    for (; this.at < this.tokens.length; this.at += 1) {
      const text = this.peek();
      if (text === '[') depth += 1;
      if (text === ']' && (depth -= 1) === 0) break;
    }
    const close = this.tokens[this.at];
    if (!close) throw this.error('bad array subscript', token.text);
    this.at += 1;
    return { name: token.text, index: this.source.slice(open.end, close.start) };
  }

  private read(target: { name: string; index: string | undefined }): bigint {
    if (this.skipping) return 0n;
    const text = this.names.get(target.name, target.index).trim();
    if (text === '') return 0n;
    return /^-?\d+$/.test(text) && !/^-?0\d/.test(text) ? BigInt(text) : evaluateArithmetic(text, this.names, this.depth + 1);
  }

  private number(text: string): bigint {
    const hash = text.indexOf('#');
    if (hash > 0) {
      const base = Number(text.slice(0, hash));
      const digits = base <= 36 ? text.slice(hash + 1).toLowerCase() : text.slice(hash + 1);
      const alphabet = base <= 36 ? '0123456789abcdefghijklmnopqrstuvwxyz' : '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ@_';
      let value = 0n;
      for (const digit of digits) {
        const worth = alphabet.indexOf(digit);
        if (worth < 0 || worth >= base) throw this.error('value too great for base', text);
        value = value * BigInt(base) + BigInt(worth);
      }
      return BigInt.asIntN(64, value);
    }
    if (/^0[xX]/.test(text)) return BigInt.asIntN(64, BigInt(text));
    if (/^0\d/.test(text)) {
      if (/[89]/.test(text)) throw this.error('value too great for base', text);
      return BigInt.asIntN(64, BigInt(`0o${text.slice(1)}`));
    }
    return BigInt.asIntN(64, BigInt(text));
  }

  private apply(operator: string, left: bigint, right: bigint): bigint {
    const truth = (value: boolean): bigint => (value ? 1n : 0n);
    switch (operator) {
      case '+': return BigInt.asIntN(64, left + right);
      case '-': return BigInt.asIntN(64, left - right);
      case '*': return BigInt.asIntN(64, left * right);
      case '/': case '%':
        if (right === 0n) {
          if (this.skipping) return 0n;
          throw this.error('division by 0', this.source.slice(this.tokens[this.at - 1]!.start));
        }
        return BigInt.asIntN(64, operator === '/' ? left / right : left % right);
      case '<<': return BigInt.asIntN(64, left << (right & 63n));
      case '>>': return left >> (right & 63n);
      case '<': return truth(left < right);
      case '<=': return truth(left <= right);
      case '>': return truth(left > right);
      case '>=': return truth(left >= right);
      case '==': return truth(left === right);
      case '!=': return truth(left !== right);
      case '&': return left & right;
      case '^': return left ^ right;
      case '|': return left | right;
      case '&&': return truth(left !== 0n && right !== 0n);
      default: return truth(left !== 0n || right !== 0n);
    }
  }
}
