/** Numbers and texts of EC2 Auto Scaling. Sources: EC2 Auto Scaling API reference and public activity histories; assumed numbers say so. */

/** Assumed from public activity histories: from a change of the desired capacity to the launch, about 10 to 16 s. */
export const RECONCILE_MS = { base: 6_000, spread: 6_000 } as const;

/** Assumed: how soon a group notices an instance that ended without it. */
export const HEALTH_CHECK_MS = { base: 4_000, spread: 10_000 } as const;

/** Assumed: a group that could not launch waits this long before it tries again, doubling up to the maximum. */
export const LAUNCH_RETRY_MS = { base: 60_000, max: 600_000 } as const;

/** The `Terminate-LC-Hook` of a managed node group: heartbeat timeout, then CONTINUE. */
export const TERMINATION_HOOK_MS = 1_800_000;

/** Seconds; defaults of a group. */
export const GROUP_DEFAULTS = { cooldownSeconds: 300, healthCheckGraceSeconds: 15 } as const;

/** How many finished activities a group remembers. AWS keeps six weeks; assumed. */
export const ACTIVITIES_MAX = 200;

export const TEXT = {
  launching: (instanceId: string) => `Launching a new EC2 instance: ${instanceId}`,
  launchFailed: (reason: string) => `Launching a new EC2 instance.  Status Reason: ${reason}`,
  /** Mixed instances policies (managed node groups have one) name the purchase option and the code. */
  launchReason: (code: string, message: string, spot: boolean) => `Could not launch ${spot ? 'Spot' : 'On-Demand'} Instances. ${code} - ${message} Launching EC2 instance failed.`,
  terminating: (instanceId: string) => `Terminating EC2 instance: ${instanceId}`,
  startedFor: (at: string, from: number, to: number) => `At ${at} an instance was started in response to a difference between desired and actual capacity, increasing the capacity from ${from} to ${to}.`,
  replacing: (at: string) => `At ${at} an instance was launched in response to an unhealthy instance needing to be replaced.`,
  unhealthy: (at: string) => `At ${at} an instance was taken out of service in response to an EC2 health check indicating it has been terminated or stopped.`,
  shrinking: (at: string, from: number, to: number, chosen: string) => `At ${at} an instance was taken out of service in response to a difference between desired and actual capacity, shrinking the capacity from ${from} to ${to}.  At ${at} instance ${chosen} was selected for termination.`,
  userTermination: (at: string, instanceId: string, from: number, to: number) => `At ${at} instance ${instanceId} was taken out of service in response to a user request${from === to ? '' : `, shrinking the capacity from ${from} to ${to}`}.`,
  userUpdate: (at: string, min: number, max: number, desired: number, from: number) => `At ${at} a user request update of AutoScalingGroup constraints to min: ${min}, max: ${max}, desired: ${desired} changing the desired capacity from ${from} to ${desired}.`,
  userDesired: (at: string, from: number, to: number) => `At ${at} a user request explicitly set group desired capacity changing the desired capacity from ${from} to ${to}.`,
  created: (at: string, to: number) => `At ${at} a user request created an AutoScalingGroup changing the desired capacity from 0 to ${to}.`,
} as const;
