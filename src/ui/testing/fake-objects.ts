/** A shop with trouble, as API objects: six nodes in three zones, three orders pods that crash. For tests and development only. */
import type { KubeObject } from '../../engine/apimachinery/object.ts';
import { rfc3339, unixMsOf } from '../../engine/kernel/calendar.ts';
import type { Frame } from '../../hosts/protocol.ts';

export const FAKE_NOW_MS = unixMsOf(2026, 11, 23, 3, 14, 41);
export const FAKE_PAGED_MS = unixMsOf(2026, 11, 23, 3, 14, 0);

const ago = (ms: number): string => rfc3339(FAKE_NOW_MS - ms);
const MINUTE = 60_000;

let counter = 0;
export function object(apiVersion: string, kind: string, namespace: string, name: string, rest: object = {}, meta: object = {}): KubeObject {
  counter += 1;
  return {
    apiVersion, kind,
    metadata: {
      name, ...(namespace ? { namespace } : {}), uid: `${kind}-${namespace}-${name}`.toLowerCase(), resourceVersion: String(1000 + counter),
      creationTimestamp: ago(212 * 86_400_000), ...meta,
    },
    ...rest,
  };
}

const owner = (apiVersion: string, kind: string, namespace: string, name: string): object => ({
  ownerReferences: [{ apiVersion, kind, name, uid: `${kind}-${namespace}-${name}`.toLowerCase(), controller: true, blockOwnerDeletion: true }],
});

const NODES = [
  ['ip-10-20-0-11', 'a', 'apps'], ['ip-10-20-0-12', 'a', 'apps'], ['ip-10-20-0-5', 'a', 'system'],
  ['ip-10-20-1-21', 'b', 'apps'], ['ip-10-20-1-5', 'b', 'system'], ['ip-10-20-2-31', 'c', 'apps'],
] as const;

const DEPLOYMENTS: Record<string, { namespace: string; hash: string; port: number; on: readonly (readonly [node: string, id: string])[] }> = {
  storefront: { namespace: 'shop', hash: '6b9f5cd78', port: 3000, on: [['ip-10-20-0-11', 'k7x2p'], ['ip-10-20-0-12', 'd8vqs'], ['ip-10-20-2-31', 'm4zt8']] },
  catalog: { namespace: 'shop', hash: '74cc6f9d5b', port: 8080, on: [['ip-10-20-0-11', 'zz6wd'], ['ip-10-20-1-21', 'h5t4n'], ['ip-10-20-2-31', 'q9d2c']] },
  checkout: { namespace: 'shop', hash: '5f7d84b6c', port: 8080, on: [['ip-10-20-0-11', 'x2m7k'], ['ip-10-20-0-12', 'b4n8r'], ['ip-10-20-1-21', 'l6w9f']] },
  orders: { namespace: 'shop', hash: '7c9d8f6b5', port: 8000, on: [['ip-10-20-0-11', '2xkqp'], ['ip-10-20-1-21', '9hvtl'], ['ip-10-20-2-31', 'rw6zd']] },
  payments: { namespace: 'shop', hash: '6f5b8d9c4', port: 8080, on: [['ip-10-20-0-12', 'tq4cv'], ['ip-10-20-1-21', 'wz7bn']] },
  notification: { namespace: 'shop', hash: '8d7c6b5f9', port: 9090, on: [['ip-10-20-0-12', 'jn5hx'], ['ip-10-20-1-21', 'c8s2d']] },
  media: { namespace: 'shop', hash: '9b8c7d6f5', port: 8080, on: [['ip-10-20-0-11', 'vv9kt']] },
  coredns: { namespace: 'kube-system', hash: '7d58d485c9', port: 53, on: [['ip-10-20-0-5', 'f2lqm'], ['ip-10-20-1-5', 'g7xrs']] },
  'metrics-server': { namespace: 'kube-system', hash: '6c8f9d7b4', port: 443, on: [['ip-10-20-0-5', 'p3ncz'], ['ip-10-20-1-5', 's9dht']] },
};

