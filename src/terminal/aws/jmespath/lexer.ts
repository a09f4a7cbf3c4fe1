/** The words of a JMESPath expression. Complaints are those of the Python library the CLI uses. */
import { PythonJsonError, pythonJson } from '../line/python-json.ts';

/** An expression that cannot be read, or that met a value it cannot work on. */
export class JmesPathError extends Error {}

export type TokenType =
  | 'dot' | 'star' | 'rbracket' | 'comma' | 'colon' | 'current' | 'lparen' | 'rparen' | 'lbrace' | 'rbrace' | 'unquoted_identifier' | 'quoted_identifier' | 'flatten' | 'filter'
  | 'lbracket' | 'literal' | 'or' | 'pipe' | 'and' | 'expref' | 'number' | 'lte' | 'lt' | 'gte' | 'gt' | 'ne' | 'not' | 'eq' | 'eof';

export interface Token {
  readonly type: TokenType;
  readonly value: unknown;
  readonly start: number;
}

const SINGLE: Readonly<Record<string, TokenType>> = {
  '.': 'dot', '*': 'star', ']': 'rbracket', ',': 'comma', ':': 'colon', '@': 'current', '(': 'lparen', ')': 'rparen', '{': 'lbrace', '}': 'rbrace',
};
/** First character → second that changes the meaning, with it, without it. */
const PAIRS: Readonly<Record<string, readonly [string, TokenType, TokenType]>> = {
  '|': ['|', 'or', 'pipe'], '&': ['&', 'and', 'expref'], '<': ['=', 'lte', 'lt'], '>': ['=', 'gte', 'gt'], '!': ['=', 'ne', 'not'],
};

/** @throws JmesPathError */
export function tokenize(expression: string): Token[] {
  if (expression === '') throw new JmesPathError('Invalid JMESPath expression: cannot be empty.');
  const tokens: Token[] = [];
  const complain = (at: number, message: string): JmesPathError => new JmesPathError(`Bad jmespath expression: ${message}:\n${expression}\n${' '.repeat(at)}^`);
  let at = 0;
  const add = (type: TokenType, value: unknown, length: number): void => {
    tokens.push({ type, value, start: at });
    at += length;
  };
  /** What stands between delimiters, and how long it is with them; a backslash keeps the next character. */
  const until = (delimiter: string): { text: string; length: number } => {
    let end = at + 1;
    while (expression[end] !== delimiter) {
      if (expression[end] === '\\') end += 1;
      if (end >= expression.length) throw complain(at, `Unclosed ${delimiter} delimiter`);
      end += 1;
    }
    return { text: expression.slice(at + 1, end), length: end + 1 - at };
  };
  while (at < expression.length) {
    const character = expression[at]!;
    const rest = expression.slice(at);
    const identifier = /^[A-Za-z_]\w*/.exec(rest)?.[0];
    const number = /^-?\d+/.exec(rest)?.[0];
    const pair = PAIRS[character];
    if (SINGLE[character]) add(SINGLE[character], character, 1);
    else if (identifier !== undefined) add('unquoted_identifier', identifier, identifier.length);
    else if (/[ \t\n\r]/.test(character)) at += 1;
    else if (character === '[') {
      if (rest[1] === ']') add('flatten', '[]', 2);
      else if (rest[1] === '?') add('filter', '[?', 2);
      else add('lbracket', '[', 1);
    } else if (character === "'") {
      const { text, length } = until("'");
      add('literal', text.replaceAll("\\'", "'"), length);
    } else if (pair) {
      const [second, both, alone] = pair;
      if (rest[1] === second) add(both, character + second, 2);
      else add(alone, character, 1);
    } else if (character === '`') {
      const { text, length } = until('`');
      add('literal', literal(text.replaceAll('\\`', '`'), message => complain(at, message)), length);
    } else if (number !== undefined) add('number', Number(number), number.length);
    else if (character === '-') throw complain(at, "Unknown token '-'");
    else if (character === '"') {
      const { text, length } = until('"');
      try {
        add('quoted_identifier', pythonJson(`"${text}"`), length);
      } catch (failure) {
        if (failure instanceof PythonJsonError) throw complain(at, failure.message.split(':')[0]!);
        throw failure;
      }
    } else if (character === '=') {
      if (rest[1] !== '=') throw complain(at, "Unknown token '='");
      add('eq', '==', 2);
    } else throw complain(at, `Unknown token ${character}`);
  }
  tokens.push({ type: 'eof', value: '', start: expression.length });
  return tokens;
}

/** JSON between back-ticks; what is none is a text, as older expressions have it. */
function literal(text: string, complain: (message: string) => JmesPathError): unknown {
  for (const attempt of [text, `"${text.trimStart()}"`]) {
    try {
      return pythonJson(attempt);
    } catch (failure) {
      if (!(failure instanceof PythonJsonError)) throw failure;
    }
  }
  throw complain(`Bad token ${text}`);
}
