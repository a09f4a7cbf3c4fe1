import type { Completion } from '../contract.ts';
import { EditBuffer } from './edit-buffer.ts';
import { textWidth } from './cell-width.ts';
import { keysOf } from './keys.ts';

export interface LineEditorOptions {
  /** Text for the terminal. */
  write(text: string): void;
  /** A finished line. */
  submit(line: string): void;
  interrupt(): void;
  suspend(): void;
  /** Ctrl-D on an empty line. */
  endOfFile(): void;
  /** Keys of a program that reads them raw. */
  key(data: string): void;
  /** Whether a program reads raw keys now. */
  isRaw(): boolean;
  /** Whether the shell's prompt shows (completion and history work only there). */
  atPrompt(): boolean;
  complete(line: string, cursor: number): Completion;
  history(): readonly string[];
  /** Dim text after the cursor that → accepts; empty for none. */
  suggest?(line: string): string;
  readonly columns?: number;
}

const DIM = '\x1b[2m';
const RESET = '\x1b[0m';

/**
 * Editing of a line as readline does it, fed with what a terminal sends. It owns the screen's last line: everything a
 * program prints goes through {@link output}, so that a line being typed is redrawn below it.
 */
export class LineEditor {
  private readonly options: LineEditorOptions;
  private readonly buffer = new EditBuffer();
  private columns: number;
  /** What stands before the typed text on its row: the prompt, or a program's unfinished line. */
  private lead = '';
  /** Rows between the lead's first row and the cursor, as last drawn. */
  private cursorRow = 0;
  private historyIndex: number | undefined;
  private draft = '';
  private lastKeyWasTab = false;
  private search: { query: string; index: number; before: string } | undefined;
  private pasting = false;
  private queued = '';
  private pendingLines: string[] = [];

  constructor(options: LineEditorOptions) {
    this.options = options;
    this.columns = options.columns ?? 80;
  }

  /** What is typed now. */
  get line(): string {
    return this.buffer.text;
  }

  get cursor(): number {
    return this.buffer.cursor;
  }

  /** Shows a prompt on its own row and lets pasted lines that still wait go on. */
  prompt(text: string): void {
    const fresh = this.lead !== '' && textWidth(this.lead) > 0 && !this.isEditing() ? '\r\n' : '';
    if (this.isEditing()) this.erase();
    this.lead = text;
    this.historyIndex = undefined;
    this.options.write(fresh + text);
    this.cursorRow = this.rowsBefore(textWidth(text));
    this.draw();
    const next = this.pendingLines.shift();
    if (next !== undefined) {
      this.buffer.set(next);
      this.draw();
      this.finishLine();
    }
  }

