/** The kubelet of the recorded stories: it runs no container, it only says what one would say. */
import type { Pod, PodCondition } from 'kubernetes-types/core/v1.d.ts';
import type { RunningApiServer } from '../../src/engine/api-server/api-server.ts';
import type { KubeObject } from '../../src/engine/apimachinery/object.ts';
import { rfc3339 } from '../../src/engine/kernel/calendar.ts';
import type { Kernel } from '../../src/engine/kernel/kernel.ts';

type StoredPod = Pod & KubeObject;

const RUNS_AFTER_MS = 250;
const EXITS_AFTER_MS = 700;
const LEASE_MS = 5_000;
const USER = { name: 'system:nodes', groups: ['system:masters'] };

/** Serves every node at once: a pod runs 0.25 s after it was bound, `exit N` ends it 0.7 s later, `…missing` never starts. */
export function storyKubelet(kernel: Kernel, api: RunningApiServer, nodes: readonly string[]): void {
  const client = api.as(USER);
  const seen = new Set<string>();
  const leaving = new Set<string>();
  const current = ({ metadata: { namespace = '', name, uid } }: StoredPod): StoredPod | undefined => {
    const pod = api.reader.get<StoredPod>('Pod', namespace, name);
    return pod?.metadata.uid === uid ? pod : undefined;
  };
  const report = (pod: StoredPod, status: object): void => {
    const now = current(pod);
    if (now) client.patch('Pod', { namespace: pod.metadata.namespace ?? '', name: pod.metadata.name }, 'strategic', { status }, { subresource: 'status' });
  };
  const conditions = (ready: boolean): PodCondition[] => {
    const time = rfc3339(kernel.nowMs);
    const condition = (type: string, isTrue: boolean): PodCondition => ({ type, status: isTrue ? 'True' : 'False', lastTransitionTime: time });
    return [condition('PodReadyToStartContainers', true), condition('Initialized', true), condition('Ready', ready), condition('ContainersReady', ready)];
  };
  const exitCodeOf = (pod: StoredPod): number | undefined => {
    const exit = /exit (\d+)/.exec(pod.spec!.containers.flatMap(container => container.command ?? []).join(' '));
    return exit ? Number(exit[1]) : undefined;
  };
  const run = (pod: StoredPod): void => {
    const [container] = pod.spec!.containers;
    const neverPulls = container!.image?.endsWith('missing') ?? false;
    const ready = !neverPulls && !JSON.stringify(pod.spec).includes('notready') && pod.metadata.labels?.['notready'] === undefined;
    report(pod, { phase: neverPulls ? 'Pending' : 'Running', startTime: rfc3339(kernel.nowMs), conditions: conditions(ready), podIP: '10.244.0.9', podIPs: [{ ip: '10.244.0.9' }] });
    const exitCode = neverPulls ? undefined : exitCodeOf(pod);
    if (exitCode !== undefined) kernel.after(EXITS_AFTER_MS, 'story/exit', pod.metadata.name, () => end(pod, exitCode, 0));
  };
  const end = (pod: StoredPod, exitCode: number, restarts: number): void => {
    const now = rfc3339(kernel.nowMs);
    const { name } = pod.spec!.containers[0]!;
    const terminated = { exitCode, startedAt: now, finishedAt: now, reason: exitCode === 0 ? 'Completed' : 'Error' };
    const policy = pod.spec?.restartPolicy ?? 'Always';
    if (policy === 'Never' || (policy === 'OnFailure' && exitCode === 0)) {
      report(pod, { phase: exitCode === 0 ? 'Succeeded' : 'Failed', conditions: conditions(false), containerStatuses: [{ name, image: '', imageID: '', ready: false, restartCount: restarts, state: { terminated } }] });
      return;
    }
    report(pod, { conditions: conditions(false), containerStatuses: [{ name, image: '', imageID: '', ready: false, restartCount: restarts + 1, state: { waiting: { reason: 'CrashLoopBackOff' } } }] });
    kernel.after(EXITS_AFTER_MS, 'story/exit', pod.metadata.name, () => { if (current(pod)) end(pod, exitCode, restarts + 1); });
  };
  api.onChange(({ object, type }) => {
    if (object.kind !== 'Pod' || type === 'DELETED') return;
    const pod = object as StoredPod;
    const { uid, deletionTimestamp, deletionGracePeriodSeconds = 1, namespace = '', name } = pod.metadata;
    if (!pod.spec?.nodeName || !nodes.includes(pod.spec.nodeName)) return;
    if (!seen.has(uid)) {
      seen.add(uid);
      kernel.after(RUNS_AFTER_MS, 'story/run', name, () => { const now = current(pod); if (now && !now.metadata.deletionTimestamp) run(now); });
    }
    if (deletionTimestamp && !leaving.has(uid)) {
      leaving.add(uid);
      kernel.after(Math.min(deletionGracePeriodSeconds, 1) * 1_000, 'story/delete', name, () => client.delete('Pod', { namespace, name }, { gracePeriodSeconds: 0, preconditions: { uid } }));
    }
  });
  const renew = (): void => {
    for (const name of nodes) {
      const spec = { holderIdentity: name, leaseDurationSeconds: 40, renewTime: `${rfc3339(kernel.nowMs).slice(0, -1)}.000000Z` };
      const renewed = client.patch('Lease', { namespace: 'kube-node-lease', name }, 'merge', { spec });
      if (!renewed.ok) client.create({ apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: { name, namespace: 'kube-node-lease' }, spec });
    }
    kernel.after(LEASE_MS, 'story/lease', '', renew, { periodic: true });
  };
  renew();
}

/** One of the recorded nodes: 4 CPUs, 8 GiB, 110 pods, its own zone. */
export function storyNode(name: string, zone: string): object {
  const size = { cpu: '4', memory: '8Gi', pods: '110' };
  return {
    apiVersion: 'v1', kind: 'Node', metadata: { name, labels: { 'kubernetes.io/hostname': name, 'topology.kubernetes.io/zone': zone } },
    status: { capacity: size, allocatable: size, conditions: [{ type: 'Ready', status: 'True', reason: 'KubeletReady' }] },
  };
}
