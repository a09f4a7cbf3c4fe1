/** The syntax of awk as trees. */
import { AwkSyntaxError, tokensOf, type Token } from './awk-tokens.ts';

export type AwkExpression =
  | { readonly type: 'number'; readonly value: number }
  | { readonly type: 'string'; readonly value: string }
  | { readonly type: 'regex'; readonly source: string }
  | { readonly type: 'name'; readonly name: string }
  | { readonly type: 'field'; readonly index: AwkExpression }
  | { readonly type: 'element'; readonly name: string; readonly keys: readonly AwkExpression[] }
  | { readonly type: 'in'; readonly keys: readonly AwkExpression[]; readonly name: string }
  | { readonly type: 'assign'; readonly operator: string; readonly target: AwkExpression; readonly value: AwkExpression }
  | { readonly type: 'increment'; readonly target: AwkExpression; readonly by: 1 | -1; readonly prefix: boolean }
  | { readonly type: 'unary'; readonly operator: string; readonly operand: AwkExpression }
  | { readonly type: 'binary'; readonly operator: string; readonly left: AwkExpression; readonly right: AwkExpression }
  | { readonly type: 'match'; readonly negated: boolean; readonly left: AwkExpression; readonly right: AwkExpression }
  | { readonly type: 'ternary'; readonly test: AwkExpression; readonly yes: AwkExpression; readonly no: AwkExpression }
  | { readonly type: 'call'; readonly name: string; readonly args: readonly AwkExpression[] }
  | { readonly type: 'group'; readonly items: readonly AwkExpression[] }
  | { readonly type: 'getline'; readonly target?: AwkExpression; readonly file?: AwkExpression; readonly command?: AwkExpression };

export type AwkStatement =
  | { readonly type: 'block'; readonly body: readonly AwkStatement[] }
  | { readonly type: 'expression'; readonly value: AwkExpression }
  | { readonly type: 'print'; readonly formatted: boolean; readonly args: readonly AwkExpression[]; readonly redirect?: { readonly operator: string; readonly target: AwkExpression } }
  | { readonly type: 'if'; readonly test: AwkExpression; readonly yes: AwkStatement; readonly no?: AwkStatement }
  | { readonly type: 'while'; readonly test: AwkExpression; readonly body: AwkStatement; readonly bodyFirst: boolean }
  | { readonly type: 'for'; readonly start?: AwkStatement; readonly test?: AwkExpression; readonly step?: AwkStatement; readonly body: AwkStatement }
  | { readonly type: 'for-in'; readonly name: string; readonly array: string; readonly body: AwkStatement }
  | { readonly type: 'next' | 'break' | 'continue' }
  | { readonly type: 'exit' | 'return'; readonly value?: AwkExpression }
  | { readonly type: 'delete'; readonly name: string; readonly keys?: readonly AwkExpression[] };

export interface AwkProgram {
  readonly begin: AwkStatement[];
  readonly end: AwkStatement[];
  readonly rules: { pattern?: AwkExpression; until?: AwkExpression; action?: AwkStatement; active: boolean }[];
  readonly functions: Map<string, { readonly parameters: readonly string[]; readonly body: AwkStatement }>;
}

/** @throws AwkSyntaxError */
export function parseAwk(source: string): AwkProgram {
  return new AwkParser(tokensOf(source)).program();
}

const BUILTIN_WITHOUT_PARENTHESES = new Set(['length']);

class AwkParser {
  private at = 0;
  private noIn = 0;
  private noGreater = 0;
  private readonly tokens: readonly Token[];

  constructor(tokens: readonly Token[]) {
    this.tokens = tokens;
  }

  program(): AwkProgram {
    const program: AwkProgram = { begin: [], end: [], rules: [], functions: new Map() };
    for (this.separators(); this.peek().kind !== 'end'; this.separators()) {
      if (this.take('BEGIN')) program.begin.push(this.block());
      else if (this.take('END')) program.end.push(this.block());
      else if (this.take('function') || this.take('func')) this.definition(program);
      else if (this.is('{')) program.rules.push({ action: this.block(), active: false });
      else {
        const pattern = this.expression();
        const until = this.take(',') ? (this.newlines(), this.expression()) : undefined;
        program.rules.push({ pattern, ...(until ? { until } : {}), ...(this.is('{') ? { action: this.block() } : {}), active: false });
      }
    }
    return program;
  }

