import type { ApiServer } from '../api-server/contract.ts';
import { CONNECT_TIMEOUT_MS, DNS_LATENCY_MS, DNS_TIMEOUT_MS, ROUND_TRIP_MS, VPC_RESOLVER } from '../facts/network.ts';
import type { Kernel } from '../kernel/kernel.ts';
import type { DnsAnswer, Hop, NetOutcome, NetRequest, Surroundings, Trace } from './contract.ts';
import { clusterRecord, isAddress, searchNames, type DnsRecord } from './dns.ts';
import { Exchange } from './exchange.ts';
import { isSuccess, RequestLog, resultWord } from './request-log.ts';
import { ServiceRoutes } from './service-routes.ts';
import { Stack, type StackOptions } from './stack.ts';

/** What a connection meets on its way. */
interface Route {
  readonly verdict: 'delivered' | 'refused' | 'timeout';
  readonly target: Stack | undefined;
  readonly port: number;
  /** The hop it ended at. */
  readonly last: string;
  /** `namespace/name` when a Service was in between. */
  readonly service: string | undefined;
}

interface Found {
  readonly answer: DnsAnswer;
  readonly tookMs: number;
}

export interface SendOptions {
  /** Traffic that goes on for ever (load, probes): "next event" does not stop at it and leaps shift it. */
  readonly routine?: boolean;
  /** Left out of the request log: probes are nobody's traffic. */
  readonly uncounted?: boolean;
}

/**
 * Who reaches whom. There is one way a connection goes, {@link route}; requests, probes, load and `trace` all take it.
 */
export class Network {
  readonly requests = new RequestLog();
  /** Routes of the VPC; without it everything is reachable. */
  surroundings: Surroundings | undefined;
  readonly services: ServiceRoutes;
  /** Zones whose machines have lost their network: nothing gets in or out of one; what runs on one machine still meets there. */
  readonly cutZones = new Set<string>();
  private readonly stacks = new Map<string, Stack>();
  /** Names outside the cluster zone: RDS endpoints, partners, load balancers. */
  private readonly publicNames = new Map<string, readonly string[]>();
  /** What each resolver's search came to, until a record may have changed. */
  private answers = new WeakMap<Stack['resolver'], Map<string, Found>>();

  constructor(readonly kernel: Kernel, private readonly api: ApiServer, private readonly clusterDomain = 'cluster.local') {
    this.services = new ServiceRoutes(kernel, api);
    api.onChange(({ object }) => {
      if (object.kind === 'Service' || object.kind === 'EndpointSlice') this.answers = new WeakMap();
    });
  }

  createStack(options: StackOptions): Stack {
    const stack = new Stack(this, options);
    for (const address of options.addresses) this.stacks.set(address, stack);
    return stack;
  }

  removeStack(stack: Stack): void {
    stack.up = false;
    for (const address of stack.addresses) if (this.stacks.get(address) === stack) this.stacks.delete(address);
  }

  stackAt(address: string): Stack | undefined {
    return this.stacks.get(address);
  }

  /** Addresses of a public name, without asking a resolver; empty for a name nobody holds. */
  addressesOf(name: string): readonly string[] {
    return this.publicNames.get(name) ?? [];
  }

  addName(name: string, addresses: readonly string[]): void {
    this.publicNames.set(name, addresses);
    this.answers = new WeakMap();
  }

  // ---- names ------------------------------------------------------------------------------------------------------

  /** Asks the name servers of `from` in virtual time. */
  resolve(from: Stack, name: string, finish: (answer: DnsAnswer) => void, routine = false): () => void {
    const { answer, tookMs } = this.lookUp(from, name);
    const event = this.kernel.after(tookMs, 'network/dns', name, () => finish(answer), { periodic: routine });
    return () => this.kernel.cancel(event);
  }

