/** The world in a Web Worker: real time in, frames and text out. The only place of the browser's world that waits. */
import type { LoggedInput, PageMessage, SavedRun, StandbyOrder, StandbyReport, WayBack, WorldInput, WorldMessage, WorldSource } from './protocol.ts';
import { builtRows, loadContent, loadedContent } from './worker/content.ts';
import { answerJq } from './worker/host-calls.ts';
import { loadLaptopPrograms } from './worker/laptop-programs.ts';
import { Pace } from './worker/pace.ts';
import { Run } from './worker/run.ts';
import { WORLD_VERSION } from './world.ts';

/** Longest stretch of work before messages are heard, real ms. */
const SLICE_MS = 8;
/** Events between looks at the clock. */
const SLICE_EVENTS = 64;
/** A frame and a batch of terminal text at most this often, real ms. */
const FRAME_MS = 16;
/** The same while time runs to the next event, real ms: nobody types meanwhile. */
const SEEK_SLICE_MS = 24;
/** Longest stretch that is passed in one go, virtual ms. */
const PASS_MAX_MS = 600_000;
/** How long the page has to draw a prompt before the rest is loaded, real ms. */
const PROMPT_FIRST_MS = 250;

const scope = self as unknown as { postMessage(message: WorldMessage | StandbyReport): void; onmessage: ((event: MessageEvent<PageMessage | StandbyOrder>) => void) | null };
const post = (message: WorldMessage | StandbyReport): void => scope.postMessage(message);

let run: Run | undefined;
let pace = new Pace(0);
let lastFrameMs = 0;
let timer: ReturnType<typeof setTimeout> | undefined;
/** Messages that came before the programs they may run; undefined once those are there. */
let early: (PageMessage | StandbyOrder)[] | undefined = [];
/** Messages that came while a scenario is fetched, and after the one that asked for it. */
let fetching: (PageMessage | StandbyOrder)[] | undefined;
/** Index of the newest input that can be taken back, as it was told last. */
let settledAt = -1;
/** Host calls being answered, by id. */
const asked = new Set<number>();

function start(source: WorldSource, seed: number, saved?: SavedRun): void {
  const speed = run === undefined ? 1 : pace.speed === 0 ? 1 : pace.speed;
  asked.clear();
  run = new Run(source, seed, loadedContent(source)!, post);
  if (saved) run.replay(saved.inputs, saved.untilMs);
  pace = new Pace(run.nowMs);
  pace.speed = saved ? pace.speed : speed === 60 ? 1 : speed;
  run.announce(pace.speed);
  settledAt = -1;
  settle();
  wake();
}

const TAKEN_BACK: ReadonlySet<WorldInput['type']> = new Set(['line', 'write-file', 'answer', 'key', 'act', 'mend']);
const lastToTakeBack = (log: readonly LoggedInput[]): number => {
  const last = log.findLastIndex(({ input }) => TAKEN_BACK.has(input.type));
  return last > handedOverAt(log) ? last : -1;
};

/** Where this run was handed over: nobody goes back beyond it. -1 for a run of one's own. */
const handedOverAt = (log: readonly LoggedInput[]): number => log.findLastIndex(({ input }) => input.type === 'begin');

/** Where a way back leads; undefined when there is nothing to take back. */
function destination(of: Run, back: WayBack): { inputs: readonly LoggedInput[]; untilMs: number } | undefined {
  const log = of.world.inputs;
  const first = handedOverAt(log);
  const startMs = log[first]?.atMs ?? of.world.startMs;
  if (back.type === 'reset') return { inputs: log.slice(0, first + 1), untilMs: startMs };
  if (back.type === 'rewind') return { inputs: log.filter((entry, index) => index <= first || entry.atMs <= back.atMs), untilMs: Math.max(back.atMs, startMs) };
  // Takes back the last line, answer or file and all that came of it.
  const last = lastToTakeBack(log);
  return last < 0 ? undefined : { inputs: log.slice(0, last), untilMs: log[last]!.atMs };
}

/** The same world at an earlier moment: made again from its inputs. */
function goBack(back: WayBack): void {
  const to = run && destination(run, back);
  if (!run || !to) return;
  const { speed } = pace;
  begin(run.source, run.seed);
  appear(to.inputs, to.untilMs, speed);
}

