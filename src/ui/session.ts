/** The page's one store: the newest snapshot in, commands out, and what the viewer is looking at. */
import { create } from 'zustand';
import type { LoggedInput, PageMessage, SavedRun, Speed, TrafficSample, WorldMessage, WorldSource } from '../hosts/protocol.ts';
import type { CatalogueRow, ScenarioState } from '../trainer/contract.ts';
import type { WorldLink } from './link.ts';
import { applyFrame, EMPTY_SNAPSHOT, type Slug, type Snapshot } from './snapshot.ts';
import { terminalBus } from './panes/terminal/bus.ts';

export type MapView = 'where' | 'owns' | 'talks' | 'addresses';
export type InspectorTab = 'why' | 'fields' | 'events' | 'yaml';
export type Dialog = 'keys' | 'palette' | undefined;
export type SmallPane = 'brief' | 'terminal' | 'map' | 'time';

export interface TerminalTab {
  readonly id: string;
  readonly title: string;
}

export interface EditorRequest {
  readonly id: number;
  readonly path: string;
  readonly content: string;
  readonly flavour: 'vim' | 'nano';
}

/** One point of the main promise's line: how far it holds, 0 to 1. */
export interface PromiseSample {
  readonly atMs: number;
  readonly value: number;
}

export interface SessionState {
  readonly phase: 'idle' | 'opening' | 'open' | 'crashed';
  /** Counts the worlds opened on this page; terminals open themselves again when it moves. */
  readonly epoch: number;
  readonly crash: { message: string; run: SavedRun } | undefined;
  readonly source: WorldSource | undefined;
  readonly seed: number;
  readonly startMs: number;
  readonly context: string;
  readonly namespace: string;
  readonly nowMs: number;
  readonly speed: Speed;
  readonly snapshot: Snapshot;
  readonly traffic: readonly TrafficSample[];
  readonly scenario: ScenarioState | undefined;
  readonly inputs: readonly LoggedInput[];
  readonly promise: readonly PromiseSample[];
  readonly catalogue: readonly CatalogueRow[] | undefined;
  readonly prompts: Readonly<Record<string, { exitCode: number; namespace: string }>>;
  readonly editor: EditorRequest | undefined;

  readonly selected: Slug | undefined;
  readonly hovered: Slug | undefined;
  readonly mapView: MapView;
  readonly asTable: boolean;
  readonly mapNamespace: string;
  readonly inspectorTab: InspectorTab;
  readonly inspectorOpen: boolean;
  readonly briefOpen: boolean;
  /** On narrow screens: the brief slid over the map. */
  readonly briefSheet: boolean;
  readonly smallPane: SmallPane;
  /** Break things is open beside the map, with this chosen; an empty target is the first that fits. */
  readonly breaking: boolean;
  readonly breakChoice: string;
  readonly breakTarget: string;
  /** For the back row: larger type, less around it. */
  readonly presenting: boolean;
  readonly terminals: readonly TerminalTab[];
  readonly activeTerminal: string;
  readonly split: string | undefined;
  readonly dialog: Dialog;
  readonly screenReader: boolean;
  /** Terminal text, px; `undefined` is the pane's own. */
  readonly terminalSize: number | undefined;
  readonly singleKeys: boolean;
  readonly toast: string;
  /** Where the present was before a rewind, until the learner acts. */
  readonly ghostMs: number | undefined;
}

const FRESH = {
  phase: 'opening', crash: undefined, nowMs: 0, startMs: 0, context: '', namespace: '', speed: 1, snapshot: EMPTY_SNAPSHOT,
  traffic: [], scenario: undefined, inputs: [], promise: [], prompts: {}, editor: undefined, selected: undefined, hovered: undefined,
  ghostMs: undefined,
} satisfies Partial<SessionState>;

export function remembered(name: string): string | null {
  try {
    return localStorage.getItem(`drydock.${name}`);
  } catch {
    return null;
  }
}

export function remember(name: string, value: string): void {
  try {
    localStorage.setItem(`drydock.${name}`, value);
  } catch {
    // Private mode: it holds for this visit.
  }
}

/** Terminal text that the back row reads, px. */
export const PRESENTER_TEXT = 18;

export const useSession = create<SessionState>()(() => ({
  ...FRESH, phase: 'idle', epoch: 0, source: undefined, seed: 1, catalogue: undefined,
  mapView: 'where', asTable: typeof innerWidth !== 'undefined' && innerWidth <= 720, mapNamespace: '', inspectorTab: 'why', inspectorOpen: typeof innerWidth === 'undefined' || innerWidth > 1180, briefOpen: true, briefSheet: false, smallPane: 'terminal', breaking: false, breakChoice: '', breakTarget: '', presenting: false,
  terminals: [{ id: 't1', title: 'Terminal' }], activeTerminal: 't1', split: undefined, dialog: undefined, toast: '',
  screenReader: remembered('screen-reader') === 'on', singleKeys: remembered('single-keys') !== 'off', terminalSize: Number(remembered('terminal-size')) || undefined,
}));

