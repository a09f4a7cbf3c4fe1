import { PROPAGATION_MS, REGISTRATION_MS } from '../../facts/elb.ts';
import type { ScheduledEvent } from '../../kernel/event-queue.ts';
import type { Kernel } from '../../kernel/kernel.ts';
import type { AwsTable } from '../table.ts';
import type { BalancerNodes, ProbeOutcome, Target, TargetGroup } from './contract.ts';

/** What a balancer knows of one target besides its state. */
interface Watched { row: Target; successes: number; failures: number; check: ScheduledEvent | undefined; cut: boolean }

const INITIAL = { registering: { reason: 'Elb.RegistrationInProgress', description: 'Target registration is in progress' }, checking: { reason: 'Elb.InitialHealthChecking', description: 'Initial health checks in progress' } } as const;

export const keyOfTarget = (targetGroupArn: string, address: string, port: number): string => `${targetGroupArn} ${address}:${port}`;

/**
 * One target group at work: checks its targets, keeps who may be sent to, lets leaving ones drain.
 * Source: ELB user guide, target-group-health-checks and edit-target-group-attributes (deregistration delay).
 */
export class TargetGroupRouter {
  private readonly watched = new Map<string, Watched>();
  private sendable: readonly Target[] | undefined;
  private turn = 0;

  constructor(private readonly kernel: Kernel, private readonly group: () => TargetGroup, private readonly table: AwsTable<Target>, private readonly nodes: () => BalancerNodes | undefined) {}

  targets(): readonly Target[] {
    return [...this.watched.values()].map(({ row }) => row);
  }

  /** The target of the next request, in turn: healthy ones; all that are registered when none is. Nothing when nobody is registered. */
  next(): Target | undefined {
    this.sendable ??= this.readSendable();
    return this.sendable.length > 0 ? this.sendable[this.turn++ % this.sendable.length] : undefined;
  }

  /** As RegisterTargets: a target that is leaving comes back, one that is there stays as it is. */
  register(address: string, port: number, zone: string): void {
    const { kernel } = this;
    const group = this.group();
    const key = keyOfTarget(group.arn, address, port);
    const known = this.watched.get(key);
    if (known && known.row.state !== 'draining') return;
    if (known) this.stopChecks(known);
    const used = group.loadBalancerArns.length > 0;
    const row: Target = {
      targetGroupArn: group.arn, address, port, zone, sinceMs: kernel.nowMs,
      ...(used ? { state: 'initial', ...INITIAL.registering } : { state: 'unused', reason: 'Target.NotInUse', description: 'Target group is not configured to receive traffic from the load balancer' }),
    };
    const watched: Watched = { row, successes: 0, failures: 0, check: undefined, cut: false };
    this.watched.set(key, watched);
    this.put(key, watched, row);
    if (!used) return;
    watched.check = kernel.after(REGISTRATION_MS.min + kernel.random.fraction() * REGISTRATION_MS.spread, 'elbv2/register', key, () => {
      if (this.watched.get(key) !== watched) return;
      this.put(key, watched, { ...watched.row, ...INITIAL.checking });
      this.check(key, watched);
    });
  }

  /** As DeregisterTargets: new requests stop once every node knows; those under way have the deregistration delay. @returns whether it was there */
  deregister(address: string, port: number): boolean {
    const { kernel } = this;
    const group = this.group();
    const key = keyOfTarget(group.arn, address, port);
    const watched = this.watched.get(key);
    if (!watched || watched.row.state === 'draining') return watched !== undefined;
    this.stopChecks(watched);
    if (watched.row.state === 'unused') {
      this.forget(key, watched);
      return true;
    }
    this.put(key, watched, { ...watched.row, state: 'draining', reason: 'Target.DeregistrationInProgress', description: 'Target deregistration is in progress', sinceMs: kernel.nowMs });
    kernel.after(PROPAGATION_MS.min + kernel.random.fraction() * PROPAGATION_MS.spread, 'elbv2/drain', key, () => {
      if (this.watched.get(key) !== watched) return;
      watched.cut = true;
      this.sendable = undefined;
    });
    const delayMs = Number(group.attributes['deregistration_delay.timeout_seconds'] ?? 300) * 1000;
    kernel.after(Math.max(delayMs, PROPAGATION_MS.min + PROPAGATION_MS.spread), 'elbv2/deregistered', key, () => {
      if (this.watched.get(key) === watched) this.forget(key, watched);
    });
    return true;
  }