/** A world at its start, with its clock standing. */
function begin(source: WorldSource, seed: number): void {
  clearTimeout(timer);
  timer = undefined;
  asked.clear();
  run = new Run(source, seed, loadedContent(source)!, post);
}

/** Plays the world on to the end of a log that begins with what it played already. */
function follow(inputs: readonly LoggedInput[], untilMs: number): void {
  run?.replay(inputs.slice(run.world.inputs.length), Math.max(untilMs, run.nowMs));
}

/** Shows the page the world as it stands after `inputs` at `untilMs`. */
function appear(inputs: readonly LoggedInput[], untilMs: number, speed: Pace['speed']): void {
  if (!run) return;
  follow(inputs, untilMs);
  pace = new Pace(run.nowMs);
  pace.speed = speed;
  run.announce(speed);
  settledAt = -1;
  settle();
  wake();
}

/** Tells of a new input that can be taken back, and what was before it. */
function settle(): void {
  if (!run) return;
  const log = run.world.inputs;
  const last = lastToTakeBack(log);
  if (last < 0 || last === settledAt) return;
  settledAt = last;
  post({ type: 'settled', inputs: log.slice(0, last), untilMs: log[last]!.atMs });
}

/** Lets time pass at once, and stops there. */
function pass(of: Run, ms: number): void {
  const untilMs = of.nowMs + Math.min(ms, PASS_MAX_MS);
  of.stopSeeking();
  if (of.world.kernel.run({ untilMs }) === 'host-call') answerHostCalls(of);
  pace.speed = 0;
  pace.restart(of.nowMs);
}

function tick(): void {
  timer = undefined;
  if (!run) return;
  if (run.seeking) {
    seekOn(run);
    return;
  }
  const { kernel } = run.world;
  const startedMs = performance.now();
  const untilMs = pace.target(startedMs, kernel.nowMs, run.desk.busy);
  while (kernel.nowMs < untilMs) {
    const end = kernel.run({ untilMs, maxEvents: SLICE_EVENTS });
    if (end === 'host-call') {
      answerHostCalls(run);
      break;
    }
    if (end === 'reached' || performance.now() - startedMs > SLICE_MS) break;
  }
  const now = performance.now();
  // A paused world that has answered its line does not tick again: what it said goes out now.
  if (now - lastFrameMs >= FRAME_MS || !pace.moving(run.desk.busy)) {
    lastFrameMs = now;
    run.desk.flush();
    run.tell(pace.speed);
  }
  wake();
}

/** Runs to the next thing to see, frame by frame, then pauses. */
function seekOn(of: Run): void {
  const startedMs = performance.now();
  const end = of.seekOn(() => performance.now() - startedMs < SEEK_SLICE_MS);
  if (end === 'host-call') answerHostCalls(of);
  if (end === 'found' || end === 'nothing') pace.speed = 0;
  pace.restart(of.nowMs);
  of.desk.flush();
  of.tell(pace.speed);
  wake();
}

function wake(): void {
  if (timer !== undefined || !run) return;
  if ((run.seeking || pace.moving(run.desk.busy)) && run.world.kernel.pendingHostCalls().length === 0) timer = setTimeout(guarded(tick), 4);
}

/** Shows at once what an input changed, even while time stands still. */
function showNow(): void {
  if (!run) return;
  settle();
  run.desk.flush();
  run.tell(pace.speed);
  wake();
}

function answerHostCalls(of: Run): void {
  for (const call of of.world.kernel.pendingHostCalls()) {
    if (asked.has(call.id)) continue;
    asked.add(call.id);
    if (call.name === 'editor') {
      const { path, content, flavour } = call.input as { path: string; content: string; flavour: 'vim' | 'nano' };
      of.desk.flush();
      post({ type: 'editor', id: call.id, path, content, flavour });
    } else {
      const answer = call.name === 'jq' ? answerJq(call) : Promise.resolve(undefined);
      void answer.then(guarded((value: unknown) => {
        if (run !== of) return;
        of.enter({ type: 'host-answer', id: call.id, answer: value });
        pace.restart(of.nowMs);
        wake();
      }));
    }
  }
}

