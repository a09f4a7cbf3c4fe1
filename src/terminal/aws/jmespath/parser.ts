/** JMESPath's grammar by binding powers. */
import { JmesPathError, tokenize, type Token, type TokenType } from './lexer.ts';

export type Node =
  | { readonly type: 'field'; readonly name: string }
  | { readonly type: 'literal'; readonly value: unknown }
  | { readonly type: 'identity' }
  | { readonly type: 'chain'; readonly parts: readonly Node[] }
  | { readonly type: 'index'; readonly at: number }
  | { readonly type: 'slice'; readonly parts: readonly (number | undefined)[] }
  | { readonly type: 'projection' | 'value-projection'; readonly of: Node; readonly each: Node }
  | { readonly type: 'filter'; readonly of: Node; readonly each: Node; readonly when: Node }
  | { readonly type: 'flatten' | 'not' | 'expref'; readonly of: Node }
  | { readonly type: 'or' | 'and'; readonly left: Node; readonly right: Node }
  | { readonly type: 'compare'; readonly by: TokenType; readonly left: Node; readonly right: Node }
  | { readonly type: 'list'; readonly items: readonly Node[] }
  | { readonly type: 'object'; readonly pairs: readonly (readonly [string, Node])[] }
  | { readonly type: 'call'; readonly name: string; readonly args: readonly Node[] };

const POWER: Readonly<Partial<Record<TokenType, number>>> = {
  pipe: 1, or: 2, and: 3, eq: 5, gt: 5, lt: 5, gte: 5, lte: 5, ne: 5, flatten: 9, star: 20, filter: 21, dot: 40, not: 45, lbrace: 50, lbracket: 55, lparen: 60,
};
/** Tokens that bind weaker end a projection. */
const PROJECTION_STOP = 10;
const IDENTITY: Node = { type: 'identity' };

/** @throws JmesPathError */
export function parse(expression: string): Node {
  return new Parser(expression).whole();
}

class Parser {
  private readonly tokens: readonly Token[];
  private at = 0;

  constructor(private readonly expression: string) {
    this.tokens = tokenize(expression);
  }

  whole(): Node {
    const node = this.expressionOf(0);
    if (this.type !== 'eof') throw this.complaint(this.token, `Unexpected token: ${String(this.token.value)}`);
    return node;
  }

  private get token(): Token {
    return this.tokens[this.at]!;
  }

  private get type(): TokenType {
    return this.token.type;
  }

  private complaint(token: Token, message: string): JmesPathError {
    return new JmesPathError(`${message}: Parse error at column ${token.start}, token "${String(token.value)}" (${token.type.toUpperCase()}), for expression:\n"${this.expression}"\n${' '.repeat(token.start + 1)}^`);
  }

  private incomplete(): JmesPathError {
    return new JmesPathError(`Invalid jmespath expression: Incomplete expression:\n"${this.expression}"\n${' '.repeat(this.expression.length + 1)}^`);
  }

  private match(type: TokenType): void {
    if (this.type === type) this.at += 1;
    else throw this.type === 'eof' ? this.incomplete() : this.complaint(this.token, `Expecting: ${type}, got: ${this.type}`);
  }

  private expressionOf(power: number): Node {
    const first = this.token;
    this.at += 1;
    let left = this.prefix(first);
    while (power < (POWER[this.type] ?? 0)) left = this.infix(left);
    return left;
  }

  private prefix(token: Token): Node {
    switch (token.type) {
      case 'literal': return { type: 'literal', value: token.value };
      case 'unquoted_identifier': return { type: 'field', name: String(token.value) };
      case 'quoted_identifier':
        if (this.type === 'lparen') throw this.complaint({ ...this.token, start: 0 }, 'Quoted identifier not allowed for function names.');
        return { type: 'field', name: String(token.value) };
      case 'star': return { type: 'value-projection', of: IDENTITY, each: this.type === 'rbracket' ? IDENTITY : this.afterProjection(20) };
      case 'filter': return this.filter(IDENTITY);
      case 'lbrace': return this.object();
      case 'lparen': {
        const inner = this.expressionOf(0);
        this.match('rparen');
        return inner;
      }
      case 'flatten': return { type: 'projection', of: { type: 'flatten', of: IDENTITY }, each: this.afterProjection(9) };
      case 'not': return { type: 'not', of: this.expressionOf(45) };
      case 'lbracket':
        if (this.type === 'number' || this.type === 'colon') return this.projectedIfSlice(IDENTITY, this.indexed());
        if (this.type === 'star' && this.tokens[this.at + 1]?.type === 'rbracket') {
          this.at += 2;
          return { type: 'projection', of: IDENTITY, each: this.afterProjection(20) };
        }
        return this.list();
      case 'current': return IDENTITY;
      case 'expref': return { type: 'expref', of: this.expressionOf(0) };
      case 'eof': throw this.incomplete();
      default: throw this.complaint(token, 'invalid token');
    }
  }

