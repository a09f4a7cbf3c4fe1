import type { TerminalSession } from '../../terminal/contract.ts';
import { LineEditor } from '../../terminal/line-editor/line-editor.ts';
import type { WorldInput } from '../protocol.ts';

export interface DeskOptions {
  /** Enters the world and the log. */
  input(input: WorldInput): void;
  /** For the screen. */
  output(terminal: string, text: string): void;
  prompt(terminal: string, exitCode: number): void;
  closed(terminal: string): void;
}

/** Enough of a screen's past to draw it again. */
const TRANSCRIPT_MAX = 200_000;

interface Seat {
  readonly editor: LineEditor;
  session: TerminalSession | undefined;
  pending: string;
  suggestion: string;
  exitCode: number;
}

/** The terminals of one world with a line editor beside each. Replayed lines are drawn as if they had been typed. */
export class Desk {
  private readonly seats = new Map<string, Seat>();
  /** What is drawn was typed before: nothing enters the world by being drawn. */
  replaying = false;

  constructor(private readonly options: DeskOptions) {}

  output(terminal: string, text: string): void {
    this.seat(terminal).editor.output(text);
  }

  prompt(terminal: string, exitCode: number): void {
    const seat = this.seat(terminal);
    seat.exitCode = exitCode;
    seat.editor.prompt(seat.session?.promptText ?? '$ ');
    if (!this.replaying) this.options.prompt(terminal, exitCode);
  }

  closed(terminal: string): void {
    this.seats.delete(terminal);
    if (!this.replaying) this.options.closed(terminal);
  }

  /** Tells the page where each prompt stands after a replay. */
  announcePrompts(): void {
    for (const [terminal, seat] of this.seats) if (seat.session?.atPrompt) this.options.prompt(terminal, seat.exitCode);
  }

  /** The session is open; its first prompt shows. */
  seatSession(terminal: string, session: TerminalSession, columns: number): void {
    const seat = this.seat(terminal);
    seat.session = session;
    seat.editor.resize(columns);
    if (session.atPrompt) {
      seat.editor.prompt(session.promptText);
      if (!this.replaying) this.options.prompt(terminal, 0);
    }
  }

  resize(terminal: string, columns: number): void {
    this.seats.get(terminal)?.editor.resize(columns);
  }

  /** Raw bytes from the screen. */
  feed(terminal: string, data: string): void {
    this.seats.get(terminal)?.editor.feed(data);
  }

  place(terminal: string, line: string): void {
    this.seats.get(terminal)?.editor.place(line);
  }

  /** A dimmed line behind an empty prompt, until it is run. */
  suggest(terminal: string, line: string): void {
    const seat = this.seats.get(terminal);
    if (!seat) return;
    seat.suggestion = line;
    if (seat.session?.atPrompt && seat.editor.line === '') seat.editor.place('');
  }

  /** Some line has not come back to its prompt. */
  get busy(): boolean {
    for (const { session } of this.seats.values()) if (session && !session.atPrompt) return true;
    return false;
  }

  /** Draws what is about to be replayed; the caller gives the input to the world. */
  drawReplayed(input: WorldInput): void {
    if (input.type !== 'line') return;
    const seat = this.seats.get(input.terminal);
    if (!seat) return;
    seat.editor.place(input.line);
    seat.editor.feed('\r');
  }

  /** What each screen shows, and forgets it: the page has it from now on. */
  flush(): void {
    for (const [terminal, seat] of this.seats) {
      if (seat.pending === '') continue;
      const text = seat.pending;
      seat.pending = '';
      this.options.output(terminal, text);
    }
  }

  private seat(terminal: string): Seat {
    const known = this.seats.get(terminal);
    if (known) return known;
    const log = (input: WorldInput): void => {
      if (!this.replaying) this.options.input(input);
    };
    const seat: Seat = {
      session: undefined, pending: '', suggestion: '', exitCode: 0,
      editor: new LineEditor({
        write: text => { seat.pending = (seat.pending + text).slice(-TRANSCRIPT_MAX); },
        submit: line => {
          if (line === seat.suggestion) seat.suggestion = '';
          log({ type: 'line', terminal, line });
        },
        interrupt: () => log({ type: 'interrupt', terminal }),
        suspend: () => log({ type: 'suspend', terminal }),
        endOfFile: () => log({ type: 'end-of-file', terminal }),
        key: data => log({ type: 'key', terminal, data }),
        isRaw: () => seat.session?.raw === true,
        atPrompt: () => seat.session?.atPrompt === true,
        complete: (line, cursor) => seat.session?.complete(line, cursor) ?? { from: cursor, candidates: [], suffix: '' },
        history: () => seat.session?.history ?? [],
        suggest: line => (seat.suggestion.startsWith(line) ? seat.suggestion.slice(line.length) : line === '' ? '' : fromHistory(seat.session?.history ?? [], line)),
      }),
    };
    this.seats.set(terminal, seat);
    return seat;
  }
}

/** The newest line of the history that goes on from what is typed. */
function fromHistory(history: readonly string[], typed: string): string {
  if (typed.length < 3) return '';
  for (let index = history.length - 1; index >= 0; index -= 1) {
    const line = history[index] ?? '';
    if (line.length > typed.length && line.startsWith(typed)) return line.slice(typed.length);
  }
  return '';
}
