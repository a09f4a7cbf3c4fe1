import { RegexError, posixRegex } from './posix-regex.ts';

/** A sed program as a list of commands with addresses. */
export interface SedCommand {
  readonly from?: SedAddress;
  readonly to?: SedAddress;
  readonly negated: boolean;
  readonly name: string;
  /** Text of `a`, `i`, `c`; label of `b`, `t`, `:`; file of `w`, `r`. */
  readonly text: string;
  readonly substitute?: { readonly pattern: RegExp | undefined; readonly replacement: string; readonly global: boolean; readonly occurrence: number; readonly print: boolean; readonly file?: string };
  readonly table?: ReadonlyMap<string, string>;
  readonly block?: readonly SedCommand[];
  /** Where a range is now. */
  active?: boolean;
  endLine?: number;
}

export type SedAddress =
  | { readonly kind: 'line'; readonly line: number }
  | { readonly kind: 'last' }
  | { readonly kind: 'pattern'; readonly pattern: RegExp | undefined }
  | { readonly kind: 'step'; readonly first: number; readonly step: number }
  | { readonly kind: 'offset'; readonly count: number };

export class SedError {
  readonly message: string;

  constructor(message: string) {
    this.message = message;
  }
}

/** Parses a script; `-e expression #1, char N` is put before the message. @throws SedError */
export function parseSed(script: string, extended: boolean): SedCommand[] {
  const parser = new SedParser(script, extended);
  return parser.commands(false);
}

class SedParser {
  private at = 0;
  private readonly source: string;
  private readonly extended: boolean;

  constructor(source: string, extended: boolean) {
    this.source = source;
    this.extended = extended;
  }

  commands(inBlock: boolean): SedCommand[] {
    const commands: SedCommand[] = [];
    for (;;) {
      while (/[\s;]/.test(this.source[this.at] ?? '')) this.at += 1;
      if (this.at >= this.source.length) {
        if (inBlock) throw this.error("unmatched `{'", 0);
        return commands;
      }
      if (this.source[this.at] === '}') {
        if (!inBlock) { this.at += 1; throw this.error("unexpected `}'"); }
        this.at += 1;
        return commands;
      }
      if (this.source[this.at] === '#') { this.restOfLine(); continue; }
      commands.push(this.command());
    }
  }

  private error(message: string, at = this.at): SedError {
    return new SedError(`-e expression #1, char ${at}: ${message}`);
  }

  private command(): SedCommand {
    const from = this.address();
    let to: SedAddress | undefined;
    if (from) {
      this.blanks();
      if (this.source[this.at] === ',') {
        this.at += 1;
        this.blanks();
        if (this.source[this.at] === '+') {
          this.at += 1;
          to = { kind: 'offset', count: this.number() };
        } else to = this.address();
        if (!to) { this.at += 1; throw this.error("unexpected `,'"); }
      }
    }
    this.blanks();
    let negated = false;
    while (this.source[this.at] === '!') { negated = true; this.at += 1; this.blanks(); }
    const name = this.source[this.at];
    this.at += 1;
    if (name === undefined) throw this.error('missing command', this.source.length);
    const base = { ...(from ? { from } : {}), ...(to ? { to } : {}), negated, name, text: '' };
    switch (name) {
      case '{': return { ...base, block: this.commands(true) };
      case 's': return { ...base, substitute: this.substitute() };
      case 'y': return { ...base, table: this.transliteration() };
      case 'a': case 'i': case 'c': return { ...base, text: this.appended() };
      case ':': case 'b': case 't': case 'T': return { ...base, text: this.label() };
      case 'r': case 'w': case 'R': case 'W': { this.blanks(); return { ...base, text: this.restOfLine() }; }
      case 'q': case 'Q': {
        this.blanks();
        const code = /^\d*/.exec(this.source.slice(this.at))![0];
        this.at += code.length;
        this.end();
        return { ...base, text: code };
      }
      case 'd': case 'D': case 'p': case 'P': case 'n': case 'N': case 'g': case 'G': case 'h': case 'H': case 'x': case '=': case 'l': case 'z':
        this.end();
        return base;
      default:
        throw this.error(`unknown command: \`${name}'`);
    }
  }

  private end(): void {
    this.blanks();
    const next = this.source[this.at];
    if (next === undefined || ';\n}#'.includes(next)) return;
    this.at += 1;
    throw this.error('extra characters after command');
  }

  private blanks(): void {
    while (/[ \t]/.test(this.source[this.at] ?? '')) this.at += 1;
  }

  private number(): number {
    const digits = /^\d+/.exec(this.source.slice(this.at))?.[0] ?? '0';
    this.at += digits.length;
    return Number(digits);
  }

  private restOfLine(): string {
    const end = this.source.indexOf('\n', this.at);
    const text = this.source.slice(this.at, end < 0 ? undefined : end);
    this.at = end < 0 ? this.source.length : end + 1;
    return text;
  }

