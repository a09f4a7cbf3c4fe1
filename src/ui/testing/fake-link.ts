/** A wire with no world behind it: it plays one recorded-looking moment and echoes what is typed. For tests and development only. */
import type { PageMessage, WorldMessage } from '../../hosts/protocol.ts';
import type { CatalogueRow, ScenarioState } from '../../trainer/contract.ts';
import type { WorldLink } from '../link.ts';
import { FAKE_NOW_MS, FAKE_PAGED_MS, fakeObjects } from './fake-objects.ts';

export const FAKE_CATALOGUE: readonly CatalogueRow[] = [
  { key: 'q7f2', title: 'Orders went dark at three in the morning', seen: 'No ready pod since the 03:00 node rotation; nobody deployed anything.', symptom: 'restarting', level: 'junior', minutes: 12 },
  { key: 'b81c', title: 'Payments release refuses to start', seen: 'New pods: zero restarts, no logs. The window closes in 20 minutes.', symptom: 'never-starts', level: 'mid', minutes: 15 },
  { key: 'm20x', title: 'Running, Ready, unreachable', seen: 'Every pod is green. Every request fails.', symptom: 'unreachable', level: 'junior', minutes: 12 },
];

export function fakeScenario(change: Partial<ScenarioState> = {}): ScenarioState {
  const flat = (from: number, to: number, at: number): number[] => Array.from({ length: 60 }, (_, i) => (i < at ? from : to));
  return {
    key: 'q7f2', title: 'Orders went dark at three in the morning', level: 'junior', minutes: 12,
    ticket: 'PAGE 03:14 · checkout\nCheckout error rate 100 %. `orders` has no ready pod since the 03:00 node rotation. Nobody deployed anything; the last image is four days old.',
    pagedAtMs: FAKE_PAGED_MS,
    objectives: [
      { id: 'name', title: 'Name what the dead container misses', state: 'open', value: '', worst: '', heldMs: 0, holdMs: 0, untickedCount: 0, note: '', spark: [], ask: { question: 'Which setting does the dead container miss?', answered: false } },
      { id: 'up', title: 'orders available for 60 s', state: 'open', value: '0/3', worst: '0/3', heldMs: 0, holdMs: 60_000, untickedCount: 0, note: '', spark: flat(1, 0, 6) },
      { id: 'calm', title: 'No restart in the last 120 s', state: 'done', value: '131 s', worst: '', heldMs: 0, holdMs: 0, untickedCount: 3, note: '', spark: Array.from({ length: 60 }, (_, i) => (i % 13) / 13) },
      { id: 'post', title: 'POST /orders all succeed, 60 s', state: 'holding', value: '100 %', worst: '0 %', heldMs: 33_000, holdMs: 60_000, untickedCount: 0, note: '', spark: flat(1, 0, 7) },
    ],
    guards: [
      { id: 'g1', title: 'baseline kept', holds: true, reason: '' },
      { id: 'g2', title: 'probes still bite', holds: true, reason: '' },
      { id: 'g3', title: 'no wider access', holds: true, reason: '' },
    ],
    hints: { total: 3, shown: ['The pod starts, then dies. Which command shows what the *dead* container said?'], nextPrice: 'costs nothing', offered: false },
    remark: '', solved: false,
    ...change,
  };
}

export function fakeDebrief(): ScenarioState {
  const base = fakeScenario();
  return {
    ...base, solved: true, objectives: base.objectives.map(objective => ({ ...objective, state: 'done' as const, value: objective.value === '0/3' ? '3/3' : objective.value })),
    debrief: {
      headline: 'The pods were new. The mistake was a day old.', id: 'clbo-missing-env', stars: 3, minutes: 8.17, commands: 9, shortestCommands: 5, hintsUsed: 1, worst: '0/3',
      touched: ['ConfigMap shop/orders-config', 'Deployment shop/orders'],
      story: '## How it happened\n- Sun 16:20 The key is renamed. Nobody notices; nothing restarts.\n- 03:00 Node rotation. Three new pods read the new config.\n- 03:14 The page goes out.\n\n## The picture to keep\nCrashLoopBackOff is a *waiting rule*, not a cause. The cause is in the last words of the container that died.\n\n## Looks right, does not hold\n`rollout undo`: the template never changed, so the old revision dies the same way.\n\n## At work, do this next\nGive config a name that changes with its content.',
      question: 'A pod is in CrashLoopBackOff. Walk me through your first five minutes.',
      points: ['It is a restart policy state, not a cause', 'describe: last state, reason, exit code, events', 'logs --previous, the right container with -c', 'What changed, and when did it take effect'],
      lines: [
        { atMs: FAKE_PAGED_MS + 20_000, line: 'kubectl get pods -l app=orders', exitCode: 0, showedCause: false },
        { atMs: FAKE_PAGED_MS + 60_000, line: 'kubectl describe pod orders-7c9d8f6b5-2xkqp', exitCode: 0, showedCause: false },
        { atMs: FAKE_PAGED_MS + 130_000, line: 'kubectl logs orders-7c9d8f6b5-2xkqp --previous', exitCode: 0, showedCause: true },
      ],
    },
  };
}

