/** Walking a picture with the arrow keys. */
import { hover } from '../session.ts';

/** One tab stop for the whole chart; arrows walk from there. */
export function FirstStop() {
  return (
    <button type="button" className="unseen" style={{ bottom: 0, left: 0 }}
      onFocus={event => {
        const chart = event.currentTarget.parentElement;
        const target = chart?.querySelector<HTMLElement>('[data-slug][aria-pressed="true"]') ?? chart?.querySelector<HTMLElement>('.pod.bad[data-slug]') ?? chart?.querySelector<HTMLElement>('[data-slug]');
        if (target && event.relatedTarget !== target) target.focus();
      }}>Walk the map with the arrow keys</button>
  );
}

/** Arrow keys move to the nearest object in that direction; Enter inspects (it is a button). */
export function walk(event: React.KeyboardEvent<HTMLDivElement>): void {
  const direction = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
  const from = event.target instanceof HTMLElement ? event.target.closest<HTMLElement>('[data-slug]') : null;
  if (!direction || !from) return;
  const [dx = 0, dy = 0] = direction;
  const start = from.getBoundingClientRect();
  let best: { element: HTMLElement; cost: number } | undefined;
  for (const element of event.currentTarget.querySelectorAll<HTMLElement>('[data-slug]')) {
    if (element === from) continue;
    const box = element.getBoundingClientRect();
    const across = box.left + box.width / 2 - (start.left + start.width / 2);
    const down = box.top + box.height / 2 - (start.top + start.height / 2);
    const along = across * dx + down * dy;
    if (along <= 2) continue;
    const cost = along + 2.5 * Math.abs(across * dy + down * dx);
    if (!best || cost < best.cost) best = { element, cost };
  }
  if (!best) return;
  event.preventDefault();
  best.element.focus({ preventScroll: event.currentTarget.classList.contains('addr') ? false : true });
  hover(best.element.dataset['slug']);
}
