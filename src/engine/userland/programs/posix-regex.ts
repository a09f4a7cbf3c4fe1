/** A pattern the real regex compiler would refuse, in its words. */
export class RegexError {
  readonly message: string;

  constructor(message: string) {
    this.message = message;
  }
}

const CLASSES: Readonly<Record<string, string>> = {
  alpha: 'A-Za-z', digit: '0-9', alnum: 'A-Za-z0-9', upper: 'A-Z', lower: 'a-z', space: ' \\t\\n\\r\\f\\v', blank: ' \\t',
  punct: '!-\\/:-@\\[-`{-~', print: '\\x20-\\x7e', graph: '\\x21-\\x7e', cntrl: '\\x00-\\x1f\\x7f', xdigit: '0-9A-Fa-f',
};

/** A POSIX basic or extended regular expression (with GNU's extensions) as the source of a JavaScript one. */
export function posixRegex(pattern: string, extended: boolean): string {
  let source = '';
  let depth = 0;
  let atStart = true;
  for (let i = 0; i < pattern.length; i += 1) {
    const char = pattern[i]!;
    const wasStart = atStart;
    atStart = false;
    if (char === '[') {
      const bracket = bracketSource(pattern, i);
      source += bracket.source;
      i = bracket.end - 1;
    } else if (char === '\\') {
      i += 1;
      const next = pattern[i];
      if (next === undefined) throw new RegexError('Trailing backslash');
      if (!extended && '(){}|+?'.includes(next)) {
        if (next === '{') {
          const end = pattern.indexOf('\\}', i);
          if (end < 0) throw new RegexError('Unmatched \\{');
          source += `{${interval(pattern.slice(i + 1, end))}}`;
          i = end + 1;
        } else if (next === '(') { source += '('; depth += 1; atStart = true; }
        else if (next === ')') { if (depth === 0) throw new RegexError('Unmatched ) or \\)'); depth -= 1; source += ')'; }
        else if (next === '|') { source += '|'; atStart = true; }
        else if (wasStart) source += `\\${next}`;
        else source += next;
      } else if (next === '<') source += '\\b(?=\\w)';
      else if (next === '>') source += '\\b(?<=\\w)';
      else if (next === '`') source += '^';
      else if (next === "'") source += '$';
      else if (/[wWsSbB1-9nt]/.test(next)) source += `\\${next}`;
      else source += escape(next);
    } else if (extended) {
      if (char === '(') { source += '('; depth += 1; atStart = true; }
      else if (char === ')') {
        if (depth === 0) throw new RegexError('Unmatched ) or \\)');
        depth -= 1;
        source += ')';
      } else if (char === '{') {
        const end = pattern.indexOf('}', i);
        const inner = end < 0 ? '' : pattern.slice(i + 1, end);
        if (/^\d*(,\d*)?$/.test(inner) && inner !== '' && inner !== ',' && !wasStart) { source += `{${interval(inner)}}`; i = end; }
        else source += '\\{';
      } else if (char === '|') { source += '|'; atStart = true; }
      else if ('*+?'.includes(char)) { if (!wasStart && !/[*+?]$/.test(source.replace(/\\./g, ''))) source += char; else if (wasStart && char !== '*') source += ''; }
      else if ('.^$'.includes(char)) { source += char; if (char === '^') atStart = true; }
      else source += escape(char);
    } else if (char === '*') {
      if (wasStart) source += '\\*';
      else if (!/(?:^|[^\\])\*$/.test(source)) source += '*';
    }
    else if (char === '^') { if (wasStart) { source += '^'; atStart = true; } else source += '\\^'; }
    else if (char === '$') source += i === pattern.length - 1 || /^\\[)|]/.test(pattern.slice(i + 1)) ? '$' : '\\$';
    else if (char === '.') source += '.';
    else source += escape(char);
  }
  if (depth > 0) throw new RegexError('Unmatched ( or \\(');
  return source;
}

function interval(text: string): string {
  const match = /^(\d*)(,(\d*))?$/.exec(text);
  if (!match) throw new RegexError('Invalid content of \\{\\}');
  return `${match[1] || '0'}${match[2] === undefined ? '' : `,${match[3] ?? ''}`}`;
}

function escape(char: string): string {
  return /[\\^$.*+?()[\]{}|/]/.test(char) ? `\\${char}` : char;
}

function bracketSource(pattern: string, start: number): { source: string; end: number } {
  let i = start + 1;
  let source = '[';
  if (pattern[i] === '^') { source += '^'; i += 1; }
  for (let first = true; i < pattern.length; first = false) {
    const char = pattern[i]!;
    if (char === ']' && !first) return { source: `${source}]`, end: i + 1 };
    const named = /^\[:(\w+):\]/.exec(pattern.slice(i));
    if (named) {
      const members = CLASSES[named[1]!];
      if (members === undefined) throw new RegexError('Invalid character class name');
      source += members;
      i += named[0].length;
      continue;
    }
    source += '[]\\^'.includes(char) ? `\\${char}` : char;
    i += 1;
  }
  throw new RegexError('Invalid regular expression');
}
