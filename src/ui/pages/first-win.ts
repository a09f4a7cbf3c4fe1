/**
 * The board of the landing page: a small cluster in which something new was rolled out and cannot start. It is an
 * ordinary run, staged by the lines a careless colleague would have typed, and nothing about it is special to the world.
 */
import { CALENDAR_START_MS } from '../../engine/kernel/kernel.ts';
import type { Deployment } from 'kubernetes-types/apps/v1.d.ts';
import type { LoggedInput, SavedRun, WorldInput } from '../../hosts/protocol.ts';
import { get, type Snapshot } from '../snapshot.ts';

const manifest = (image: string): string => `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  labels: {app: web}
spec:
  replicas: 3
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
      - name: web
        image: ${image}
        ports: [{containerPort: 80}]
        resources: {requests: {cpu: 50m, memory: 32Mi}}
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec:
  selector: {app: web}
  ports: [{port: 80}]
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: cache
  labels: {app: cache}
spec:
  selector: {matchLabels: {app: cache}}
  template:
    metadata: {labels: {app: cache}}
    spec:
      containers:
      - name: cache
        image: valkey/valkey:8.1
        resources: {requests: {cpu: 50m, memory: 64Mi}}
`;

const STAGE = 'stage';

export function firstWin(): SavedRun {
  const inputs: LoggedInput[] = [];
  let atMs = CALENDAR_START_MS;
  const add = (afterMs: number, input: WorldInput): void => {
    atMs += afterMs;
    inputs.push({ atMs, input });
  };
  const line = (afterMs: number, text: string): void => add(afterMs, { type: 'line', terminal: STAGE, line: text });
  add(0, { type: 'terminal-open', terminal: STAGE, columns: 100, rows: 24 });
  add(10, { type: 'write-file', path: 'web.yaml', content: manifest('nginx:1.29.3') });
  line(1000, 'kubectl apply -f web.yaml');
  add(14 * 60_000, { type: 'write-file', path: 'web.yaml', content: manifest('ngnix:1.29.4') });
  line(1000, 'kubectl apply -f web.yaml');
  line(5000, 'rm web.yaml');
  add(1000, { type: 'terminal-close', terminal: STAGE });
  add(4 * 60_000, { type: 'terminal-open', terminal: 't1', columns: 72, rows: 13 });
  add(500, { type: 'line', terminal: 't1', line: 'kubectl get pods' });
  return { format: 1, version: '', source: { kind: 'empty', nodes: 2 }, seed: 7, inputs, untilMs: atMs + 1500 };
}

/** How long the staging takes: the learner's clock starts after it, virtual ms. */
export const FIRST_WIN_MS = firstWin().untilMs - CALENDAR_START_MS;

/** How far the board's promise holds: all pods of `web` ready, all on one revision, none in trouble. */
export function firstWinValue(snapshot: Snapshot): { ready: number; wanted: number; won: boolean } {
  const web = get<Deployment>(snapshot, 'Deployment', 'default', 'web');
  const wanted = web?.spec?.replicas ?? 3;
  const updated = web?.status?.updatedReplicas ?? 0;
  const ready = web?.status?.readyReplicas ?? 0;
  const rolling = (web?.status?.replicas ?? 0) > wanted || updated < wanted;
  // Old pods that still serve are not the new rollout: only ready pods of the newest revision count.
  const settled = !rolling && (web?.status?.unavailableReplicas ?? 0) === 0 && web?.status?.observedGeneration === web?.metadata.generation;
  return { ready: settled ? ready : Math.min(ready, wanted - 1), wanted, won: web !== undefined && settled && ready >= wanted && wanted > 0 };
}
