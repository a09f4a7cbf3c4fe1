import { cidrText, ipToNumber, parseCidr } from '../apimachinery/cidr.ts';
import type { AwsFoundation } from './foundation.ts';

/** What a cluster stands on when nobody declares an account: one VPC around the given subnets, each with a way out. */
export function plainAccount(region: string, subnets: Readonly<Record<string, string>>): AwsFoundation {
  const entries = Object.entries(subnets);
  const idOf = (zone: string): string => `subnet-${zone}`;
  return {
    account: '111122223333', region,
    vpc: { id: 'vpc-drydock', cidr: around(entries.map(([, cidr]) => cidr)), resolver: '10.20.0.2' },
    internetGateway: 'igw-drydock',
    subnets: Object.fromEntries(entries.map(([zone, cidr]) => [idOf(zone), { zone, cidr, routeTable: 'rtb-drydock', public: true }])),
    routeTables: { 'rtb-drydock': { '0.0.0.0/0': 'igw-drydock' } },
    natGateways: {},
    securityGroups: { 'sg-cluster': { description: 'EKS created security group applied to ENI that is attached to EKS Control Plane master nodes, as well as any managed workloads.', ingress: [{ protocol: '-1', port: 'all', from: 'sg-cluster' }] } },
    roles: {
      'drydock-node': { trust: 'ec2.amazonaws.com', policies: ['AmazonEKSWorkerNodePolicy', 'AmazonEC2ContainerRegistryPullOnly', 'AmazonEKS_CNI_Policy'] },
      'drydock-cluster': { trust: 'eks.amazonaws.com', policies: ['AmazonEKSClusterPolicy'] },
      'drydock-admin': { trust: 'ec2.amazonaws.com', policies: ['AdministratorAccess'] },
    },
    quotas: { onDemandVcpus: 100_000 },
    cluster: { name: 'drydock', role: 'drydock-cluster', subnets: entries.map(([zone]) => idOf(zone)), securityGroup: 'sg-cluster', serviceCidr: '172.20.0.0/16', addons: {} },
    learner: { role: 'drydock-admin', session: 'admin' },
  };
}

/** The narrowest range that holds them all. */
function around(cidrs: readonly string[]): string {
  const ranges = cidrs.map(cidr => parseCidr(cidr)!);
  for (let length = Math.min(28, ...ranges.map(range => range.length)); length > 0; length -= 1) {
    const size = 2 ** (32 - length);
    const first = Math.floor((ranges[0]?.first ?? ipToNumber('10.20.0.0')) / size) * size;
    if (ranges.every(range => range.first >= first && range.first + range.size <= first + size)) return cidrText({ first, size, length });
  }
  return '0.0.0.0/0';
}