  private infix(left: Node): Node {
    const token = this.token;
    this.at += 1;
    switch (token.type) {
      case 'dot':
        if (this.type !== 'star') return { type: 'chain', parts: [left, this.afterDot(40)] };
        this.at += 1;
        return { type: 'value-projection', of: left, each: this.afterProjection(40) };
      case 'pipe': return { type: 'chain', parts: [left, this.expressionOf(1)] };
      case 'or': return { type: 'or', left, right: this.expressionOf(2) };
      case 'and': return { type: 'and', left, right: this.expressionOf(3) };
      case 'lparen': {
        if (left.type !== 'field') {
          const before = this.tokens[this.at - 2]!;
          throw this.complaint(before, `Invalid function name '${String(before.value)}'`);
        }
        const args: Node[] = [];
        while (this.type !== 'rparen') {
          args.push(this.expressionOf(0));
          if (this.type === 'comma') this.at += 1;
        }
        this.match('rparen');
        return { type: 'call', name: left.name, args };
      }
      case 'filter': return this.filter(left);
      case 'eq': case 'ne': case 'gt': case 'gte': case 'lt': case 'lte': return { type: 'compare', by: token.type, left, right: this.expressionOf(5) };
      case 'flatten': return { type: 'projection', of: { type: 'flatten', of: left }, each: this.afterProjection(9) };
      case 'lbracket':
        if (this.type === 'number' || this.type === 'colon') return this.projectedIfSlice(left, this.indexed());
        this.match('star');
        this.match('rbracket');
        return { type: 'projection', of: left, each: this.afterProjection(20) };
      default:
        this.at -= 1;
        throw this.complaint(token, 'invalid token');
    }
  }

  private filter(of: Node): Node {
    const when = this.expressionOf(0);
    this.match('rbracket');
    return { type: 'filter', of, each: this.type === 'flatten' ? IDENTITY : this.afterProjection(21), when };
  }

  private indexed(): Node {
    if (this.type === 'colon' || this.tokens[this.at + 1]?.type === 'colon') return this.slice();
    const at = Number(this.token.value);
    this.at += 1;
    this.match('rbracket');
    return { type: 'index', at };
  }

  private slice(): Node {
    const parts: (number | undefined)[] = [undefined, undefined, undefined];
    let part = 0;
    while (this.type !== 'rbracket' && part < 3) {
      if (this.type === 'colon') {
        part += 1;
        if (part === 3) throw this.complaint(this.token, 'syntax error');
      } else if (this.type === 'number') parts[part] = Number(this.token.value);
      else throw this.complaint(this.token, 'syntax error');
      this.at += 1;
    }
    this.match('rbracket');
    return { type: 'slice', parts };
  }

  private projectedIfSlice(left: Node, right: Node): Node {
    const chain: Node = { type: 'chain', parts: [left, right] };
    return right.type === 'slice' ? { type: 'projection', of: chain, each: this.afterProjection(20) } : chain;
  }

  private list(): Node {
    const items: Node[] = [];
    for (;;) {
      items.push(this.expressionOf(0));
      if (this.type === 'rbracket') break;
      this.match('comma');
    }
    this.match('rbracket');
    return { type: 'list', items };
  }

  private object(): Node {
    const pairs: (readonly [string, Node])[] = [];
    for (;;) {
      const key = this.token;
      if (key.type !== 'quoted_identifier' && key.type !== 'unquoted_identifier') {
        throw key.type === 'eof' ? this.incomplete() : this.complaint(key, `Expecting: ['quoted_identifier', 'unquoted_identifier'], got: ${key.type}`);
      }
      this.at += 1;
      this.match('colon');
      pairs.push([String(key.value), this.expressionOf(0)]);
      if (this.type === 'comma') this.at += 1;
      else if (this.type === 'rbrace') break;
    }
    this.match('rbrace');
    return { type: 'object', pairs };
  }

  private afterProjection(power: number): Node {
    if ((POWER[this.type] ?? 0) < PROJECTION_STOP) return IDENTITY;
    if (this.type === 'lbracket' || this.type === 'filter') return this.expressionOf(power);
    if (this.type !== 'dot') throw this.complaint(this.token, 'syntax error');
    this.at += 1;
    return this.afterDot(power);
  }

  private afterDot(power: number): Node {
    switch (this.type) {
      case 'quoted_identifier': case 'unquoted_identifier': case 'star': return this.expressionOf(power);
      case 'lbracket':
        this.at += 1;
        return this.list();
      case 'lbrace':
        this.at += 1;
        return this.object();
      default:
        throw this.complaint(this.token, `Expecting: ['quoted_identifier', 'unquoted_identifier', 'lbracket', 'lbrace'], got: ${this.type}`);
    }
  }
}
