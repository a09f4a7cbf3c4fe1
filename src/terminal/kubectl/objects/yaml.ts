/**
 * YAML as kubectl reads and writes it: 1.1 scalars on the way in (through JSON, so dates stay text), and on the way
 * out sorted keys, unindented lists and the quoting rules of go-yaml.
 */
import { parseAllDocuments } from 'yaml';

export type YamlResult = { readonly ok: true; readonly values: unknown[] } | { readonly ok: false; readonly error: string };

const TEXT_TAGS = new Set(['tag:yaml.org,2002:timestamp', 'tag:yaml.org,2002:binary', 'tag:yaml.org,2002:set', 'tag:yaml.org,2002:omap', 'tag:yaml.org,2002:pairs']);
const isSexagesimal = (tag: unknown): boolean => typeof tag === 'object' && tag !== null && (tag as { format?: string }).format === 'TIME';

/** Every document of a text; empty documents are `null`. Errors in go-yaml's form. */
export function parseYaml(text: string): YamlResult {
  const documents = parseAllDocuments(text, {
    version: '1.1', uniqueKeys: false, prettyErrors: false, merge: true,
    customTags: tags => tags.filter(tag => typeof tag === 'string' || (!TEXT_TAGS.has(tag.tag) && !isSexagesimal(tag))),
  });
  if (!Array.isArray(documents)) return { ok: true, values: [] };
  const values: unknown[] = [];
  for (const document of documents) {
    const error = document.errors[0];
    if (error) return { ok: false, error: goYamlError(text, error.code, error.pos[0], error.message) };
    values.push(document.toJS({ maxAliasCount: 1000 }) ?? null);
  }
  return { ok: true, values };
}

/** Says what go-yaml says for the mistakes people make, with the line it counts. */
function goYamlError(text: string, code: string, position: number, message: string): string {
  const line = text.slice(0, position).split('\n').length;
  if (/tab/i.test(message) || code === 'TAB_AS_INDENT') return `yaml: line ${line}: found character that cannot start any token`;
  if (code === 'BLOCK_AS_IMPLICIT_KEY' || /nested mappings are not allowed/i.test(message)) return `yaml: line ${line}: mapping values are not allowed in this context`;
  if (code === 'MISSING_CHAR' && /Implicit map keys need to be followed/.test(message)) return `yaml: line ${line + 1}: could not find expected ':'`;
  if (code === 'MULTILINE_IMPLICIT_KEY') return `yaml: line ${line + 1}: could not find expected ':'`;
  // go-yaml's parser counts lines from 0, its scanner from 1.
  if (code === 'BAD_INDENT' || code === 'UNEXPECTED_TOKEN') return `yaml: line ${line - 1}: did not find expected key`;
  if (code === 'BAD_ALIAS') return `yaml: unknown anchor '${text.slice(position + 1).split(/[\s,]/)[0] ?? ''}' referenced`;
  if (code === 'MISSING_CHAR') return `yaml: line ${line}: found unexpected end of stream`;
  return `yaml: line ${line}: did not find expected key`;
}

/** A value as one YAML document, ending in a line end. */
export function printYaml(value: unknown): string {
  const lines: string[] = [];
  emit(value, 0, lines, '');
  return `${lines.join('\n')}\n`;
}

function emit(value: unknown, indent: number, lines: string[], lead: string): void {
  const pad = ' '.repeat(indent);
  if (Array.isArray(value)) {
    if (value.length === 0) { lines.push(`${lead}[]`); return; }
    if (lead.trimEnd() !== '' && !lead.endsWith('- ')) lines.push(lead.trimEnd());
    value.forEach((item, index) => {
      const first = index === 0 && lead.endsWith('- ');
      emit(item, indent + 2, lines, `${first ? lead : pad}- `);
    });
    return;
  }
  if (isMap(value)) {
    const keys = Object.keys(value).filter(key => value[key] !== undefined).sort(naturalOrder);
    if (keys.length === 0) { lines.push(`${lead}{}`); return; }
    if (lead.trimEnd() !== '' && !lead.endsWith('- ')) lines.push(lead.trimEnd());
    keys.forEach((key, index) => {
      const first = index === 0 && lead.endsWith('- ');
      const head = `${first ? lead : pad}${scalar(key, true, 0)}: `;
      const child = value[key];
      emit(child, Array.isArray(child) ? indent : indent + 2, lines, head);
    });
    return;
  }
  lines.push(lead + scalar(value, false, indent, lead.length));
}

