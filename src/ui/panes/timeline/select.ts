/** The timeline as arithmetic: which window of time, where the minutes, which marks. */
import type { KubeObject } from '../../../engine/apimachinery/object.ts';
import type { LoggedInput } from '../../../hosts/protocol.ts';
import type { PromiseSample } from '../../session.ts';
import { list, type Snapshot } from '../../snapshot.ts';
import type { GlyphName } from '../../theme/glyph.tsx';
import { lookOf, type Tone } from '../../theme/status.ts';
import { minuteText, msOf } from '../../words.ts';

export interface Window { readonly fromMs: number; readonly toMs: number }
export interface Minute { readonly x: number; readonly width: number; readonly dark: boolean; readonly past: boolean; readonly label: string }
export interface EventMark { readonly x: number; readonly atMs: number; readonly glyph: GlyphName; readonly tone: Tone; readonly count: number; readonly words: string }
export interface InputMark { readonly x: number; readonly atMs: number; readonly words: string; readonly hint: boolean }

const MINUTE_MS = 60_000;
/** Steps a black or white band may take, minutes. */
const STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 360];

/** From a quarter of an hour before the page to a quarter of the span after now. */
export function windowOf(startMs: number, pagedAtMs: number | undefined, nowMs: number, leadMs = 14 * MINUTE_MS): Window {
  const origin = pagedAtMs ?? startMs;
  const fromMs = Math.floor((Math.min(origin, startMs) - (pagedAtMs === undefined ? 0 : leadMs)) / MINUTE_MS) * MINUTE_MS;
  const span = Math.max(nowMs - fromMs, 4 * MINUTE_MS);
  return { fromMs, toMs: fromMs + span + Math.max(3 * MINUTE_MS, Math.ceil((span * 0.25) / MINUTE_MS) * MINUTE_MS) };
}

export function xOf(window: Window, atMs: number, width: number): number {
  return ((atMs - window.fromMs) / (window.toMs - window.fromMs)) * width;
}

export function timeAt(window: Window, x: number, width: number): number {
  return window.fromMs + (x / Math.max(1, width)) * (window.toMs - window.fromMs);
}

export function minutes(window: Window, nowMs: number, width: number): Minute[] {
  const total = (window.toMs - window.fromMs) / MINUTE_MS;
  const step = STEPS.find(minutesEach => (width / total) * minutesEach >= 26) ?? 720;
  const bands: Minute[] = [];
  const stepMs = step * MINUTE_MS;
  const bandWidth = xOf(window, window.fromMs + stepMs, width);
  const labelEvery = bandWidth >= 58 ? 1 : 2;
  const first = Math.ceil(window.fromMs / stepMs) * stepMs;
  for (let atMs = first - stepMs; atMs < window.toMs; atMs += stepMs) {
    const x = Math.max(0, xOf(window, atMs, width));
    const end = Math.min(width, xOf(window, atMs + stepMs, width));
    if (end <= x) continue;
    const number = Math.round(atMs / stepMs);
    bands.push({ x, width: end - x, dark: number % 2 === 0, past: atMs < nowMs, label: number % labelEvery === 0 && atMs >= window.fromMs ? minuteText(atMs) : '' });
  }
  return bands;
}

interface EventShape { involvedObject?: { kind?: string; name?: string }; reason?: string; type?: string; lastTimestamp?: string; firstTimestamp?: string; eventTime?: string; count?: number; message?: string }

const REASONS: Record<string, string> = {
  BackOff: 'CrashLoopBackOff', Failed: 'ErrImagePull', OOMKilling: 'OOMKilled', FailedScheduling: 'Pending', FailedMount: 'ContainerCreating', NodeNotReady: 'NotReady', Evicted: 'Evicted',
};

/** From the middle of a mark to the end of its count, px. */
export const markWidth = (count: number): number => (count > 1 ? 9 + 7 * (String(count).length + 1) : 6);