  private peek(ahead = 0): Token {
    return this.tokens[Math.min(this.at + ahead, this.tokens.length - 1)]!;
  }

  private is(text: string): boolean {
    const token = this.peek();
    return (token.kind === 'operator' || token.kind === 'keyword') && token.text === text;
  }

  private take(text: string): boolean {
    if (!this.is(text)) return false;
    this.at += 1;
    return true;
  }

  private expect(text: string): void {
    if (!this.take(text)) throw this.wrong();
  }

  private wrong(): AwkSyntaxError {
    const token = this.peek();
    return new AwkSyntaxError(`line ${token.line}: syntax error at or near ${token.kind === 'newline' || token.kind === 'end' ? 'end of file' : token.text}`);
  }

  private unclosed(): AwkSyntaxError {
    return new AwkSyntaxError(`line ${this.peek().line + 1}: missing } near end of file`);
  }

  private newlines(): void {
    while (this.peek().kind === 'newline') this.at += 1;
  }

  private separators(): void {
    while (this.peek().kind === 'newline' || this.is(';')) this.at += 1;
  }

  private definition(program: AwkProgram): void {
    const name = this.peek().text;
    this.at += 1;
    this.expect('(');
    const parameters: string[] = [];
    while (!this.is(')')) {
      parameters.push(this.peek().text);
      this.at += 1;
      if (!this.take(',')) break;
      this.newlines();
    }
    this.expect(')');
    this.newlines();
    program.functions.set(name, { parameters, body: this.block() });
  }

  private block(): AwkStatement {
    this.expect('{');
    const body: AwkStatement[] = [];
    for (this.separators(); !this.is('}'); this.separators()) {
      if (this.peek().kind === 'end') throw this.unclosed();
      body.push(this.statement());
    }
    this.expect('}');
    return { type: 'block', body };
  }

  private statement(): AwkStatement {
    if (this.is('{')) return this.block();
    if (this.take('if')) {
      this.expect('(');
      const test = this.expression();
      this.expect(')');
      this.newlines();
      const yes = this.take(';') ? { type: 'block' as const, body: [] } : this.statement();
      const back = this.at;
      this.separators();
      if (!this.take('else')) { this.at = back; return { type: 'if', test, yes }; }
      this.newlines();
      return { type: 'if', test, yes, no: this.statement() };
    }
    if (this.take('while')) {
      this.expect('(');
      const test = this.expression();
      this.expect(')');
      this.newlines();
      return { type: 'while', test, body: this.take(';') ? { type: 'block', body: [] } : this.statement(), bodyFirst: false };
    }
    if (this.take('do')) {
      this.newlines();
      const body = this.statement();
      this.separators();
      this.expect('while');
      this.expect('(');
      const test = this.expression();
      this.expect(')');
      this.ending();
      return { type: 'while', test, body, bodyFirst: true };
    }
    if (this.take('for')) return this.forStatement();
    const simple = this.simple();
    this.ending();
    return simple;
  }

  private ending(): void {
    if (this.peek().kind === 'newline' || this.is(';')) { this.at += 1; return; }
    if (this.peek().kind === 'end') throw this.unclosed();
    if (!this.is('}')) throw this.wrong();
  }

  private forStatement(): AwkStatement {
    this.expect('(');
    if (this.peek().kind === 'name' && this.peek(1).text === 'in' && this.peek(3).text === ')') {
      const name = this.peek().text;
      const array = this.peek(2).text;
      this.at += 4;
      this.newlines();
      return { type: 'for-in', name, array, body: this.statement() };
    }
    const start = this.is(';') ? undefined : this.simple();
    this.expect(';');
    this.newlines();
    const test = this.is(';') ? undefined : this.expression();
    this.expect(';');
    this.newlines();
    const step = this.is(')') ? undefined : this.simple();
    this.expect(')');
    this.newlines();
    const body: AwkStatement = this.take(';') ? { type: 'block', body: [] } : this.statement();
    return { type: 'for', ...(start ? { start } : {}), ...(test ? { test } : {}), ...(step ? { step } : {}), body };
  }

