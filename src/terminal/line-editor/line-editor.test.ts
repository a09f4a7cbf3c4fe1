import { describe, expect, test } from 'vitest';
import { LineEditor } from './line-editor.ts';

/** A terminal of 20 columns, good enough to see what an editor draws. */
class Screen {
  readonly columns = 20;
  private rows: string[][] = [[]];
  private row = 0;
  private column = 0;

  write(text: string): void {
    for (let i = 0; i < text.length; i += 1) {
      const sequence = /^\x1b\[([0-9;?]*)([A-Za-z])/.exec(text.slice(i));
      if (sequence) { this.control(sequence[2]!, Number(sequence[1] || 1)); i += sequence[0].length - 1; continue; }
      const character = text[i]!;
      if (character === '\r') this.column = 0;
      else if (character === '\n') this.down();
      else {
        if (this.column === this.columns) { this.column = 0; this.down(); }
        this.line()[this.column] = character;
        this.column += 1;
      }
    }
  }

  get text(): string {
    return this.rows.map(row => Array.from(row, cell => cell ?? ' ').join('').trimEnd()).join('\n').trimEnd();
  }

  get cursor(): [row: number, column: number] {
    return [this.row, this.column];
  }

  private line(): string[] {
    return this.rows[this.row] ??= [];
  }

  private down(): void {
    this.row += 1;
    this.line();
  }

  private control(letter: string, count: number): void {
    if (letter === 'A') this.row = Math.max(0, this.row - count);
    else if (letter === 'B') { for (let i = 0; i < count; i += 1) this.down(); }
    else if (letter === 'C') this.column = Math.min(this.columns, this.column + count);
    else if (letter === 'J') { this.line().length = Math.min(this.line().length, this.column); this.rows.length = this.row + 1; }
  }
}

function typing(history: string[] = [], candidates: string[] = []) {
  const screen = new Screen();
  const lines: string[] = [];
  const signals: string[] = [];
  const editor = new LineEditor({
    write: text => screen.write(text), submit: line => lines.push(line), columns: 20,
    interrupt: () => signals.push('int'), suspend: () => signals.push('tstp'), endOfFile: () => signals.push('eof'), key: () => {},
    isRaw: () => false, atPrompt: () => true, history: () => history,
    complete: (line, cursor) => {
      const from = line.lastIndexOf(' ', cursor - 1) + 1;
      return { from, suffix: ' ', candidates: candidates.filter(text => text.startsWith(line.slice(from, cursor))).map(text => ({ text })) };
    },
  });
  editor.prompt('$ ');
  return { editor, screen, lines, signals };
}

const LEFT = '\x1b[D';
const UP = '\x1b[A';
const DOWN = '\x1b[B';

describe('keys', () => {
  test.each([
    ['abc', 'abc'],
    ['abc\x7f', 'ab'],
    [`ac${LEFT}b`, 'abc'],
    ['bc\x01a', 'abc'],
    ['ab cd\x17', 'ab '],
    ['ab cd\x15x', 'x'],
    ['ab cd\x01\x0b', ''],
    ['ab cd\x17\x01\x19', 'cdab '],
    ['ab cd\x1bb\x1bd', 'ab '],
    ['ab cd\x1b[H\x1bfX', 'abX cd'],
    ['abc\x01\x04', 'bc'],
    ['ab\x14', 'ba'],
    ['😀x\x7f\x7f', ''],
  ])('%j gives %j', (keys, line) => {
    const { editor } = typing();
    editor.feed(keys);
    expect(editor.line).toBe(line);
  });

  test('Enter hands the line over; signals go by', () => {
    const { editor, lines, signals } = typing();
    editor.feed('one\r');
    expect(lines).toEqual(['one']);
    editor.feed('\x04x\x03\x1a');
    expect(signals).toEqual(['eof', 'int', 'tstp']);
    expect(editor.line).toBe('');
  });
});

describe('history', () => {
  test('up and down keep what was being typed', () => {
    const { editor } = typing(['first', 'second']);
    editor.feed(`dra${UP}`);
    expect(editor.line).toBe('second');
    editor.feed(UP + UP);
    expect(editor.line).toBe('first');
    editor.feed(DOWN + DOWN);
    expect(editor.line).toBe('dra');
  });

  test('C-r searches backwards, again, and runs on Enter', () => {
    const { editor, lines, screen } = typing(['kubectl get pods', 'ls', 'kubectl get nodes']);
    editor.feed('\x12get');
    expect(editor.line).toBe('kubectl get nodes');
    expect(screen.text).toContain('(reverse-i-search)');
    editor.feed('\x12\r');
    expect(lines).toEqual(['kubectl get pods']);
  });
});

describe('completion', () => {
  test('a single candidate is filled in with a blank', () => {
    const { editor } = typing([], ['pods', 'nodes']);
    editor.feed('get po\t');
    expect(editor.line).toBe('get pods ');
  });

  test('several: first the common part, then a list at the second Tab', () => {
    const { editor, screen } = typing([], ['web-1', 'web-2']);
    editor.feed('w\t');
    expect(editor.line).toBe('web-');
    editor.feed('\t');
    expect(screen.text).toBe('$ web-\nweb-1  web-2\n$ web-');
  });
});

describe('the screen', () => {
  test('a long line wraps, and editing in its middle redraws all of it', () => {
    const { editor, screen } = typing();
    editor.feed('0123456789abcdefghijklmn');
    expect(screen.text).toBe('$ 0123456789abcdefgh\nijklmn');
    editor.feed('\x01X');
    expect(screen.text).toBe('$ X0123456789abcdefg\nhijklmn');
    expect(screen.cursor).toEqual([0, 3]);
  });

  test('output that arrives while typing goes above the line', () => {
    const { editor, screen } = typing();
    editor.feed('half');
    editor.output('pod/web created\r\n');
    expect(screen.text).toBe('pod/web created\n$ half');
  });

  test('a pasted block with line ends runs line by line', () => {
    const { editor, lines } = typing();
    editor.feed('\x1b[200~one\ntwo\x1b[201~');
    expect(lines).toEqual(['one']);
    editor.prompt('$ ');
    expect([...lines, editor.line]).toEqual(['one', 'two']);
  });

  test('a line can be placed without running it', () => {
    const { editor, lines, screen } = typing();
    editor.place('kubectl get pods');
    expect(screen.text).toBe('$ kubectl get pods');
    expect(lines).toEqual([]);
  });
});
