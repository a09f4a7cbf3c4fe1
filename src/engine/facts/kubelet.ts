/** Numbers of the kubelet and the container runtime. Sources: shared facts sheet "pod lifecycle" and the upstream file named. */

/** kubelet.go `initialCrashLoopBackOff`, `MaxContainerBackOff`; client-go util/flowcontrol/backoff.go expires after twice the maximum. */
export const RESTART_BACKOFF_MS = { initial: 10_000, max: 300_000, resetAfter: 600_000 } as const;

/** kubelet.go: image pull back-off. */
export const PULL_BACKOFF_MS = { initial: 10_000, max: 300_000 } as const;

/** pod_workers.go `backOffPeriod` with `workerBackOffPeriodJitterFactor`: when a failed pod sync is tried again. */
export const SYNC_RETRY_MS = { period: 10_000, jitter: 0.5 } as const;

/** pod_workers.go `backOffOnTransientErrorPeriod`: when a pod looks again whose node has no network yet. */
export const TRANSIENT_RETRY_MS = 1_000;

/** pleg/generic.go: container states are relisted once a second. */
export const RELIST_MS = 1_000;

/** goroutinemap/exponentialbackoff: how long a volume waits after each failed mount. */
export const MOUNT_RETRY_MS = { initial: 500, max: 122_000 } as const;

/** volume_manager.go `podAttachAndMountTimeout`. */
export const MOUNT_TIMEOUT_MS = 123_000;

/** kubelet sync period with jitter: how stale a mounted ConfigMap or Secret may be. */
export const VOLUME_REFRESH_MS = { period: 60_000, jitter: 0.5 } as const;

/** status_manager.go `syncPeriod`: how often the kubelet compares statuses with what it wrote. */
export const STATUS_SYNC_MS = 10_000;

/** Node leases: renewed every 10 s (25 % of 40 s). */
export const LEASE_RENEW_MS = 10_000;

/** kubelet `nodeStatusReportFrequency`. */
export const NODE_STATUS_MS = 300_000;

/** kuberuntime_container.go `minimumGracePeriodInSeconds`. */
export const MINIMUM_GRACE_MS = 2_000;

/** Assumed, not measured: sandbox with VPC CNI address, container create and start. */
export const RUNTIME_MS = { sandbox: 350, sandboxSpread: 250, create: 90, createSpread: 80, start: 70, startSpread: 60 } as const;

/** Assumed, not measured: an m5.large pulls and unpacks about this much a second from ECR in the same region, after resolving the name. */
export const PULL_RATE = { bytesPerSecond: 48 * 1024 * 1024, resolveMs: 220, resolveSpreadMs: 260 } as const;

/** Assumed, not measured: from a `running` EC2 instance to a registered node (EKS AL2023), and from there to a network plugin that answers. */
export const NODE_BOOT_MS = { base: 27_000, spread: 12_000, readyAfterJoin: 9_000 } as const;
