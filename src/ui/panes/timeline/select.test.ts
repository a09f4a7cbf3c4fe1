import { describe, expect, test } from 'vitest';
import { applyFrame, EMPTY_SNAPSHOT } from '../../snapshot.ts';
import { FAKE_NOW_MS, FAKE_PAGED_MS, fakeObjects, object } from '../../testing/fake-objects.ts';
import { eventMarks, inputMarks, lastChange, markWidth, minutes, promiseLine, timeAt, windowOf, xOf } from './select.ts';

const { objects, podStatus } = fakeObjects();
const shop = applyFrame(EMPTY_SNAPSHOT, { reset: true, upserts: objects, deletes: [], podStatus });
const window = windowOf(FAKE_PAGED_MS, FAKE_PAGED_MS, FAKE_NOW_MS);
const WIDTH = 760;

describe('timeline', () => {
  test('shows what was before the page and some time ahead', () => {
    expect((FAKE_PAGED_MS - window.fromMs) / 60_000).toBe(14);
    expect(window.toMs).toBeGreaterThan(FAKE_NOW_MS + 2 * 60_000);
  });

  test('without a page it starts where the world starts', () => {
    expect(windowOf(FAKE_PAGED_MS, undefined, FAKE_NOW_MS).fromMs).toBe(FAKE_PAGED_MS);
  });

  test('place and time are each other\'s inverse', () => {
    expect(timeAt(window, xOf(window, FAKE_NOW_MS, WIDTH), WIDTH)).toBeCloseTo(FAKE_NOW_MS, 0);
  });

  test('minutes alternate, tile the edge and turn grey after now', () => {
    const bands = minutes(window, FAKE_NOW_MS, WIDTH);
    expect(bands.reduce((sum, band) => sum + band.width, 0)).toBeCloseTo(WIDTH, 3);
    expect(bands.every((band, index) => index === 0 || band.dark !== bands[index - 1]?.dark)).toBe(true);
    expect(bands.filter(band => band.past).length).toBe(15);
    expect(bands[0]?.label).toBe('03:00');
  });

  test.each([[30, 60_000], [8 * 60, 60_000 * 30]])('a span of %i minutes keeps bands wide enough to see', (span, least) => {
    const long = windowOf(FAKE_PAGED_MS, undefined, FAKE_PAGED_MS + span * 60_000);
    const bands = minutes(long, FAKE_PAGED_MS, WIDTH);
    expect(bands[1]?.width ?? 0).toBeGreaterThanOrEqual(26);
    expect(timeAt(long, bands[1]?.width ?? 0, WIDTH) - long.fromMs).toBeGreaterThanOrEqual(least - 1);
  });

  test('warnings that would touch merge to a count, the worst glyph in front', () => {
    expect(eventMarks(shop.kinds.get('Event'), window, WIDTH).map(mark => `${mark.glyph} ×${mark.count}`)).toEqual(['crash ×6']);
  });

  test('no mark stands on the count of the one before it', () => {
    const warnings = new Map(Array.from({ length: 60 }, (_, index) => {
      const at = new Date(window.fromMs + 20_000 + index * index * 250).toISOString();
      return [`shop/e${index}`, object('v1', 'Event', 'shop', `e${index}`, { type: 'Warning', reason: 'BackOff', lastTimestamp: at })] as const;
    }));
    const marks = eventMarks(warnings, window, WIDTH);
    expect(marks.length).toBeGreaterThan(1);
    expect(marks.reduce((sum, mark) => sum + mark.count, 0)).toBe(60);
    marks.slice(1).forEach((mark, index) => expect(mark.x - 6).toBeGreaterThan(marks[index]!.x + markWidth(marks[index]!.count)));
  });

  test('the learner\'s own lines and hints are marked, empty lines are not', () => {
    const marks = inputMarks([
      { atMs: FAKE_PAGED_MS + 1000, input: { type: 'line', terminal: 't1', line: 'kubectl get pods' } }, { atMs: FAKE_PAGED_MS + 2000, input: { type: 'line', terminal: 't1', line: '  ' } },
      { atMs: FAKE_PAGED_MS + 3000, input: { type: 'hint' } },
    ], window, WIDTH);
    expect(marks.map(mark => mark.words)).toEqual(['03:14 kubectl get pods', '03:14 hint']);
  });

  test('the promise is a step line up to now', () => {
    const path = promiseLine([{ atMs: window.fromMs, value: 1 }, { atMs: FAKE_PAGED_MS, value: 0 }], { fromMs: window.fromMs, toMs: window.fromMs + 20 * 60_000 }, window.fromMs + 15 * 60_000, 200, 5, 25);
    expect(path).toEqual({ all: 'M0.0 5.0H140.0V25.0H150.0', broken: 'M140.0 25.0H150.0' });
  });

  test('back goes to the last change before now, never before the start', () => {
    const inputs = [{ atMs: FAKE_PAGED_MS + 5000, input: { type: 'line', terminal: 't1', line: 'ls' } as const }];
    expect(lastChange(EMPTY_SNAPSHOT, inputs, FAKE_NOW_MS, FAKE_PAGED_MS)).toBe(FAKE_PAGED_MS + 5000);
    expect(lastChange(EMPTY_SNAPSHOT, [], FAKE_NOW_MS, FAKE_PAGED_MS)).toBe(FAKE_PAGED_MS);
  });
});
