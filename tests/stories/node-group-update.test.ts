import type { Node } from 'kubernetes-types/core/v1.d.ts';
import { describe, expect, test } from 'vitest';
import { aDeployment, ClusterDriver } from '../../src/testing/cluster-driver.ts';

const ZONES = ['eu-west-1a', 'eu-west-1b', 'eu-west-1c'];
const CLUSTER = 'drydock';

/** A cluster of 1.35 whose node group `apps` still runs 1.34: two machines in zone a, one in b, one in c. */
class Upgrade extends ClusterDriver {
  constructor(options: { seed?: number; desired?: number } = {}) {
    super({ ...options, version: '1.35.6', nodes: 0 });
    const { eks } = this.cluster.aws;
    eks.found('apps', {
      instanceType: 'm5.large', role: 'drydock-node', labels: { pool: 'apps' }, subnets: ZONES.map(zone => `subnet-${zone}`), scaling: { min: 3, max: 8, desired: 4 }, version: '1.34.2',
      nodes: [{ zone: ZONES[0]!, address: '10.20.0.11' }, { zone: ZONES[0]!, address: '10.20.0.12' }, { zone: ZONES[1]!, address: '10.20.1.21' }, { zone: ZONES[2]!, address: '10.20.2.31' }],
    });
    this.pass(5);
  }

  aws(operation: string, parameters: object = {}, service: 'eks' | 'autoscaling' | 'ec2' = 'eks'): any {
    const { aws } = this.cluster;
    const result = aws.api.call(aws.roleSession('drydock-admin', 'admin'), service, operation, { ...parameters } as Record<string, unknown>);
    return result.ok ? result.value : result.error;
  }

  nodegroup(): any {
    return this.aws('DescribeNodegroup', { clusterName: CLUSTER, nodegroupName: 'apps' }).nodegroup;
  }

  start(extra: object = {}): string {
    return this.aws('UpdateNodegroupVersion', { clusterName: CLUSTER, nodegroupName: 'apps', ...extra }).update.id;
  }

  update(id: string): any {
    return this.aws('DescribeUpdate', { name: CLUSTER, nodegroupName: 'apps', updateId: id }).update;
  }

  /** `v1.34 Ready`, `v1.35 Ready,SchedulingDisabled`: how many of each. */
  nodeWords(): Record<string, number> {
    const words: Record<string, number> = {};
    for (const node of this.cluster.api.reader.list<Node>('Node')) {
      const ready = node.status?.conditions?.some(each => each.type === 'Ready' && each.status === 'True') ? 'Ready' : 'NotReady';
      const word = `${node.status!.nodeInfo!.kubeletVersion.slice(0, 5)} ${ready}${node.spec?.unschedulable ? ',SchedulingDisabled' : ''}`;
      words[word] = (words[word] ?? 0) + 1;
    }
    return words;
  }

  /** Lets time go by until the update ended, at most `minutes`. @returns its status */
  finish(id: string, minutes: number): string {
    for (let step = 0; step < minutes * 6 && this.update(id).status === 'InProgress'; step += 1) this.pass(10);
    return this.update(id).status;
  }
}

describe('a node group update', () => {
  test('brings every node to the target and the group back to its size', () => {
    const world = new Upgrade();
    expect(world.nodeWords()).toEqual({ 'v1.34 Ready': 4 });
    world.create(aDeployment('web', { replicas: 6 }));
    world.pass(30);
    const id = world.start({ version: '1.35' });
    expect(world.nodegroup()).toMatchObject({ status: 'UPDATING', version: '1.34', releaseVersion: '1.34.2-20251112' });
    expect(world.finish(id, 60)).toBe('Successful');
    expect(world.nodegroup()).toMatchObject({ status: 'ACTIVE', version: '1.35', releaseVersion: '1.35.6-20261110', scalingConfig: { minSize: 3, maxSize: 8, desiredSize: 4 } });
    world.pass(120);
    expect(world.nodeWords()).toEqual({ 'v1.35 Ready': 4 });
    expect(world.podWords()).toEqual(Array.from({ length: 6 }, () => 'Running 1/1 r0'));
  });
});
