const LIMIT = 10_000;

/** The words `text` (shell source, quotes and all) stands for after brace expansion; itself when there is nothing to expand. */
export function expandBraces(text: string): string[] {
  const open = findGroup(text, 0);
  if (!open) return [text];
  const before = text.slice(0, open.start);
  const after = expandBraces(text.slice(open.end));
  const words: string[] = [];
  for (const middle of open.alternatives) {
    for (const inner of open.sequence ? [middle] : expandBraces(middle)) {
      for (const tail of after) {
        words.push(before + inner + tail);
        if (words.length > LIMIT) return [text];
      }
    }
  }
  return words;
}

interface Group {
  start: number;
  end: number;
  alternatives: string[];
  sequence: boolean;
}

function findGroup(text: string, from: number): Group | undefined {
  for (let i = skipQuoted(text, from); i < text.length; i = skipQuoted(text, i + 1)) {
    if (text[i] !== '{' || text[i - 1] === '$') continue;
    const close = matching(text, i);
    if (close === undefined) continue;
    const inner = text.slice(i + 1, close);
    const parts = splitTopLevel(inner);
    if (parts.length > 1) return { start: i, end: close + 1, alternatives: parts, sequence: false };
    const sequence = sequenceOf(inner);
    if (sequence) return { start: i, end: close + 1, alternatives: sequence, sequence: true };
  }
  return undefined;
}

function skipQuoted(text: string, from: number): number {
  let i = from;
  for (;;) {
    const char = text[i];
    if (char === '\\') i += 2;
    else if (char === "'") i = after(text, "'", i + 1);
    else if (char === '"') i = afterDouble(text, i + 1);
    else if (char === '$' && (text[i + 1] === '{' || text[i + 1] === '(')) i = afterNested(text, i + 1);
    else if (char === '`') i = after(text, '`', i + 1);
    else return i;
  }
}

function after(text: string, char: string, from: number): number {
  const at = text.indexOf(char, from);
  return at < 0 ? text.length : at + 1;
}

function afterDouble(text: string, from: number): number {
  for (let i = from; i < text.length; i += 1) {
    if (text[i] === '\\') i += 1;
    else if (text[i] === '"') return i + 1;
  }
  return text.length;
}

function afterNested(text: string, open: number): number {
  const opening = text[open]!;
  const closing = opening === '{' ? '}' : ')';
  let depth = 0;
  for (let i = open; i < text.length; i += 1) {
    if (text[i] === '\\') i += 1;
    else if (text[i] === opening) depth += 1;
    else if (text[i] === closing && (depth -= 1) === 0) return i + 1;
  }
  return text.length;
}

function matching(text: string, open: number): number | undefined {
  let depth = 0;
  for (let i = skipQuoted(text, open); i < text.length; i = skipQuoted(text, i + 1)) {
    if (text[i] === '{') depth += 1;
    else if (text[i] === '}' && (depth -= 1) === 0) return i;
  }
  return undefined;
}

function splitTopLevel(inner: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let start = 0;
  for (let i = skipQuoted(inner, 0); i < inner.length; i = skipQuoted(inner, i + 1)) {
    if (inner[i] === '{') depth += 1;
    else if (inner[i] === '}') depth -= 1;
    else if (inner[i] === ',' && depth === 0) {
      parts.push(inner.slice(start, i));
      start = i + 1;
    }
  }
  parts.push(inner.slice(start));
  return parts;
}

function sequenceOf(inner: string): string[] | undefined {
  const match = /^(-?\d+|[A-Za-z])\.\.(-?\d+|[A-Za-z])(?:\.\.(-?\d+))?$/.exec(inner);
  if (!match) return undefined;
  const [, from, to, by] = match as unknown as [string, string, string, string | undefined];
  const letters = /[A-Za-z]/.test(from);
  if (letters !== /[A-Za-z]/.test(to)) return undefined;
  const first = letters ? from.charCodeAt(0) : Number(from);
  const last = letters ? to.charCodeAt(0) : Number(to);
  const step = Math.max(1, Math.abs(Number(by ?? 1))) * (first <= last ? 1 : -1);
  const padded = !letters && [from, to].some(bound => /^-?0\d/.test(bound));
  const width = padded ? Math.max(from.length, to.length) : 0;
  const words: string[] = [];
  for (let value = first; step > 0 ? value <= last : value >= last; value += step) {
    if (letters) words.push(String.fromCharCode(value));
    else words.push(value < 0 ? `-${String(-value).padStart(width - 1, '0')}` : String(value).padStart(width, '0'));
    if (words.length > LIMIT) return undefined;
  }
  return words;
}