  private simple(): AwkStatement {
    const token = this.peek();
    if (token.kind === 'keyword') {
      switch (token.text) {
        case 'print': case 'printf': this.at += 1; return this.print(token.text === 'printf');
        case 'next': case 'break': case 'continue': this.at += 1; return { type: token.text };
        case 'exit': case 'return': {
          this.at += 1;
          const ends = this.peek().kind === 'newline' || this.is(';') || this.is('}') || this.peek().kind === 'end';
          return ends ? { type: token.text } : { type: token.text, value: this.expression() };
        }
        case 'delete': {
          this.at += 1;
          const name = this.peek().text;
          this.at += 1;
          if (!this.take('[')) return { type: 'delete', name };
          const keys = this.list(']');
          return { type: 'delete', name, keys };
        }
        default:
      }
    }
    return { type: 'expression', value: this.expression() };
  }

  private print(formatted: boolean): AwkStatement {
    let args: AwkExpression[] = [];
    this.noGreater += 1;
    const ends = this.peek().kind === 'newline' || this.peek().kind === 'end' || [';', '}', '>', '>>', '|'].some(text => this.is(text));
    if (!ends) {
      args.push(this.expression());
      while (this.take(',')) { this.newlines(); args.push(this.expression()); }
      const only = args[0]!;
      if (args.length === 1 && only.type === 'group' && only.items.length > 1) args = [...only.items];
    }
    this.noGreater -= 1;
    for (const operator of ['>', '>>', '|']) {
      if (this.take(operator)) return { type: 'print', formatted, args, redirect: { operator, target: this.concatenation() } };
    }
    return { type: 'print', formatted, args };
  }

  private list(close: string): AwkExpression[] {
    const items: AwkExpression[] = [];
    this.newlines();
    const { noIn, noGreater } = this;
    this.noIn = 0;
    this.noGreater = 0;
    while (!this.is(close)) {
      items.push(this.expression());
      this.newlines();
      if (!this.take(',')) break;
      this.newlines();
    }
    this.noIn = noIn;
    this.noGreater = noGreater;
    this.expect(close);
    return items;
  }

  private expression(): AwkExpression {
    const left = this.ternary();
    const operator = this.peek();
    if (operator.kind === 'operator' && /^(?:[-+*/%^]|\*\*)?=$/.test(operator.text) && isTarget(left)) {
      this.at += 1;
      this.newlines();
      return { type: 'assign', operator: operator.text === '**=' ? '^=' : operator.text, target: left, value: this.expression() };
    }
    return left;
  }

  private ternary(): AwkExpression {
    const test = this.or();
    if (!this.take('?')) return test;
    this.newlines();
    const yes = this.expression();
    this.newlines();
    this.expect(':');
    this.newlines();
    return { type: 'ternary', test, yes, no: this.expression() };
  }

  private or(): AwkExpression {
    let left = this.and();
    while (this.take('||')) { this.newlines(); left = { type: 'binary', operator: '||', left, right: this.and() }; }
    return left;
  }

  private and(): AwkExpression {
    let left = this.membership();
    while (this.take('&&')) { this.newlines(); left = { type: 'binary', operator: '&&', left, right: this.membership() }; }
    return left;
  }

  private membership(): AwkExpression {
    let left = this.matching();
    while (this.noIn === 0 && this.is('in')) {
      this.at += 1;
      const name = this.peek().text;
      this.at += 1;
      left = { type: 'in', keys: left.type === 'group' ? left.items : [left], name };
    }
    return left;
  }

  private matching(): AwkExpression {
    let left = this.comparison();
    for (;;) {
      if (this.take('~')) left = { type: 'match', negated: false, left, right: this.comparison() };
      else if (this.take('!~')) left = { type: 'match', negated: true, left, right: this.comparison() };
      else return left;
    }
  }

