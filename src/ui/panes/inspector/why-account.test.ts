import { describe, expect, test } from 'vitest';
import type { AwsFact, PoolFact } from '../../../hosts/protocol.ts';
import type { KubeObject } from '../../../engine/apimachinery/object.ts';
import { applyFrame, EMPTY_SNAPSHOT, get, type Snapshot } from '../../snapshot.ts';
import { fakeAccount } from '../../testing/fake-account.ts';
import { FAKE_NOW_MS, fakeObjects, object } from '../../testing/fake-objects.ts';
import { why } from './why.ts';

const { objects, podStatus } = fakeObjects();
const NODE = 'ip-10-20-0-11';
const BOOK: PoolFact = { kind: 'pool', id: NODE, answers: true, held: Object.fromEntries(['4', '5', '6', '7', '8', '10', '12', '13'].map(last => [`10.20.0.${last}`, `pod-${last}`])), cooling: [], prefixes: false, interfacesMax: 3, slotsEach: 5, interfaceTakes: 6 };
const refusal = (operation: string, code: string, message: string): AwsFact => ({ kind: 'refusal', id: operation, atMs: FAKE_NOW_MS, role: 'kfo-prod-node', machineId: 'i-11', operation, code, message });

function world(facts: readonly AwsFact[], more: readonly KubeObject[], words: Record<string, string> = {}): Snapshot {
  const shop = applyFrame(EMPTY_SNAPSHOT, { reset: true, upserts: objects, deletes: [], podStatus, aws: fakeAccount(facts) });
  return applyFrame(shop, { reset: false, upserts: more, deletes: [], podStatus: Object.entries(words).map(([uid, status]) => ({ uid, status, ready: '0/1', restarts: 0 })) });
}
const chain = (snapshot: Snapshot, kind: string, name: string, namespace = 'shop'): string[] => why(snapshot, get(snapshot, kind, namespace, name)!, FAKE_NOW_MS, 'shop').steps.map(step => `${step.text} | ${step.source}`);

describe('no address', () => {
  const late = object('v1', 'Pod', 'shop', 'late', { spec: { nodeName: NODE, containers: [] }, status: { phase: 'Pending' } });
  const event = object('v1', 'Event', 'shop', 'late.x', { reason: 'FailedCreatePodSandBox', type: 'Warning', message: 'plugin type="aws-cni" failed (add): add cmd: failed to assign an IP address to container', involvedObject: { kind: 'Pod', namespace: 'shop', name: 'late', uid: late.metadata.uid } });
  const after = (facts: readonly AwsFact[]): string[] => chain(world(facts, [late, event], { [late.metadata.uid]: 'ContainerCreating' }), 'Pod', 'late').slice(2);

  test('goes on from the node to its subnet, and to who holds that', () => {
    expect(after([BOOK])).toEqual([
      `Its node ${NODE} has no address to give | ipamd: 8 held, 8 in use`,
      'Subnet subnet-private-a is full | AvailableIpAddressCount 0 of 11 in 10.20.0.0/28',
      '11 addresses of it are held | 8 pods · 2 node interfaces · 1 control plane',
    ]);
  });

  test.each<[string, readonly AwsFact[], string]>([
    ['interfaces full', [{ ...BOOK, slotsEach: 4, interfacesMax: 2 }], 'Every interface that the machine can have is full | 2 interfaces of 2, 4 addresses each beside its own'],
    ['EC2 refuses', [BOOK, refusal('ec2:AssignPrivateIpAddresses', 'UnauthorizedOperation', 'You are not authorized')], 'AWS refuses ec2:AssignPrivateIpAddresses to the node role kfo-prod-node | UnauthorizedOperation at 03:14:41: You are not authorized'],
    ['free again', [{ ...BOOK, held: {} }], `Its node ${NODE} has 8 addresses again | ipamd: 8 held, 0 in use`],
  ])('%s', (_, facts, last) => {
    expect(after(facts).at(-1)).toBe(last);
  });

  test('aws-node that does not answer is a chain of its own', () => {
    expect(after([{ ...BOOK, answers: false }])[0]).toBe(`aws-node does not answer on ${NODE} | ipamd, 127.0.0.1:50051`);
  });
});

