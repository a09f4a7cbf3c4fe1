/** Keeps the visible rows of an xterm decorated. Redone for rows whose text or meaning changed, nothing else. */
import type { IDecoration, IDisposable, ILink, Terminal } from '@xterm/xterm';
import { hover, select, useSession } from '../../session.ts';
import type { Slug } from '../../snapshot.ts';
import { token } from '../../theme/theme.ts';
import { marksOf, nameTable, type Mark, type Names } from './select.ts';

const GONE_MAX = 2000;

/** `#abc` → `#aabbcc`, the only form xterm takes. */
function colour(name: string): string {
  const value = token(name);
  return /^#[0-9a-f]{3}$/i.test(value) ? `#${[...value.slice(1)].map(digit => digit + digit).join('')}` : value;
}

export function decorate(term: Terminal): IDisposable {
  let rows = new Map<number, { key: string; decorations: IDecoration[] }>();
  let names: Names = new Map();
  let kinds: unknown;
  const everSeen = new Set<string>();
  let timer: ReturnType<typeof setTimeout> | undefined;

  const refreshNames = (): void => {
    const snapshot = useSession.getState().snapshot;
    if (snapshot.kinds === kinds) return;
    kinds = snapshot.kinds;
    for (const pod of snapshot.kinds.get('Pod')?.values() ?? []) if (everSeen.size < GONE_MAX) everSeen.add(pod.metadata.name);
    names = nameTable(snapshot.kinds, everSeen);
  };

  const paint = (mark: Mark, row: number, selected: Slug | undefined): IDecoration | undefined => {
    const buffer = term.buffer.active;
    const marker = term.registerMarker(row - buffer.baseY - buffer.cursorY);
    if (!marker) return undefined;
    const lit = mark.slug !== undefined && mark.slug === selected;
    const foregroundColor = mark.kind === 'header' ? colour('--term-dim') : mark.kind === 'status' ? colour(`--${mark.tone ?? 'bad'}`) : undefined;
    const decoration = term.registerDecoration({
      marker, x: mark.x, width: mark.width, layer: 'bottom', ...(foregroundColor ? { foregroundColor } : {}), ...(lit ? { backgroundColor: colour('--note-wash') } : {}),
    });
    decoration?.onRender(element => {
      element.className += ` deco-${mark.kind}${lit ? ' deco-lit' : ''}`;
    });
    // A marker outlives its decoration unless it is let go with it.
    decoration?.onDispose(() => marker.dispose());
    return decoration;
  };

  const run = (): void => {
    timer = undefined;
    refreshNames();
    const buffer = term.buffer.active;
    const theme = document.documentElement.dataset['theme'] ?? '';
    const selected = useSession.getState().selected;
    const next = new Map<number, { key: string; decorations: IDecoration[] }>();
    if (buffer.type === 'normal') {
      for (let row = buffer.viewportY; row < buffer.viewportY + term.rows; row += 1) {
        const text = buffer.getLine(row)?.translateToString(true) ?? '';
        const marks = marksOf(text, names);
        const key = `${theme}${marks.map(mark => `${mark.x},${mark.width},${mark.kind},${mark.tone ?? ''},${mark.slug ?? ''},${mark.slug === selected}`).join(';')}`;
        const before = rows.get(row);
        if (before?.key === key) {
          next.set(row, before);
          continue;
        }
        before?.decorations.forEach(decoration => decoration.dispose());
        if (marks.length > 0) next.set(row, { key, decorations: marks.map(mark => paint(mark, row, selected)).filter(decoration => decoration !== undefined) });
      }
    }
    for (const [row, { decorations }] of rows) if (!next.has(row)) decorations.forEach(decoration => decoration.dispose());
    rows = next;
  };
  const soon = (): void => {
    timer ??= setTimeout(run, 40);
  };

  const links = term.registerLinkProvider({
    provideLinks(y, callback) {
      refreshNames();
      const text = term.buffer.active.getLine(y - 1)?.translateToString(true) ?? '';
      const found: ILink[] = [];
      for (const mark of marksOf(text, names)) {
        const slug = mark.slug;
        if (mark.kind !== 'name' || !slug) continue;
        found.push({
          range: { start: { x: mark.x + 1, y }, end: { x: mark.x + mark.width, y } }, text: text.slice(mark.x, mark.x + mark.width), decorations: { underline: false, pointerCursor: true },
          activate: event => select(slug, event.ctrlKey || event.metaKey || useSession.getState().inspectorOpen),
          hover: () => hover(slug), leave: () => hover(undefined),
        });
      }
      callback(found.length > 0 ? found : undefined);
    },
  });
  const parts: IDisposable[] = [links, term.onWriteParsed(soon), term.onScroll(soon), term.onResize(soon)];
  const unsubscribe = useSession.subscribe((state, before) => {
    if (state.snapshot.kinds !== before.snapshot.kinds || state.selected !== before.selected) soon();
  });
  const theme = new MutationObserver(soon);
  theme.observe(document.documentElement, { attributeFilter: ['data-theme'] });
  return {
    dispose() {
      clearTimeout(timer);
      unsubscribe();
      theme.disconnect();
      parts.forEach(part => part.dispose());
    },
  };
}
