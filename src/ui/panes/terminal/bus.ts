/** Terminal output flows past React: the wire writes here, and each terminal on screen listens. */

export interface Screen {
  write(data: string): void;
  reset(): void;
  focus(): void;
}

const LIMIT = 400_000;

class TerminalBus {
  private readonly screens = new Map<string, Screen>();
  /** Output of terminals that are not on screen yet. */
  private readonly early = new Map<string, string>();
  private wantsFocus = '';

  attach(id: string, screen: Screen): () => void {
    this.screens.set(id, screen);
    const waiting = this.early.get(id);
    this.early.delete(id);
    if (waiting) screen.write(waiting);
    if (this.wantsFocus === id) {
      this.wantsFocus = '';
      screen.focus();
    }
    return () => {
      if (this.screens.get(id) === screen) this.screens.delete(id);
    };
  }

  write(id: string, data: string): void {
    const screen = this.screens.get(id);
    if (screen) screen.write(data);
    else this.early.set(id, ((this.early.get(id) ?? '') + data).slice(-LIMIT));
  }

  /** A fresh world: every screen is wiped and opens its terminal again. */
  reset(): void {
    this.early.clear();
    for (const screen of this.screens.values()) screen.reset();
  }

  drop(id: string): void {
    this.early.delete(id);
  }

  /** Now, or as soon as that terminal is on screen. */
  focus(id: string): void {
    const screen = this.screens.get(id);
    if (screen) screen.focus();
    else this.wantsFocus = id;
  }
}

export const terminalBus = new TerminalBus();