const isMap = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);

function scalar(value: unknown, isKey: boolean, indent: number, column = 0): string {
  if (value === null || value === undefined) return 'null';
  if (typeof value === 'boolean') return String(value);
  if (typeof value === 'number') return goNumber(value);
  const text = String(value);
  if (text.includes('\n') && !isKey && literalAllowed(text)) return literal(text, indent);
  const fold = (shown: string, style: Style): string => (isKey ? shown : folded(shown, column, Math.max(indent, 2), style));
  if (text.includes('\n')) return fold(doubleQuoted(text), 'double');
  if (resolvesToOther(text)) return fold(doubleQuoted(text), 'double');
  if (!/^[\t\u0020-\u007e\u0085\u00a0-\ud7ff\ue000-\ufefe\uff00-\ufffd\ud800-\udfff]*$/.test(text) || text.includes('\t') && /^\t|\t$/.test(text)) return fold(doubleQuoted(text), 'double');
  if (plainAllowed(text)) return fold(text, 'plain');
  return fold(`'${text.replaceAll("'", "''")}'`, 'single');
}

type Style = 'plain' | 'single' | 'double';
/** go-yaml starts a new line at the first blank past this column. */
const LINE_WIDTH = 80;

function folded(text: string, column: number, indent: number, style: Style): string {
  if (column + text.length <= LINE_WIDTH) return text;
  const chars = [...text];
  const pad = ' '.repeat(indent);
  const last = chars.length - 1;
  let out = '';
  let at = column;
  let afterBlank = false;
  for (let i = 0; i <= last; i += 1) {
    const char = chars[i]!;
    if (char !== ' ') { out += char; at += 1; afterBlank = false; continue; }
    const blankFollows = chars[i + 1] === ' ';
    const inside = style === 'plain' || (i > 1 && i < last - 1);
    if (!afterBlank && at > LINE_WIDTH && inside && (style === 'double' || !blankFollows)) {
      out += `\n${pad}`;
      at = indent;
      if (style === 'double' && blankFollows) { out += '\\'; at += 1; }
    } else { out += char; at += 1; }
    afterBlank = true;
  }
  return out;
}

function goNumber(value: number): string {
  if (Number.isInteger(value) && Math.abs(value) < 1e21) return String(value);
  return String(value).replace(/e([+-])(\d)$/, 'e$10$2');
}