  private lookUp(from: Stack, name: string): Found {
    const { nameservers, search, ndots } = from.resolver;
    const nameserver = nameservers[0] ?? VPC_RESOLVER;
    const server = `${nameserver}:53`;
    if (isAddress(name)) return { answer: { rcode: 'NOERROR', name, addresses: [name], server }, tookMs: 0 };
    const done = (rcode: DnsAnswer['rcode'], asked: string, tookMs: number, addresses: readonly string[] = [], canonicalName?: string) =>
      ({ answer: { rcode, name: asked, addresses, server, ...(canonicalName && { canonicalName }) }, tookMs });
    if (name === 'localhost') return done('NOERROR', name, 0, ['127.0.0.1']);
    const clusterDns = nameserver !== VPC_RESOLVER;
    if (!clusterDns && this.isCutOff(from)) return done('TIMEOUT', name, DNS_TIMEOUT_MS.attempt * DNS_TIMEOUT_MS.attempts);
    if (clusterDns) {
      const route = this.route(from, nameserver, 53);
      if (route.verdict !== 'delivered') return done(route.verdict === 'refused' ? 'SERVFAIL' : 'TIMEOUT', name, route.verdict === 'refused' ? 1 : DNS_TIMEOUT_MS.attempt * DNS_TIMEOUT_MS.attempts);
    }
    let answers = this.answers.get(from.resolver);
    if (!answers) this.answers.set(from.resolver, answers = new Map());
    let found = answers.get(name);
    if (found) return found;
    let tookMs = 0;
    for (const asked of searchNames(name, search, ndots)) {
      tookMs += clusterDns && asked.endsWith(`.${this.clusterDomain}`) ? DNS_LATENCY_MS.cluster : DNS_LATENCY_MS.forwarded;
      const { record, canonicalName } = this.followAliases(asked, clusterDns);
      if (record.kind !== 'addresses') continue;
      found = done('NOERROR', asked, tookMs, record.addresses, canonicalName);
      break;
    }
    answers.set(name, found ??= done('NXDOMAIN', name, tookMs));
    return found;
  }

  private followAliases(name: string, clusterDns: boolean): { record: DnsRecord; canonicalName?: string } {
    let asked = name;
    for (let depth = 0; depth < 8; depth += 1) {
      const inCluster = clusterDns && asked.endsWith(`.${this.clusterDomain}`);
      const known = this.publicNames.get(asked);
      const record: DnsRecord = inCluster ? clusterRecord(asked, this.clusterDomain, this.api.reader) : known ? { kind: 'addresses', addresses: known } : { kind: 'none' };
      if (record.kind !== 'alias') return { record, ...(asked !== name && { canonicalName: asked }) };
      asked = record.name;
    }
    return { record: { kind: 'none' } };
  }

  // ---- the way ----------------------------------------------------------------------------------------------------

  /** The one reachability function: from a stack to `address:port`. It tells its hops to those who ask for them. */
  private route(from: Stack, address: string, port: number, hops?: Hop[]): Route {
    hops?.push({ kind: 'client', name: from.options.name, verdict: 'passed' });
    if (address === '127.0.0.1' || from.addresses.includes(address)) {
      const open = from.accepts(port, true);
      return { verdict: open ? 'delivered' : 'refused', target: from, port, last: from.options.name, service: undefined };
    }
    const node = this.stacks.get(address);
    const service = this.services.at(address, port) ?? (node?.options.kind === 'node' ? this.services.atNodePort(port) : undefined);
    if (!service) return this.toStack(from, address, port, undefined, hops);
    if (service.targets.length === 0) {
      hops?.push({ kind: 'service', name: service.service, verdict: 'no-endpoints', reason: 'the Service has no ready endpoints' });
      return { verdict: 'refused', target: undefined, port, last: service.service, service: service.service };
    }
    hops?.push({ kind: 'service', name: service.service, verdict: 'passed' });
    const target = this.kernel.random.pick(service.targets);
    return this.toStack(from, target.address, target.port, service.service, hops);
  }

  private toStack(from: Stack, address: string, port: number, service: string | undefined, hops?: Hop[]): Route {
    const target = this.stacks.get(address);
    const kind = target?.options.kind === 'pod' ? 'pod' : 'node';
    const last = target?.options.name ?? address;
    const lost = from.options.node === undefined || target === from ? undefined : this.surroundings?.blocked({ address: from.addresses[0]!, node: from.options.node }, address);
    if (lost !== undefined) {
      hops?.push({ kind, name: last, verdict: 'dropped', reason: lost });
      return { verdict: 'timeout', target: undefined, port, last, service };
    }
    if (!target || !target.up || this.isCut(from, target)) {
      hops?.push({ kind, name: last, verdict: 'dropped', reason: 'nothing answers at this address' });
      return { verdict: 'timeout', target: undefined, port, last, service };
    }
    if (!target.accepts(port, target === from)) {
      hops?.push({ kind, name: last, verdict: 'refused', reason: `nothing listens on port ${port}` });
      return { verdict: 'refused', target, port, last, service };
    }
    hops?.push({ kind, name: last, verdict: 'passed' });
    return { verdict: 'delivered', target, port, last, service };
  }

