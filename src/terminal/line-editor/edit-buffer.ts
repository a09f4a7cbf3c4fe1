/** A line being typed: its text, the cursor, what was killed, and the way back. */
export class EditBuffer {
  text = '';
  cursor = 0;
  private killed = '';
  private undoStack: { text: string; cursor: number }[] = [];

  get before(): string {
    return this.text.slice(0, this.cursor);
  }

  set(text: string): void {
    this.remember();
    this.text = text;
    this.cursor = text.length;
  }

  insert(text: string): void {
    this.replace(this.cursor, this.cursor, text);
  }

  replace(from: number, to: number, text: string): void {
    this.remember();
    this.text = this.text.slice(0, from) + text + this.text.slice(to);
    this.cursor = from + text.length;
  }

  move(step: -1 | 1): void {
    const next = this.cursor + step;
    if (next < 0 || next > this.text.length) return;
    this.cursor = isInsidePair(this.text, next) ? next + step : next;
  }

  moveTo(cursor: number): void {
    this.cursor = Math.max(0, Math.min(this.text.length, cursor));
  }

  deleteBefore(): void {
    if (this.cursor === 0) return;
    const from = isInsidePair(this.text, this.cursor - 1) ? this.cursor - 2 : this.cursor - 1;
    this.replace(from, this.cursor, '');
  }

  deleteAfter(): void {
    if (this.cursor === this.text.length) return;
    const at = this.cursor;
    this.replace(at, isInsidePair(this.text, at + 1) ? at + 2 : at + 1, '');
    this.cursor = at;
  }

  kill(from: number, to: number): void {
    if (from === to) return;
    this.killed = this.text.slice(from, to);
    this.replace(from, to, '');
  }

  yank(): void {
    this.insert(this.killed);
  }

  transpose(): void {
    if (this.cursor === 0 || this.text.length < 2) return;
    const at = this.cursor === this.text.length ? this.cursor - 1 : this.cursor;
    this.replace(at - 1, at + 1, this.text[at]! + this.text[at - 1]!);
  }

  undo(): void {
    const before = this.undoStack.pop();
    if (!before) return;
    this.text = before.text;
    this.cursor = before.cursor;
  }

  forgetUndo(): void {
    this.undoStack = [];
  }

  /** Start of the word before the cursor; letters and digits make words (M-b). */
  wordStart(): number {
    let at = this.cursor;
    while (at > 0 && !/\w/.test(this.text[at - 1]!)) at -= 1;
    while (at > 0 && /\w/.test(this.text[at - 1]!)) at -= 1;
    return at;
  }

  wordEnd(): number {
    let at = this.cursor;
    while (at < this.text.length && !/\w/.test(this.text[at]!)) at += 1;
    while (at < this.text.length && /\w/.test(this.text[at]!)) at += 1;
    return at;
  }

  /** Start of the word before the cursor; blanks separate words (C-w). */
  blankWordStart(): number {
    let at = this.cursor;
    while (at > 0 && /\s/.test(this.text[at - 1]!)) at -= 1;
    while (at > 0 && !/\s/.test(this.text[at - 1]!)) at -= 1;
    return at;
  }

  private remember(): void {
    this.undoStack.push({ text: this.text, cursor: this.cursor });
    if (this.undoStack.length > 200) this.undoStack.shift();
  }
}

function isInsidePair(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code >= 0xdc00 && code < 0xe000 && at > 0;
}
