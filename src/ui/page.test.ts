import { describe, expect, test } from 'vitest';
import type { SavedRun } from '../hosts/protocol.ts';
import { keyName } from './keys/keymap.ts';
import { ACTIONS } from './keys/keymap.ts';
import { filterRows, groupRows } from './pages/catalogue.ts';
import { availability, beats, flagRows, sections, shareText, worstStretch } from './pages/debrief-select.ts';
import { inline, ticketText } from './panes/brief/ticket.tsx';
import { holding, sparkPath, waitWords } from './panes/brief/select.ts';
import { parseRoute } from './route.ts';
import { decodeRun, encodeRun } from './share-link.ts';
import { FAKE_CATALOGUE, fakeScenario } from './testing/fake-link.ts';
import { ageText, clockText, spanText } from './words.ts';

describe('words for times', () => {
  test.each([[41_000, '41s'], [131_000, '2m11s'], [840_000, '14m'], [5 * 3_600_000, '5h'], [26 * 3_600_000, '26h'], [3 * 86_400_000 + 3_600_000, '3d1h'], [212 * 86_400_000, '212d']])('an age of %i ms is %s', (ms, text) => {
    expect(ageText(ms)).toBe(text);
  });
  test.each([[41_000, '41 s'], [393_000, '6 min 33 s'], [300_000, '5 min'], [7_500_000, '2 h 5 min']])('a span of %i ms is %s', (ms, text) => {
    expect(spanText(ms)).toBe(text);
  });
  test('the clock is UTC', () => expect(clockText(Date.UTC(2026, 10, 23, 3, 14, 41))).toBe('03:14:41'));
});

describe('addresses of pages', () => {
  test.each([
    ['', { page: 'landing' }], ['#/', { page: 'landing' }], ['#/s/q7f2', { page: 'scenario', key: 'q7f2' }], ['#/s/q7f2/debrief', { page: 'debrief', key: 'q7f2' }],
    ['#/sandbox', { page: 'sandbox' }], ['#/run/abc-_9', { page: 'run', data: 'abc-_9' }], ['#/nowhere', { page: 'landing' }],
  ])('%s', (hash, route) => expect(parseRoute(hash)).toEqual(route));
});

describe('share link', () => {
  const run: SavedRun = { format: 1, version: '0.1.0', source: { kind: 'scenario', key: 'q7f2' }, seed: 3, untilMs: 9, inputs: [{ atMs: 5, input: { type: 'line', terminal: 't1', line: 'kubectl get pods # ünïcode' } }] };
  test('a run survives the address bar', async () => {
    const text = await encodeRun(run);
    expect(text).toMatch(/^[A-Za-z0-9_-]+$/);
    expect(await decodeRun(text)).toEqual(run);
  });
  test.each([['cut', 'q1bKKs'], ['not base64', '%%%'], ['something else', btoa('hello')], ['empty', '']])('%s is no run', async (_, text) => expect(await decodeRun(text)).toBeUndefined());
  test('another shape is no run', async () => expect(await decodeRun(await encodeRun({ ...run, format: 2 as unknown as 1 }))).toBeUndefined());
});

describe('ticket', () => {
  test.each([
    ['PAGE 03:14 · checkout\nError rate 100 %.', { who: 'PAGE 03:14', where: 'checkout', body: 'Error rate 100 %.' }],
    ['PAGE 03:14 — checkout error rate 100 %. `orders` is down.', { who: 'PAGE 03:14', where: '', body: 'checkout error rate 100 %. `orders` is down.' }],
    ['Release 2.8 of `payments` is stuck.', { who: '', where: '', body: 'Release 2.8 of `payments` is stuck.' }],
  ])('%s', (text, parts) => expect(ticketText(text)).toEqual(parts));
  test('code and stress are told apart, markup is text', () => expect(inline('a `b` *c* <i>d</i>').map(part => (typeof part === 'string' ? part : 'element'))).toEqual(['a ', 'element', ' ', 'element', ' <i>d</i>']));
});

describe('objectives', () => {
  const post = fakeScenario().objectives[3];
  test('holding is a share of the time it has to hold', () => expect(post && holding(post)).toBeCloseTo(0.55));
  test('and says so in words', () => expect(post && waitWords(post)).toBe('holding 33 of 60 s'));
  test('sparks run from left to right, 1 on top', () => expect(sparkPath([0, 1])).toBe('M0 13L100 2'));
});