  /** A machine, or something on it, in a zone that is cut off. */
  isCutOff({ options: { node, zone } }: Stack): boolean {
    return this.cutZones.size > 0 && node !== undefined && zone !== undefined && this.cutZones.has(zone);
  }

  private isCut(from: Stack, to: Stack): boolean {
    return (this.isCutOff(from) || this.isCutOff(to)) && from.options.node !== to.options.node;
  }

  /** Answers "can it get there, and where does it end" without sending anything. */
  trace(from: Stack, host: string, port: number): Trace {
    const { answer } = this.lookUp(from, host);
    if (answer.rcode !== 'NOERROR') {
      return { hops: [{ kind: 'dns', name: answer.server, verdict: 'not-found', reason: answer.rcode }], verdict: 'name-error', reason: answer.rcode };
    }
    const hops: Hop[] = [];
    const { verdict, target } = this.route(from, answer.addresses[0]!, port, hops);
    const last = hops.at(-1)!;
    return { hops, verdict, reason: last.reason ?? '', ...(target?.options.kind === 'pod' && { pod: target.options.name }) };
  }

  // ---- requests ---------------------------------------------------------------------------------------------------

  /** Sends a request; `finish` is called once with how it ended, unless the returned function is called first. */
  send(from: Stack, request: NetRequest, finish: (outcome: NetOutcome) => void, options: SendOptions = {}): () => void {
    let service: string | undefined;
    const limitMs = request.timeoutMs ?? (request.protocol === 'tcp' ? CONNECT_TIMEOUT_MS : 30_000);
    const exchange = new Exchange(this.kernel, from, request, limitMs, options.routine === true, (outcome, refusedBy) => {
      if (!options.uncounted) this.log(from, request, service ?? request.host, outcome, refusedBy);
      finish(outcome);
    });
    const { answer, tookMs: dnsMs } = this.lookUp(from, request.host);
    if (answer.rcode !== 'NOERROR') {
      const { rcode, server } = answer;
      exchange.endAfter(dnsMs, request.host, server, () => ({ kind: 'name-error', rcode, name: request.host, server, tookMs: exchange.tookMs }));
      return () => exchange.abandon();
    }
    const address = answer.addresses.length > 1 ? this.kernel.random.pick(answer.addresses) : answer.addresses[0]!;
    const way = this.route(from, address, request.port);
    service = way.service;
    const roundTripMs = this.roundTripMs(from, way.target);
    if (way.verdict === 'delivered') exchange.travel({ address, port: way.port, target: way.target!, roundTripMs, deliverMs: dnsMs + roundTripMs * 1.5 });
    else if (way.verdict === 'refused') exchange.endAfter(dnsMs + roundTripMs, address, way.last, () => ({ kind: 'refused', address, tookMs: exchange.tookMs }));
    else exchange.vanish(address, way.last);
    return () => exchange.abandon();
  }

  private roundTripMs(from: Stack, to: Stack | undefined): number {
    if (!to || to === from) return ROUND_TRIP_MS.sameNode;
    if (from.options.kind === 'load' || to.options.kind === 'load') return ROUND_TRIP_MS.internet;
    if (from.options.node && from.options.node === to.options.node) return ROUND_TRIP_MS.sameNode;
    return from.options.zone === to.options.zone ? ROUND_TRIP_MS.sameZone : ROUND_TRIP_MS.crossZone;
  }

  private log(from: Stack, request: NetRequest, to: string, outcome: NetOutcome, refusedBy: string): void {
    this.requests.record({
      atMs: this.kernel.nowMs, from: from.options.name, fromGroup: from.options.group, to,
      method: request.protocol === 'tcp' ? 'TCP' : request.method ?? 'GET', path: (request.path ?? '').split('?')[0]!,
      ok: isSuccess(outcome), result: resultWord(outcome), refusedBy, tookMs: outcome.tookMs,
    });
  }
}