  private comparison(): AwkExpression {
    const left = this.concatenation();
    for (const operator of ['<=', '>=', '==', '!=', '<', '>']) {
      if (operator === '>' && this.noGreater > 0) continue;
      if (this.take(operator)) return { type: 'binary', operator, left, right: this.concatenation() };
    }
    return left;
  }

  private concatenation(): AwkExpression {
    let left = this.additive();
    for (;;) {
      const token = this.peek();
      if (token.kind === 'keyword' && token.text === 'in') return left;
      if (this.is('|') && this.peek(1).text === 'getline') {
        this.at += 2;
        const target = this.peek().kind === 'name' || this.is('$') ? this.primary() : undefined;
        left = { type: 'getline', command: left, ...(target ? { target } : {}) };
        continue;
      }
      const starts = token.kind === 'number' || token.kind === 'string' || token.kind === 'name' || token.kind === 'function-name' || token.kind === 'regex'
        || (token.kind === 'operator' && ['$', '!', '(', '-', '+', '++', '--'].includes(token.text) && !(token.text === '!' ));
      if (!starts) return left;
      left = { type: 'binary', operator: ' ', left, right: this.additive() };
    }
  }

  private additive(): AwkExpression {
    let left = this.multiplicative();
    for (;;) {
      if (this.take('+')) left = { type: 'binary', operator: '+', left, right: this.multiplicative() };
      else if (this.take('-')) left = { type: 'binary', operator: '-', left, right: this.multiplicative() };
      else return left;
    }
  }

  private multiplicative(): AwkExpression {
    let left = this.unary();
    for (;;) {
      const operator = ['*', '/', '%'].find(text => this.is(text));
      if (!operator) return left;
      this.at += 1;
      left = { type: 'binary', operator, left, right: this.unary() };
    }
  }

  private unary(): AwkExpression {
    for (const operator of ['!', '-', '+']) if (this.take(operator)) return { type: 'unary', operator, operand: this.unary() };
    return this.power();
  }

  private power(): AwkExpression {
    const left = this.postfix();
    if (this.take('^') || this.take('**')) return { type: 'binary', operator: '^', left, right: this.unary() };
    return left;
  }

  private postfix(): AwkExpression {
    const target = this.primary();
    if (!isTarget(target)) return target;
    if (this.take('++')) return { type: 'increment', target, by: 1, prefix: false };
    if (this.take('--')) return { type: 'increment', target, by: -1, prefix: false };
    return target;
  }

  private primary(): AwkExpression {
    const token = this.peek();
    this.at += 1;
    switch (token.kind) {
      case 'number': return { type: 'number', value: Number(token.text) };
      case 'string': return { type: 'string', value: token.text };
      case 'regex': return { type: 'regex', source: token.text };
      case 'function-name':
        this.expect('(');
        return { type: 'call', name: token.text, args: this.list(')') };
      case 'name':
        if (this.take('[')) return { type: 'element', name: token.text, keys: this.list(']') };
        if (BUILTIN_WITHOUT_PARENTHESES.has(token.text)) return { type: 'call', name: token.text, args: [] };
        return { type: 'name', name: token.text };
      case 'keyword':
        if (token.text === 'getline') {
          const target = this.peek().kind === 'name' || this.is('$') ? this.primary() : undefined;
          const file = this.take('<') ? this.primary() : undefined;
          return { type: 'getline', ...(target ? { target } : {}), ...(file ? { file } : {}) };
        }
        break;
      case 'operator':
        if (token.text === '$') {
          if (this.is('++') || this.is('--')) return { type: 'field', index: this.unaryStep() };
          return { type: 'field', index: this.is('-') ? this.unary() : this.primary() };
        }
        if (token.text === '++' || token.text === '--') { this.at -= 1; return this.unaryStep(); }
        if (token.text === '(') return { type: 'group', items: this.list(')') };
        break;
      default:
    }
    this.at -= 1;
    throw this.wrong();
  }

  private unaryStep(): AwkExpression {
    const by = this.peek().text === '++' ? 1 : -1;
    this.at += 1;
    return { type: 'increment', target: this.primary(), by, prefix: true };
  }
}

function isTarget(expression: AwkExpression): boolean {
  return expression.type === 'name' || expression.type === 'field' || expression.type === 'element';
}