describe('catalogue', () => {
  test.each([
    [{ symptom: '', level: '', text: '' }, 3], [{ symptom: 'restarting', level: '', text: '' }, 1], [{ symptom: '', level: 'junior', text: '' }, 2],
    [{ symptom: '', level: '', text: 'every green' }, 1], [{ symptom: 'image', level: 'senior', text: '' }, 0],
  ] as const)('%j shows %i rows', (wanted, count) => expect(filterRows(FAKE_CATALOGUE, wanted).length).toBe(count));
});

describe('the catalogue in groups', () => {
  test('by symptom in the order of the filters, then by level, then by time', () => {
    const row = (key: string, symptom: 'image' | 'restarting', level: 'junior' | 'senior', minutes: number) => ({ key, title: key, seen: '', symptom, level, minutes });
    const groups = groupRows([row('a', 'image', 'senior', 5), row('b', 'restarting', 'junior', 20), row('c', 'image', 'junior', 9), row('d', 'restarting', 'junior', 8)]);
    expect(groups.map(group => [group.symptom.id, group.rows.map(({ key }) => key)])).toEqual([['restarting', ['d', 'b']], ['image', ['c', 'a']]]);
  });
  test('solved ones can be left out, words of symptom and level are searched', () => {
    expect(filterRows(FAKE_CATALOGUE, { symptom: '', level: '', text: '', without: new Set(['q7f2']) }).map(({ key }) => key)).toEqual(['b81c', 'm20x']);
    expect(filterRows(FAKE_CATALOGUE, { symptom: '', level: '', text: 'junior unreach' }).map(({ key }) => key)).toEqual(['m20x']);
  });
});

describe('debrief', () => {
  test('a headline has two beats', () => expect(beats('The pods were new. The mistake was a day old.')).toEqual(['The pods were new.', 'The mistake was a day old.']));
  test('a story has a lede and parts', () => expect(sections('Lede.\n\n## How\n- one\n\n## Keep\ntext')).toEqual({ lede: 'Lede.', parts: [{ title: 'How', body: '- one' }, { title: 'Keep', body: 'text' }] }));
  test('flags that would run into each other take rows of their own, then lose their words', () => {
    const flag = (x: number) => ({ x, words: 'get pods' });
    expect(flagRows([flag(0), flag(5), flag(10), flag(15), flag(20), flag(200)])).toEqual([0, 1, 2, 3, undefined, 0]);
  });
  test('the worst stretch is the one with the smallest share answered', () => {
    const bucket = (atMs: number, total: number, failed: number) => ({ atMs, forMs: 5000, total, failed });
    expect(worstStretch([bucket(0, 100, 1), bucket(5, 10, 9), bucket(10, 1000, 90), bucket(15, 10, 9)])?.atMs).toBe(5);
    expect(worstStretch([])).toBeUndefined();
    expect(availability({ total: 0, failed: 0 })).toBe(1);
  });
  test.each([[1, '100 %'], [0, '0 %'], [0.9999, '99.9 %'], [0.0005, '0.0 %'], [0.973, '97.3 %']])('a share of %d reads %s', (share, words) => expect(shareText(share)).toBe(words));
  test('a story may start with a part', () => expect(sections('## How\nx').lede).toBe(''));
});

describe('keys', () => {
  const press = (key: string, change: object = {}) => ({ key, code: /^[a-z]$/i.test(key) ? `Key${key.toUpperCase()}` : key, metaKey: false, ctrlKey: false, shiftKey: false, ...change });
  test.each([
    [press(' '), false, false, 'Space'], [press('t'), false, false, 'T'], [press('?', { shiftKey: true }), false, false, '?'], [press('ArrowRight', { shiftKey: true }), false, false, 'Shift+→'],
    [press('z', { metaKey: true }), true, false, '⌘Z'], [press('k', { ctrlKey: true }), false, false, '⌘K'], [press('k', { ctrlKey: true }), false, true, ''], [press('K', { ctrlKey: true, shiftKey: true }), false, true, '⌘K'],
  ])('%j mac=%s terminal=%s is %s', (event, mac, terminal, name) => expect(keyName(event, mac, terminal)).toBe(name));
  test('no key has two meanings', () => {
    const all = ACTIONS.flatMap(action => action.keys);
    expect(new Set(all).size).toBe(all.length);
  });
});
