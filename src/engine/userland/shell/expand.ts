import { Pipe } from '../../kernel/pipe.ts';
import type { Task } from '../../kernel/task.ts';
import type { CommandArgument, ParameterExpansionPart, ParsedScript, Word, WordPart } from 'unbash';
import { FileError } from '../contract.ts';
import { InputDescriptor, fileErrorWords } from '../files/open-file.ts';
import { resolvePath } from '../files/path.ts';
import { evaluateArithmetic } from './arithmetic.ts';
import { expandBraces } from './braces.ts';
import { ExpansionError } from './control-flow.ts';
import { escapePattern, expandGlob, isPattern } from './glob.ts';
import { operate, parameterValues, type Values } from './parameters.ts';
import type { Shell } from './shell.ts';
import { elementOf, subscript } from './subscripts.ts';
import { templateParts, wordOf } from './syntax.ts';

/** A stretch of expanded text. `split`: word splitting applies; `quoted`: its characters are no pattern. */
interface Piece {
  readonly text: string;
  readonly quoted: boolean;
  readonly split: boolean;
}

/** Between the elements of `"$@"`. */
const FIELD_BREAK = Symbol('field break');
/** `"$@"` without elements: no field, even between quotes. */
const NOTHING = Symbol('nothing');
type Pieces = (Piece | typeof FIELD_BREAK | typeof NOTHING)[];

interface Context {
  /** Inside double quotes, or where no splitting is done. */
  readonly quoted: boolean;
  /** Unquoted literal text splits too (the operand of an unquoted `${x:-a b}`). */
  readonly literalSplits?: boolean;
  /** `~` expands after `:` as well (assignments). */
  readonly assignment?: boolean;
}

/** The fields of a command: braces, tilde, parameters, commands, arithmetic, splitting, file names. */
export function* expandArguments(shell: Shell, args: readonly CommandArgument[]): Task<string[]> {
  const fields: string[] = [];
  for (const argument of args) {
    const word = argument.type === 'Assignment' ? wordOf(argument.text) : argument;
    if (!word) { fields.push(argument.text); continue; }
    yield* expandInto(shell, word, fields);
  }
  return fields;
}

function* expandInto(shell: Shell, word: Word, fields: string[]): Task<void> {
  if (!word.parts) {
    if (!word.text.includes('\\') && !word.text.startsWith('~')) { fields.push(word.text); return; }
  } else if (shell.dialect === 'bash' && word.parts.some(part => part.type === 'BraceExpansion')) {
    const texts = expandBraces(word.text);
    if (texts.length > 1 || texts[0] !== word.text) {
      for (const text of texts) {
        const expanded = text === '' ? undefined : wordOf(text);
        if (expanded) yield* expandInto(shell, expanded, fields);
      }
      return;
    }
  }
  const pieces = yield* expandWordPieces(shell, word, { quoted: false });
  yield* makeFields(shell, pieces, fields);
}

/** One string: no splitting, no file names (assignments, redirect targets, here-strings, `case` words). */
export function* expandString(shell: Shell, word: Word, options: { assignment?: boolean } = {}): Task<string> {
  if (!word.parts && !word.text.includes('\\') && !word.text.includes('~')) return word.text;
  const pieces = yield* expandWordPieces(shell, word, { quoted: false, assignment: options.assignment });
  return joined(pieces, shell);
}

/** A shell pattern in which everything quoted is escaped. */
export function* expandPattern(shell: Shell, word: Word): Task<string> {
  const pieces = yield* expandWordPieces(shell, word, { quoted: false });
  return pieces.map(piece => (typeof piece === 'symbol' ? ' ' : piece.quoted ? escapePattern(piece.text) : piece.text)).join('');
}

