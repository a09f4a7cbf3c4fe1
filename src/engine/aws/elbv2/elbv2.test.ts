import { describe, expect, test } from 'vitest';
import { Kernel } from '../../kernel/kernel.ts';
import type { BalancerNetwork, Decision, ProbeOutcome } from './contract.ts';
import { Elbv2 } from './elbv2.ts';
import { matchesCode } from './target-group-router.ts';

const OK: ProbeOutcome = { kind: 'status', status: 200 };

/** A balancer in a network where the test says how each address answers its checks. */
class Bench {
  readonly kernel = new Kernel({ seed: 1 });
  readonly elbv2 = new Elbv2(this.kernel, { accountId: '111122223333', region: 'eu-west-1', vpcId: 'vpc-1' });
  readonly answers = new Map<string, ProbeOutcome>();
  decide!: (path: string) => Decision;

  constructor() {
    const network: BalancerNetwork = { open: door => {
      this.decide = door.decide;
      return { probe: ({ address }, finish) => { this.kernel.after(5, 'probe', address, () => finish(this.answers.get(address) ?? OK)); } };
    } };
    this.elbv2.connect(network);
    const routes = [{ pathPrefix: '/', targetGroup: 'web', port: 80, tags: {} }, { pathPrefix: '/api', targetGroup: 'api', port: 80, tags: {} }];
    this.elbv2.create({ name: 'shop', host: 'shop.example', address: '203.0.113.80', nodes: [], securityGroupIds: [], routes, tags: {} });
  }

  group(name: string) {
    return this.elbv2.router(this.elbv2.groupNamed(name)!.arn)!;
  }

  pass(seconds: number): this {
    this.kernel.run({ untilMs: this.kernel.nowMs + seconds * 1000 });
    return this;
  }

  states(name = 'web'): string[] {
    return this.group(name).targets().map(({ address, state, reason }) => [address, state, reason].filter(Boolean).join(' '));
  }

  /** Where so many requests go. */
  sent(path: string, times: number): Record<string, number> {
    const counts: Record<string, number> = {};
    for (let nth = 0; nth < times; nth += 1) {
      const decision = this.decide(path);
      const to = decision.kind === 'forward' ? decision.address : String(decision.status);
      counts[to] = (counts[to] ?? 0) + 1;
    }
    return counts;
  }
}

describe('rules', () => {
  test('the longest path first, the next target in turn, 503 where nobody is registered', () => {
    const bench = new Bench();
    bench.group('web').register('10.0.0.1', 80, '');
    bench.group('web').register('10.0.0.2', 80, '');
    bench.pass(5);
    expect(bench.sent('/', 4)).toEqual({ '10.0.0.1': 2, '10.0.0.2': 2 });
    expect(bench.sent('/api/orders', 1)).toEqual({ 503: 1 });
    expect(bench.sent('/apish', 1)).toEqual({ '10.0.0.1': 1 });
  });
});

describe('the life of a target', () => {
  test('one good answer makes a new one healthy; two bad ones unhealthy; two good ones healthy again', () => {
    const bench = new Bench();
    bench.group('web').register('10.0.0.1', 80, '');
    bench.group('web').register('10.0.0.2', 80, '');
    expect(bench.states()[0]).toBe('10.0.0.1 initial Elb.RegistrationInProgress');
    bench.pass(4);
    expect(bench.states()).toEqual(['10.0.0.1 healthy', '10.0.0.2 healthy']);
    bench.answers.set('10.0.0.1', { kind: 'status', status: 500 });
    bench.pass(15);
    expect(bench.states()[0]).toBe('10.0.0.1 healthy');
    bench.pass(15);
    expect(bench.states()[0]).toBe('10.0.0.1 unhealthy Target.ResponseCodeMismatch');
    expect(bench.sent('/', 4)).toEqual({ '10.0.0.2': 4 });
    bench.answers.delete('10.0.0.1');
    bench.pass(15);
    expect(bench.states()[0]).toMatch(/unhealthy/);
    bench.pass(15);
    expect(bench.states()[0]).toBe('10.0.0.1 healthy');
  });

  test.each<[string, ProbeOutcome, string]>([
    ['no answer', { kind: 'timeout' }, 'Target.Timeout'],
    ['a closed port', { kind: 'failed' }, 'Target.FailedHealthChecks'],
    ['another code', { kind: 'status', status: 404 }, 'Target.ResponseCodeMismatch'],
  ])('%s is told', (_title, outcome, reason) => {
    const bench = new Bench();
    bench.answers.set('10.0.0.1', outcome);
    bench.group('web').register('10.0.0.1', 80, '');
    bench.pass(40);
    expect(bench.states()).toEqual([`10.0.0.1 unhealthy ${reason}`]);
    expect(bench.sent('/', 2), 'with no healthy one, all are sent to').toEqual({ '10.0.0.1': 2 });
  });

  test('a leaving one gets no new request once every node has heard, and is gone after the delay', () => {
    const bench = new Bench();
    for (const address of ['10.0.0.1', '10.0.0.2']) bench.group('web').register(address, 80, '');
    bench.pass(5);
    bench.group('web').deregister('10.0.0.1', 80);
    expect(bench.states()[0]).toBe('10.0.0.1 draining Target.DeregistrationInProgress');
    expect(bench.sent('/', 4)['10.0.0.1']).toBe(2);
    bench.pass(3);
    expect(bench.sent('/', 4)).toEqual({ '10.0.0.2': 4 });
    bench.pass(290);
    expect(bench.states()).toHaveLength(2);
    bench.pass(10);
    expect(bench.states()).toEqual(['10.0.0.2 healthy']);
  });

  test('one that comes back while it drains starts anew', () => {
    const bench = new Bench();
    bench.group('web').register('10.0.0.1', 80, '');
    bench.pass(5);
    bench.group('web').deregister('10.0.0.1', 80);
    bench.pass(5);
    expect(bench.sent('/', 1)).toEqual({ 503: 1 });
    bench.group('web').register('10.0.0.1', 80, '');
    expect(bench.states()).toEqual(['10.0.0.1 initial Elb.RegistrationInProgress']);
    bench.pass(400);
    expect(bench.states()).toEqual(['10.0.0.1 healthy']);
  });
});

test.each([['200', 200, true], ['200', 302, false], ['200,302', 302, true], ['200-299', 204, true], ['200-299', 300, false]])('matcher %s and %d: %s', (matcher, status, fits) => {
  expect(matchesCode(matcher, status)).toBe(fits);
});
