/**
 * Numbers, versions and texts of EKS. Sources: shared facts sheet "EKS upgrades" (user guide, API model, public transcripts);
 * what is assumed says so.
 */

export interface MinorVersion {
  readonly minor: string;
  readonly released: string;
  readonly standardUntil: string;
  readonly extendedUntil: string;
  readonly platform: string;
  /** Kubernetes patch of the control plane. Assumed for the calendar of the estate. */
  readonly patch: string;
}

/** endoflife.date's copy of the EKS calendar, newest first; platform versions and patches are assumed. */
export const MINOR_VERSIONS: readonly MinorVersion[] = [
  { minor: '1.35', released: '2026-01-28', standardUntil: '2027-03-27', extendedUntil: '2028-03-27', platform: 'eks.9', patch: '1.35.6' },
  { minor: '1.34', released: '2025-10-06', standardUntil: '2026-12-02', extendedUntil: '2027-12-02', platform: 'eks.18', patch: '1.34.2' },
  { minor: '1.33', released: '2025-05-28', standardUntil: '2026-07-29', extendedUntil: '2027-07-29', platform: 'eks.29', patch: '1.33.5' },
  { minor: '1.32', released: '2025-01-25', standardUntil: '2026-03-23', extendedUntil: '2027-03-23', platform: 'eks.36', patch: '1.32.9' },
  { minor: '1.31', released: '2024-09-26', standardUntil: '2025-11-26', extendedUntil: '2026-11-26', platform: 'eks.52', patch: '1.31.13' },
];

/** AMI releases of node groups, newest first: `<kubelet patch>-<date>`. The form is EKS's; the dates after 2025 and the ids are assumed. */
export const NODE_RELEASES: readonly { readonly release: string; readonly imageId: string }[] = [
  { release: '1.35.6-20261110', imageId: 'ami-0e5b1c93f4a7d2086' },
  { release: '1.35.4-20260814', imageId: 'ami-0a83d6f217c94be50' },
  { release: '1.34.2-20251112', imageId: 'ami-07c41fe9b2d85a360' },
  { release: '1.34.1-20251016', imageId: 'ami-0c2f7a6e81b3d9455' },
  { release: '1.33.5-20251112', imageId: 'ami-0b96e0d34f7a1c828' },
  { release: '1.32.9-20251112', imageId: 'ami-04d8a2c6e95f1b730' },
  { release: '1.31.13-20251112', imageId: 'ami-09f3b7e1d60c8a254' },
];

/** `1.34.2-20251112` → `1.34`. */
export const minorOf = (version: string): string => version.split('.').slice(0, 2).join('.');

/** How a managed node group update goes about it. Source: user guide, "managed node update behavior". */
export const NODE_UPDATE = {
  /** Pods that have not left a node by then fail the update, or are deleted with force. */
  drainLimitMs: 900_000,
  /** Between the cordon of an empty node and its termination, so that load balancers drop it. */
  settleMs: 60_000,
  /** New machines that are not Ready nodes by then: NodeCreationFailure. Assumed; the guide names no figure. */
  creationLimitMs: 1_200_000,
  maxUnavailableLimit: 100,
  /** Assumed: how often the node manager looks, and how often it asks again for an eviction. */
  lookMs: 10_000,
  evictionRetryMs: 5_000,
  /** Assumed: the new launch template version and the group's change of it. */
  setupMs: 20_000,
} as const;

/** Assumed durations of the other updates, virtual ms. */
export const UPDATE_MS = { cluster: 540_000, nodegroupConfig: 12_000, addon: 15_000, nodegroupCreate: 30_000, nodegroupDelete: 15_000 } as const;

export const TEXT = {
  noCluster: (name: string) => `No cluster found for name: ${name}.`,
  noNodegroup: (name: string) => `No node group found for name: ${name}.`,
  noUpdate: (id: string) => `No update found for ID: ${id}`,
  noAddon: (name: string, cluster: string) => `No addon: ${name} found in cluster: ${cluster}`,
  nodegroupExists: (name: string, cluster: string) => `NodeGroup already exists with name ${name} and cluster name ${cluster}`,
  nodegroupBusy: 'Nodegroup cannot be updated as it is currently not in Active State',
  clusterBusy: (type: string, cluster: string, updateId: string) => `Cannot ${type} because cluster ${cluster} currently has update ${updateId} in progress`,
  addonBusy: (name: string, status: string) => `Addon ${name} cannot be updated as it is currently in ${status} state`,
  skipsMinor: (from: string, to: string) => `Unsupported Kubernetes minor version update from ${from} to ${to}`,
  unsupported: 'unsupported Kubernetes version',
  releaseMismatch: (release: string, version: string) => `Requested release version ${release} is not valid for kubernetes version ${version}.`,
  nodegroupsBehind: (names: readonly string[], version: string) => `Nodegroups ${names.join(', ')} must be updated to match cluster version ${version} before updating cluster version`,
  evictionFailed: (nodegroup: string) => `Reached max retries while trying to evict pods from nodes in node group ${nodegroup}`,
  /** NodegroupIssueCode NodeCreationFailure. */
  creationFailed: 'Instances failed to join the kubernetes cluster',
} as const;