/** A regular expression for `=~`: quoted parts match themselves. */
export function* expandRegex(shell: Shell, word: Word): Task<string> {
  const pieces = yield* expandWordPieces(shell, word, { quoted: false });
  return pieces.map(piece => (typeof piece === 'symbol' ? ' ' : piece.quoted ? piece.text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&') : piece.text)).join('');
}

/** Text in which `$…` expands as between double quotes: here-documents, prompts, arithmetic. */
export function* expandTemplate(shell: Shell, text: string): Task<string> {
  if (!/[$`\\]/.test(text)) return text;
  return joined(yield* expandParts(shell, templateParts(text), { quoted: true }), shell);
}

export function* expandParts(shell: Shell, parts: readonly WordPart[], context: Context): Task<Pieces> {
  const pieces: Pieces = [];
  for (const part of parts) yield* expandPart(shell, part, context, pieces);
  return pieces;
}

/** The value of the text between `$((` and `))`. */
export function* arithmeticValue(shell: Shell, text: string): Task<bigint> {
  const expanded = (yield* expandTemplate(shell, text)).replace(/["']/g, '');
  return evaluateArithmetic(expanded, {
    get(name, index) {
      const value = index === undefined ? shell.variables.get(name) : elementOf(shell, name, index);
      if (value === undefined && shell.options.nounset) throw new ExpansionError(`${name}: unbound variable`, true, 127);
      return value ?? '';
    },
    set(name, index, value) {
      if (index === undefined) shell.variables.set(name, value);
      else shell.variables.setElement(name, subscript(shell, name, index), value);
    },
  });
}

function* expandWordPieces(shell: Shell, word: Word, context: Context): Task<Pieces> {
  const pieces: Pieces = [];
  if (!word.parts) {
    literal(shell, word.text, context, pieces, true);
    return pieces;
  }
  let first = true;
  for (const part of word.parts) {
    if (part.type === 'Literal' && !context.quoted) literal(shell, part.text, context, pieces, first, word.parts.length > 1);
    else yield* expandPart(shell, part, context, pieces);
    first = false;
  }
  return pieces;
}

/** Unquoted source text: backslashes quote one character, a leading tilde is a home directory. */
function literal(shell: Shell, source: string, context: Context, pieces: Pieces, atStart: boolean, more = false): void {
  let text = source;
  if (context.quoted) {
    pieces.push({ text: text.replace(/\\([$`"\\])/g, '$1').replace(/\\\n/g, ''), quoted: true, split: false });
    return;
  }
  const split = context.literalSplits === true;
  if (atStart && text.startsWith('~')) {
    const tilde = /^~([\w-]*|\+)(?=\/|$|:)/.exec(text);
    const home = tilde && !(more && tilde[0] === text) ? homeOf(shell, tilde[1]!) : undefined;
    if (home !== undefined) {
      pieces.push({ text: home, quoted: true, split: false });
      text = text.slice(tilde![0].length);
    }
  }
  if (context.assignment) text = text.replace(/:~(?=\/|:|$)/g, `:${homeOf(shell, '') ?? '~'}`);
  if (!text.includes('\\')) {
    if (text !== '') pieces.push({ text, quoted: false, split });
    return;
  }
  let plain = '';
  for (let i = 0; i < text.length; i += 1) {
    if (text[i] !== '\\' || i + 1 >= text.length) { plain += text[i]; continue; }
    i += 1;
    if (text[i] === '\n') continue;
    if (plain !== '') pieces.push({ text: plain, quoted: false, split });
    plain = '';
    pieces.push({ text: text[i]!, quoted: true, split: false });
  }
  if (plain !== '') pieces.push({ text: plain, quoted: false, split });
}

function homeOf(shell: Shell, user: string): string | undefined {
  if (user === '+') return shell.process.cwd;
  if (user === '') return shell.variables.get('HOME') ?? (shell.process.uid === 0 ? '/root' : undefined);
  if (user === 'root') return '/root';
  return shell.system.files.stat(`/home/${user}`) ? `/home/${user}` : undefined;
}

function* expandPart(shell: Shell, part: WordPart, context: Context, pieces: Pieces): Task<void> {
  const { quoted } = context;
  const expanded = (text: string): void => { pieces.push({ text, quoted, split: !quoted }); };
  switch (part.type) {
    case 'Literal':
      if (quoted) pieces.push({ text: part.value, quoted: true, split: false });
      else literal(shell, part.text, context, pieces, false);
      return;
    case 'SingleQuoted':
      pieces.push({ text: quoted ? part.text : part.value, quoted: true, split: false });
      return;
    case 'AnsiCQuoted':
      pieces.push({ text: part.value, quoted: true, split: false });
      return;
    case 'LocaleString':
    case 'DoubleQuoted': {
      const inner = yield* expandParts(shell, part.parts, { quoted: true });
      if (inner.length === 0) pieces.push({ text: '', quoted: true, split: false });
      else pieces.push(...inner);
      return;
    }
    case 'Glob':
    case 'ExtendedGlob': {
      if (!part.parts?.some(inner => inner.type !== 'Literal' && inner.type !== 'Glob')) { pieces.push({ text: part.text, quoted, split: false }); return; }
      const opening = part.type === 'Glob' ? '[' : `${part.operator}(`;
      pieces.push({ text: opening, quoted, split: false });
      pieces.push(...(yield* expandParts(shell, part.parts, context)));
      pieces.push({ text: part.type === 'Glob' ? ']' : ')', quoted, split: false });
      return;
    }
    case 'BraceExpansion':
      pieces.push({ text: part.text, quoted, split: false });
      return;
    case 'SimpleExpansion':
      pushValues(shell, parameterValues(shell, part.text.slice(1), undefined), context, pieces, part.text.slice(1));
      return;
    case 'ParameterExpansion':
      yield* expandParameter(shell, part, context, pieces);
      return;
    case 'CommandExpansion':
      if (part.script) expanded(yield* commandOutput(shell, part.script, part.script.source ?? shell.source));
      return;
    case 'ArithmeticExpansion': {
      const text = part.text.startsWith('$((') ? part.text.slice(3, -2) : part.text.slice(2, -1);
      expanded(String(yield* arithmeticValue(shell, text)));
      return;
    }
    case 'ProcessSubstitution':
      if (part.script) pieces.push({ text: yield* processSubstitution(shell, part.operator, part.script), quoted: true, split: false });
  }
}

function pushValues(shell: Shell, values: Values, context: Context, pieces: Pieces, name: string): void {
  if (values.kind === 'unset') {
    if (shell.options.nounset && !/^[@*]$/.test(name)) throw new ExpansionError(`${name}: unbound variable`, true, shell.dialect !== 'bash' ? 2 : shell.origin === 'command' ? 127 : 1);
    if (!context.quoted) return;
    pieces.push({ text: '', quoted: true, split: false });
    return;
  }
  if (values.kind === 'single') {
    pieces.push({ text: values.text, quoted: context.quoted, split: !context.quoted });
    return;
  }
  if (context.quoted && values.kind === 'star') {
    const separator = shell.variables.get('IFS');
    pieces.push({ text: values.texts.join(separator === undefined ? ' ' : separator.slice(0, 1)), quoted: true, split: false });
    return;
  }
  if (values.texts.length === 0) {
    if (context.quoted) pieces.push(NOTHING);
    return;
  }
  values.texts.forEach((text, index) => {
    if (index > 0) pieces.push(FIELD_BREAK);
    if (context.quoted || text !== '') pieces.push({ text, quoted: context.quoted, split: !context.quoted });
  });
}

function* expandParameter(shell: Shell, part: ParameterExpansionPart, context: Context, pieces: Pieces): Task<void> {
  const index = part.index ? yield* expandString(shell, part.index) : undefined;
  const { operation } = part;
  if (operation?.type === 'Default') {
    const values = parameterValues(shell, part.parameter, index, part.prefix);
    const isSet = values.kind === 'single' || (values.kind !== 'unset' && values.texts.length > 0);
    const isNull = values.kind === 'unset' || (values.kind === 'single' ? values.text === '' : values.texts.join('') === '');
    const operator = operation.operator.replace(':', '');
    const usesValue = operation.operator.startsWith(':') ? !isNull : isSet;
    if (operator === '+') {
      if (usesValue) yield* operandInto(shell, operation.operand, context, pieces);
      else if (context.quoted) pieces.push({ text: '', quoted: true, split: false });
      return;
    }
    if (usesValue) { pushValues(shell, values, context, pieces, part.parameter); return; }
    if (operator === '-') { yield* operandInto(shell, operation.operand, context, pieces); return; }
    const text = joined(yield* operandPieces(shell, operation.operand, context), shell);
    if (operator === '=') {
      if (index === undefined) shell.variables.set(part.parameter, text);
      else shell.variables.setElement(part.parameter, subscript(shell, part.parameter, index), text);
      pieces.push({ text, quoted: context.quoted, split: !context.quoted });
      return;
    }
    const words = text !== '' ? text : operation.operator === ':?' ? 'parameter null or not set' : 'parameter not set';
    throw new ExpansionError(`${part.parameter}: ${words}`, true, shell.dialect === 'bash' ? 127 : 2);
  }
  pushValues(shell, yield* operate(shell, part, index, { pattern: expandPattern, string: expandString, arithmetic: arithmeticValue }), context, pieces, part.parameter);
}

function* operandPieces(shell: Shell, word: Word, context: Context): Task<Pieces> {
  return yield* expandWordPieces(shell, word, { quoted: context.quoted, literalSplits: !context.quoted });
}

function* operandInto(shell: Shell, word: Word, context: Context, pieces: Pieces): Task<void> {
  const inner = yield* operandPieces(shell, word, context);
  if (inner.length === 0 && context.quoted) pieces.push({ text: '', quoted: true, split: false });
  pieces.push(...inner);
}

function joined(pieces: Pieces, shell: Shell): string {
  if (pieces.length === 1 && typeof pieces[0] === 'object') return pieces[0].text;
  const ifs = shell.variables.get('IFS');
  return pieces.map(piece => (piece === FIELD_BREAK ? (ifs === '' ? '' : ' ') : piece === NOTHING ? '' : (piece as Piece).text)).join('');
}

function* makeFields(shell: Shell, pieces: Pieces, fields: string[]): Task<void> {
  const ifs = shell.variables.get('IFS') ?? ' \t\n';
  let text = '';
  let pattern = '';
  let present = false;
  let special = false;
  let afterBlank = false;
  const finish = (): void => {
    if (present) pushField(shell, text, pattern, special, fields);
    text = '';
    pattern = '';
    present = false;
    special = false;
  };
  for (const piece of pieces) {
    if (piece === NOTHING) continue;
    if (piece === FIELD_BREAK) { finish(); afterBlank = false; continue; }
    const { text: added, quoted, split } = piece as Piece;
    if (!split) {
      text += added;
      pattern += quoted ? escapePattern(added) : added;
      if (!quoted) special = true;
      if (quoted || added !== '') { present = true; afterBlank = false; }
      continue;
    }
    for (const char of added) {
      if (!ifs.includes(char)) {
        text += char;
        pattern += char;
        present = true;
        special = true;
        afterBlank = false;
      } else if (/\s/.test(char)) {
        if (present) { finish(); afterBlank = true; }
      } else if (afterBlank) afterBlank = false;
      else { present = true; finish(); }
    }
  }
  finish();
}

function pushField(shell: Shell, text: string, pattern: string, special: boolean, fields: string[]): void {
  if (special && !shell.options.noglob && isPattern(pattern)) {
    const paths = expandGlob(shell.system.files, shell.process.cwd, pattern);
    if (paths.length > 0) { fields.push(...paths); return; }
    if (shell.shopt.get('nullglob')) return;
    if (shell.shopt.get('failglob')) throw new ExpansionError(`no match: ${text}`, false);
  }
  fields.push(text);
}

/** What a command substitution is replaced by. */
export function* commandOutput(shell: Shell, script: ParsedScript, source: string): Task<string> {
  const file = soleInput(script);
  if (file) {
    const path = yield* expandString(shell, file);
    try {
      return shell.system.files.read(resolvePath(shell.process.cwd, path), shell.credentials()).replace(/\n+$/, '');
    } catch (thrown) {
      if (!(thrown instanceof FileError)) throw thrown;
      yield* shell.complain(`${path}: ${fileErrorWords(thrown.code)}`);
      shell.substitutionStatus = 1;
      return '';
    }
  }
  const pipe = new Pipe();
  const reader = pipe.readEnd;
  reader.retain();
  const descriptors = new Map(shell.process.descriptors);
  descriptors.set(1, pipe.writeEnd);
  const child = shell.spawnCopy(copy => {
    copy.options = { ...copy.options, errexit: shell.dialect === 'ash' ? copy.options.errexit : false };
    return copy.deeper(copy.interpreter.runScript(copy, script, source));
  }, { descriptors });
  const chunks: string[] = [];
  try {
    for (;;) {
      const chunk = yield* reader.read();
      if (chunk === null) break;
      chunks.push(chunk);
    }
    yield* shell.process.wait(child);
  } finally {
    reader.release();
    if (child.state !== 'exited') child.signal('SIGINT');
  }
  shell.status = child.exitCode ?? 0;
  shell.substitutionStatus = shell.status;
  if (child.endedBy === 'SIGINT' && shell.interactive) shell.interrupt();
  return chunks.join('').replace(/\n+$/, '');
}

/** The file of `$(< file)`. */
function soleInput(script: ParsedScript): Word | undefined {
  const [statement, ...more] = script.commands;
  const command = statement?.command;
  if (more.length > 0 || command?.type !== 'Command' || command.name || command.redirects.length !== 1 || command.prefix.length + command.suffix.length !== 1) return undefined;
  const [redirect] = command.redirects;
  return redirect?.type === 'Redirect' && redirect.operator === '<' && !redirect.descriptor ? redirect.target : undefined;
}

/** `/dev/fd/N` that reads what the commands print, or feeds what is written to them. */
function* processSubstitution(shell: Shell, operator: '<' | '>', script: ParsedScript): Task<string> {
  const pipe = new Pipe();
  const descriptors = new Map(shell.process.descriptors);
  let fd = 63;
  while (shell.process.descriptors.has(fd)) fd -= 1;
  descriptors.set(operator === '<' ? 1 : 0, operator === '<' ? pipe.writeEnd : pipe.readEnd);
  shell.process.setDescriptor(fd, operator === '<' ? new InputDescriptor(pipe.readEnd) : pipe.writeEnd);
  shell.temporaryDescriptors.push(fd);
  const { source } = shell;
  shell.spawnCopy(copy => copy.interpreter.runScript(copy, script, source), { descriptors });
  yield* shell.step();
  return `/dev/fd/${fd}`;
}
