/** JSON with the complaints of Python's `json.loads`, which the CLI shows to people. */

export class PythonJsonError extends Error {}

/** @throws PythonJsonError in Python's words: `Expecting value: line 1 column 5 (char 4)` */
export function pythonJson(text: string): unknown {
  const reader = new Reader(text);
  const value = reader.value(reader.space(0));
  const end = reader.space(reader.at);
  if (end !== text.length) throw reader.failure('Extra data', end);
  return value;
}

const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?/;
const ESCAPES: Readonly<Record<string, string>> = { '"': '"', '\\': '\\', '/': '/', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' };

class Reader {
  at = 0;

  constructor(private readonly text: string) {}

  failure(what: string, place: number): PythonJsonError {
    const before = this.text.slice(0, place);
    return new PythonJsonError(`${what}: line ${before.split('\n').length} column ${place - before.lastIndexOf('\n')} (char ${place})`);
  }

  space(from: number): number {
    let at = from;
    while (' \t\n\r'.includes(this.text[at] ?? '-')) at += 1;
    return at;
  }

  value(from: number): unknown {
    const { text } = this;
    switch (text[from]) {
      case '"': return this.string(from + 1);
      case '{': return this.object(from + 1);
      case '[': return this.array(from + 1);
      default:
    }
    for (const [word, value] of [['null', null], ['true', true], ['false', false]] as const) {
      if (!text.startsWith(word, from)) continue;
      this.at = from + word.length;
      return value;
    }
    const number = NUMBER.exec(text.slice(from))?.[0];
    if (number === undefined) throw this.failure('Expecting value', from);
    this.at = from + number.length;
    return Number(number);
  }

  private string(from: number): string {
    let made = '';
    for (let at = from; ; at += 1) {
      const character = this.text[at];
      if (character === undefined) throw this.failure('Unterminated string starting at', from - 1);
      if (character === '"') {
        this.at = at + 1;
        return made;
      }
      if (character < ' ') throw this.failure('Invalid control character at', at);
      if (character !== '\\') {
        made += character;
        continue;
      }
      at += 1;
      const escape = this.text[at];
      if (escape === undefined) throw this.failure('Unterminated string starting at', from - 1);
      if (escape === 'u') {
        const digits = this.text.slice(at + 1, at + 5);
        if (!/^[0-9a-fA-F]{4}$/.test(digits)) throw this.failure('Invalid \\uXXXX escape', at);
        made += String.fromCharCode(Number.parseInt(digits, 16));
        at += 4;
      } else {
        const plain = ESCAPES[escape];
        if (plain === undefined) throw this.failure('Invalid \\escape', at - 1);
        made += plain;
      }
    }
  }

  private object(from: number): Record<string, unknown> {
    const made: Record<string, unknown> = {};
    let at = this.space(from);
    if (this.text[at] === '}') {
      this.at = at + 1;
      return made;
    }
    if (this.text[at] !== '"') throw this.failure('Expecting property name enclosed in double quotes', at);
    for (;;) {
      const key = this.string(at + 1);
      at = this.space(this.at);
      if (this.text[at] !== ':') throw this.failure("Expecting ':' delimiter", at);
      made[key] = this.value(this.space(at + 1));
      at = this.space(this.at);
      if (this.text[at] === '}') break;
      if (this.text[at] !== ',') throw this.failure("Expecting ',' delimiter", at);
      at = this.space(at + 1);
      if (this.text[at] !== '"') throw this.failure('Expecting property name enclosed in double quotes', at);
    }
    this.at = at + 1;
    return made;
  }

  private array(from: number): unknown[] {
    const made: unknown[] = [];
    let at = this.space(from);
    if (this.text[at] === ']') {
      this.at = at + 1;
      return made;
    }
    for (;;) {
      made.push(this.value(at));
      at = this.space(this.at);
      if (this.text[at] === ']') break;
      if (this.text[at] !== ',') throw this.failure("Expecting ',' delimiter", at);
      at = this.space(at + 1);
    }
    this.at = at + 1;
    return made;
  }
}
