/** The shorthand syntax of the CLI: `Name=tag:x,Values=a,b`, `key=[a,b]`, `key={inner=value}`, and what shapes make of it. */
import type { Shape } from '../models/model.ts';

export class ShorthandError extends Error {}

export type ShorthandValue = string | ShorthandValue[] | { [key: string]: ShorthandValue };

const KEY = /[A-Za-z0-9\-_.#/:]/;
const SINGLE = /^'(?:\\\\|\\'|[^'])*'/;
const DOUBLE = /^"(?:\\\\|\\"|[^"])*"/;
const FIRST = /^(?:\\,|[!#-&(-+\--<>-Z\\-z|-\uffff])(?:\\,|[\s!#-&(-+\--\\^-|~-\uffff])*/;
const SECOND = /^(?:\\,|[!#-&(-+\--<>-Z\\-z|-\uffff])(?:\\,|[\s!#-&(-+\--<>-\uffff])*/;

/** Parses one value. @throws ShorthandError with the place marked */
export function parseShorthand(text: string): { [key: string]: ShorthandValue } {
  return new Reader(text).parameter();
}

class Reader {
  private at = 0;

  constructor(private readonly text: string) {}

  parameter(): { [key: string]: ShorthandValue } {
    const made: { [key: string]: ShorthandValue } = {};
    let last = 0;
    const take = (): void => {
      const key = this.key();
      this.expect('=', true);
      const value = this.values();
      if (Object.hasOwn(made, key)) {
        throw new ShorthandError(`Second instance of key "${key}" encountered for input:\n${this.marked(last + 1)}\nThis is often because there is a preceding "," instead of a space.`);
      }
      made[key] = value;
      last = this.at;
    };
    take();
    while (this.at < this.text.length) {
      this.expect(',', true);
      take();
    }
    return made;
  }

  private get current(): string | undefined {
    return this.text[this.at];
  }

  private key(): string {
    const start = this.at;
    while (this.current !== undefined && KEY.test(this.current)) this.at += 1;
    return this.text.slice(start, this.at);
  }

  private values(): ShorthandValue {
    if (this.current === undefined) return '';
    if (this.current === '[') return this.list();
    if (this.current === '{') return this.object();
    return this.commaSeparated();
  }

  /** `a` alone is a text; `a,b` a list — unless what follows the comma is the next key. */
  private commaSeparated(): ShorthandValue {
    const first = this.firstValue();
    this.space();
    if (this.current !== ',') return first;
    this.expect(',', true);
    const all: ShorthandValue[] = [first];
    for (;;) {
      try {
        const next = this.secondValue();
        this.space();
        if (this.current === undefined) {
          all.push(next);
          break;
        }
        this.expect(',', true);
        all.push(next);
      } catch (failure) {
        if (!(failure instanceof ShorthandError) || this.current === undefined) throw failure;
        while (this.at >= 0 && this.current !== ',') this.at -= 1;
        break;
      }
    }
    return all.length === 1 ? first : all;
  }

  private list(): ShorthandValue[] {
    this.expect('[', true);
    const made: ShorthandValue[] = [];
    while (this.current !== ']') {
      made.push(this.inner());
      this.space();
      if (this.current !== ']') {
        this.expect(',');
        this.space();
      }
    }
    this.expect(']');
    return made;
  }

  private object(): { [key: string]: ShorthandValue } {
    this.expect('{', true);
    const made: { [key: string]: ShorthandValue } = {};
    while (this.current !== '}') {
      const key = this.key();
      this.expect('=', true);
      const value = this.inner();
      this.space();
      if (this.current !== '}') {
        this.expect(',');
        this.space();
      }
      made[key] = value;
    }
    this.expect('}');
    return made;
  }

  private inner(): ShorthandValue {
    return this.current === '[' ? this.list() : this.current === '{' ? this.object() : this.firstValue();
  }

  private firstValue(): string {
    return this.quoted() ?? this.plain(this.match(FIRST) ?? '');
  }

  private secondValue(): string {
    const quoted = this.quoted();
    if (quoted !== undefined) return quoted;
    const found = this.match(SECOND);
    if (found === undefined) throw this.failure('<second>', '<none>');
    return this.plain(found);
  }

  private plain(text: string): string {
    return text.replaceAll('\\,', ',').trimEnd();
  }

  private quoted(): string | undefined {
    const quote = this.current;
    if (quote !== "'" && quote !== '"') return undefined;
    const found = this.match(quote === "'" ? SINGLE : DOUBLE);
    if (found === undefined) throw this.failure(quote === "'" ? '<singled quoted>' : '<double quoted>', '<none>');
    return found.slice(1, -1).replaceAll(`\\${quote}`, quote).replaceAll('\\\\', '\\');
  }

  private match(pattern: RegExp): string | undefined {
    const found = pattern.exec(this.text.slice(this.at))?.[0];
    if (found !== undefined) this.at += found.length;
    return found;
  }

  private expect(character: string, spaces = false): void {
    if (spaces) this.space();
    if (this.current !== character) throw this.failure(character, this.current ?? 'EOF');
    this.at += 1;
    if (spaces) this.space();
  }

  private space(): void {
    while (this.current !== undefined && /\s/.test(this.current)) this.at += 1;
  }

  private failure(expected: string, actual: string): ShorthandError {
    return new ShorthandError(`Expected: '${expected}', received: '${actual}' for input:\n${this.marked(this.at)}`);
  }

  /** The input with a caret below a place, counted in its line. */
  private marked(place: number): string {
    const lineStart = this.text.lastIndexOf('\n', place - 1) + 1;
    const lineEnd = this.text.indexOf('\n', place);
    const head = lineEnd < 0 ? this.text : this.text.slice(0, lineEnd);
    return `${head}\n${' '.repeat(place - lineStart)}^${lineEnd < 0 ? '' : this.text.slice(lineEnd)}`;
  }
}

/** Gives texts the kinds their shape wants: numbers, booleans, one value where a list is meant. @throws PythonValueError */
export function typed(value: ShorthandValue, shape: Shape): unknown {
  if (shape.kind === 'structure') {
    if (typeof value === 'string' || Array.isArray(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => {
      const member = shape.members.get(key);
      return [key, member ? typed(inner, member) : inner];
    }));
  }
  // A lone value becomes a list of one, whose element stays as it was written.
  if (shape.kind === 'list') return Array.isArray(value) ? value.map(inner => typed(inner, shape.item)) : [value];
  if (shape.kind === 'map') return typeof value === 'string' || Array.isArray(value) ? value : Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, typed(inner, shape.value)]));
  if (typeof value !== 'string') return value;
  return scalarOf(value, shape.kind);
}

/** What Python's `int()` and `float()` throw. */
export class PythonValueError extends Error {}

export function scalarOf(text: string, kind: Shape['kind']): unknown {
  switch (kind) {
    case 'integer': case 'long': return pythonInt(text);
    case 'double': case 'float': return pythonFloat(text);
    case 'boolean': return text.toLowerCase() === 'true' ? true : text.toLowerCase() === 'false' ? false : text;
    default: return text;
  }
}

export function pythonInt(text: string): number {
  if (!/^\s*[+-]?\d+(_\d+)*\s*$/.test(text)) throw new PythonValueError(`invalid literal for int() with base 10: '${text}'`);
  return Number(text.replaceAll('_', ''));
}

export function pythonFloat(text: string): number {
  if (!/^\s*[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?\s*$/i.test(text)) throw new PythonValueError(`could not convert string to float: '${text}'`);
  return Number(text);
}
