/** Numbers of the control plane. Sources: facts sheets of this project and the upstream file named beside each. */

/** How long after a write an informer's handler sees it. Assumed: loopback watch latency of a small control plane. */
export const WATCH_LATENCY_MS = { min: 2, spread: 6 } as const;

/** client-go `workqueue.DefaultTypedControllerRateLimiter`: 5 ms doubling up to 1000 s for a key that keeps failing. */
export const CONTROLLER_RETRY_MS = { base: 5, max: 1_000_000 } as const;

/** client-go tools/record/events_cache.go. */
export const EVENT_AGGREGATION = { similarMax: 10, windowMs: 600_000, burst: 25, refillMs: 300_000 } as const;

/** kube-apiserver `--event-ttl`. */
export const EVENT_TTL_MS = 3_600_000;

/** pkg/controller/nodelifecycle: monitor period, grace period (50 s since v1.32), taint eviction default toleration. */
export const NODE_MONITOR = { periodMs: 5_000, gracePeriodMs: 50_000 } as const;

/** pkg/controller/podgc: period and the quarantine of a node that no longer exists. */
export const POD_GC = { periodMs: 20_000, quarantineMs: 40_000 } as const;

/** pkg/scheduler/backend/queue: back-off of an unschedulable pod and the flush of the unschedulable set. */
export const SCHEDULER_BACKOFF_MS = { initial: 1_000, max: 10_000, flush: 300_000 } as const;

/** k8s.io/cloud-provider node_lifecycle_controller: how often instances are asked for. */
export const CLOUD_NODE_MONITOR_MS = 5_000;
