/** A service as data: what it needs, how it starts, what it answers. Estates declare their images with it. */

export interface Setting {
  readonly name: string;
  /** Lines on standard error when it is missing; the program then exits 1 after `failAfterMs`. */
  readonly missing: readonly string[];
}

export interface Dependency {
  /** May hold `${SETTING}`. */
  readonly host: string;
  readonly port: number;
  readonly protocol: 'tcp' | 'http';
  readonly timeoutMs: number;
}

export interface Call {
  readonly to: string;
  readonly method: string;
  readonly path: string;
}

export interface Route {
  readonly method: string;
  /** Exact, or a prefix when it ends in `*`. */
  readonly path: string;
  readonly latencyMs: number;
  /** Dependencies that must accept a connection; otherwise 503. */
  readonly needs: readonly string[];
  /** Made one after another; a failing one turns the answer into 502. */
  readonly calls: readonly Call[];
  readonly status: number;
  readonly body: string;
  /** Written to the access log (probes usually are not). */
  readonly logged: boolean;
}

export interface ServiceModel {
  /** The name in its own log lines. */
  readonly name: string;
  readonly startupMs: number;
  readonly failAfterMs: number;
  /** Lines while starting, spread over `startupMs`; the last one when it is ready. `${NAME}` is replaced. */
  readonly bootLog: readonly string[];
  readonly settings: readonly Setting[];
  readonly dependencies: Readonly<Record<string, Dependency>>;
  /** Must accept a connection before the service starts to listen; otherwise it exits 1 with these lines. */
  readonly connectsAtStart: readonly { readonly to: string; readonly failed: readonly string[] }[];
  readonly ports: readonly { readonly port: number; readonly routes: readonly Route[] }[];
  /** Ports that only accept connections. */
  readonly tcpPorts: readonly number[];
  readonly accessLog: 'uvicorn' | 'json' | 'common' | 'none';
  readonly cpuIdleMillis: number;
  readonly cpuMsPerRequest: number;
  readonly memoryMiB: number;
  /** Background work: a file it touches to show it is alive, and what it polls. */
  readonly worker?: { readonly everyMs: number; readonly heartbeatFile?: string; readonly calls: readonly Call[]; readonly logLine?: string };
  readonly shutdownLog: readonly string[];
  readonly exitCodeOnTerm: number;
}
