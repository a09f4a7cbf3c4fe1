// Long, over 500 lines: one machine, whose cells, control flow and input share so much state that splitting it would hide them from each other.
import type { Descriptor } from '../../kernel/pipe.ts';
import { Pipe } from '../../kernel/pipe.ts';
import type { Task } from '../../kernel/task.ts';
import { FileError, type SystemProcess } from '../contract.ts';
import { fileErrorWords, openFile } from '../files/open-file.ts';
import { spawnCommand } from '../executable.ts';
import type { AwkExpression, AwkProgram, AwkStatement } from './awk-syntax.ts';
import { awkFormat, callBuiltin } from './awk-builtins.ts';
import { posixRegex } from './posix-regex.ts';
import { general } from './printf-format.ts';
import { LineInput, openInput } from './program-input.ts';

/** A value: a number, a text, or a text that came from input and may be compared as a number. */
export type Cell = number | string | { readonly input: string };

export class AwkRuntimeError {
  readonly message: string;

  constructor(message: string) {
    this.message = message;
  }
}

class Leave {
  readonly kind: 'next' | 'exit' | 'break' | 'continue' | 'return';
  readonly value: Cell;

  constructor(kind: Leave['kind'], value: Cell = '') {
    this.kind = kind;
    this.value = value;
  }
}