const set = useSession.setState;
const now = useSession.getState;

let link: WorldLink | undefined;
/** A world was asked for and has not answered yet; other openings are rewinds of the one at hand. */
let awaited: string | undefined;
let requests = 0;
const answers = new Map<number, (message: WorldMessage) => void>();

export function send(message: PageMessage): void {
  link?.send(message);
}

/** Sends a message that carries a request number and resolves with its answer. */
export function ask(make: (request: number) => PageMessage): Promise<WorldMessage> {
  const request = ++requests;
  return new Promise(resolve => {
    answers.set(request, resolve);
    send(make(request));
  });
}

/** Connects the page to a world; the earlier one is let go. */
export function connect(next: WorldLink): void {
  link?.close();
  link = next;
  next.listen(receive);
}

/** Takes one message of the world into the store. Public for tests and for the wire only. */
export function receive(message: WorldMessage): void {
  // What a world that was left still says is not for this page.
  if (awaited !== undefined && message.type !== 'catalogue' && message.type !== 'crashed' && !(message.type === 'opened' && JSON.stringify(message.source) === awaited)) return;
  switch (message.type) {
    case 'catalogue':
      set({ catalogue: message.rows });
      return;
    case 'opened': {
      terminalBus.reset();
      const again = awaited === undefined;
      awaited = undefined;
      set({
        ...FRESH, ...(again ? { selected: now().selected, ghostMs: now().ghostMs } : {}),
        phase: 'opening', epoch: now().epoch + 1, source: message.source, seed: message.seed, startMs: message.startMs,
        nowMs: message.startMs, context: message.context, namespace: message.namespace, mapNamespace: again ? now().mapNamespace : message.namespace,
      });
      return;
    }
    case 'frame': {
      const before = now();
      const keep = frameKeeps(message.reset, before.traffic, message.nowMs);
      const traffic = message.traffic.length > 0 ? [...keep, ...message.traffic].slice(-4000) : keep;
      const scenario = message.scenario ?? (message.reset ? undefined : before.scenario);
      set({
        phase: 'open', nowMs: message.nowMs, speed: message.speed, snapshot: applyFrame(before.snapshot, message), traffic, scenario,
        inputs: message.inputs ?? (message.reset ? [] : before.inputs),
        promise: message.scenario ? promiseAfter(message.reset ? [] : before.promise, message.scenario, message.nowMs) : before.promise,
      });
      return;
    }
    case 'terminal-output':
      terminalBus.write(message.terminal, message.data);
      return;
    case 'terminal-closed':
      closeTerminal(message.terminal, false);
      return;
    case 'prompt':
      set({ prompts: { ...now().prompts, [message.terminal]: { exitCode: message.exitCode, namespace: message.namespace } }, context: message.context });
      return;
    case 'editor':
      set({ editor: { id: message.id, path: message.path, content: message.content, flavour: message.flavour } });
      return;
    case 'stopped':
      say(message.words === '' ? 'Nothing new in ten minutes. Time is paused.' : `Paused. ${message.words}.`);
      return;
    case 'completions':
    case 'saved':
      answers.get(message.request)?.(message);
      answers.delete(message.request);
      return;
    case 'crashed':
      awaited = undefined;
      set({ phase: 'crashed', crash: { message: message.message, run: message.run } });
  }
}

function frameKeeps(reset: boolean, traffic: readonly TrafficSample[], nowMs: number): readonly TrafficSample[] {
  if (reset) return [];
  const oldest = nowMs - 30 * 60_000;
  return traffic.length > 0 && (traffic[0]?.atMs ?? 0) < oldest ? traffic.filter(sample => sample.atMs >= oldest) : traffic;
}

/** The line over the timeline follows the first promise that is not a question. */
export function promiseAfter(before: readonly PromiseSample[], scenario: ScenarioState, nowMs: number): readonly PromiseSample[] {
  const main = scenario.objectives.find(objective => !objective.ask && objective.spark.length > 0);
  const value = main?.spark.at(-1);
  if (value === undefined) return before;
  const past = before.filter(sample => sample.atMs < nowMs);
  if (past.at(-1)?.value === value) return past.length === before.length ? before : past;
  return [...past, { atMs: nowMs, value }];
}

// ── commands ────────────────────────────────────────────────────────────────────────────────────────────────────

