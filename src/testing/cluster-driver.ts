import type { Client } from '../engine/api-server/contract.ts';
import type { KubeObject } from '../engine/apimachinery/object.ts';
import type { AwsFoundation } from '../engine/aws/foundation.ts';
import { plainAccount } from '../engine/aws/plain-account.ts';
import { Cluster } from '../engine/cluster.ts';
import { podSummary } from '../engine/kinds/pod-status.ts';
import { assert } from '../engine/kernel/assert.ts';
import { Kernel } from '../engine/kernel/kernel.ts';
import type { StoredPod } from '../engine/kubelet/pod.ts';

const ZONES = ['eu-west-1a', 'eu-west-1b', 'eu-west-1c'];

/** Drives a small cluster as a test reads: create, let time pass, look. */
export class ClusterDriver {
  readonly kernel: Kernel;
  readonly cluster: Cluster;
  readonly client: Client;
  readonly nodes: string[] = [];

  constructor(options: { seed?: number; nodes?: number; version?: string; subnetPrefix?: number; account?: (plain: AwsFoundation) => AwsFoundation } = {}) {
    this.kernel = new Kernel({ seed: options.seed ?? 1 });
    const subnets = Object.fromEntries(ZONES.map((zone, index) => (options.subnetPrefix ? [zone, `10.${index + 1}.0.0/${options.subnetPrefix}`] : [zone, `10.20.${index}.0/24`])));
    this.cluster = new Cluster({
      kernel: this.kernel, version: options.version ?? '1.34.2', subnets,
      ...(options.account && { aws: options.account(plainAccount('eu-west-1', subnets)) }),
    });
    this.client = this.cluster.api.as({ name: 'tester', groups: ['system:masters'] });
    for (let index = 0; index < (options.nodes ?? 3); index += 1) {
      this.nodes.push(this.cluster.addNode({ zone: ZONES[index % 3]!, instanceType: 'm5.large', labels: {} }, { booted: true }));
    }
    this.pass(2);
  }

  /** Lets virtual seconds go by. */
  pass(seconds: number): this {
    this.kernel.run({ untilMs: this.kernel.nowMs + seconds * 1000 });
    return this;
  }

  create(object: object): KubeObject {
    const created = this.client.create(object);
    assert(created.ok, created.ok ? '' : created.status.message ?? '');
    return created.value;
  }

  patch(kind: string, name: string, patch: unknown, namespace = 'default'): KubeObject {
    const patched = this.client.patch(kind, { namespace, name }, 'strategic', patch);
    assert(patched.ok, patched.ok ? '' : patched.status.message ?? '');
    return patched.value;
  }

  delete(kind: string, name: string, namespace = 'default'): void {
    const deleted = this.client.delete(kind, { namespace, name });
    assert(deleted.ok, deleted.ok ? '' : deleted.status.message ?? '');
  }

  get<T = KubeObject>(kind: string, name: string, namespace = 'default'): (T & KubeObject) | undefined {
    return this.cluster.api.reader.get<T>(kind, namespace, name);
  }

  pods(namespace = 'default'): readonly StoredPod[] {
    return this.cluster.api.reader.list<StoredPod>('Pod', { namespace });
  }

  /** `kubectl get pods` in short: `Running 1/1 r0`, sorted. */
  podWords(namespace = 'default'): string[] {
    return this.pods(namespace).map(pod => {
      const { status, ready, total, restarts } = podSummary(pod);
      return `${status} ${ready}/${total} r${restarts}`;
    }).sort();
  }

  /** Reasons and messages of the events about an object, oldest first. */
  events(name: string, namespace = 'default'): string[] {
    return this.cluster.api.reader.list<{ involvedObject: { name: string }; reason: string; message: string; count?: number }>('Event', { namespace })
      .filter(event => event.involvedObject.name === name)
      .sort((a, b) => Number(a.metadata.resourceVersion) - Number(b.metadata.resourceVersion))
      .map(event => `${event.reason}: ${event.message}`);
  }
}

/** A Deployment of busybox running a shell script. */
export function aDeployment(name: string, options: { replicas?: number; script?: string; spec?: object; container?: object; pod?: object } = {}): object {
  return {
    apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name, namespace: 'default' },
    spec: {
      replicas: options.replicas ?? 1, selector: { matchLabels: { app: name } }, ...options.spec,
      template: { metadata: { labels: { app: name } }, spec: { containers: [aContainer(options.script, options.container)], terminationGracePeriodSeconds: 2, ...options.pod } },
    },
  };
}

export function aPod(name: string, options: { script?: string; container?: object; spec?: object } = {}): object {
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace: 'default' }, spec: { containers: [aContainer(options.script, options.container)], terminationGracePeriodSeconds: 2, ...options.spec } };
}

function aContainer(script = 'sleep 100000', more: object = {}): object {
  return { name: 'app', image: 'busybox:1.37', command: ['sh', '-c', script], ...more };
}
