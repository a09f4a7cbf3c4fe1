/** Numbers of volumes. Sources: shared facts sheet "load balancing, storage, DNS" and the upstream file named. */

/** kube-controller-manager `--pvclaimbinder-sync-period`. */
export const VOLUME_RESYNC_MS = 15_000;

/** How long CreateVolume takes. Assumed: gp3 volumes are usable about two seconds after the call. */
export const PROVISION_MS = 2_000;

/** pkg/scheduler/apis/config/v1 `VolumeBindingArgs.bindTimeoutSeconds`. */
export const VOLUME_BIND_TIMEOUT_MS = 600_000;