/** Loads what lines may need, and hears what waited for it. */
function loadTheRest(): void {
  if (!early) return;
  void loadLaptopPrograms().then(guarded(() => {
    const messages = early ?? [];
    early = undefined;
    // What is being fetched for came later than what waited for the programs.
    if (fetching) fetching.unshift(...messages);
    else for (const message of messages) receive(message);
  }), guarded((failure: unknown) => { throw failure; }));
}

/** Whether the world may have to run a program of the laptop for it. Once one waits, all that follow do. */
function mustWait(message: PageMessage | StandbyOrder): boolean {
  if (!early) return false;
  if (early.length > 0) return true;
  switch (message.type) {
    case 'terminal-data': case 'complete': case 'restore': case 'follow': case 'take-over': return true;
    case 'input': return message.input.type === 'line' || message.input.type === 'key';
    default: return false;
  }
}

/** What a new world is made from is fetched before it is made; what comes meanwhile waits in order. */
function fetchesFirst(message: PageMessage | StandbyOrder): boolean {
  if (fetching) {
    fetching.push(message);
    return true;
  }
  const source = message.type === 'open' || message.type === 'prepare' ? message.source : message.type === 'restore' ? message.run.source : undefined;
  if (!source || loadedContent(source)) return false;
  fetching = [message];
  void loadContent(source).then(guarded(() => {
    const messages = fetching ?? [];
    fetching = undefined;
    for (const each of messages) receive(each);
  }), guarded((failure: unknown) => { throw failure; }));
  return true;
}

function receive(message: PageMessage | StandbyOrder): void {
  if (fetchesFirst(message)) return;
  if (mustWait(message)) {
    if (early!.push(message) === 1) loadTheRest();
    return;
  }
  switch (message.type) {
    case 'open': start(message.source, message.seed); return;
    case 'restore': start(message.run.source, message.run.seed, message.run); return;
    case 'prepare':
      begin(message.source, message.seed);
      loadTheRest();
      post({ type: 'prepared' });
      return;
    case 'hand-over': {
      const to = run && destination(run, message.back);
      post({ type: 'handed-over', kept: to && { ...to, speed: pace.speed } });
      if (!to) return;
      clearTimeout(timer);
      run = undefined;
      return;
    }
    default: break;
  }
  if (!run) return;
  switch (message.type) {
    case 'speed':
      run.stopSeeking();
      pace.speed = message.speed;
      pace.restart(run.nowMs);
      break;
    case 'next-event':
      run.seek();
      wake();
      return;
    case 'pass': pass(run, message.ms); break;
    case 'rewind': case 'undo': case 'reset': goBack(message); return;
    case 'follow': follow(message.inputs, message.untilMs); return;
    case 'take-over': appear(message.inputs, message.untilMs, message.speed); return;
    case 'input':
      run.enter(message.input);
      if (message.input.type === 'host-answer') pace.restart(run.nowMs);
      // Its prompt goes out now and is drawn undisturbed.
      if (message.input.type === 'terminal-open') setTimeout(loadTheRest, PROMPT_FIRST_MS);
      pace.allowLine();
      break;
    case 'terminal-data':
      run.desk.feed(message.terminal, message.data);
      pace.allowLine();
      break;
    case 'place': run.desk.place(message.terminal, message.line); break;
    case 'suggest': run.desk.suggest(message.terminal, message.line); break;
    case 'complete':
      post({ type: 'completions', request: message.request, completion: run.world.complete(message.terminal, message.line, message.cursor) });
      return;
    case 'save': post({ type: 'saved', request: message.request, run: run.saved() }); return;
    default: return;
  }
  showNow();
}

/** Our own mistake stops the world with a report, instead of leaving the page waiting. */
function guarded<A extends unknown[]>(act: (...args: A) => void): (...args: A) => void {
  return (...args) => {
    try {
      act(...args);
    } catch (failure) {
      const saved = run?.saved() ?? { format: 1, version: WORLD_VERSION, source: { kind: 'empty', nodes: 0 }, seed: 0, inputs: [], untilMs: 0 };
      run = undefined;
      console.error(failure);
      post({ type: 'crashed', message: failure instanceof Error ? failure.message : String(failure), run: saved });
    }
  };
}

scope.onmessage = event => guarded(receive)(event.data);
post({ type: 'catalogue', rows: builtRows });
