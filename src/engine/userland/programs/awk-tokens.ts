/** What is wrong with an awk program, as awk says it. */
export class AwkSyntaxError {
  readonly message: string;

  constructor(message: string) {
    this.message = message;
  }
}

export interface Token {
  readonly kind: 'number' | 'string' | 'regex' | 'name' | 'function-name' | 'keyword' | 'operator' | 'newline' | 'end';
  readonly text: string;
  readonly line: number;
}

const KEYWORDS = new Set(['BEGIN', 'END', 'function', 'func', 'if', 'else', 'while', 'for', 'do', 'break', 'continue', 'next', 'exit', 'return', 'delete', 'in', 'print', 'printf', 'getline']);
const OPERATOR = /\*\*=|\*\*|\+\+|--|\+=|-=|\*=|\/=|%=|\^=|==|<=|>=|!=|!~|&&|\|\||>>|[-+*/%^!<>|?:~$=,;(){}[\]]/y;

/** Splits an awk program into tokens. @throws AwkSyntaxError */
export function tokensOf(source: string): Token[] {
  const tokens: Token[] = [];
  let line = 1;
  let at = 0;
  const push = (kind: Token['kind'], text: string): void => { tokens.push({ kind, text, line }); };
  while (at < source.length) {
    const character = source[at]!;
    if (character === '\n') { push('newline', '\n'); line += 1; at += 1; continue; }
    if (character === '\\' && source[at + 1] === '\n') { line += 1; at += 2; continue; }
    if (/\s/.test(character)) { at += 1; continue; }
    if (character === '#') { while (at < source.length && source[at] !== '\n') at += 1; continue; }
    if (character === '"') {
      let text = '';
      for (at += 1; at < source.length && source[at] !== '"'; at += 1) {
        if (source[at] === '\n') throw new AwkSyntaxError(`unterminated string ${text.slice(0, 10)}... at source line ${line}`);
        if (source[at] !== '\\') { text += source[at]; continue; }
        at += 1;
        const octal = /^[0-7]{1,3}/.exec(source.slice(at));
        if (octal) { text += String.fromCharCode(Number.parseInt(octal[0], 8)); at += octal[0].length - 1; continue; }
        text += ({ n: '\n', t: '\t', r: '\r', '\\': '\\', '"': '"', '/': '/', a: '\x07', b: '\b', f: '\f', v: '\v' } as Record<string, string>)[source[at]!] ?? `\\${source[at]}`;
      }
      if (at >= source.length) throw new AwkSyntaxError(`runaway string constant "${text.slice(0, 10)} ...`);
      at += 1;
      push('string', text);
      continue;
    }
    const number = /^(?:0[xX][0-9a-fA-F]+|(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)/.exec(source.slice(at));
    if (number) { push('number', number[0]); at += number[0].length; continue; }
    const name = /^[A-Za-z_]\w*/.exec(source.slice(at));
    if (name) {
      at += name[0].length;
      push(KEYWORDS.has(name[0]) ? 'keyword' : source[at] === '(' ? 'function-name' : 'name', name[0]);
      continue;
    }
    if (character === '/' && regexAllowed(tokens.at(-1))) {
      let text = '';
      let inBracket = false;
      for (at += 1; at < source.length && (source[at] !== '/' || inBracket); at += 1) {
        if (source[at] === '\n') throw new AwkSyntaxError(`newline in regular expression ${text.slice(0, 10)}...`);
        if (source[at] === '\\') { text += source[at + 1] === '/' ? '/' : `\\${source[at + 1] ?? ''}`; at += 1; continue; }
        if (source[at] === '[' && !inBracket) inBracket = true;
        else if (source[at] === ']' && !/\[\^?$/.test(text)) inBracket = false;
        text += source[at];
      }
      at += 1;
      push('regex', text);
      continue;
    }
    OPERATOR.lastIndex = at;
    const operator = OPERATOR.exec(source);
    if (!operator) throw new AwkSyntaxError(`syntax error at or near ${character}`);
    push('operator', operator[0]);
    at += operator[0].length;
  }
  push('end', 'end of file');
  return tokens;
}

function regexAllowed(before: Token | undefined): boolean {
  if (!before) return true;
  if (before.kind === 'number' || before.kind === 'string' || before.kind === 'name' || before.kind === 'regex') return false;
  return !(before.kind === 'operator' && [')', ']', '$', '++', '--'].includes(before.text));
}
