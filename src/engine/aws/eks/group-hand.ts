import { assert } from '../../kernel/assert.ts';
import type { AutoScalingGroup } from '../autoscaling/contract.ts';
import type { AwsClient, AwsParameters } from '../contract.ts';

/** EKS's hand on Auto Scaling groups: calls of its API by the service-linked role, as CloudTrail shows them. */
export class GroupHand {
  constructor(private readonly client: AwsClient) {}

  resize({ name }: AutoScalingGroup, sizes: { readonly min?: number; readonly max?: number; readonly desired?: number }): void {
    this.call('UpdateAutoScalingGroup', {
      AutoScalingGroupName: name, ...(sizes.min !== undefined && { MinSize: sizes.min }), ...(sizes.max !== undefined && { MaxSize: sizes.max }), ...(sizes.desired !== undefined && { DesiredCapacity: sizes.desired }),
    });
  }

  useTemplate({ name, launchTemplateId }: AutoScalingGroup, version: number): void {
    this.call('UpdateAutoScalingGroup', { AutoScalingGroupName: name, MixedInstancesPolicy: { LaunchTemplate: { LaunchTemplateSpecification: { LaunchTemplateId: launchTemplateId, Version: String(version) } } } });
  }

  /** An instance that somebody else ended meanwhile is nobody's mistake. */
  terminate(instanceId: string, decrement: boolean): void {
    this.client.call('autoscaling', 'TerminateInstanceInAutoScalingGroup', { InstanceId: instanceId, ShouldDecrementDesiredCapacity: decrement });
  }

  private call(operation: string, parameters: AwsParameters): void {
    const done = this.client.call('autoscaling', operation, parameters);
    assert(done.ok, done.ok ? '' : `${operation}: ${done.error.message}`);
  }
}