  /** Text from the world. A line being typed stays below it. */
  output(text: string): void {
    if (text === '') return;
    const editing = this.isEditing();
    if (editing) this.erase();
    if (editing && this.options.atPrompt()) {
      this.options.write(`${text}${/[\r\n]$/.test(text) ? '' : '\r\n'}${this.lead}`);
      this.cursorRow = this.rowsBefore(textWidth(this.lead));
      this.draw();
      return;
    }
    const shown = editing ? this.lead + text : text;
    const lastBreak = Math.max(shown.lastIndexOf('\n'), shown.lastIndexOf('\r'));
    this.lead = lastBreak >= 0 ? shown.slice(lastBreak + 1) : editing ? shown : this.lead + text;
    if (/\x1b\[(?:2J|H)/.test(text)) this.lead = this.lead.replace(/^[\s\S]*\x1b\[(?:2J|H|3J)/, '');
    this.options.write(shown);
    this.cursorRow = this.rowsBefore(textWidth(this.lead));
    if (editing) this.draw();
  }

  resize(columns: number): void {
    if (columns === this.columns) return;
    this.columns = columns;
    if (this.isEditing()) this.cursorRow = this.rowsBefore(textWidth(this.lead + this.buffer.before));
  }

  /** Puts a line at the prompt without running it. */
  place(line: string): void {
    this.endSearch();
    this.buffer.set(line);
    this.redraw();
  }

  /** What a terminal sent: characters, control characters, escape sequences. */
  feed(data: string): void {
    if (this.options.isRaw() && this.queued === '') {
      for (const part of data.split(/(\x03)/)) {
        if (part === '\x03') this.options.interrupt();
        else if (part !== '') this.options.key(part);
      }
      return;
    }
    const { keys, rest } = keysOf(this.queued + data);
    this.queued = rest;
    for (const key of keys) this.press(key);
  }

  private press(key: string): void {
    const tab = key === '\t' && !this.pasting;
    const wasTab = this.lastKeyWasTab;
    this.lastKeyWasTab = tab;
    if (key === 'paste-start') { this.pasting = true; return; }
    if (key === 'paste-end') { this.pasting = false; return; }
    if (this.search && this.pressInSearch(key)) return;
    const { buffer } = this;
    switch (key) {
      case '\r': case '\n':
        if (this.pasting && this.options.atPrompt()) { this.pasteBreak(); return; }
        this.finishLine();
        return;
      case '\t':
        if (this.pasting) { buffer.insert('\t'); break; }
        this.tab(wasTab);
        return;
      case '\x03':
        this.toEnd();
        buffer.set('');
        this.lead = '';
        this.pendingLines = [];
        this.historyIndex = undefined;
        this.options.interrupt();
        return;
      case '\x1a':
        this.options.suspend();
        return;
      case '\x04':
        if (buffer.text === '') { this.options.endOfFile(); return; }
        buffer.deleteAfter();
        break;
      case '\x0c':
        this.options.write(`\x1b[H\x1b[2J${this.lead}`);
        this.cursorRow = this.rowsBefore(textWidth(this.lead));
        this.draw();
        return;
      case '\x12':
        if (this.options.atPrompt()) { this.search = { query: '', index: this.options.history().length, before: buffer.text }; this.drawSearch(); }
        return;
      case 'up': case '\x10': this.recall(-1); return;
      case 'down': case '\x0e': this.recall(1); return;
      case 'right': case '\x06':
        if (buffer.cursor === buffer.text.length) {
          const ghost = this.ghost();
          if (ghost === '') return;
          buffer.insert(ghost);
        } else buffer.move(1);
        break;
      case 'left': case '\x02': buffer.move(-1); break;
      case 'home': case '\x01': buffer.moveTo(0); break;
      case 'end': case '\x05':
        if (buffer.cursor === buffer.text.length && this.ghost() !== '') buffer.insert(this.ghost());
        else buffer.moveTo(buffer.text.length);
        break;
      case 'word-left': buffer.moveTo(buffer.wordStart()); break;
      case 'word-right': buffer.moveTo(buffer.wordEnd()); break;
      case 'delete': buffer.deleteAfter(); break;
      case '\x7f': case '\b': buffer.deleteBefore(); break;
      case '\x0b': buffer.kill(buffer.cursor, buffer.text.length); break;
      case '\x15': buffer.kill(0, buffer.cursor); break;
      case '\x17': buffer.kill(buffer.blankWordStart(), buffer.cursor); break;
      case 'delete-word': buffer.kill(buffer.cursor, buffer.wordEnd()); break;
      case 'delete-word-back': buffer.kill(buffer.wordStart(), buffer.cursor); break;
      case '\x19': buffer.yank(); break;
      case '\x14': buffer.transpose(); break;
      case '\x1f': buffer.undo(); break;
      case 'last-argument': {
        const last = this.options.history().at(-1)?.trim().split(/\s+/).at(-1);
        if (last) buffer.insert(last);
        break;
      }
      default:
        if (key.length > 2 && /^[a-z-]+$/.test(key)) return;
        if (key < ' ') return;
        this.type(key);
        return;
    }
    this.redraw();
  }

  /** The common case, a character at the end of the line, is one write. */
  private type(text: string): void {
    const atEnd = this.buffer.cursor === this.buffer.text.length;
    const hadGhost = this.ghost() !== '';
    this.buffer.insert(text);
    const width = textWidth(this.lead + this.buffer.text);
    if (atEnd && !hadGhost && this.ghost() === '' && width % this.columns !== 0 && textWidth(text) === text.length) {
      this.options.write(text);
      this.cursorRow = this.rowsBefore(width);
    } else this.redraw();
  }

  private pasteBreak(): void {
    this.pendingLines.push(this.buffer.text);
    if (this.pendingLines.length === 1) {
      const line = this.pendingLines.shift()!;
      this.buffer.set(line);
      this.finishLine();
    } else this.buffer.set('');
  }

  private finishLine(): void {
    const line = this.buffer.text;
    this.toEnd();
    this.options.write('\r\n');
    this.buffer.set('');
    this.buffer.forgetUndo();
    this.lead = '';
    this.cursorRow = 0;
    this.historyIndex = undefined;
    this.options.submit(line);
  }

  private recall(step: -1 | 1): void {
    if (!this.options.atPrompt()) return;
    const history = this.options.history();
    if (this.historyIndex === undefined) {
      if (step === 1) return;
      this.draft = this.buffer.text;
      this.historyIndex = history.length;
    }
    const index = this.historyIndex + step;
    if (index < 0 || index > history.length) return;
    this.historyIndex = index;
    this.buffer.set(index === history.length ? this.draft : history[index]!);
    this.redraw();
  }

  private tab(second: boolean): void {
    if (!this.options.atPrompt()) return;
    const { from, candidates, suffix } = this.options.complete(this.buffer.text, this.buffer.cursor);
    if (candidates.length === 0) return;
    const typed = this.buffer.text.slice(from, this.buffer.cursor);
    const common = candidates.map(candidate => candidate.text).reduce(commonPrefix);
    if (candidates.length === 1) {
      this.buffer.replace(from, this.buffer.cursor, common + suffix);
      this.redraw();
      return;
    }
    if (common.length > typed.length) {
      this.buffer.replace(from, this.buffer.cursor, common);
      this.redraw();
      return;
    }
    if (second) this.list(candidates);
  }

  private list(candidates: Completion['candidates']): void {
    this.toEnd();
    const names = candidates.map(candidate => displayName(candidate.text));
    const withNotes = candidates.some(candidate => candidate.note);
    let text: string;
    if (withNotes) {
      const width = Math.max(...names.map(name => name.length)) + 2;
      text = candidates.map((candidate, index) => `${names[index]!.padEnd(width)}${candidate.note ? `(${candidate.note})` : ''}`.trimEnd().slice(0, this.columns - 1)).join('\r\n');
    } else text = inColumns(names, this.columns);
    this.options.write(`\r\n${text}\r\n${this.lead}`);
    this.cursorRow = this.rowsBefore(textWidth(this.lead));
    this.draw();
  }

  private pressInSearch(key: string): boolean {
    const search = this.search!;
    if (key === '\x12') this.findOlder(search.index);
    else if (key === '\x7f' || key === '\b') { search.query = search.query.slice(0, -1); this.findOlder(this.options.history().length); }
    else if (key === '\x07' || key === '\x03') {
      this.buffer.set(search.before);
      this.endSearch();
      this.redraw();
      return key === '\x07';
    } else if (key.length <= 2 && key >= ' ') { search.query += key; this.findOlder(Math.min(search.index + 1, this.options.history().length)); }
    else {
      this.endSearch();
      this.redraw();
      return false;
    }
    return true;
  }

  private findOlder(before: number): void {
    const search = this.search!;
    const history = this.options.history();
    for (let index = before - 1; index >= 0; index -= 1) {
      const at = history[index]!.indexOf(search.query);
      if (at < 0) continue;
      search.index = index;
      this.buffer.set(history[index]!);
      this.buffer.moveTo(at);
      break;
    }
    this.drawSearch();
  }

  private drawSearch(): void {
    this.erase();
    this.options.write(`(reverse-i-search)\`${this.search!.query}': ${this.buffer.text}`);
    this.cursorRow = this.rowsBefore(textWidth(`(reverse-i-search)\`${this.search!.query}': ${this.buffer.text}`));
  }

  private endSearch(): void {
    this.search = undefined;
  }

  private ghost(): string {
    if (!this.options.suggest || !this.options.atPrompt() || this.buffer.cursor !== this.buffer.text.length) return '';
    return this.options.suggest(this.buffer.text);
  }

  private isEditing(): boolean {
    return this.buffer.text !== '' || this.search !== undefined || (this.options.atPrompt() && this.lead !== '');
  }

  private redraw(): void {
    this.erase();
    this.options.write(this.lead);
    this.cursorRow = this.rowsBefore(textWidth(this.lead));
    this.draw();
  }

  /** Clears from the lead on; the cursor is then at the lead's first cell. */
  private erase(): void {
    this.options.write(`${this.cursorRow > 0 ? `\x1b[${this.cursorRow}A` : ''}\r\x1b[J`);
    this.cursorRow = 0;
  }

  /** Writes the typed text after the lead (already on screen) and puts the cursor where it belongs. */
  private draw(): void {
    const { text, before } = this.buffer;
    const ghost = this.ghost();
    if (text === '' && ghost === '') return;
    const shown = text.replace(/\n/g, '\r\n');
    const total = this.layout(this.lead + text + ghost);
    const wanted = this.layout(this.lead + before);
    let move = '';
    if (total.row > wanted.row) move += `\x1b[${total.row - wanted.row}A`;
    move += `\r${wanted.column > 0 ? `\x1b[${wanted.column}C` : ''}`;
    const wrap = total.column === 0 && total.row > 0 && !text.endsWith('\n') ? ' \r' : '';
    this.options.write(`${shown}${ghost === '' ? '' : `${DIM}${ghost}${RESET}`}${wrap}${move}`);
    this.cursorRow = wanted.row;
  }

  private toEnd(): void {
    const end = this.layout(this.lead + this.buffer.text);
    if (end.row > this.cursorRow) this.options.write(`\x1b[${end.row - this.cursorRow}B`);
    if (this.buffer.cursor !== this.buffer.text.length) this.options.write(`\r${end.column > 0 ? `\x1b[${end.column}C` : ''}`);
    if (this.ghost() !== '') this.options.write('\x1b[J');
    this.cursorRow = end.row;
  }

  private layout(text: string): { row: number; column: number } {
    let row = 0;
    let column = 0;
    text.split('\n').forEach((line, index) => {
      if (index > 0) row += 1;
      const width = textWidth(line);
      row += Math.floor(width / this.columns);
      column = width % this.columns;
    });
    return { row, column };
  }

  private rowsBefore(width: number): number {
    return Math.floor(width / this.columns);
  }
}

function commonPrefix(a: string, b: string): string {
  let length = 0;
  while (length < a.length && a[length] === b[length]) length += 1;
  return a.slice(0, length);
}

function displayName(text: string): string {
  const body = text.endsWith('/') ? text.slice(0, -1) : text;
  return body.includes('/') && !body.startsWith('-') ? text.slice(body.lastIndexOf('/') + 1) : text;
}

/** Names in columns filled downwards, as bash lists them. */
export function inColumns(names: readonly string[], columns: number): string {
  const width = Math.max(...names.map(textWidth)) + 2;
  const perRow = Math.max(1, Math.floor(columns / width));
  const rows = Math.ceil(names.length / perRow);
  return Array.from({ length: rows }, (_, row) => {
    const cells: string[] = [];
    for (let index = row; index < names.length; index += rows) cells.push(names[index]!);
    return cells.map((cell, index) => (index === cells.length - 1 ? cell : cell + ' '.repeat(width - textWidth(cell)))).join('');
  }).join('\r\n');
}
