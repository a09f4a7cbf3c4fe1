/** `--output yaml`: block style, keys by name, texts quoted only where YAML would read something else, folded at 80 columns. */

type Fields = Readonly<Record<string, unknown>>;
const WIDTH = 80;

/** Lone scalars are JSON, as the CLI has it. */
export function formatYaml(value: unknown): string {
  if (value === null || value === undefined || typeof value !== 'object') return `${JSON.stringify(value ?? null)}\n`;
  return isBare(value) ? `${Array.isArray(value) ? '[]' : '{}'}\n` : `${block(value, 0).join('\n')}\n`;
}

const isBare = (value: object): boolean => (Array.isArray(value) ? value.length === 0 : Object.keys(value).length === 0);

/** Lines of a mapping or a list that is not empty. */
function block(value: object, indent: number): string[] {
  const pad = ' '.repeat(indent);
  if (Array.isArray(value)) {
    return value.flatMap((item: unknown) => {
      if (typeof item === 'object' && item !== null && !isBare(item)) {
        const [first = '', ...rest] = block(item, indent + 2);
        return [`${pad}- ${first.slice(indent + 2)}`, ...rest];
      }
      return [`${pad}- ${scalar(item, indent + 2, indent + 2)}`];
    });
  }
  return Object.keys(value).sort().flatMap(key => {
    const item = (value as Fields)[key];
    const head = `${pad}${scalar(key, 0, 0)}:`;
    if (typeof item === 'object' && item !== null && !isBare(item)) return [head, ...block(item, Array.isArray(item) ? indent : indent + 2)];
    return [`${head} ${scalar(item, head.length + 1, indent + 2)}`];
  });
}

const AMBIGUOUS = /^(?:~|null|Null|NULL|true|True|TRUE|false|False|FALSE|=|<<)$/;
const NUMBER = /^[-+]?(?:0b[01_]+|0o?[0-7_]+|0x[0-9a-fA-F_]+|\d[\d_]*|\d[\d_]*\.[\d_]*(?:[eE][-+]?\d+)?|\d[\d_]*[eE][-+]?\d+|\.[\d_]+(?:[eE][-+]\d+)?|\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/;
const TIMESTAMP = /^\d{4}-\d\d-\d\d$|^\d{4}-\d\d?-\d\d?(?:[Tt]|[ \t]+)\d\d?:\d\d:\d\d(?:\.\d*)?(?:[ \t]*(?:Z|[-+]\d\d?(?::\d\d)?))?$/;

function scalar(value: unknown, column: number, indent: number): string {
  if (value === null || value === undefined) return 'null';
  if (typeof value === 'object') return Array.isArray(value) ? '[]' : '{}';
  if (typeof value !== 'string') return String(value);
  if (/[^\n\x20-\x7e\xa0-\ufffd]/.test(value)) return doubleQuoted(value);
  if (needsQuotes(value)) return singleQuoted(value, column, indent);
  return folded(value, column, indent);
}

function needsQuotes(text: string): boolean {
  return text === '' || AMBIGUOUS.test(text) || NUMBER.test(text) || TIMESTAMP.test(text) || /^[\s]|[\s]$|\n/.test(text) || /^[,[\]{}#&*!|>'"%@`]/.test(text)
    || /^[-?:](?:\s|$)/.test(text) || /:(?:\s|$)|\s#/.test(text) || /^(?:---|\.\.\.)/.test(text);
}

/** Breaks at single spaces once the line is longer than the width. */
function folded(text: string, column: number, indent: number): string {
  let made = '';
  let at = column;
  const words = text.split(' ');
  words.forEach((word, index) => {
    if (index > 0) {
      const lonely = word !== '' && words[index - 1] !== '';
      if (at > WIDTH && lonely) {
        made += `\n${' '.repeat(indent)}`;
        at = indent;
      } else {
        made += ' ';
        at += 1;
      }
    }
    made += word;
    at += word.length;
  });
  return made;
}

function singleQuoted(text: string, column: number, indent: number): string {
  const escaped = text.replaceAll("'", "''");
  return `'${folded(escaped, column + 1, indent).replaceAll(/\n(?! )/g, `\n\n${' '.repeat(indent)}`)}'`;
}

function doubleQuoted(text: string): string {
  const named: Readonly<Record<string, string>> = { '\t': '\\t', '\n': '\\n', '\r': '\\r', '"': '\\"', '\\': '\\\\' };
  return `"${text.replaceAll(/[\x00-\x1f"\\\x7f-\x9f]/g, character => named[character] ?? `\\x${character.charCodeAt(0).toString(16).padStart(2, '0').toUpperCase()}`)}"`;
}