export function open(source: WorldSource, seed = 1): void {
  awaited = JSON.stringify(source);
  terminalBus.reset();
  set({ ...FRESH, source, seed, terminals: [{ id: 't1', title: 'Terminal' }], activeTerminal: 't1', split: undefined });
  send({ type: 'open', source, seed });
}

export function restore(run: SavedRun): void {
  awaited = JSON.stringify(run.source);
  terminalBus.reset();
  set({ ...FRESH, source: run.source, seed: run.seed, terminals: [{ id: 't1', title: 'Terminal' }], activeTerminal: 't1', split: undefined });
  send({ type: 'restore', run });
}

export const startOver = (): void => {
  set({ ghostMs: undefined });
  send({ type: 'reset' });
};
export const undo = (): void => send({ type: 'undo' });
export const nextEvent = (): void => send({ type: 'next-event' });
/** Lets so much time pass at once, and pauses. */
export const pass = (ms: number): void => send({ type: 'pass', ms });
/** The same scenario, drawn anew. */
export function playAgain(): void {
  const { source, seed } = now();
  if (source) open(source, seed + 1);
}

export function rewind(atMs: number): void {
  const { nowMs, ghostMs } = now();
  if (atMs >= nowMs) return;
  set({ ghostMs: ghostMs ?? nowMs });
  send({ type: 'rewind', atMs });
}

const SPEEDS: readonly Speed[] = [0, 1, 10, 60];
let lastMoving: Speed = 1;

export function setSpeed(speed: Speed): void {
  if (speed !== 0) lastMoving = speed;
  set({ speed });
  send({ type: 'speed', speed });
}

export const togglePause = (): void => setSpeed(now().speed === 0 ? lastMoving : 0);
export const shiftSpeed = (by: 1 | -1): void => setSpeed(SPEEDS[Math.min(3, Math.max(0, SPEEDS.indexOf(now().speed) + by))] ?? 1);

export function select(slug: Slug | undefined, inspect = true): void {
  set(inspect && slug ? { selected: slug, inspectorOpen: true } : { selected: slug });
}

export const hover = (slug: Slug | undefined): void => {
  if (now().hovered !== slug) set({ hovered: slug });
};

/** Puts a line at the prompt of the active terminal, without running it, and gives it the focus. */
export function place(line: string): void {
  const terminal = now().activeTerminal;
  set({ smallPane: 'terminal' });
  send({ type: 'place', terminal, line });
  terminalBus.focus(terminal);
}

let nextTerminal = 2;

export function newTerminal(split: boolean): void {
  const tab = { id: `t${nextTerminal}`, title: `Terminal ${nextTerminal}` };
  nextTerminal += 1;
  const terminals = [...now().terminals, tab];
  set(split ? { terminals, split: tab.id } : { terminals, activeTerminal: tab.id });
  terminalBus.focus(tab.id);
}

export function closeTerminal(id: string, tell = true): void {
  const { terminals, activeTerminal, split } = now();
  if (tell) send({ type: 'input', input: { type: 'terminal-close', terminal: id } });
  terminalBus.drop(id);
  let rest = terminals.filter(tab => tab.id !== id);
  // A desk without a terminal is no desk: closing the last one opens a fresh one.
  if (rest.length === 0) {
    rest = [{ id: `t${nextTerminal}`, title: 'Terminal' }];
    nextTerminal += 1;
  }
  const visible = split === id ? undefined : split;
  const active = activeTerminal === id ? rest.find(tab => tab.id !== visible)?.id ?? rest[0]?.id ?? '' : activeTerminal;
  set({ terminals: rest, activeTerminal: active, split: visible === active ? undefined : visible });
}

export function answerEditor(content: string | undefined): void {
  const request = now().editor;
  if (!request) return;
  set({ editor: undefined });
  send({ type: 'input', input: { type: 'host-answer', id: request.id, answer: { content } } });
  terminalBus.focus(now().activeTerminal);
}

let toastTimer: ReturnType<typeof setTimeout> | undefined;

/** Drydock says something short that goes away by itself. */
export function say(text: string): void {
  clearTimeout(toastTimer);
  set({ toast: text });
  toastTimer = setTimeout(() => set({ toast: '' }), 6000);
}

export const show = (part: Partial<SessionState>): void => set(part);

/** Files dropped on the page become files in the home directory, and the line that applies them is offered. */
export function dropFile(name: string, content: string): void {
  const safe = name.replace(/[^A-Za-z0-9._-]+/g, '-');
  send({ type: 'input', input: { type: 'write-file', path: safe, content } });
  place(`kubectl apply -f ${safe}`);
}
