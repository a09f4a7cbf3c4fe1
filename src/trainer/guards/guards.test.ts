import { beforeEach, describe, expect, test } from 'vitest';
import { ClusterDriver } from '../../testing/cluster-driver.ts';
import { guardsFor, takeBaseline, type Guard } from './guards.ts';

const HARDENED = { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] } };

let world: ClusterDriver;
let guard: (id: string) => Guard;

beforeEach(() => {
  world = new ClusterDriver();
  const create = (object: object): unknown => world.create(object);
  create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop', labels: { team: 'shop' } } });
  world.pass(1);
  create({ apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name: 'quota', namespace: 'shop' }, spec: { hard: { 'limits.memory': '8Gi' } } });
  create({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'psp', namespace: 'shop' }, stringData: { key: 'psp_live_0001' } });
  create({
    apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web', namespace: 'shop' },
    spec: {
      replicas: 2, selector: { matchLabels: { app: 'web' } },
      template: {
        metadata: { labels: { app: 'web' } },
        spec: {
          securityContext: { runAsNonRoot: true, runAsUser: 10001 },
          containers: [{
            name: 'web', image: 'nginx:1.27', securityContext: HARDENED, resources: { limits: { memory: '64Mi' } }, env: [{ name: 'KEY', valueFrom: { secretKeyRef: { name: 'psp', key: 'key' } } }],
            livenessProbe: { httpGet: { path: '/', port: 80 }, periodSeconds: 10, failureThreshold: 3 },
          }],
        },
      },
    },
  });
  const baseline = takeBaseline(world.cluster);
  guard = id => guardsFor([id], world.cluster, baseline)[0]!;
});

const container = (change: object): object => ({ spec: { template: { spec: { containers: [{ name: 'web', ...change }] } } } });

describe('guards', () => {
  test.each([
    ['G-sec', 'nothing', {}, undefined],
    ['G-sec', 'root', { spec: { template: { spec: { securityContext: { runAsUser: 0 } } } } }, 'shop/web: container web may run as root'],
    ['G-sec', 'a privileged container', container({ securityContext: { privileged: true, allowPrivilegeEscalation: true } }), 'shop/web: container web is privileged'],
    ['G-sec', 'escalation', container({ securityContext: { allowPrivilegeEscalation: null } }), 'shop/web: container web may gain privileges'],
    ['G-sec', 'a writable root', container({ securityContext: { readOnlyRootFilesystem: false } }), 'shop/web: the root file system of web is writable'],
    ['G-sec', 'a capability', container({ securityContext: { capabilities: { add: ['NET_ADMIN'] } } }), 'shop/web: container web has more capabilities'],
    ['G-sec', 'the node\'s network', { spec: { template: { spec: { hostNetwork: true } } } }, 'shop/web: uses the network of its node'],
    ['G-sec', 'the secret as text', container({ env: [{ name: 'KEY', value: 'psp_live_0001', valueFrom: null }] }), 'shop/web: the secret in KEY is written out in the pod spec'],
    ['G-sec', 'another text', container({ env: [{ name: 'MODE', value: 'live' }] }), undefined],
    ['G-keep', 'more replicas', { spec: { replicas: 3 } }, undefined],
    ['G-keep', 'fewer replicas', { spec: { replicas: 1 } }, 'deployment shop/web asks for 1 instead of 2 replicas'],
    ['G-keep', 'a pause', { spec: { paused: true } }, 'deployment shop/web is paused'],
    ['G-keep', 'another tag', container({ image: 'nginx:1.28' }), undefined],
    ['G-keep', 'another image', container({ image: 'busybox:1' }), 'container web of shop/web runs busybox'],
    ['G-keep', 'a stub', container({ command: ['sleep', 'infinity'] }), 'container web of shop/web runs another program'],
    ['G-keep', 'the own program in other words', container({ command: ['sh', '-c', 'exec nginx -g "daemon off;"'] }), undefined],
    ['G-probe', 'a tighter probe', container({ livenessProbe: { periodSeconds: 5 } }), undefined],
    ['G-probe', 'endless patience', container({ livenessProbe: { failureThreshold: 100 } }), 'livenessProbe of shop/web finds a hang only after 1001 s'],
    ['G-probe', 'no probe', container({ livenessProbe: null }), 'livenessProbe of shop/web is gone'],
    ['G-probe', 'constant success', container({ livenessProbe: { httpGet: null, exec: { command: ['true'] } } }), 'livenessProbe of shop/web always succeeds'],
  ])('%s and %s', (id, _, change, reason) => {
    const watched = guard(id);
    const done = world.client.patch('Deployment', { namespace: 'shop', name: 'web' }, 'strategic', change);
    expect(done.ok ? '' : done.status.message).toBe('');
    expect(watched.broken(world.cluster)).toBe(reason);
  });

  test('a secret copied into a ConfigMap is found', () => {
    world.create({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'copy', namespace: 'shop' }, data: { key: 'psp_live_0001' } });
    expect(guard('G-sec').broken(world.cluster)).toBe('ConfigMap shop/copy holds a secret in plain text');
  });

  test.each([
    ['a narrower quota', 'ResourceQuota', 'quota', { spec: { hard: { 'limits.memory': '4Gi' } } }, undefined],
    ['a wider quota', 'ResourceQuota', 'quota', { spec: { hard: { 'limits.memory': '16Gi' } } }, 'quota shop/quota allows more limits.memory'],
    ['a label more', 'Namespace', 'shop', { metadata: { labels: { extra: 'yes' } } }, undefined],
    ['another label', 'Namespace', 'shop', { metadata: { labels: { team: 'none' } } }, 'label team of namespace shop was changed'],
  ])('G-policy and %s', (_, kind, name, change, reason) => {
    world.client.patch(kind, { namespace: kind === 'Namespace' ? '' : 'shop', name }, 'merge', change);
    expect(guard('G-policy').broken(world.cluster)).toBe(reason);
  });

  test('what was already changed when the learner came is not their breach', () => {
    const baseline = takeBaseline(world.cluster);
    world.client.patch('Deployment', { namespace: 'shop', name: 'web' }, 'strategic', container({ command: ['gunicron'] }));
    expect(guardsFor(['G-keep'], world.cluster, baseline)[0]!.broken(world.cluster)).toBeUndefined();
  });
});
