import type { Kernel } from '../kernel/kernel.ts';
import { AwsApiServer } from './api.ts';
import { AutoScaling } from './autoscaling/auto-scaling.ts';
import { autoScalingOperations } from './autoscaling/operations.ts';
import { launchTemplateOperations } from './autoscaling/template-operations.ts';
import type { AwsPrincipal } from './contract.ts';
import { Eks } from './eks/eks.ts';
import { eksOperations } from './eks/operations.ts';
import { Ec2Service } from './ec2/ec2.ts';
import type { AwsFoundation } from './foundation.ts';
import { cloudTrailOperations } from './cloudtrail/operations.ts';
import { EcrCredentialProvider } from './ecr/credential-provider.ts';
import { Ecr } from './ecr/ecr.ts';
import { ecrOperations } from './ecr/operations.ts';
import { Elbv2 } from './elbv2/elbv2.ts';
import { elbv2Operations } from './elbv2/operations.ts';
import { Iam } from './iam/iam.ts';
import { iamOperations } from './iam/operations.ts';
import { stsOperations } from './sts/operations.ts';

/** One AWS account in one region: its services, joined behind one API. */
export class AwsAccount {
  readonly api: AwsApiServer;
  readonly iam: Iam;
  readonly ecr: Ecr;
  readonly elbv2: Elbv2;
  readonly ec2: Ec2Service;
  readonly autoScaling: AutoScaling;
  readonly eks: Eks;

  constructor(private readonly kernel: Kernel, readonly foundation: AwsFoundation) {
    this.iam = new Iam(kernel, foundation);
    this.api = new AwsApiServer(kernel, foundation.account, foundation.region, this.iam);
    this.ecr = new Ecr(kernel, this.iam, this.api);
    this.elbv2 = new Elbv2(kernel, { accountId: foundation.account, region: foundation.region, vpcId: foundation.vpc.id });
    this.api.register([...iamOperations(this.iam), ...stsOperations(this.iam), ...ecrOperations(this.ecr), ...elbv2Operations(this.elbv2), ...cloudTrailOperations(this.api)]);
    this.ec2 = new Ec2Service(kernel, foundation);
    this.api.register(this.ec2.operations());
    this.autoScaling = new AutoScaling(kernel, foundation, this.ec2);
    this.eks = new Eks({ kernel, foundation, ec2: this.ec2, autoScaling: this.autoScaling, client: this.api.as(this.serviceRole('AWSServiceRoleForAmazonEKSNodegroup', 'EKS')) });
    for (const { id } of this.eks.clusters.list()) this.iam.providers.push(`arn:aws:iam::${foundation.account}:oidc-provider/oidc.eks.${foundation.region}.amazonaws.com/id/${id}`);
    this.api.register([...autoScalingOperations(this.autoScaling, foundation.account), ...launchTemplateOperations(this.autoScaling.templates, foundation.account), ...eksOperations(this.eks)]);
  }

  /** A session of a role of this account: a node (session = instance id), the learner, a pod. */
  roleSession(roleName: string, session: string): AwsPrincipal {
    return { arn: `arn:aws:sts::${this.foundation.account}:assumed-role/${roleName}/${session}`, userId: `${this.iam.roleId(roleName)}:${session}`, roleName };
  }

  /** AWS acting by itself through a service-linked role: `AWSServiceRoleForAutoScaling`. */
  serviceRole(roleName: string, session: string): AwsPrincipal {
    return { arn: `arn:aws:sts::${this.foundation.account}:assumed-role/${roleName}/${session}`, userId: `AROASERVICELINKED0000:${session}`, roleName, service: true };
  }

  /** How the kubelet of a machine gets passwords of ECR: with the role of its instance profile. */
  registryCredentials(roleName: string, instanceId: string): EcrCredentialProvider {
    return new EcrCredentialProvider(this.kernel, this.api.as(this.roleSession(roleName, instanceId)));
  }
}