const PROMPT = '\x1b[36mkfo-prod\x1b[0m/\x1b[1;34mshop\x1b[0m \x1b[2m$\x1b[0m ';
const SCREEN = [
  `${PROMPT}kubectl get pods -l app=orders`,
  'NAME                     READY   STATUS             RESTARTS        AGE',
  'orders-7c9d8f6b5-2xkqp   0/1     CrashLoopBackOff   7 (2m11s ago)   14m',
  'orders-7c9d8f6b5-9hvtl   0/1     CrashLoopBackOff   7 (2m3s ago)    14m',
  'orders-7c9d8f6b5-rw6zd   0/1     CrashLoopBackOff   7 (118s ago)    14m',
  `${PROMPT}kubectl describe pod orders-7c9d8f6b5-2xkqp | grep -A6 'Last State'`,
  '    Last State:     Terminated', '      Reason:       Error', '      Exit Code:    1',
  '      Started:      Mon, 23 Nov 2026 03:12:28 +0000', '      Finished:     Mon, 23 Nov 2026 03:12:30 +0000', '    Ready:          False', '    Restart Count:  7',
  PROMPT,
].join('\r\n');

/** The messages that follow an `open`. */
export function fakeOpening(scenario: ScenarioState | undefined = fakeScenario()): WorldMessage[] {
  const { objects, podStatus } = fakeObjects();
  const traffic = Array.from({ length: 10 }, (_, second) => ({ second, atMs: FAKE_NOW_MS - second * 1000 })).flatMap(({ atMs }) => [
    { atMs, from: 'load/checkout', to: 'shop/checkout', ok: 0, failed: 8, failure: '502', at: 'shop/orders', latencyMsP95: 40 },
    { atMs, from: 'shop/checkout', to: 'shop/orders', ok: 0, failed: 8, failure: 'refused', at: 'shop/orders', latencyMsP95: 2 },
    { atMs, from: 'load/browse', to: 'shop/storefront', ok: 40, failed: 0, failure: '', at: '', latencyMsP95: 35 },
    { atMs, from: 'shop/storefront', to: 'shop/catalog', ok: 40, failed: 0, failure: '', at: '', latencyMsP95: 20 },
  ]);
  return [
    { type: 'opened', source: { kind: 'scenario', key: 'q7f2' }, seed: 1, startMs: FAKE_PAGED_MS, context: 'kfo-prod', namespace: 'shop' },
    { type: 'frame', nowMs: FAKE_NOW_MS, speed: 0, reset: true, upserts: objects, deletes: [], traffic, podStatus, inputs: [], ...(scenario ? { scenario } : {}) },
  ];
}

export function fakeLink(solved = false): WorldLink & { readonly sent: PageMessage[] } {
  const listeners = new Set<(message: WorldMessage) => void>();
  const sent: PageMessage[] = [];
  const emit = (message: WorldMessage): void => listeners.forEach(listener => listener(message));
  return {
    sent,
    send(message) {
      sent.push(message);
      if (message.type === 'open' || message.type === 'restore') setTimeout(() => fakeOpening(solved ? fakeDebrief() : fakeScenario()).forEach(emit), 0);
      if (message.type === 'input' && message.input.type === 'terminal-open') emit({ type: 'terminal-output', terminal: message.input.terminal, data: SCREEN });
      if (message.type === 'terminal-data') emit({ type: 'terminal-output', terminal: message.terminal, data: message.data === '\r' ? `\r\n${PROMPT}` : message.data });
      if (message.type === 'place') emit({ type: 'terminal-output', terminal: message.terminal, data: message.line });
    },
    listen(listener) {
      listeners.add(listener);
      setTimeout(() => listener({ type: 'catalogue', rows: FAKE_CATALOGUE }), 0);
      return () => listeners.delete(listener);
    },
    close() { listeners.clear(); },
  };
}