  /** Who was sent to before it began to drain is sent to until the nodes have heard of it. */
  private readSendable(): readonly Target[] {
    const rows = [...this.watched.values()].filter(({ cut }) => !cut);
    const healthy = rows.filter(({ row }) => row.state === 'healthy' || row.state === 'draining');
    return (healthy.length > 0 ? healthy : rows.filter(({ row }) => row.state !== 'unused')).map(({ row }) => row);
  }

  private check(key: string, watched: Watched): void {
    const { path, timeoutSeconds, intervalSeconds } = this.group().healthCheck;
    this.nodes()?.probe({ address: watched.row.address, port: watched.row.port, path, timeoutMs: timeoutSeconds * 1000 }, outcome => {
      if (this.watched.get(key) === watched && watched.row.state !== 'draining') this.judge(key, watched, outcome);
    });
    watched.check = this.kernel.after(intervalSeconds * 1000, 'elbv2/health', key, () => {
      if (this.watched.get(key) === watched && watched.row.state !== 'draining') this.check(key, watched);
    }, { periodic: true });
  }

  private judge(key: string, watched: Watched, outcome: ProbeOutcome): void {
    const { healthyThreshold, unhealthyThreshold, matcher } = this.group().healthCheck;
    const { row } = watched;
    const good = outcome.kind === 'status' && matchesCode(matcher, outcome.status);
    watched.successes = good ? watched.successes + 1 : 0;
    watched.failures = good ? 0 : watched.failures + 1;
    // A new target needs one good answer, one that was unhealthy the threshold.
    if (good && row.state !== 'healthy' && (row.state === 'initial' || watched.successes >= healthyThreshold)) {
      const { reason: _reason, description: _description, ...rest } = row;
      this.put(key, watched, { ...rest, state: 'healthy', sinceMs: this.kernel.nowMs });
    } else if (!good && watched.failures >= unhealthyThreshold && (row.state !== 'unhealthy' || row.reason !== whyUnhealthy(outcome).reason)) {
      this.put(key, watched, { ...row, state: 'unhealthy', ...whyUnhealthy(outcome), sinceMs: row.state === 'unhealthy' ? row.sinceMs : this.kernel.nowMs });
    }
  }

  private put(key: string, watched: Watched, row: Target): void {
    watched.row = this.table.put(key, row);
    this.sendable = undefined;
  }

  private forget(key: string, watched: Watched): void {
    this.stopChecks(watched);
    this.watched.delete(key);
    this.table.delete(key);
    this.sendable = undefined;
  }

  private stopChecks(watched: Watched): void {
    this.kernel.cancel(watched.check);
  }
}

function whyUnhealthy(outcome: ProbeOutcome): { readonly reason: string; readonly description: string } {
  if (outcome.kind === 'status') return { reason: 'Target.ResponseCodeMismatch', description: `Health checks failed with these codes: [${outcome.status}]` };
  return outcome.kind === 'timeout' ? { reason: 'Target.Timeout', description: 'Request timed out' } : { reason: 'Target.FailedHealthChecks', description: 'Health checks failed' };
}

/** `200`, `200,302`, `200-299`. */
export function matchesCode(matcher: string, status: number): boolean {
  return matcher.split(',').some(part => {
    const [from, to] = part.trim().split('-').map(Number);
    return status >= from! && status <= (to ?? from!);
  });
}
