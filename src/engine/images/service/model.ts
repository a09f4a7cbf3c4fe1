/** A service as data: what it needs, how it starts, what it answers. Estates declare their images with it. */

export interface Setting {
  readonly name: string;
  /** Lines on standard error when it is missing or empty; the program then ends after `failAfterMs`. */
  readonly missing: readonly string[];
  /** With this code; default 1. */
  readonly exitCode?: number;
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
  /** How often it is tried, and the pause between two tries. */
  readonly attempts: number;
  readonly retryAfterMs: number;
}

export interface Route {
  readonly method: string;
  /** Exact, or a prefix when it ends in `*`. */
  readonly path: string;
  readonly latencyMs: number;
  /** Dependencies that must accept a connection; otherwise 503. */
  readonly needs: readonly string[];
  /** Made one after another; a failing one turns the answer into `failedStatus`, or 504 when it was not answered in time. */
  readonly calls: readonly Call[];
  readonly failedStatus: number;
  readonly status: number;
  readonly body: string;
  /** Written to the access log (probes usually are not). */
  readonly logged: boolean;
}

/** A queue that a worker empties, batch by batch; what it has taken on it finishes before it stops. */
export interface Consumption {
  /** The dependency that serves the queue. */
  readonly from: string;
  /** May hold `${SETTING}`. */
  readonly queue: string;
  readonly msPerMessage: number;
}

/** A program that does its work and ends: a migration, a check. */
export interface OneShot {
  readonly log: readonly string[];
  readonly tookMs: number;
  readonly exitCode: number;
}

export interface ServiceModel {
  /** The name in its own log lines. */
  readonly name: string;
  readonly startupMs: number;
  /** Computing that comes on top, in ms of one whole CPU: under a CPU limit it takes longer. */
  readonly startupCpuMs: number;
  /** How many CPUs the start can use at once. */
  readonly startupThreads: number;
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
  /** Memory on top that fills with requests, up to the MiB that a setting (or else the default) allows. */
  readonly cache?: { readonly setting: string; readonly defaultMiB: number; readonly kibPerRequest: number };
  /** Background work: a file it touches to show it is alive, and what it polls. */
  readonly worker?: { readonly everyMs: number; readonly heartbeatFile?: string; readonly calls: readonly Call[]; readonly logLine?: string; readonly consumes?: Consumption };
  readonly shutdownLog: readonly string[];
  readonly exitCodeOnTerm: number;
}