/** Whether the plain text would be read back as something that is not a string. */
function resolvesToOther(text: string): boolean {
  if (text === '' || text === '~') return true;
  if (/^(null|Null|NULL|true|True|TRUE|false|False|FALSE|yes|Yes|YES|no|No|NO|on|On|ON|off|Off|OFF|y|Y|n|N|\.nan|\.NaN|\.NAN|\.inf|\.Inf|\.INF|[+-]\.inf|[+-]\.Inf|[+-]\.INF|<<)$/.test(text)) return true;
  if (!/^[-+.0-9]/.test(text)) return false;
  if (/^[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?$/.test(text)) return true;
  const plain = text.replaceAll('_', '');
  if (/^[-+]?(\d+|0b[01]+|0o[0-7]+|0x[0-9a-fA-F]+)$/.test(plain)) return true;
  if (/^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$/.test(plain)) return true;
  return isTimestamp(text);
}

function isTimestamp(text: string): boolean {
  return /^\d{4}-\d{1,2}-\d{1,2}$/.test(text) || /^\d{4}-\d{1,2}-\d{1,2}[Tt]\d{1,2}:\d{1,2}:\d{1,2}(\.\d*)?(Z|[+-]\d\d:\d\d)$/.test(text)
    || /^\d{4}-\d{1,2}-\d{1,2} \d{1,2}:\d{1,2}:\d{1,2}(\.\d*)?$/.test(text);
}

function plainAllowed(text: string): boolean {
  if (/^[#,[\]{}&*!|>'"%@`]/.test(text)) return false;
  if (/^(---|\.\.\.)/.test(text)) return false;
  if (/^[-?:](\s|$)/.test(text) || /^\s|\s$/.test(text)) return false;
  return !/: |:$| #/.test(text);
}

function literalAllowed(text: string): boolean {
  if (/[^\n\t\u0020-\u007e\u0085\u00a0-\ud7ff\ue000-\ufefe\uff00-\ufffd\ud800-\udfff]/.test(text)) return false;
  return !/ \n| $/.test(text);
}

function literal(text: string, indent: number): string {
  const hint = /^[ \n]/.test(text) ? '2' : '';
  const chomp = !text.endsWith('\n') ? '-' : (text === '\n' || text.endsWith('\n\n') ? '+' : '');
  const body = text.endsWith('\n') ? text.slice(0, -1) : text;
  const pad = ' '.repeat(Math.max(indent, 2));
  return `|${hint}${chomp}\n${body.split('\n').map(line => (line === '' ? '' : pad + line)).join('\n')}`;
}

const ESCAPES: Readonly<Record<string, string>> = {
  '\0': '\\0', '\x07': '\\a', '\b': '\\b', '\t': '\\t', '\n': '\\n', '\v': '\\v', '\f': '\\f', '\r': '\\r', '\x1b': '\\e', '"': '\\"', '\\': '\\\\',
  '\u0085': '\\N', '\u00a0': '\\_', '\u2028': '\\L', '\u2029': '\\P',
};

function doubleQuoted(text: string): string {
  let out = '"';
  for (const char of text) {
    const code = char.codePointAt(0)!;
    if (ESCAPES[char] !== undefined) out += ESCAPES[char];
    else if (code < 0x20 || (code >= 0x7f && code < 0xa0)) out += `\\x${code.toString(16).toUpperCase().padStart(2, '0')}`;
    else if (code === 0xfeff) out += '\\uFEFF';
    else out += char;
  }
  return `${out}"`;
}

/** go-yaml's order of keys: runs of digits compare as numbers, letters come after everything else. */
function naturalOrder(a: string, b: string): number {
  const left = [...a];
  const right = [...b];
  let inDigits = false;
  for (let i = 0; i < left.length && i < right.length; i += 1) {
    if (left[i] === right[i]) { inDigits = isDigit(left[i]!); continue; }
    const leftLetter = isLetter(left[i]!);
    const rightLetter = isLetter(right[i]!);
    if (leftLetter && rightLetter) return left[i]! < right[i]! ? -1 : 1;
    if (leftLetter || rightLetter) {
      const leftFirst = inDigits ? leftLetter : rightLetter;
      return leftFirst ? -1 : 1;
    }
    let leftEnd = i;
    let rightEnd = i;
    let leftNumber = 0;
    let rightNumber = 0;
    if (left[i] === '0' || right[i] === '0') {
      for (let j = i - 1; j >= 0 && isDigit(left[j]!); j -= 1) {
        if (left[j] !== '0') { leftNumber = 1; rightNumber = 1; break; }
      }
    }
    for (; leftEnd < left.length && isDigit(left[leftEnd]!); leftEnd += 1) leftNumber = leftNumber * 10 + Number(left[leftEnd]);
    for (; rightEnd < right.length && isDigit(right[rightEnd]!); rightEnd += 1) rightNumber = rightNumber * 10 + Number(right[rightEnd]);
    if (leftNumber !== rightNumber) return leftNumber - rightNumber;
    if (leftEnd !== rightEnd) return leftEnd - rightEnd;
    return left[i]! < right[i]! ? -1 : 1;
  }
  return left.length - right.length;
}

const isDigit = (char: string): boolean => /\d/.test(char);
const isLetter = (char: string): boolean => /\p{L}/u.test(char);
