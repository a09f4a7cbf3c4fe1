/** What the API server costs: microseconds an operation, through the typed client and through the HTTP surface. */
import { createApiServer } from '../../src/engine/api-server/api-server.ts';
import { Kernel } from '../../src/engine/kernel/kernel.ts';

export interface Measurement {
  readonly what: string;
  readonly value: number;
  readonly unit: 'µs' | 'ms';
  readonly target?: number;
}

const user = { name: 'system:node:n1', groups: ['system:masters'] };

function podNamed(name: string): object {
  return {
    apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace: 'default', labels: { app: 'web' } },
    spec: {
      containers: [{
        name: 'app', image: 'registry.example.com/web:1.2.3', ports: [{ containerPort: 8080 }], env: [{ name: 'DATABASE_HOST', value: 'db' }],
        resources: { requests: { cpu: '100m', memory: '128Mi' }, limits: { memory: '256Mi' } }, readinessProbe: { httpGet: { path: '/ready', port: 8080 } },
      }],
    },
  };
}

function statusAfter(restarts: number): object {
  const time = '2026-11-23T09:00:00Z';
  const condition = (type: string, isTrue: boolean): object => ({ type, status: isTrue ? 'True' : 'False', lastProbeTime: null, lastTransitionTime: time });
  return {
    phase: 'Running', podIP: '10.0.1.5', podIPs: [{ ip: '10.0.1.5' }], hostIP: '10.0.0.10', startTime: time, qosClass: 'Burstable',
    conditions: [condition('PodReadyToStartContainers', true), condition('Initialized', true), condition('Ready', restarts % 2 === 0), condition('ContainersReady', restarts % 2 === 0), condition('PodScheduled', true)],
    containerStatuses: [{ name: 'app', ready: restarts % 2 === 0, started: true, restartCount: restarts, image: 'registry.example.com/web:1.2.3', imageID: 'sha256:0', state: { running: { startedAt: time } }, lastState: {} }],
  };
}

function timed(count: number, act: (i: number) => void): number {
  for (let i = 0; i < Math.min(count, 500); i += 1) act(-1 - i);
  const startMs = performance.now();
  for (let i = 0; i < count; i += 1) act(i);
  return (performance.now() - startMs) * 1000 / count;
}

/** All rows. */
export function measureApiServer(): Measurement[] {
  const api = createApiServer({ kernel: new Kernel({ seed: 1 }) });
  const client = api.as(user);
  client.create({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default', namespace: 'default' } });
  const create = timed(2_000, i => { client.create(podNamed(`pod-${i + 1_000}`)); });
  const update = timed(20_000, i => {
    const pod = api.reader.get('Pod', 'default', 'pod-1500')!;
    client.updateStatus({ ...pod, status: statusAfter(i + 1_000) });
  });
  const headers = { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json' };
  const small = createApiServer({ kernel: new Kernel({ seed: 1 }) });
  const smallClient = small.as(user);
  smallClient.create({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default', namespace: 'default' } });
  for (let i = 0; i < 200; i += 1) smallClient.create(podNamed(`pod-${i}`));
  const table = timed(200, () => { small.handle({ method: 'GET', path: '/api/v1/namespaces/default/pods', headers, user }); });
  return [
    { what: 'create a pod (typed client)', value: create, unit: 'µs' },
    { what: 'update the status of a pod (typed client)', value: update, unit: 'µs', target: 30 },
    { what: 'table of 200 pods (HTTP surface)', value: table / 1000, unit: 'ms', target: 30 },
  ];
}

if (process.argv[1]?.endsWith('api-server.ts')) for (const { what, value, unit } of measureApiServer()) console.log(`${what.padEnd(48)} ${value.toFixed(1)} ${unit}`);
