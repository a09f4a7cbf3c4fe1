import { GROUP_DEFAULTS } from '../../facts/autoscaling.ts';
import { awsError, type AwsOperation, type AwsParameters, type AwsResult } from '../contract.ts';
import { preciseTime, wholeSecond } from '../time.ts';
import type { AutoScaling } from './auto-scaling.ts';
import type { Activity, AutoScalingGroup, Member } from './contract.ts';

const invalid = (message: string) => awsError('ValidationError', message, 400);

/** What `aws autoscaling` can do here. Members in the order of the service model. */
export function autoScalingOperations(autoScaling: AutoScaling, accountId: string): AwsOperation[] {
  const templateOf = (group: AutoScalingGroup, version: number) => {
    const template = autoScaling.templates.table.get(group.launchTemplateId);
    return { LaunchTemplateId: group.launchTemplateId, LaunchTemplateName: template?.name ?? '', Version: String(version) };
  };
  const memberView = (group: AutoScalingGroup, member: Member) => ({
    InstanceId: member.instanceId, InstanceType: member.instanceType, AvailabilityZone: member.zone, LifecycleState: member.lifecycle, HealthStatus: member.health,
    LaunchTemplate: templateOf(group, member.launchTemplateVersion), ProtectedFromScaleIn: member.protectedFromScaleIn,
  });
  const groupView = (group: AutoScalingGroup) => ({
    AutoScalingGroupName: group.name, AutoScalingGroupARN: group.arn,
    MixedInstancesPolicy: {
      LaunchTemplate: { LaunchTemplateSpecification: templateOf(group, group.launchTemplateVersion), Overrides: group.instanceTypes.map(InstanceType => ({ InstanceType })) },
      InstancesDistribution: {
        OnDemandAllocationStrategy: 'prioritized', OnDemandBaseCapacity: 0, OnDemandPercentageAboveBaseCapacity: group.capacityType === 'SPOT' ? 0 : 100, SpotAllocationStrategy: group.capacityType === 'SPOT' ? 'price-capacity-optimized' : 'lowest-price', ...(group.capacityType !== 'SPOT' && { SpotInstancePools: 2 }),
      },
    },
    MinSize: group.min, MaxSize: group.max, DesiredCapacity: group.desired, DefaultCooldown: GROUP_DEFAULTS.cooldownSeconds, AvailabilityZones: autoScaling.zonesOf(group), LoadBalancerNames: [], TargetGroupARNs: [],
    HealthCheckType: 'EC2', HealthCheckGracePeriod: GROUP_DEFAULTS.healthCheckGraceSeconds, Instances: group.members.map(member => memberView(group, member)), CreatedTime: preciseTime(group.createdAtMs),
    SuspendedProcesses: group.suspended.map(ProcessName => ({ ProcessName, SuspensionReason: `User suspended at ${wholeSecond(group.createdAtMs).replace('+00:00', 'Z')}` })),
    VPCZoneIdentifier: group.subnetIds.join(','), EnabledMetrics: [], ...(group.deleting && { Status: 'Delete in progress' }),
    Tags: Object.keys(group.tags).sort().map(Key => ({ ResourceId: group.name, ResourceType: 'auto-scaling-group', Key, Value: group.tags[Key], PropagateAtLaunch: true })),
    TerminationPolicies: ['AllocationStrategy', 'OldestLaunchTemplate', 'OldestInstance'], NewInstancesProtectedFromScaleIn: false,
    ServiceLinkedRoleARN: `arn:aws:iam::${accountId}:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling`, CapacityRebalance: true, TrafficSources: [],
  });
  const activityView = (activity: Activity) => ({
    ActivityId: activity.id, AutoScalingGroupName: activity.groupName, Description: activity.description, Cause: activity.cause, StartTime: preciseTime(activity.startMs),
    ...(activity.endMs !== undefined && { EndTime: wholeSecond(activity.endMs) }), StatusCode: activity.status, ...(activity.message !== undefined && { StatusMessage: activity.message }),
    Progress: activity.status === 'Successful' || activity.status === 'Failed' ? 100 : activity.status === 'PreInService' ? 30 : 0,
    Details: activity.zone === undefined ? '{}' : JSON.stringify({ 'Subnet ID': activity.subnetId, 'Availability Zone': activity.zone }), AutoScalingGroupARN: autoScaling.groups.get(activity.groupName)?.arn ?? '',
  });
  const named = (parameters: AwsParameters): { ok: true; value: AutoScalingGroup } | ReturnType<typeof invalid> => {
    const group = autoScaling.groups.get(String(parameters['AutoScalingGroupName']));
    return group ? { ok: true, value: group } : invalid('AutoScalingGroup name not found - null');
  };
  const resources = ({ AutoScalingGroupName }: AwsParameters): string[] => [autoScaling.groups.get(String(AutoScalingGroupName))?.arn ?? '*'];
  const fits = ({ min, max, desired }: { min: number; max: number; desired: number }): ReturnType<typeof invalid> | undefined => {
    if (min > max) return invalid(`Max bound, ${max}, must be greater than or equal to min bound, ${min}`);
    if (desired > max) return invalid(`New SetDesiredCapacity value ${desired} is above max value ${max} for the AutoScalingGroup.`);
    return desired < min ? invalid(`New SetDesiredCapacity value ${desired} is below min value ${min} for the AutoScalingGroup.`) : undefined;
  };

  const operations: Omit<AwsOperation, 'service'>[] = [
    {
      name: 'DescribeAutoScalingGroups',
      run(_call, { AutoScalingGroupNames, Filters }) {
        const names = AutoScalingGroupNames as readonly string[] | undefined;
        const filters = (Filters ?? []) as readonly { Name: string; Values: readonly string[] }[];
        const keeps = (group: AutoScalingGroup): boolean => filters.every(({ Name, Values }) => (Name === 'tag-key' ? Values.some(key => key in group.tags)
          : Name === 'tag-value' ? Object.values(group.tags).some(value => Values.includes(value)) : Values.includes(group.tags[Name.replace(/^tag:/, '')] ?? '')));
        return { ok: true, value: { AutoScalingGroups: autoScaling.groups.list().filter(group => (!names?.length || names.includes(group.name)) && keeps(group)).sort(byName).map(groupView) } };
      },
    },
    {
      name: 'DescribeAutoScalingInstances',
      run(_call, { InstanceIds }) {
        const ids = InstanceIds as readonly string[] | undefined;
        const rows = autoScaling.groups.list().flatMap(group => group.members.map(member => ({ group, member }))).filter(({ member }) => !ids?.length || ids.includes(member.instanceId));
        return { ok: true, value: { AutoScalingInstances: rows.map(({ group, member: { instanceId, instanceType, zone, lifecycle, health, launchTemplateVersion, protectedFromScaleIn } }) => ({
          InstanceId: instanceId, InstanceType: instanceType, AutoScalingGroupName: group.name, AvailabilityZone: zone, LifecycleState: lifecycle, HealthStatus: health.toUpperCase(),
          LaunchTemplate: templateOf(group, launchTemplateVersion), ProtectedFromScaleIn: protectedFromScaleIn,
        })) } };
      },
    },
    {
      name: 'DescribeScalingActivities',
      run(_call, { AutoScalingGroupName, ActivityIds }) {
        const ids = ActivityIds as readonly string[] | undefined;
        return { ok: true, value: { Activities: autoScaling.activities(AutoScalingGroupName as string | undefined).filter(({ id }) => !ids?.length || ids.includes(id)).map(activityView) } };
      },
    },
    {
      name: 'SetDesiredCapacity', resources,
      run(_call, parameters): AwsResult {
        const group = named(parameters);
        if (!group.ok) return group;
        const desired = Number(parameters['DesiredCapacity']);
        const refused = fits({ min: group.value.min, max: group.value.max, desired });
        if (refused) return refused;
        autoScaling.update(group.value.name, { desired }, 'desired');
        return { ok: true, value: {} };
      },
    },
    {
      name: 'UpdateAutoScalingGroup', resources,
      run(_call, parameters): AwsResult {
        const group = named(parameters);
        if (!group.ok) return group;
        const { MinSize, MaxSize, DesiredCapacity, VPCZoneIdentifier, MixedInstancesPolicy } = parameters as {
          MinSize?: number; MaxSize?: number; DesiredCapacity?: number; VPCZoneIdentifier?: string; MixedInstancesPolicy?: { LaunchTemplate?: { LaunchTemplateSpecification?: { LaunchTemplateId?: string; Version?: string } } };
        };
        const other = Object.keys(parameters).find(key => !['AutoScalingGroupName', 'MinSize', 'MaxSize', 'DesiredCapacity', 'VPCZoneIdentifier', 'MixedInstancesPolicy'].includes(key));
        if (other !== undefined) return invalid(`${other} is not modelled here; MinSize, MaxSize, DesiredCapacity, VPCZoneIdentifier and the launch template version of MixedInstancesPolicy are`);
        const version = MixedInstancesPolicy?.LaunchTemplate?.LaunchTemplateSpecification?.Version;
        const template = autoScaling.templates.table.get(group.value.launchTemplateId);
        const chosen = version === undefined ? undefined : version === '$Latest' ? template?.versions.at(-1)?.number : version === '$Default' ? template?.defaultVersion : Number(version);
        if (chosen !== undefined && !autoScaling.templates.data(group.value.launchTemplateId, chosen)) return invalid('You must use a valid fully-formed launch template. The specified launch template version does not exist.');
        const { min, max, desired } = group.value;
        const bounds = { min: MinSize ?? min, max: MaxSize ?? max };
        // A desired capacity that nobody names follows the bounds.
        const next = { ...bounds, desired: DesiredCapacity ?? Math.min(Math.max(desired, bounds.min), bounds.max) };
        const refused = fits(next);
        if (refused) return refused;
        autoScaling.update(group.value.name, { ...next, ...(VPCZoneIdentifier !== undefined && { subnetIds: VPCZoneIdentifier.split(',') }), ...(chosen !== undefined && { launchTemplateVersion: chosen }) });
        return { ok: true, value: {} };
      },
    },
    {
      name: 'TerminateInstanceInAutoScalingGroup',
      resources: ({ InstanceId }) => resources({ AutoScalingGroupName: autoScaling.groupOfInstance(String(InstanceId)) }),
      run(_call, { InstanceId, ShouldDecrementDesiredCapacity }): AwsResult {
        const id = String(InstanceId);
        const group = autoScaling.groups.get(autoScaling.groupOfInstance(id) ?? '');
        if (!group) return invalid(`Instance Id not found - No managed instance found for instance ID: ${id}`);
        if (ShouldDecrementDesiredCapacity === true && group.desired <= group.min) {
          return invalid(`Currently, desiredSize equals minSize (${group.min}). Terminating instance without replacement will violate group's min size constraint. Either set shouldDecrementDesiredCapacity flag to false or lower group's min size.`);
        }
        return { ok: true, value: { Activity: activityView(autoScaling.terminate(id, ShouldDecrementDesiredCapacity === true)!) } };
      },
    },
    ...(['SuspendProcesses', 'ResumeProcesses'] as const).map((name): Omit<AwsOperation, 'service'> => ({
      name, resources,
      run(_call, parameters): AwsResult {
        const group = named(parameters);
        if (!group.ok) return group;
        const processes = (parameters['ScalingProcesses'] ?? ['Launch', 'Terminate', 'AddToLoadBalancer', 'AlarmNotification', 'AZRebalance', 'HealthCheck', 'InstanceRefresh', 'ReplaceUnhealthy', 'ScheduledActions']) as readonly string[];
        const suspended = group.value.suspended.filter(process => !processes.includes(process));
        autoScaling.setSuspended(group.value.name, name === 'SuspendProcesses' ? [...suspended, ...processes] : suspended);
        return { ok: true, value: {} };
      },
    })),
  ];
  return operations.map(operation => ({ service: 'autoscaling', ...operation }));
}

const byName = (a: AutoScalingGroup, b: AutoScalingGroup): number => (a.name < b.name ? -1 : 1);
