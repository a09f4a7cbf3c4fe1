/** The wall between the network and everything that sends or serves requests. */
import type { Task } from '../kernel/task.ts';

/** An HTTP request, or with `protocol: 'tcp'` the mere opening of a connection. */
export interface NetRequest {
  readonly protocol: 'http' | 'tcp';
  /** A name or an address. */
  readonly host: string;
  readonly port: number;
  readonly tls?: boolean;
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** The whole exchange; default 30 s. */
  readonly timeoutMs?: number;
  /** Part of traffic that goes on for ever (load, probes): "next event" does not stop at it. */
  readonly routine?: boolean;
}

/** How an exchange ended, as the client's operating system would see it. */
export type NetOutcome =
  | { readonly kind: 'response'; readonly status: number; readonly headers: Readonly<Record<string, string>>; readonly body: string; readonly address: string; readonly tookMs: number }
  /** TCP connection opened (for `protocol: 'tcp'`). */
  | { readonly kind: 'connected'; readonly address: string; readonly tookMs: number }
  | { readonly kind: 'refused' | 'reset' | 'timeout' | 'no-route'; readonly address: string; readonly tookMs: number }
  /** `timeout` after the connection was open: the server did not answer in time. */
  | { readonly kind: 'no-answer'; readonly address: string; readonly tookMs: number }
  | { readonly kind: 'name-error'; readonly rcode: 'NXDOMAIN' | 'SERVFAIL' | 'TIMEOUT'; readonly name: string; readonly server: string; readonly tookMs: number };

export interface DnsAnswer {
  readonly rcode: 'NOERROR' | 'NXDOMAIN' | 'SERVFAIL' | 'TIMEOUT';
  /** The name that was finally asked, after the search path. */
  readonly name: string;
  readonly addresses: readonly string[];
  readonly canonicalName?: string;
  /** `address:53` of the server asked. */
  readonly server: string;
}

export interface IncomingRequest {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly clientAddress: string;
  readonly port: number;
  /** See {@link NetRequest.routine}; a server passes it on to what it calls in turn. */
  readonly routine: boolean;
}

export interface OutgoingResponse {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** Answers a request by calling `respond` once, now or later; never calling it leaves the client waiting. */
export type RequestHandler = (request: IncomingRequest, respond: (response: OutgoingResponse) => void) => void;

export interface Listener {
  readonly port: number;
  /** Accepts nothing more; requests under way are still answered. */
  close(): void;
  /** The process is gone: requests under way are reset. */
  abort(): void;
}

/** The sockets of one network namespace: a pod, a node, the laptop, the internet. */
export interface NetworkStack {
  readonly addresses: readonly string[];
  /** `/etc/resolv.conf` of this namespace. */
  readonly resolver: { readonly nameservers: readonly string[]; readonly search: readonly string[]; readonly ndots: number };
  resolve(name: string): Task<DnsAnswer>;
  exchange(request: NetRequest): Task<NetOutcome>;
  /** `undefined` when the port is taken. A handler serves HTTP; without one the port only accepts connections. */
  listen(port: number, handler?: RequestHandler, options?: { readonly loopbackOnly?: boolean }): Listener | undefined;
  /** Ports listened on, for `ss` and `netstat`. */
  listening(): readonly { readonly port: number; readonly loopbackOnly: boolean }[];
}

/** One hop of a traced request, for the map, `trace` and the checks. */
export interface Hop {
  readonly kind: 'client' | 'dns' | 'load-balancer' | 'service' | 'node' | 'policy' | 'pod';
  readonly name: string;
  readonly verdict: 'passed' | 'refused' | 'dropped' | 'no-endpoints' | 'not-found';
  readonly reason?: string;
}

export interface Trace {
  readonly hops: readonly Hop[];
  readonly verdict: 'delivered' | 'refused' | 'timeout' | 'name-error' | 'no-route';
  readonly reason: string;
  /** `namespace/name` of the pod reached. */
  readonly pod?: string;
}

/** What the network asks the cloud around it. */
export interface Surroundings {
  /** Why a packet that leaves `from` (a pod's or node's stack) does not get to `address`; `undefined` when it does. */
  blocked(from: { readonly address: string; readonly node: string }, address: string): string | undefined;
}