const NUMBER = /^\s*[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?\s*$/;
const LEADING = /^\s*[-+]?(?:\d+\.?\d*(?:[eE][-+]?\d+)?|\.\d+(?:[eE][-+]?\d+)?)/;
const STEP_BUDGET = 2000;

export class AwkMachine {
  input!: () => Task<string | null>;
  failed = false;
  private readonly globals = new Map<string, Cell>([
    ['FS', ' '], ['OFS', ' '], ['ORS', '\n'], ['RS', '\n'], ['NR', 0], ['NF', 0], ['FNR', 0], ['SUBSEP', '\x1c'], ['RSTART', 0], ['RLENGTH', -1], ['CONVFMT', '%.6g'], ['OFMT', '%.6g'], ['FILENAME', ''],
  ]);
  private readonly arrays = new Map<string, Map<string, Cell>>();
  private readonly frames: Map<string, Cell | Map<string, Cell>>[] = [];
  private fields: string[] = [];
  private record = '';
  private fieldsStale = false;
  private recordStale = false;
  private output: string[] = [];
  private readonly outputs = new Map<string, Descriptor>();
  private readonly children: { pipe: Descriptor; wait: () => Task<void> }[] = [];
  private readonly readers = new Map<string, { lines: LineInput; queue: string[] }>();
  private readonly regexes = new Map<string, RegExp>();
  private steps = 0;
  private readonly program: AwkProgram;
  readonly process: SystemProcess;

  constructor(program: AwkProgram, process: SystemProcess) {
    this.program = program;
    this.process = process;
    const environment = new Map<string, Cell>();
    for (const [name, value] of process.env) environment.set(name, { input: value });
    this.arrays.set('ENVIRON', environment);
  }

  setVariable(name: string, value: Cell): void {
    this.globals.set(name, value);
  }

  setFromInput(name: string, value: string): void {
    this.globals.set(name, { input: value });
  }

  setArguments(words: readonly string[]): void {
    this.globals.set('ARGC', words.length);
    this.arrays.set('ARGV', new Map(words.map((word, index) => [String(index), { input: word }])));
  }

  startFile(name: string): void {
    this.globals.set('FILENAME', name);
    this.globals.set('FNR', 0);
  }

  text(name: string): string {
    return this.toText(this.globals.get(name) ?? '');
  }

  *run(): Task<number> {
    let code = 0;
    let exited = false;
    const guarded = function* (machine: AwkMachine, body: Task<void>): Task<void> {
      try {
        yield* body;
      } catch (thrown) {
        if (!(thrown instanceof Leave) || thrown.kind !== 'exit') throw thrown;
        exited = true;
        if (thrown.value !== '') code = machine.toNumber(thrown.value);
      }
    };
    yield* guarded(this, this.runAll(this.program.begin));
    if (!exited && (this.program.rules.length > 0 || this.program.end.length > 0)) yield* guarded(this, this.main());
    yield* guarded(this, this.runAll(this.program.end));
    yield* this.flush();
    for (const child of this.children) {
      child.pipe.release();
      yield* child.wait();
    }
    return code || (this.failed ? 2 : 0);
  }

  *flush(): Task<void> {
    if (this.output.length === 0) return;
    const text = this.output.join('');
    this.output = [];
    yield* this.process.write(1, text);
  }

  private *runAll(blocks: readonly AwkStatement[]): Task<void> {
    for (const block of blocks) yield* this.execute(block);
  }

  private *main(): Task<void> {
    for (let line = yield* this.input(); line !== null; line = yield* this.input()) {
      this.startRecord(line);
      try {
        for (const rule of this.program.rules) {
          if (!(yield* this.selected(rule))) continue;
          if (rule.action) yield* this.execute(rule.action);
          else this.output.push(this.wholeRecord() + this.text('ORS'));
        }
      } catch (thrown) {
        if (!(thrown instanceof Leave) || thrown.kind !== 'next') throw thrown;
      }
      if (this.output.length > 256) yield* this.flush();
    }
  }

  private *selected(rule: AwkProgram['rules'][number]): Task<boolean> {
    if (!rule.pattern) return true;
    if (!rule.until) return yield* this.truth(rule.pattern);
    if (!rule.active && !(yield* this.truth(rule.pattern))) return false;
    rule.active = !(yield* this.truth(rule.until));
    return true;
  }

  private startRecord(line: string): void {
    this.setRecord(line);
    this.globals.set('NR', this.toNumber(this.globals.get('NR')!) + 1);
    this.globals.set('FNR', this.toNumber(this.globals.get('FNR')!) + 1);
  }

  private setRecord(line: string): void {
    this.record = line;
    this.recordStale = false;
    this.fieldsStale = true;
  }

  private splitRecord(): void {
    if (!this.fieldsStale) return;
    this.fieldsStale = false;
    this.fields = this.split(this.record, this.text('FS'));
  }

  /** Splits as FS does: blanks for a single space, one character as it is, anything else a regular expression. */
  split(text: string, separator: string): string[] {
    if (text === '') return [];
    if (separator === ' ') {
      const trimmed = text.trim();
      return trimmed === '' ? [] : trimmed.split(/[ \t\n]+/);
    }
    if (separator === '') return [...text];
    if (separator.length === 1 && separator !== '\\' && separator !== '|') return text.split(separator === '.' ? '.' : separator);
    return text.split(separator === '|' ? '|' : this.regex(separator));
  }

  wholeRecord(): string {
    if (this.recordStale) {
      this.record = this.fields.join(this.text('OFS'));
      this.recordStale = false;
    }
    return this.record;
  }

  private getField(index: number): Cell {
    if (index === 0) return { input: this.wholeRecord() };
    if (index < 0) throw new AwkRuntimeError(`trying to access out of range field ${index}`);
    this.splitRecord();
    const value = this.fields[index - 1];
    return value === undefined ? '' : { input: value };
  }

  private setField(index: number, value: string): void {
    if (index === 0) { this.setRecord(value); return; }
    this.splitRecord();
    while (this.fields.length < index) this.fields.push('');
    this.fields[index - 1] = value;
    this.recordStale = true;
  }

  regex(source: string): RegExp {
    let regex = this.regexes.get(source);
    if (!regex) {
      try {
        regex = new RegExp(posixRegex(source, true));
      } catch {
        throw new AwkRuntimeError(`illegal regular expression ${source}`);
      }
      this.regexes.set(source, regex);
    }
    return regex;
  }

  toNumber(value: Cell): number {
    if (typeof value === 'number') return value;
    const text = typeof value === 'string' ? value : value.input;
    return Number(LEADING.exec(text)?.[0] ?? 0) || 0;
  }

  toText(value: Cell): string {
    if (typeof value === 'string') return value;
    if (typeof value !== 'number') return value.input;
    if (Number.isInteger(value)) return Math.abs(value) < 1e16 ? String(value) : general(value, 30);
    return awkFormat(this.text('CONVFMT'), [value], this);
  }

  private isTrue(value: Cell): boolean {
    if (typeof value === 'number') return value !== 0;
    if (typeof value === 'string') return value !== '';
    return NUMBER.test(value.input) ? Number(value.input) !== 0 : value.input !== '';
  }

  private *truth(expression: AwkExpression): Task<boolean> {
    return this.isTrue(yield* this.evaluate(expression));
  }

  array(name: string): Map<string, Cell> {
    const frame = this.frames.at(-1);
    const local = frame?.get(name);
    if (local instanceof Map) return local;
    if (frame?.has(name) && (local === undefined || local === '')) {
      const made = new Map<string, Cell>();
      frame.set(name, made);
      return made;
    }
    let array = this.arrays.get(name);
    if (!array) {
      array = new Map();
      this.arrays.set(name, array);
    }
    return array;
  }

  private getName(name: string): Cell {
    const frame = this.frames.at(-1);
    if (frame?.has(name)) {
      const local = frame.get(name)!;
      if (local instanceof Map) throw new AwkRuntimeError(`can't use array ${name} in scalar context`);
      return local;
    }
    if (name === 'NF') { this.splitRecord(); return this.fields.length; }
    return this.globals.get(name) ?? '';
  }

  *assignTo(target: AwkExpression, value: Cell): Task<void> {
    if (target.type === 'field') this.setField(this.toNumber(yield* this.evaluate(target.index)), this.toText(value));
    else if (target.type === 'element') {
      const key = yield* this.key(target.keys);
      this.array(target.name).set(key, value);
    }
    else if (target.type === 'name') {
      const frame = this.frames.at(-1);
      if (frame?.has(target.name)) frame.set(target.name, value);
      else if (target.name === 'NF') {
        this.splitRecord();
        const count = this.toNumber(value);
        while (this.fields.length < count) this.fields.push('');
        this.fields.length = count;
        this.recordStale = true;
      } else this.globals.set(target.name, value);
    } else if (target.type === 'group' && target.items.length === 1) yield* this.assignTo(target.items[0]!, value);
  }

  private *key(keys: readonly AwkExpression[]): Task<string> {
    const parts: string[] = [];
    for (const key of keys) parts.push(this.toText(yield* this.evaluate(key)));
    return parts.join(this.text('SUBSEP'));
  }

  *evaluate(expression: AwkExpression): Task<Cell> {
    switch (expression.type) {
      case 'number': return expression.value;
      case 'string': return expression.value;
      case 'regex': return this.regex(expression.source).test(this.wholeRecord()) ? 1 : 0;
      case 'name': return this.getName(expression.name);
      case 'field': return this.getField(this.toNumber(yield* this.evaluate(expression.index)));
      case 'element': {
        const key = yield* this.key(expression.keys);
        const array = this.array(expression.name);
        if (!array.has(key)) array.set(key, '');
        return array.get(key)!;
      }
      case 'in': {
        const key = yield* this.key(expression.keys);
        return this.array(expression.name).has(key) ? 1 : 0;
      }
      case 'group': {
        if (expression.items.length !== 1) throw new AwkRuntimeError('syntax error at or near ,');
        const value = yield* this.evaluate(expression.items[0]!);
        return value;
      }
      case 'assign': {
        const right = yield* this.evaluate(expression.value);
        const value = expression.operator === '=' ? right : this.arithmetic(expression.operator.slice(0, -1), yield* this.evaluate(expression.target), right);
        yield* this.assignTo(expression.target, value);
        return value;
      }
      case 'increment': {
        const before = this.toNumber(yield* this.evaluate(expression.target));
        yield* this.assignTo(expression.target, before + expression.by);
        return expression.prefix ? before + expression.by : before;
      }
      case 'unary': {
        const value = yield* this.evaluate(expression.operand);
        return expression.operator === '!' ? (this.isTrue(value) ? 0 : 1) : expression.operator === '-' ? -this.toNumber(value) : this.toNumber(value);
      }
      case 'match': {
        const text = this.toText(yield* this.evaluate(expression.left));
        const regex = expression.right.type === 'regex' ? this.regex(expression.right.source) : this.regex(this.toText(yield* this.evaluate(expression.right)));
        return regex.test(text) !== expression.negated ? 1 : 0;
      }
      case 'ternary': return yield* this.evaluate((yield* this.truth(expression.test)) ? expression.yes : expression.no);
      case 'binary': return yield* this.binary(expression.operator, expression.left, expression.right);
      case 'call': return yield* this.call(expression.name, expression.args);
      case 'getline': return yield* this.getline(expression);
    }
  }

  private *binary(operator: string, leftNode: AwkExpression, rightNode: AwkExpression): Task<Cell> {
    if (operator === '&&') return (yield* this.truth(leftNode)) && (yield* this.truth(rightNode)) ? 1 : 0;
    if (operator === '||') return (yield* this.truth(leftNode)) || (yield* this.truth(rightNode)) ? 1 : 0;
    const left = yield* this.evaluate(leftNode);
    const right = yield* this.evaluate(rightNode);
    if (operator === ' ') return this.toText(left) + this.toText(right);
    if (!/^[<>=!]/.test(operator)) return this.arithmetic(operator, left, right);
    const order = this.compare(left, right);
    const holds = operator === '<' ? order < 0 : operator === '<=' ? order <= 0 : operator === '>' ? order > 0 : operator === '>=' ? order >= 0 : operator === '==' ? order === 0 : order !== 0;
    return holds ? 1 : 0;
  }

  compare(left: Cell, right: Cell): number {
    const numeric = (value: Cell): boolean => typeof value === 'number' || value === '' || (typeof value === 'object' && NUMBER.test(value.input));
    if (numeric(left) && numeric(right) && !(left === '' && right === '')) {
      if (left === '' && typeof right !== 'number' || right === '' && typeof left !== 'number') { /* unset against input: as text below */ } else return this.toNumber(left) - this.toNumber(right);
    }
    const [a, b] = [this.toText(left), this.toText(right)];
    return a < b ? -1 : a > b ? 1 : 0;
  }

  private arithmetic(operator: string, left: Cell, right: Cell): number {
    const [a, b] = [this.toNumber(left), this.toNumber(right)];
    switch (operator) {
      case '+': return a + b;
      case '-': return a - b;
      case '*': return a * b;
      case '/': if (b === 0) throw new AwkRuntimeError('division by zero'); return a / b;
      case '%': if (b === 0) throw new AwkRuntimeError('division by zero in %'); return a % b;
      default: return a ** b;
    }
  }

  private *call(name: string, args: readonly AwkExpression[]): Task<Cell> {
    const definition = this.program.functions.get(name);
    if (!definition) {
      const builtin = yield* callBuiltin(this, name, args);
      if (builtin === undefined) throw new AwkRuntimeError(`calling undefined function ${name}`);
      return builtin;
    }
    const frame = new Map<string, Cell | Map<string, Cell>>();
    for (let i = 0; i < definition.parameters.length; i += 1) {
      const argument = args[i];
      const parameter = definition.parameters[i]!;
      if (argument?.type === 'name' && this.isArray(argument.name)) frame.set(parameter, this.array(argument.name));
      else frame.set(parameter, argument ? yield* this.evaluate(argument) : '');
    }
    if (this.frames.length > 500) throw new AwkRuntimeError('function call nesting too deep');
    this.frames.push(frame);
    try {
      yield* this.execute(definition.body);
      return '';
    } catch (thrown) {
      if (!(thrown instanceof Leave) || thrown.kind !== 'return') throw thrown;
      return thrown.value;
    } finally {
      this.frames.pop();
    }
  }

  private isArray(name: string): boolean {
    const frame = this.frames.at(-1);
    if (frame?.has(name)) return frame.get(name) instanceof Map;
    return this.arrays.has(name);
  }

  private *getline(expression: Extract<AwkExpression, { type: 'getline' }>): Task<Cell> {
    let line: string | null;
    if (!expression.command && !expression.file) {
      line = yield* this.input();
      if (line === null) return 0;
      this.globals.set('NR', this.toNumber(this.globals.get('NR')!) + 1);
    } else {
      const key = this.toText(yield* this.evaluate((expression.command ?? expression.file)!));
      let reader = this.readers.get(key);
      if (!reader) {
        const source = expression.command ? yield* this.startReader(key) : openInput(this.process, key);
        if (typeof source === 'string') return -1;
        reader = { lines: new LineInput(source), queue: [] };
        this.readers.set(key, reader);
      }
      if (reader.queue.length === 0) reader.queue = ((yield* reader.lines.next()) ?? []).reverse();
      line = reader.queue.pop() ?? null;
      if (line === null) return 0;
    }
    if (expression.target) yield* this.assignTo(expression.target, { input: line });
    else this.setRecord(line);
    return 1;
  }

  private *startReader(command: string): Task<Descriptor | string> {
    yield* this.flush();
    const pipe = new Pipe();
    const descriptors = new Map(this.process.descriptors);
    descriptors.set(1, pipe.writeEnd);
    pipe.readEnd.retain();
    const child = spawnCommand(this.process, ['sh', '-c', command], { descriptors });
    return 'refused' in child ? child.refused : pipe.readEnd;
  }

  /** Runs a command for `system()`. */
  *system(command: string): Task<number> {
    yield* this.flush();
    const child = spawnCommand(this.process, ['sh', '-c', command]);
    if ('refused' in child) return child.code;
    yield* this.process.wait(child);
    return child.exitCode!;
  }

  *close(name: string): Task<number> {
    const known = this.outputs.delete(name) || this.readers.delete(name);
    yield* this.flush();
    return known ? 0 : -1;
  }

  *execute(statement: AwkStatement): Task<void> {
    this.steps += 1;
    if (this.steps % STEP_BUDGET === 0) {
      yield* this.flush();
      yield* this.process.sleep(1);
    }
    switch (statement.type) {
      case 'block': for (const inner of statement.body) yield* this.execute(inner); return;
      case 'expression': yield* this.evaluate(statement.value); return;
      case 'print': yield* this.print(statement); return;
      case 'if':
        if (yield* this.truth(statement.test)) yield* this.execute(statement.yes);
        else if (statement.no) yield* this.execute(statement.no);
        return;
      case 'while':
        for (let first = statement.bodyFirst; first || (yield* this.truth(statement.test)); first = false) if (yield* this.brokeOut(statement.body)) return;
        return;
      case 'for':
        if (statement.start) yield* this.execute(statement.start);
        while (!statement.test || (yield* this.truth(statement.test))) {
          if (yield* this.brokeOut(statement.body)) return;
          if (statement.step) yield* this.execute(statement.step);
        }
        return;
      case 'for-in':
        for (const key of [...this.array(statement.array).keys()]) {
          yield* this.assignTo({ type: 'name', name: statement.name }, { input: key });
          if (yield* this.brokeOut(statement.body)) return;
        }
        return;
      case 'delete':
        if (statement.keys) { const key = yield* this.key(statement.keys); this.array(statement.name).delete(key); } else this.array(statement.name).clear();
        return;
      case 'exit': case 'return': throw new Leave(statement.type, statement.value ? yield* this.evaluate(statement.value) : '');
      case 'next': case 'break': case 'continue': throw new Leave(statement.type);
    }
  }

  private *brokeOut(body: AwkStatement): Task<boolean> {
    try {
      yield* this.execute(body);
    } catch (thrown) {
      if (!(thrown instanceof Leave)) throw thrown;
      if (thrown.kind === 'break') return true;
      if (thrown.kind !== 'continue') throw thrown;
    }
    return false;
  }

  private *print(statement: Extract<AwkStatement, { type: 'print' }>): Task<void> {
    const values: Cell[] = [];
    for (const argument of statement.args) values.push(yield* this.evaluate(argument));
    let text: string;
    if (statement.formatted) text = values.length > 0 ? awkFormat(this.toText(values[0]!), values.slice(1), this) : '';
    else if (values.length === 0) text = this.wholeRecord() + this.text('ORS');
    else text = values.map(value => (typeof value === 'number' && !Number.isInteger(value) ? awkFormat(this.text('OFMT'), [value], this) : this.toText(value))).join(this.text('OFS')) + this.text('ORS');
    if (!statement.redirect) { this.output.push(text); return; }
    const name = this.toText(yield* this.evaluate(statement.redirect.target));
    yield* (yield* this.outputTo(statement.redirect.operator, name)).write(text);
  }

  private *outputTo(operator: string, name: string): Task<Descriptor> {
    let output = this.outputs.get(name);
    if (output) return output;
    yield* this.flush();
    if (operator === '|') {
      const pipe = new Pipe();
      const descriptors = new Map(this.process.descriptors);
      descriptors.set(0, pipe.readEnd);
      pipe.writeEnd.retain();
      const child = spawnCommand(this.process, ['sh', '-c', name], { descriptors });
      output = pipe.writeEnd;
      if (!('refused' in child)) this.children.push({ pipe: output, wait: () => this.waitFor(child) });
    } else {
      try {
        output = openFile(this.process, name, operator === '>>' ? 'append' : 'write');
      } catch (thrown) {
        if (thrown instanceof FileError) throw new AwkRuntimeError(`cannot open "${name}" for output (${fileErrorWords(thrown.code)})`);
        throw thrown;
      }
    }
    this.outputs.set(name, output);
    return output;
  }

  private *waitFor(child: SystemProcess): Task<void> {
    yield* this.process.wait(child);
  }
}
