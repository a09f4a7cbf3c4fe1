/** The world in a Web Worker: real time in, frames and text out. The only place of the browser's world that waits. */
import type { LoggedInput, PageMessage, SavedRun, WorldMessage, WorldSource } from './protocol.ts';
import { bundledContent } from './worker/content.ts';
import { answerJq } from './worker/host-calls.ts';
import { loadLaptopPrograms } from './worker/laptop-programs.ts';
import { Pace } from './worker/pace.ts';
import { Run } from './worker/run.ts';
import { catalogue, WORLD_VERSION } from './world.ts';

/** Longest stretch of work before messages are heard, real ms. */
const SLICE_MS = 8;
/** Events between looks at the clock. */
const SLICE_EVENTS = 64;
/** A frame and a batch of terminal text at most this often, real ms. */
const FRAME_MS = 16;
/** The same while time runs to the next event, real ms: nobody types meanwhile. */
const SEEK_SLICE_MS = 24;
/** How long the page has to draw a prompt before the rest is loaded, real ms. */
const PROMPT_FIRST_MS = 250;

const scope = self as unknown as { postMessage(message: WorldMessage): void; onmessage: ((event: MessageEvent<PageMessage>) => void) | null };
const post = (message: WorldMessage): void => scope.postMessage(message);

let run: Run | undefined;
let pace = new Pace(0);
let lastFrameMs = 0;
let timer: ReturnType<typeof setTimeout> | undefined;
/** Messages that came before the programs they may run; undefined once those are there. */
let early: PageMessage[] | undefined = [];
/** Host calls being answered, by id. */
const asked = new Set<number>();

function start(source: WorldSource, seed: number, saved?: SavedRun): void {
  const speed = run === undefined ? 1 : pace.speed === 0 ? 1 : pace.speed;
  asked.clear();
  run = new Run(source, seed, bundledContent, post);
  if (saved) run.replay(saved.inputs, saved.untilMs);
  pace = new Pace(run.nowMs);
  pace.speed = saved ? pace.speed : speed === 60 ? 1 : speed;
  run.announce(pace.speed);
  wake();
}

/** The same world at an earlier moment: made again from its inputs. */
function backTo(atMs: number, inputs: readonly LoggedInput[] = run?.world.inputs ?? []): void {
  if (!run) return;
  const { source, seed } = run;
  const { speed } = pace;
  const kept = inputs.filter(entry => entry.atMs <= atMs);
  asked.clear();
  run = new Run(source, seed, bundledContent, post);
  run.replay(kept, Math.max(atMs, run.nowMs));
  pace = new Pace(run.nowMs);
  pace.speed = speed;
  run.announce(speed);
  wake();
}

/** Takes back the last line, answer or file and all that came of it. */
function undo(): void {
  if (!run) return;
  const log = run.world.inputs;
  const last = log.findLastIndex(({ input }) => input.type === 'line' || input.type === 'write-file' || input.type === 'answer' || input.type === 'key' || input.type === 'act' || input.type === 'mend');
  const entry = log[last];
  if (entry) backTo(entry.atMs, log.slice(0, last));
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
  if (now - lastFrameMs >= FRAME_MS) {
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
    for (const message of messages) receive(message);
  }), guarded((failure: unknown) => { throw failure; }));
}

/** Whether the world may have to run a program of the laptop for it. Once one waits, all that follow do. */
function mustWait(message: PageMessage): boolean {
  if (!early) return false;
  if (early.length > 0) return true;
  switch (message.type) {
    case 'terminal-data': case 'complete': case 'restore': return true;
    case 'input': return message.input.type === 'line' || message.input.type === 'key';
    default: return false;
  }
}

function receive(message: PageMessage): void {
  if (mustWait(message)) {
    if (early!.push(message) === 1) loadTheRest();
    return;
  }
  switch (message.type) {
    case 'open': start(message.source, message.seed); return;
    case 'restore': start(message.run.source, message.run.seed, message.run); return;
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
    case 'rewind': backTo(message.atMs); return;
    case 'undo': undo(); return;
    case 'reset': backTo(Number.NEGATIVE_INFINITY, []); return;
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
guarded(() => post({ type: 'catalogue', rows: catalogue(bundledContent) }))();
