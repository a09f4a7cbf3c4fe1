import { describe, expect, test } from 'vitest';
import type { LoadGenerator } from '../../src/engine/network/load-generator.ts';
import { ClusterDriver } from '../../src/testing/cluster-driver.ts';

const GATE = 'target-health.elbv2.k8s.aws/k8s-default-web';

/** nginx behind an application load balancer, and people who use it. */
class Shop extends ClusterDriver {
  readonly load: LoadGenerator;

  constructor(options: { replicas?: number; container?: object; pod?: object; healthCheckPath?: string } = {}) {
    super();
    this.cluster.addLoadBalancer({ name: 'shop', host: 'shop.example', address: '203.0.113.80', routes: [{ pathPrefix: '/', service: 'default/web', port: 80, ...(options.healthCheckPath && { healthCheckPath: options.healthCheckPath }) }] });
    this.create({ apiVersion: 'v1', kind: 'Service', metadata: { name: 'web', namespace: 'default' }, spec: { selector: { app: 'web' }, ports: [{ port: 80, targetPort: 80 }] } });
    this.create({
      apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web', namespace: 'default' },
      spec: {
        replicas: options.replicas ?? 3, selector: { matchLabels: { app: 'web' } },
        template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'web', image: 'nginx', imagePullPolicy: 'IfNotPresent', readinessProbe: { httpGet: { path: '/', port: 80 }, periodSeconds: 2 }, ...options.container }], ...options.pod } },
      },
    });
    this.pass(60);
    this.load = this.cluster.addLoad({ name: 'people', ratePerSecond: 50, method: 'GET', host: 'shop.example', port: 80, path: '/' }, '198.51.100.10');
    this.load.start();
    this.pass(10);
  }

  aws(operation: string, parameters: Record<string, unknown> = {}): Record<string, any> {
    const { aws } = this.cluster;
    const answer = aws.api.call(aws.roleSession('drydock-admin', 'test'), 'elbv2', operation, parameters);
    return answer.ok ? answer.value : { error: `${answer.error.code}: ${answer.error.message}` };
  }

  get groupArn(): string {
    return this.aws('DescribeTargetGroups')['TargetGroups'][0].TargetGroupArn;
  }

  /** `healthy 10.20.0.7:80` … */
  health(): string[] {
    return this.aws('DescribeTargetHealth', { TargetGroupArn: this.groupArn })['TargetHealthDescriptions'].map(({ TargetHealth }: any) => [TargetHealth.State, TargetHealth.Reason].filter(Boolean).join(' ')).sort();
  }

  restart(): void {
    this.patch('Deployment', 'web', { spec: { template: { metadata: { annotations: { restarted: String(this.kernel.nowMs) } } } } });
  }

  results(): string[] {
    return [...new Set(this.cluster.network.requests.failures.filter(({ from }) => from === 'load/people').map(({ result }) => result))].sort();
  }
}

const PRE_STOP = { lifecycle: { preStop: { sleep: { seconds: 5 } } } };

