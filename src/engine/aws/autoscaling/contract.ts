/** Auto Scaling as EKS and the CLI's operations see it. */
import type { MachineBootstrap } from '../contract.ts';
import type { Tags } from '../ec2/contract.ts';

/** What a launch template says of the machines made from it. */
export interface LaunchTemplateData {
  readonly imageId: string;
  readonly roleName: string;
  readonly securityGroupIds: readonly string[];
  readonly diskGib: number;
  /** `TagSpecifications` for instances. */
  readonly tags: Tags;
  /** What the user data makes of the machine. */
  readonly bootstrap?: MachineBootstrap;
}

export interface LaunchTemplateVersion { readonly number: number; readonly createdAtMs: number; readonly createdBy: string; readonly data: LaunchTemplateData }

export interface LaunchTemplate {
  readonly id: string;
  readonly name: string;
  readonly createdAtMs: number;
  readonly createdBy: string;
  readonly defaultVersion: number;
  /** Oldest first; the last is the latest. */
  readonly versions: readonly LaunchTemplateVersion[];
  readonly tags: Tags;
}

export type MemberLifecycle = 'Pending' | 'InService' | 'Terminating:Wait' | 'Terminating';

/** An instance of a group. */
export interface Member {
  readonly instanceId: string;
  readonly instanceType: string;
  readonly zone: string;
  readonly launchTemplateVersion: number;
  readonly lifecycle: MemberLifecycle;
  readonly health: 'Healthy' | 'Unhealthy';
  readonly protectedFromScaleIn: boolean;
}

export interface AutoScalingGroup {
  readonly name: string;
  readonly arn: string;
  readonly launchTemplateId: string;
  readonly launchTemplateVersion: number;
  readonly instanceTypes: readonly string[];
  readonly capacityType: 'ON_DEMAND' | 'SPOT';
  readonly min: number;
  readonly max: number;
  readonly desired: number;
  readonly subnetIds: readonly string[];
  readonly createdAtMs: number;
  readonly suspended: readonly string[];
  readonly members: readonly Member[];
  /** Set while the group is being deleted. */
  readonly deleting: boolean;
  readonly tags: Tags;
}

export interface Activity {
  readonly id: string;
  readonly groupName: string;
  readonly description: string;
  readonly cause: string;
  readonly startMs: number;
  readonly endMs?: number;
  readonly status: 'PreInService' | 'InProgress' | 'Successful' | 'Failed' | 'Cancelled' | 'MidTerminatingLifecycleAction';
  readonly message?: string;
  /** EC2's code of a failed launch, for whoever reads health out of it; not shown. */
  readonly failureCode?: string;
  readonly zone?: string;
  readonly subnetId?: string;
  readonly instanceId?: string;
}
