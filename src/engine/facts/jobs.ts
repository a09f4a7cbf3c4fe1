/** Numbers of Jobs. Source: pkg/controller/job/job_controller.go. */

/** `DefaultJobPodFailureBackOff`, `MaxJobPodFailureBackOff`: how long a failed pod's successor waits, doubling. */
export const JOB_BACKOFF_MS = { initial: 10_000, max: 600_000 } as const;

/** `syncJobBatchPeriod`: changes of pods are looked at together. */
export const JOB_BATCH_MS = 1_000;

/** `MaxPodCreateDeletePerSync`. */
export const JOB_BURST = 500;