describe('targets', () => {
  test('the pods of the Service are targets, and become healthy by answering', () => {
    const world = new Shop();
    expect(world.health()).toEqual(['healthy', 'healthy', 'healthy']);
    expect(world.load.total).toBeGreaterThan(400);
    expect(world.load.lost).toBe(0);
  });

  test('a pod that answers its readiness probe and not the balancer is unhealthy; when all are, all are sent to', () => {
    const world = new Shop({ healthCheckPath: '/nothing-here' });
    expect(world.health()).toEqual(Array.from({ length: 3 }, () => 'unhealthy Target.ResponseCodeMismatch'));
    expect(world.load.lost).toBe(0);
    world.aws('ModifyTargetGroup', { TargetGroupArn: world.groupArn, HealthCheckPath: '/' });
    world.pass(60);
    expect(world.health()).toEqual(['healthy', 'healthy', 'healthy']);
  });

  test('a leaving pod drains for the deregistration delay', () => {
    const world = new Shop({ container: PRE_STOP });
    world.delete('Pod', world.pods()[0]!.metadata.name);
    world.pass(30);
    expect(world.health()).toEqual(['draining Target.DeregistrationInProgress', 'healthy', 'healthy', 'healthy']);
    world.pass(300);
    expect(world.health()).toEqual(['healthy', 'healthy', 'healthy']);
  });

  test('the delay can be shorter', () => {
    const world = new Shop({ container: PRE_STOP });
    world.aws('ModifyTargetGroupAttributes', { TargetGroupArn: world.groupArn, Attributes: [{ Key: 'deregistration_delay.timeout_seconds', Value: '30' }] });
    world.delete('Pod', world.pods()[0]!.metadata.name);
    world.pass(45);
    expect(world.health()).toEqual(['healthy', 'healthy', 'healthy']);
  });

  test('nobody registered: 503', () => {
    const world = new Shop();
    world.patch('Deployment', 'web', { spec: { replicas: 0 } });
    world.pass(20);
    expect(world.results()).toContain('503');
  });

  test('a gate opens when the target is healthy, and the pod is Ready only then', () => {
    const world = new Shop({ pod: { readinessGates: [{ conditionType: GATE }] } });
    for (const pod of world.pods()) {
      const at = (type: string): string => pod.status!.conditions!.find(condition => condition.type === type)!.lastTransitionTime as unknown as string;
      expect(pod.status!.conditions!.find(({ type }) => type === GATE)?.status).toBe('True');
      expect(at('Ready') >= at('ContainersReady')).toBe(true);
    }
    expect(world.podWords()).toEqual(['Running 1/1 r0', 'Running 1/1 r0', 'Running 1/1 r0']);
  });
});

test('in a labelled namespace new pods get the gate, and a rollout waits for the balancer', () => {
  const world = new Shop({ container: PRE_STOP });
  world.patch('Namespace', 'default', { metadata: { labels: { 'elbv2.k8s.aws/pod-readiness-gate-inject': 'enabled' } } }, '');
  world.restart();
  world.pass(180);
  const [group] = world.aws('DescribeTargetGroups')['TargetGroups'];
  for (const { spec, status } of world.pods()) {
    expect(spec!.readinessGates).toEqual([{ conditionType: `target-health.elbv2.k8s.aws/${group.TargetGroupName}` }]);
    expect(status!.conditions!.find(({ type }) => type === 'Ready')?.status).toBe('True');
  }
  expect(world.load.lost).toBe(0);
});

describe('requests are lost exactly when they would be', () => {
  test('never by a rolling restart of pods that wait before they stop', () => {
    const world = new Shop({ container: PRE_STOP });
    world.restart();
    world.pass(180);
    expect(world.pods()).toHaveLength(3);
    expect(world.load.lost).toBe(0);
  });

  test('by pods that stop at once: until the balancer has heard that they are leaving', () => {
    const world = new Shop();
    const before = world.load.lost;
    world.delete('Pod', world.pods()[0]!.metadata.name);
    world.pass(8);
    const lost = world.load.lost - before;
    expect(lost).toBeGreaterThan(0);
    world.pass(60);
    expect(world.load.lost - before, 'and no longer').toBeLessThan(lost + 10);
  });

  test('by a pod killed without grace', () => {
    const world = new Shop({ container: PRE_STOP });
    world.client.delete('Pod', { namespace: 'default', name: world.pods()[0]!.metadata.name }, { gracePeriodSeconds: 0 });
    world.pass(20);
    expect(world.load.lost).toBeGreaterThan(0);
  });

  test('by a node that loses power: until its targets fail two checks or its pods leave the Service', () => {
    const world = new Shop();
    world.cluster.terminateNode(world.pods()[0]!.spec!.nodeName!);
    world.pass(120);
    const lost = world.load.lost;
    expect(lost).toBeGreaterThan(0);
    world.pass(120);
    expect(world.load.lost).toBe(lost);
  });
});