/** Warnings of the cluster; ones that would touch merge to a count. Repeats stand where they were last seen. */
export function eventMarks(happened: ReadonlyMap<string, KubeObject> | undefined, window: Window, width: number): EventMark[] {
  const points = ([...(happened?.values() ?? [])] as (EventShape & KubeObject)[]).filter(event => event.type === 'Warning').map(event => ({
    atMs: msOf(event.lastTimestamp ?? event.eventTime ?? event.metadata.creationTimestamp), reason: event.reason ?? '', about: `${event.involvedObject?.kind ?? ''} ${event.involvedObject?.name ?? ''}`,
  })).filter(point => point.atMs >= window.fromMs && point.atMs <= window.toMs).sort((a, b) => a.atMs - b.atMs);
  const marks: EventMark[] = [];
  for (const point of points) {
    const x = xOf(window, point.atMs, width);
    const last = marks.at(-1);
    const look = point.reason === 'Unhealthy' ? ({ glyph: 'notready', tone: 'warn' } as const) : lookOf(REASONS[point.reason] ?? 'Error');
    const words = `${minuteText(point.atMs)} ${point.reason}, ${point.about}`;
    if (last && x - last.x < markWidth(last.count) + 10) {
      const worse = look.tone === 'bad' && last.tone !== 'bad';
      marks[marks.length - 1] = { ...last, count: last.count + 1, words: last.count < 6 ? `${last.words}\n${words}` : last.count === 6 ? `${last.words}\n…` : last.words, ...(worse ? look : {}) };
    } else marks.push({ x, atMs: point.atMs, ...look, count: 1, words });
  }
  return marks;
}

/** The learner's own marks: lines run, hints read. */
export function inputMarks(inputs: readonly LoggedInput[], window: Window, width: number): InputMark[] {
  return inputs.flatMap(({ atMs, input }): InputMark[] => {
    if (input.type === 'line' && input.line.trim() !== '') return [{ x: xOf(window, atMs, width), atMs, words: `${minuteText(atMs)} ${input.line}`, hint: false }];
    if (input.type === 'act' || input.type === 'mend') return [{ x: xOf(window, atMs, width), atMs, words: `${minuteText(atMs)} ${input.type === 'act' ? `broken: ${input.trouble.replaceAll('-', ' ')} ${input.target}` : 'mended'}`.trimEnd(), hint: false }];
    return input.type === 'hint' ? [{ x: xOf(window, atMs, width), atMs, words: `${minuteText(atMs)} hint`, hint: true }] : [];
  });
}

export interface PromiseLine { /** The whole line. */ readonly all: string; /** Its parts where the promise did not hold. */ readonly broken: string }

/** The main promise as a step line in a band from `top` (holds) to `bottom` (does not). */
export function promiseLine(samples: readonly PromiseSample[], window: Window, nowMs: number, width: number, top: number, bottom: number): PromiseLine {
  let all = '';
  let broken = '';
  const y = (value: number): string => (bottom - Math.min(1, Math.max(0, value)) * (bottom - top)).toFixed(1);
  samples.forEach((sample, index) => {
    const x = Math.max(0, xOf(window, sample.atMs, width)).toFixed(1);
    const end = Math.max(0, xOf(window, samples[index + 1]?.atMs ?? nowMs, width)).toFixed(1);
    all += all === '' ? `M${x} ${y(sample.value)}` : `H${x}V${y(sample.value)}`;
    if (sample.value < 1) broken += `M${x} ${y(sample.value)}H${end}`;
  });
  return { all: all === '' ? '' : `${all}H${xOf(window, nowMs, width).toFixed(1)}`, broken };
}

/** Where the last change before `nowMs` stands: what `⌫` goes back to. */
export function lastChange(snapshot: Snapshot, inputs: readonly LoggedInput[], nowMs: number, floorMs: number): number {
  const times = inputs.filter(({ input }) => input.type === 'line' || input.type === 'answer').map(({ atMs }) => atMs);
  for (const event of list<EventShape>(snapshot, 'Event')) times.push(msOf(event.lastTimestamp ?? event.eventTime ?? event.metadata.creationTimestamp));
  const earlier = times.filter(atMs => atMs < nowMs - 1000 && atMs >= floorMs);
  return Math.max(floorMs, ...earlier);
}
