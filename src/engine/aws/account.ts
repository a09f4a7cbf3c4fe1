import type { Kernel } from '../kernel/kernel.ts';
import { AwsApiServer } from './api.ts';
import type { AwsPrincipal } from './contract.ts';
import { Ec2Service } from './ec2/ec2.ts';
import type { AwsFoundation } from './foundation.ts';
import { Iam } from './iam/iam.ts';

/** One AWS account in one region: its services, joined behind one API. */
export class AwsAccount {
  readonly api: AwsApiServer;
  readonly iam: Iam;
  readonly ec2: Ec2Service;

  constructor(kernel: Kernel, readonly foundation: AwsFoundation) {
    this.iam = new Iam(kernel, foundation);
    this.api = new AwsApiServer(kernel, foundation.account, foundation.region, this.iam);
    this.ec2 = new Ec2Service(kernel, foundation);
  }

  /** A session of a role of this account: a node (session = instance id), the learner, a pod. */
  roleSession(roleName: string, session: string): AwsPrincipal {
    return { arn: `arn:aws:sts::${this.foundation.account}:assumed-role/${roleName}/${session}`, userId: `${this.iam.roleId(roleName)}:${session}`, roleName };
  }

  /** AWS acting by itself through a service-linked role: `AWSServiceRoleForAutoScaling`. */
  serviceRole(roleName: string, session: string): AwsPrincipal {
    return { arn: `arn:aws:sts::${this.foundation.account}:assumed-role/${roleName}/${session}`, userId: `AROASERVICELINKED0000:${session}`, roleName, service: true };
  }
}