  private label(): string {
    this.blanks();
    const text = /^[^;\n}]*/.exec(this.source.slice(this.at))![0];
    this.at += text.length;
    return text.trim();
  }

  private appended(): string {
    this.blanks();
    if (this.source[this.at] === '\\') {
      this.at += 1;
      this.blanks();
      if (this.source[this.at] === '\n') this.at += 1;
    }
    if (this.at >= this.source.length) throw this.error("expected \\ after `a', `c' or `i'");
    let text = '';
    for (; this.at < this.source.length; this.at += 1) {
      const character = this.source[this.at]!;
      if (character === '\\' && this.at + 1 < this.source.length) {
        this.at += 1;
        text += this.source[this.at] === 't' ? '\t' : this.source[this.at];
      } else if (character === '\n') { this.at += 1; break; } else text += character;
    }
    return text;
  }

  private address(): SedAddress | undefined {
    const character = this.source[this.at];
    if (character === undefined) return undefined;
    if (/\d/.test(character)) {
      const line = this.number();
      if (this.source[this.at] !== '~') return { kind: 'line', line };
      this.at += 1;
      return { kind: 'step', first: line, step: this.number() };
    }
    if (character === '$') { this.at += 1; return { kind: 'last' }; }
    if (character !== '/' && character !== '\\') return undefined;
    let delimiter = '/';
    if (character === '\\') { delimiter = this.source[this.at + 1] ?? '/'; this.at += 1; }
    this.at += 1;
    const pattern = this.delimited(delimiter, true);
    if (pattern === undefined) throw this.error('unterminated address regex', this.source.length);
    let flags = '';
    if (this.source[this.at] === 'I') { flags = 'i'; this.at += 1; }
    return { kind: 'pattern', pattern: this.regex(pattern, flags) };
  }

  private delimited(delimiter: string, isPattern: boolean): string | undefined {
    let text = '';
    let inBracket = false;
    for (; this.at < this.source.length; this.at += 1) {
      const character = this.source[this.at]!;
      if (character === '\\' && this.at + 1 < this.source.length) {
        this.at += 1;
        const next = this.source[this.at]!;
        if (next === delimiter) text += isPattern && /[.*+?^$|(){}[\]]/.test(delimiter) ? `\\${next}` : next;
        else if (next === 'n' && isPattern) text += '\\n';
        else text += `\\${next}`;
        continue;
      }
      if (isPattern && character === '[' && !inBracket) inBracket = this.source.indexOf(']', this.at + 2) > 0;
      else if (character === ']' && inBracket && this.source[this.at - 1] !== '[') inBracket = false;
      if (character === delimiter && !inBracket) { this.at += 1; return text; }
      text += character;
    }
    return undefined;
  }

  /** An empty pattern means the last one used. */
  private regex(source: string, flags: string): RegExp | undefined {
    if (source === '') return undefined;
    try {
      return new RegExp(posixRegex(source, this.extended), `g${flags}`);
    } catch (thrown) {
      throw this.error(thrown instanceof RegexError ? thrown.message : 'Invalid preceding regular expression');
    }
  }

  private substitute(): NonNullable<SedCommand['substitute']> {
    const delimiter = this.source[this.at];
    if (delimiter === undefined || delimiter === '\n' || delimiter === '\\') throw this.error("unterminated `s' command", this.source.length);
    this.at += 1;
    const pattern = this.delimited(delimiter, true);
    const replacement = pattern === undefined ? undefined : this.delimited(delimiter, false);
    if (pattern === undefined || replacement === undefined) throw this.error("unterminated `s' command", this.source.length);
    let global = false;
    let print = false;
    let occurrence = 1;
    let flags = '';
    let file: string | undefined;
    for (; this.at < this.source.length; this.at += 1) {
      const flag = this.source[this.at]!;
      if (flag === 'g') global = true;
      else if (flag === 'p') print = true;
      else if (flag === 'i' || flag === 'I') flags += 'i';
      else if (flag === 'm' || flag === 'M') flags += 'm';
      else if (/\d/.test(flag)) { occurrence = this.number(); this.at -= 1; if (occurrence === 0) throw this.error("number option to `s' command may not be zero"); }
      else if (flag === 'w') { this.at += 1; this.blanks(); file = this.restOfLine(); break; }
      else if (/[;\n}#]/.test(flag)) break;
      else if (!/[ \t]/.test(flag)) { this.at += 1; throw this.error("unknown option to `s'"); }
    }
    return { pattern: this.regex(pattern, flags), replacement, global, occurrence, print, ...(file === undefined ? {} : { file }) };
  }

  private transliteration(): Map<string, string> {
    const delimiter = this.source[this.at]!;
    this.at += 1;
    const from = this.delimited(delimiter, false);
    const to = from === undefined ? undefined : this.delimited(delimiter, false);
    if (from === undefined || to === undefined) throw this.error("unterminated `y' command", this.source.length);
    const [left, right] = [from, to].map(text => [...text.replace(/\\n/g, '\n').replace(/\\\\/g, '\\')]) as [string[], string[]];
    if (left.length !== right.length) throw this.error("strings for `y' command are different lengths");
    this.end();
    return new Map(left.map((character, index) => [character, right[index]!]));
  }
}

/** The replacement of one match: `&`, `\1`, `\n`, `\U…\E`. */
export function replacementFor(template: string, groups: readonly (string | undefined)[]): string {
  let text = '';
  let mode: 'U' | 'L' | '' = '';
  let once: 'u' | 'l' | '' = '';
  const add = (piece: string): void => {
    let shown = mode === 'U' ? piece.toUpperCase() : mode === 'L' ? piece.toLowerCase() : piece;
    if (once !== '' && shown !== '') {
      shown = (once === 'u' ? shown[0]!.toUpperCase() : shown[0]!.toLowerCase()) + shown.slice(1);
      once = '';
    }
    text += shown;
  };
  for (let i = 0; i < template.length; i += 1) {
    const character = template[i]!;
    if (character === '&') { add(groups[0] ?? ''); continue; }
    if (character !== '\\') { add(character); continue; }
    i += 1;
    const next = template[i];
    if (next === undefined) break;
    if (/\d/.test(next)) add(groups[Number(next)] ?? '');
    else if (next === 'n' || next === '\n') add('\n');
    else if (next === 't') add('\t');
    else if (next === 'U' || next === 'L') mode = next;
    else if (next === 'E') mode = '';
    else if (next === 'u' || next === 'l') once = next;
    else add(next);
  }
  return text;
}
