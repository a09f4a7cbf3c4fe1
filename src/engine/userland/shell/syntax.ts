import { parse, type ParsedScript, type Word, type WordPart } from 'unbash';

/** A text as bash's parser sees it. */
export type Parsed =
  | { readonly kind: 'script'; readonly script: ParsedScript; readonly source: string }
  /** More lines are needed; `end` is what bash says when none come. */
  | { readonly kind: 'incomplete'; readonly script: ParsedScript; readonly source: string; readonly error: SyntaxError_ }
  | { readonly kind: 'error'; readonly script: ParsedScript; readonly source: string; readonly error: SyntaxError_ };

export interface SyntaxError_ {
  /** What follows `bash: `. */
  readonly message: string;
  /** One-based. */
  readonly line: number;
  /** Bash repeats the offending line after the message. */
  readonly showsLine: boolean;
  readonly offset: number;
}

const cache = new Map<string, Parsed>();

/** Parses shell text. Nothing it is given makes it throw. */
export function parseShell(source: string): Parsed {
  const known = cache.get(source);
  if (known) return known;
  const parsed = parseFresh(source);
  if (source.length < 10_000) {
    if (cache.size > 400) cache.clear();
    cache.set(source, parsed);
  }
  return parsed;
}

function parseFresh(source: string): Parsed {
  const script = parse(source);
  const first = [...(script.errors ?? [])].sort((a, b) => a.pos - b.pos)[0];
  if (!first) {
    if (/(?:^|[^\\])(?:\\\\)*\\$/.test(source) && !/(?:^|\n)[^\n]*#[^\n]*\\$/.test(source)) {
      return { kind: 'incomplete', script, source, error: endOfFile(source) };
    }
    if (hasOpenHereDoc(script, source)) return { kind: 'incomplete', script, source, error: endOfFile(source) };
    return { kind: 'script', script, source };
  }
  const quote = /unterminated (.*)/.exec(first.message);
  if (quote) {
    const char = /double/.test(quote[1]!) ? '"' : /single|ANSI|\$'/.test(quote[1]!) ? "'" : /backtick/.test(quote[1]!) || source[first.pos] === '`' ? '`'
      : /parameter|\{/.test(quote[1]!) ? '}' : ')';
    return {
      kind: 'incomplete', script, source,
      error: { message: `unexpected EOF while looking for matching \`${char}'`, line: char === ')' ? endOfFile(source).line : lineAt(source, first.pos), showsLine: false, offset: first.pos },
    };
  }
  const token = tokenAt(source, first.pos);
  if (token === undefined) {
    if (/redirect target/.test(first.message)) return { kind: 'error', script, source, error: nearToken('newline', source, first.pos) };
    return { kind: 'incomplete', script, source, error: endOfFile(source) };
  }
  return { kind: 'error', script, source, error: nearToken(token, source, first.pos) };
}

function nearToken(token: string, source: string, offset: number): SyntaxError_ {
  return { message: `syntax error near unexpected token \`${token}'`, line: lineAt(source, offset), showsLine: true, offset };
}

function endOfFile(source: string): SyntaxError_ {
  return { message: 'syntax error: unexpected end of file', line: lineAt(source, source.length) + (source.endsWith('\n') ? 0 : 1), showsLine: false, offset: source.length };
}

/** The line, from 1, that holds `offset`. */
export function lineAt(source: string, offset: number): number {
  let line = 1;
  for (let at = source.indexOf('\n'); at >= 0 && at < offset; at = source.indexOf('\n', at + 1)) line += 1;
  return line;
}

function tokenAt(source: string, from: number): string | undefined {
  const match = /[ \t]*(\n|;;&|;;|;&|&&|\|\||\|&|<<-|<<<|<<|>>|<&|>&|&>|[;&|()<>]|[^\s;&|()<>]+)?/y;
  match.lastIndex = from;
  const token = match.exec(source)?.[1];
  if (token === undefined) return undefined;
  if (token !== '\n') return token;
  return source.slice(from).trim() === '' ? undefined : tokenAt(source, source.indexOf('\n', from) + 1) === undefined ? undefined : 'newline';
}

function hasOpenHereDoc(script: ParsedScript, source: string): boolean {
  if (!source.includes('<<')) return false;
  let open = false;
  const look = (value: unknown): void => {
    if (open || typeof value !== 'object' || value === null) return;
    if (Array.isArray(value)) { value.forEach(look); return; }
    const node = value as { type?: string; closing?: unknown };
    if (node.type === 'HereDoc' && !node.closing) { open = true; return; }
    for (const key of Object.keys(value)) look((value as Record<string, unknown>)[key]);
  };
  look(script.commands);
  return open;
}

const templates = new Map<string, readonly WordPart[]>();

/** The parts of a text in which only `$…`, backquotes and backslashes are special, as in a here-document. */
export function templateParts(text: string): readonly WordPart[] {
  let parts = templates.get(text);
  if (!parts) {
    const script = parse(`: <<_DRYDOCK_END_\n${text}\n_DRYDOCK_END_\n`);
    const command = script.commands[0]?.command;
    const redirect = command?.type === 'Command' ? command.redirects[0] : undefined;
    const body = redirect?.type === 'HereDoc' ? redirect.body : undefined;
    parts = body?.parts ?? [{ type: 'Literal', value: text, text, pos: 0, end: text.length }];
    const last = parts.at(-1);
    if (last?.type === 'Literal' && last.value.endsWith('\n')) {
      parts = [...parts.slice(0, -1), { ...last, value: last.value.slice(0, -1), text: last.text.slice(0, -1) }];
    }
    if (templates.size > 400) templates.clear();
    templates.set(text, parts);
  }
  return parts;
}

const words = new Map<string, Word | undefined>();

/** `text` as one word of shell source. */
export function wordOf(text: string): Word | undefined {
  if (!words.has(text)) {
    const command = parse(`: ${text}`).commands[0]?.command;
    const argument = command?.type === 'Command' ? command.args[0] : undefined;
    if (words.size > 1000) words.clear();
    words.set(text, argument?.type === 'Word' ? argument : undefined);
  }
  return words.get(text);
}
