import { holdsAddress, ipToNumber, parseCidr } from '../../apimachinery/cidr.ts';
import type { RouteTable } from './contract.ts';
import type { Ec2Service } from './ec2.ts';

/** Which way packets leave a subnet. */
export class VpcRoutes {
  private known = new Map<string, string | undefined>();

  constructor(private readonly ec2: Ec2Service) {
    const forget = (): void => { this.known.clear(); };
    for (const table of [ec2.routeTables, ec2.natGateways, ec2.subnets, ec2.vpcs, ec2.internetGateways] as const) table.onChange(forget);
  }

  /** Why packets from a subnet do not get to `address`; `undefined` when they do, as far as routes go. */
  blocked(subnetId: string, address: string): string | undefined {
    const key = `${subnetId} ${address}`;
    if (!this.known.has(key)) this.known.set(key, this.follow(subnetId, address, true));
    return this.known.get(key);
  }

  private follow(subnetId: string, address: string, mayTranslate: boolean): string | undefined {
    const { ec2 } = this;
    const table = this.tableOf(subnetId);
    if (!table) return `subnet ${subnetId} has no route table`;
    const value = ipToNumber(address);
    const [best] = table.routes.map(route => ({ route, range: parseCidr(route.destination) })).filter(({ range }) => range && holdsAddress(range, value)).sort((a, b) => b.range!.length - a.range!.length);
    if (!best) return `${table.routeTableId} has no route to ${address}`;
    const { target, state } = best.route;
    if (state === 'blackhole') return `the route ${best.route.destination} of ${table.routeTableId} leads to ${target}, which is gone`;
    if (target.startsWith('igw-')) {
      // A gateway passes only packets with a public address: a NAT gateway's own, or an instance's in a subnet that gives one.
      return !mayTranslate || ec2.subnets.get(subnetId)?.mapPublicIpOnLaunch ? undefined : `${target} passes no private address: ${subnetId} gives no public one`;
    }
    if (target.startsWith('nat-')) {
      const gateway = ec2.natGateways.get(target);
      if (gateway?.state !== 'available') return `NAT gateway ${target} is ${gateway?.state ?? 'gone'}`;
      return mayTranslate ? this.follow(gateway.subnetId, address, false) : `NAT gateway in ${subnetId} is routed to ${target}, not to an internet gateway`;
    }
    return undefined;
  }

  private tableOf(subnetId: string): RouteTable | undefined {
    const tables = this.ec2.routeTables.list();
    const vpcId = this.ec2.subnets.get(subnetId)?.vpcId;
    return tables.find(table => table.associations.some(entry => entry.subnetId === subnetId)) ?? tables.find(table => table.main && table.vpcId === vpcId);
  }
}
