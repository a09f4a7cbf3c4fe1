/** The public load balancer of an estate, part of the composition root: AWS, network and the controller joined. */
import type { AwsAccount } from './aws/account.ts';
import { hexOf } from './aws/elbv2/elbv2.ts';
import type { LoadBalancerController } from './addons/load-balancer-controller/controller.ts';

/** An application load balancer as an estate declares it: paths of one host name lead to Services, pod by pod (ip targets). */
export interface LoadBalancerSpec {
  readonly name: string;
  readonly host: string;
  readonly address: string;
  readonly routes: readonly { readonly pathPrefix: string; readonly service: string; readonly port: number; readonly healthCheckPath?: string }[];
}

/** What the controller writes as a group's port when pods name theirs; each target brings its own. Source: LBC pkg/ingress/model_build_target_group.go. */
const NAMED_TARGET_PORT = 1;

/** Makes the balancer with a machine in a public subnet of each zone, and has the controller keep its target groups. */
export function openFrontDoor(aws: AwsAccount, controller: LoadBalancerController, spec: LoadBalancerSpec): void {
  const { foundation, ec2, elbv2 } = aws;
  const tags = { 'elbv2.k8s.aws/cluster': foundation.cluster.name, 'ingress.k8s.aws/stack': spec.name };
  const group = 'sg-alb' in foundation.securityGroups ? 'sg-alb' : foundation.cluster.securityGroup;
  const zones = new Set<string>();
  const nodes = Object.entries(foundation.subnets).flatMap(([subnetId, { zone, public: isPublic }]) => {
    if (!isPublic || zones.has(zone)) return [];
    zones.add(zone);
    const made = ec2.interfaceBook.create({ subnetId, description: `ELB app/${spec.name}/${hexOf(`balancer ${spec.name}`, 16)}`, securityGroupIds: [group], requesterManaged: true });
    return made.ok ? [{ address: made.value.privateIp, zone, subnetId }] : [];
  });
  elbv2.create({
    name: spec.name, host: spec.host, address: spec.address, nodes, securityGroupIds: [group], tags,
    routes: spec.routes.map(({ pathPrefix, service, port, healthCheckPath }) => ({ pathPrefix, targetGroup: groupName(service), port: NAMED_TARGET_PORT, tags: { ...tags, 'ingress.k8s.aws/resource': `${service}:${port}` }, ...(healthCheckPath && { healthCheck: { path: healthCheckPath } }) })),
  });
  for (const { service, port } of spec.routes) {
    const name = groupName(service);
    const [namespace = '', serviceName = ''] = service.split('/');
    controller.bind({ name, targetGroupArn: elbv2.groupNamed(name)!.arn, namespace, service: serviceName, port });
  }
}

/** `k8s-shop-storefro-1a2b3c4d5e`. Source: LBC pkg/ingress/model_build_target_group.go. */
function groupName(service: string): string {
  const [namespace = '', name = ''] = service.split('/');
  return `k8s-${namespace.slice(0, 8)}-${name.slice(0, 8)}-${hexOf(service, 10)}`;
}
