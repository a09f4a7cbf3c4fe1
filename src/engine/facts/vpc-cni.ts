/** Numbers of the VPC CNI. Source: shared facts sheet "vpc-cni" (amazon-vpc-cni-k8s v1.20, pkg/ipamd/ipamd.go and datastore). */

export const IPAMD_MS = {
  /** ipPoolMonitorInterval. */
  loop: 5_000,
  /** nodeIPPoolReconcileInterval: the book is compared with the instance metadata. */
  reconcile: 60_000,
  /** decreaseIPPoolInterval. */
  decrease: 30_000,
  /** insufficientCidrErrorCooldown. */
  insufficientAddresses: 120_000,
  /** minENILifeTime: a younger interface is not given back. */
  youngInterface: 60_000,
  /** IP_COOLDOWN_PERIOD, seconds in the environment. */
  cooldown: 30_000,
} as const;

/** Assumed, not measured: how long ipamd waits until a new interface shows in the instance metadata ("up to 10 s", EKS best practices). */
export const INTERFACE_ATTACH_MS = { base: 3_500, spread: 3_000 } as const;

/** Assumed, not measured: ipamd starts, reads the instance metadata, fills its pool and answers. */
export const IPAMD_START_MS = { base: 2_200, spread: 1_500 } as const;

/** Lines of a node's log that are kept. */
export const NODE_LOG_LINES = 2_000;

/** Environment of aws-node where the manifest says nothing. */
export const DEFAULTS = { warmEniTarget: 1, warmPrefixTarget: 0 } as const;