test('too many pods: which nodes have no place left, and where their number comes from', () => {
  const waiting = object('v1', 'Pod', 'shop', 'waiting', { spec: { containers: [] }, status: { phase: 'Pending', conditions: [{ type: 'PodScheduled', status: 'False', message: '0/6 nodes are available: 6 Too many pods.' }] } });
  const small = get<{ status: object }>(world([], []), 'Node', '', NODE)!;
  const full = { ...small, status: { ...small.status, allocatable: { pods: '7' } } } as KubeObject;
  expect(chain(world([], [waiting, full], { [waiting.metadata.uid]: 'Pending' }), 'Pod', 'waiting')).toEqual([
    'No node has taken it | 0/6 nodes are available: 6 Too many pods.',
    `1 node has no place for one more pod | ${NODE}: 7 of 7`,
    'A t3.medium was given 7 places when it joined | Node status.capacity.pods, from its interfaces and addresses or set by its launch template',
  ]);
});

test('a pull that the registry denies names the role and what it may not do', () => {
  const image = '111122223333.dkr.ecr.eu-west-1.amazonaws.com/kfo/checkout:1';
  const pod = object('v1', 'Pod', 'shop', 'pull', { spec: { nodeName: NODE, containers: [{ name: 'app', image }] }, status: { containerStatuses: [{ name: 'app', ready: false, state: { waiting: { reason: 'ImagePullBackOff', message: 'no basic auth credentials' } } }] } });
  const facts = [refusal('ecr:GetAuthorizationToken', 'AccessDeniedException', 'User: … is not authorized')];
  expect(chain(world(facts, [pod], { [pod.metadata.uid]: 'ImagePullBackOff' }), 'Pod', 'pull').at(-1)).toBe('AWS refuses ecr:GetAuthorizationToken to the node role kfo-prod-node | AccessDeniedException at 03:14:41: User: … is not authorized');
});

describe('a budget that holds an update back', () => {
  const node = get<{ spec: object }>(world([], []), 'Node', '', NODE)!;
  const cordoned = { ...node, spec: { ...node.spec, unschedulable: true } } as KubeObject;
  const budget = object('policy/v1', 'PodDisruptionBudget', 'shop', 'orders', { spec: { minAvailable: 3, selector: { matchLabels: { app: 'orders' } } }, status: { disruptionsAllowed: 0, currentHealthy: 3, desiredHealthy: 3 } });
  const update: AwsFact = {
    kind: 'nodegroup', id: 'apps', status: 'UPDATING', version: '1.34', releaseVersion: '', min: 1, max: 3, desired: 2, groupDesired: 3, members: [], issues: [],
    update: { id: 'u', type: 'VersionUpdate', status: 'InProgress', sinceMs: FAKE_NOW_MS },
  };
  const snapshot = world([update], [cordoned, budget]);

  test('is why the node is not empty', () => {
    expect(chain(snapshot, 'Node', NODE, '').slice(-3)).toEqual([
      'The update of node group apps waits for it to be empty | VersionUpdate since 03:14:41', expect.stringContaining('may not be evicted'), 'Budget orders lets no pod go now | 3 healthy, 3 required (minAvailable 3)',
    ]);
  });

  test('is why the pod stays, and what the budget itself says', () => {
    expect(chain(snapshot, 'Pod', 'orders-7c9d8f6b5-2xkqp').slice(-2)).toEqual([`The update of node group apps wants it off ${NODE} | ${NODE}: SchedulingDisabled`, 'Budget orders lets no pod go now | 3 healthy, 3 required (minAvailable 3)']);
    expect(chain(snapshot, 'PodDisruptionBudget', 'orders')[0]).toBe('Budget orders lets no pod go now | 3 healthy, 3 required (minAvailable 3)');
  });
});

test('a node without a network names the pod that should bring it', () => {
  const node = get<{ status: { conditions: object[] } }>(world([], []), 'Node', '', NODE)!;
  const silent = { ...node, status: { ...node.status, conditions: [{ type: 'Ready', status: 'False', reason: 'KubeletNotReady', message: 'container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady message:Network plugin returns error: cni plugin not initialized' }] } } as KubeObject;
  expect(chain(world([], [silent]), 'Node', NODE, '')).toEqual([expect.stringContaining('cni plugin not initialized'), `aws-node does not answer on ${NODE} | ipamd, 127.0.0.1:50051`, expect.stringContaining('Its pod aws-node-')]);
});
