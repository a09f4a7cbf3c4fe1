/** The picture of addresses beside EC2: frame by frame, through a scale-up, both say the same. */
import { describe, expect, test } from 'vitest';
import { contentFromFiles } from '../../src/hosts/content-files.ts';
import type { Frame } from '../../src/hosts/protocol.ts';
import { Run } from '../../src/hosts/worker/run.ts';
import { addressPicture, type AddressPicture } from '../../src/ui/map/addresses.ts';
import { model } from '../../src/ui/map/model.ts';
import { subnetTable } from '../../src/ui/map/table.tsx';
import { applyFrame, EMPTY_SNAPSHOT, list, type Snapshot } from '../../src/ui/snapshot.ts';

const SECOND = 1000;

/** A run with a page that knows only what frames told it. */
function watched(key: string) {
  let snapshot: Snapshot = EMPTY_SNAPSHOT;
  const frames: Frame[] = [];
  const run = new Run({ kind: 'scenario', key }, 1, contentFromFiles(), message => {
    if (message.type !== 'frame') return;
    frames.push(message);
    snapshot = applyFrame(snapshot, message);
  });
  run.announce(1);
  run.enter({ type: 'terminal-open', terminal: 't1', columns: 120, rows: 30 });
  const { cluster } = run.world;
  return {
    run, frames, cluster,
    type(line: string): void { run.enter({ type: 'line', terminal: 't1', line }); },
    pass(ms: number): void {
      run.world.advance(run.nowMs + ms);
      run.tell(1);
    },
    get snapshot(): Snapshot { return snapshot; },
    get picture(): AddressPicture { return addressPicture(snapshot, model(snapshot)); },
  };
}

function expectTheSame({ cluster, picture, snapshot }: ReturnType<typeof watched>): void {
  const { ec2, api } = cluster.aws;
  const asked = <T>(operation: string): T => {
    const answer = api.call<Record<string, T>>(cluster.aws.serviceRole('AWSServiceRoleForAmazonEKS', 'test'), 'ec2', operation);
    if (!answer.ok) throw new Error(answer.error.message);
    return Object.values(answer.value)[0]!;
  };
  const subnets = asked<{ SubnetId: string; AvailableIpAddressCount: number }[]>('DescribeSubnets');
  expect(Object.fromEntries(picture.subnets.map(({ fact }) => [fact.id, fact.free]))).toEqual(Object.fromEntries(subnets.map(each => [each.SubnetId, each.AvailableIpAddressCount])));
  expect(Object.fromEntries(subnetTable(snapshot).rows.map(({ cells }) => [cells[0], Number(cells[1])]))).toEqual(Object.fromEntries(subnets.map(each => [each.SubnetId, each.AvailableIpAddressCount])));
  for (const { slots, fact } of picture.subnets) if (slots.length > 0) expect(slots.filter(({ use }) => use === 'free').length, fact.id).toBe(ec2.freeCount(fact.id));
  const interfaces = asked<{ NetworkInterfaceId: string; PrivateIpAddresses: { PrivateIpAddress: string }[] }[]>('DescribeNetworkInterfaces');
  const drawn = new Map<string, string[]>();
  for (const { slots } of picture.subnets) for (const { interfaceId, ip, prefix } of slots) if (interfaceId !== '' && prefix === '') drawn.set(interfaceId, [...drawn.get(interfaceId) ?? [], ip]);
  const sorted = (ips: readonly string[]): string[] => ips.toSorted();
  expect(Object.fromEntries([...drawn].map(([id, ips]) => [id, sorted(ips)]))).toEqual(Object.fromEntries(interfaces.map(each => [each.NetworkInterfaceId, sorted(each.PrivateIpAddresses.map(({ PrivateIpAddress }) => PrivateIpAddress))])));
  // And with the cluster: an address of a running pod is that pod's slot.
  const holders = new Map(picture.nodes.flatMap(node => node.interfaces.flatMap(({ slots }) => slots.map(slot => [slot.ip, slot.pod?.name] as const))));
  for (const pod of list<{ spec?: { hostNetwork?: boolean }; status?: { podIP?: string; phase?: string } }>(snapshot, 'Pod')) {
    if (pod.status?.podIP && pod.status.phase === 'Running' && !pod.spec?.hostNetwork && !pod.metadata.deletionTimestamp) expect(holders.get(pod.status.podIP), pod.metadata.name).toBe(pod.metadata.name);
  }
}

describe('the picture of addresses', () => {
  test('agrees with EC2 at every moment of a scale-up and back', () => {
    const page = watched('upgrade-pdb-blocks-drain');
    expectTheSame(page);
    const free = (): number => page.picture.subnets.reduce((sum, { fact }) => sum + fact.free, 0);
    const before = free();
    page.type('kubectl create deployment pack -n default --image=registry.k8s.io/pause:3.10 --replicas=80');
    for (let round = 0; round < 40; round += 1) {
      page.pass(round < 20 ? SECOND : 5 * SECOND);
      expectTheSame(page);
    }
    expect(free()).toBeLessThan(before);
    page.type('kubectl delete deployment pack -n default');
    for (let round = 0; round < 20; round += 1) {
      page.pass(10 * SECOND);
      expectTheSame(page);
    }
  }, 120_000);

  test('in subnets without room, the waiting pods say which one is full, and a rewound page shows the same', () => {
    const page = watched('ip-subnet-exhausted');
    page.pass(30 * SECOND);
    expectTheSame(page);
    const waiting = page.picture.nodes.flatMap(node => node.waiting.map(({ why }) => why));
    expect(waiting.length).toBeGreaterThan(0);
    expect(waiting.every(why => /^private-[abc](?: is full|: \d+ free, \d+ needed)$/.test(why))).toBe(true);
    const before = page.picture.subnets.map(({ slots }) => slots.map(({ ip, use, pod }) => `${ip} ${use} ${pod?.name ?? ''}`));
    page.run.tell(1, true);
    expect(page.picture.subnets.map(({ slots }) => slots.map(({ ip, use, pod }) => `${ip} ${use} ${pod?.name ?? ''}`))).toEqual(before);
  }, 60_000);

  test('costs nothing while nothing changes', () => {
    const page = watched('clbo-missing-env');
    page.pass(60 * SECOND);
    page.frames.length = 0;
    for (let round = 0; round < 20; round += 1) page.pass(16);
    expect(page.frames.flatMap(frame => frame.aws?.facts ?? [])).toEqual([]);
  }, 60_000);
});