export function fakeObjects(): { objects: KubeObject[]; podStatus: Frame['podStatus'] } {
  counter = 0;
  const objects: KubeObject[] = [];
  const podStatus: Frame['podStatus'][number][] = [];
  for (const name of ['default', 'kube-system', 'shop']) objects.push(object('v1', 'Namespace', '', name, { status: { phase: 'Active' } }));
  for (const [name, zone, group] of NODES) {
    objects.push(object('v1', 'Node', '', name, {
      spec: { providerID: `aws:///eu-west-1${zone}/i-0${name.replace(/\D/g, '')}` },
      status: {
        conditions: [{ type: 'Ready', status: 'True', reason: 'KubeletReady', lastTransitionTime: ago(14 * MINUTE) }],
        addresses: [{ type: 'InternalIP', address: name.slice(3).replaceAll('-', '.') }],
        allocatable: { cpu: '1930m', memory: '3388360Ki', pods: '29' }, capacity: { cpu: '2', memory: '3943352Ki', pods: '29' },
        nodeInfo: { kubeletVersion: 'v1.34.2-eks-3025e55' },
      },
    }, { labels: { 'topology.kubernetes.io/zone': `eu-west-1${zone}`, 'eks.amazonaws.com/nodegroup': group, 'node.kubernetes.io/instance-type': 't3.medium' } }));
  }
  let address = 40;
  for (const [name, { namespace, hash, port, on }] of Object.entries(DEPLOYMENTS)) {
    const broken = name === 'orders';
    const labels = { app: name };
    const template = { metadata: { labels }, spec: { containers: [{ name, image: `shop/${name}:sha-11aa22`, envFrom: [{ configMapRef: { name: `${name}-config` } }] }] } };
    objects.push(object('apps/v1', 'Deployment', namespace, name, {
      spec: { replicas: on.length, selector: { matchLabels: labels }, template },
      status: { replicas: on.length, readyReplicas: broken ? 0 : on.length, availableReplicas: broken ? 0 : on.length, updatedReplicas: on.length },
    }, { labels, annotations: { 'deployment.kubernetes.io/revision': '14' } }));
    objects.push(object('apps/v1', 'ReplicaSet', namespace, `${name}-${hash}`, {
      spec: { replicas: on.length, selector: { matchLabels: labels }, template }, status: { replicas: on.length, readyReplicas: broken ? 0 : on.length },
    }, { labels, ...owner('apps/v1', 'Deployment', namespace, name) }));
    objects.push(object('v1', 'ConfigMap', namespace, `${name}-config`, { data: { LOG_LEVEL: 'info' } }));
    objects.push(object('v1', 'Service', namespace, name, { spec: { clusterIP: '172.20.14.7', selector: labels, ports: [{ port: 80, targetPort: port }], type: 'ClusterIP' } }));
    const endpoints: object[] = [];
    for (const [node, id] of on) {
      address += 7;
      const pod = `${name}-${hash}-${id}`;
      const ip = `${node.slice(3, 10).replaceAll('-', '.')}.${address}`.replace(/\.+/g, '.');
      endpoints.push({ addresses: [ip], conditions: { ready: !broken }, targetRef: { kind: 'Pod', namespace, name: pod } });
      objects.push(fakePod(namespace, pod, node, ip, name, `${name}-${hash}`, broken));
      podStatus.push({ uid: `pod-${namespace}-${pod}`, status: broken ? 'CrashLoopBackOff' : 'Running', ready: broken ? '0/1' : '1/1', restarts: broken ? 7 : 0 });
      if (broken) objects.push(...fakeEvents(namespace, pod, node));
    }
    objects.push(object('discovery.k8s.io/v1', 'EndpointSlice', namespace, `${name}-k8x2f`, { addressType: 'IPv4', ports: [{ port }], endpoints },
      { labels: { 'kubernetes.io/service-name': name } }));
  }
  for (const daemon of ['aws-node', 'kube-proxy']) {
    objects.push(object('apps/v1', 'DaemonSet', 'kube-system', daemon, { spec: {}, status: {} }));
    for (const [node] of NODES) {
      const pod = `${daemon}-${node.slice(-4).replace('-', 'x')}`;
      objects.push(object('v1', 'Pod', 'kube-system', pod, {
        spec: { nodeName: node, hostNetwork: true, containers: [{ name: daemon, image: daemon }] }, status: { phase: 'Running', podIP: node.slice(3).replaceAll('-', '.') },
      }, { labels: { app: daemon }, ...owner('apps/v1', 'DaemonSet', 'kube-system', daemon) }));
      podStatus.push({ uid: `pod-kube-system-${pod}`, status: 'Running', ready: '1/1', restarts: 0 });
    }
  }
  objects.push(object('policy/v1', 'PodDisruptionBudget', 'shop', 'orders', { spec: { minAvailable: 2, selector: { matchLabels: { app: 'orders' } } }, status: { currentHealthy: 0, desiredHealthy: 2, disruptionsAllowed: 0, expectedPods: 3 } }));
  return { objects, podStatus };
}

function fakePod(namespace: string, name: string, node: string, ip: string, app: string, replicaSet: string, broken: boolean): KubeObject {
  const since = ago(12 * MINUTE);
  return object('v1', 'Pod', namespace, name, {
    spec: { nodeName: node, restartPolicy: 'Always', containers: [{ name: app, image: `shop/${app}:sha-11aa22`, envFrom: [{ configMapRef: { name: `${app}-config` } }], resources: { requests: { cpu: '100m', memory: '128Mi' } } }] },
    status: {
      phase: 'Running', podIP: ip, hostIP: node.slice(3).replaceAll('-', '.'), startTime: ago(14 * MINUTE),
      conditions: [{ type: 'PodScheduled', status: 'True', lastTransitionTime: ago(14 * MINUTE) },
        { type: 'Ready', status: broken ? 'False' : 'True', ...(broken ? { reason: 'ContainersNotReady' } : {}), lastTransitionTime: since }],
      containerStatuses: [broken
        ? {
            name: app, ready: false, started: false, restartCount: 7, image: `shop/${app}:sha-11aa22`,
            state: { waiting: { reason: 'CrashLoopBackOff', message: `back-off 5m0s restarting failed container=${app} pod=${name}_${namespace}(pod-${namespace}-${name})` } },
            lastState: { terminated: { exitCode: 1, reason: 'Error', startedAt: ago(133_000), finishedAt: ago(131_000) } },
          }
        : { name: app, ready: true, started: true, restartCount: 0, image: `shop/${app}:sha-11aa22`, state: { running: { startedAt: since } }, lastState: {} }],
    },
  }, { labels: { app }, creationTimestamp: ago(14 * MINUTE), ...owner('apps/v1', 'ReplicaSet', namespace, replicaSet) });
}

function fakeEvents(namespace: string, pod: string, node: string): KubeObject[] {
  const about = { kind: 'Pod', namespace, name: pod, uid: `pod-${namespace}-${pod}`, apiVersion: 'v1' };
  const event = (reason: string, type: string, message: string, count: number, lastMs: number, source: string): KubeObject =>
    object('v1', 'Event', namespace, `${pod}.${reason.toLowerCase()}`, {
      involvedObject: about, reason, type, message, count, firstTimestamp: ago(14 * MINUTE), lastTimestamp: ago(lastMs), source: { component: source },
    });
  return [
    event('Scheduled', 'Normal', `Successfully assigned ${namespace}/${pod} to ${node}`, 1, 14 * MINUTE, 'default-scheduler'),
    event('BackOff', 'Warning', `Back-off restarting failed container orders in pod ${pod}_${namespace}(pod-${pod})`, 31, 131_000, 'kubelet'),
    event('Unhealthy', 'Warning', 'Readiness probe failed: Get "http://10.20.0.61:8000/readyz": dial tcp 10.20.0.61:8000: connect: connection refused', 4, 133_000, 'kubelet'),
  ];
}
