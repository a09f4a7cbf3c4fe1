import { HEALTH_CHECK, LOAD_BALANCER_ATTRIBUTES, TARGET_GROUP_ATTRIBUTES } from '../../facts/elb.ts';
import type { Kernel } from '../../kernel/kernel.ts';
import type { Tags } from '../ec2/contract.ts';
import { matchesWildcard } from '../iam/wildcard.ts';
import { AwsTable } from '../table.ts';
import type { BalancerNetwork, BalancerNodes, Decision, HealthCheck, Listener, LoadBalancer, Rule, Target, TargetGroup } from './contract.ts';
import { TargetGroupRouter } from './target-group-router.ts';

/** Where the balancers stand. */
export interface BalancerGround {
  readonly accountId: string;
  readonly region: string;
  readonly vpcId: string;
}

export interface NewBalancer {
  readonly name: string;
  /** The public name people use, beside the balancer's own. */
  readonly host: string;
  readonly address: string;
  readonly nodes: readonly { readonly address: string; readonly zone: string; readonly subnetId: string }[];
  readonly securityGroupIds: readonly string[];
  readonly routes: readonly { readonly pathPrefix: string; readonly targetGroup: string; readonly port: number; readonly healthCheck?: Partial<HealthCheck>; readonly tags: Tags }[];
  readonly tags: Tags;
}

const NO_TARGETS: Decision = { kind: 'fixed', status: 503, body: '<html>\r\n<head><title>503 Service Temporarily Unavailable</title></head>\r\n<body>\r\n<center><h1>503 Service Temporarily Unavailable</h1></center>\r\n</body>\r\n</html>\r\n' };

/** Application load balancers of the account, with their listeners, rules and target groups. */
export class Elbv2 {
  readonly loadBalancers: AwsTable<LoadBalancer>;
  readonly listeners: AwsTable<Listener>;
  readonly rules: AwsTable<Rule>;
  readonly targetGroups: AwsTable<TargetGroup>;
  readonly targets: AwsTable<Target>;
  private readonly routers = new Map<string, TargetGroupRouter>();
  private readonly nodes = new Map<string, BalancerNodes>();
  private network: BalancerNetwork | undefined;

  constructor(private readonly kernel: Kernel, private readonly ground: BalancerGround) {
    this.loadBalancers = new AwsTable(kernel, 'elbv2/load-balancer');
    this.listeners = new AwsTable(kernel, 'elbv2/listener');
    this.rules = new AwsTable(kernel, 'elbv2/rule');
    this.targetGroups = new AwsTable(kernel, 'elbv2/target-group');
    this.targets = new AwsTable(kernel, 'elbv2/target');
  }

  /** Gives the balancers a network to stand in. */
  connect(network: BalancerNetwork): void {
    this.network = network;
  }

  router(targetGroupArn: string): TargetGroupRouter | undefined {
    return this.routers.get(targetGroupArn);
  }

  groupNamed(name: string): TargetGroup | undefined {
    return this.targetGroups.list().find(group => group.name === name);
  }

  /** A balancer with one HTTP listener, a rule and a target group for each route, and 404 for the rest: what the controller makes of an Ingress. */
  create(wish: NewBalancer): LoadBalancer {
    const { region, accountId, vpcId } = this.ground;
    const prefix = `arn:aws:elasticloadbalancing:${region}:${accountId}:`;
    const id = hexOf(`balancer ${wish.name}`, 16);
    const balancer = this.loadBalancers.put(`${prefix}loadbalancer/app/${wish.name}/${id}`, {
      arn: `${prefix}loadbalancer/app/${wish.name}/${id}`, name: wish.name, dnsName: `${wish.name}-${parseInt(hexOf(wish.name, 8), 16)}.${region}.elb.amazonaws.com`,
      scheme: 'internet-facing', vpcId, createdAtMs: this.kernel.nowMs, subnets: wish.nodes.map(({ zone, subnetId }) => ({ zone, subnetId })),
      securityGroupIds: wish.securityGroupIds, attributes: LOAD_BALANCER_ATTRIBUTES, tags: wish.tags,
    });
    const listenerId = hexOf(`listener ${wish.name} 80`, 16);
    const listener = this.listeners.put(`${prefix}listener/app/${wish.name}/${id}/${listenerId}`, { arn: `${prefix}listener/app/${wish.name}/${id}/${listenerId}`, loadBalancerArn: balancer.arn, port: 80, protocol: 'HTTP' });
    const addRule = (rule: Omit<Rule, 'arn' | 'listenerArn'>): void => {
      const arn = `${prefix}listener-rule/app/${wish.name}/${id}/${listenerId}/${hexOf(`rule ${wish.name} ${rule.priority}`, 16)}`;
      this.rules.put(arn, { arn, listenerArn: listener.arn, ...rule });
    };
    const longestFirst = wish.routes.toSorted((a, b) => b.pathPrefix.length - a.pathPrefix.length);
    for (const [index, route] of longestFirst.entries()) {
      const group = this.createTargetGroup(route.targetGroup, route.port, balancer.arn, route.tags, route.healthCheck);
      const pathPatterns = route.pathPrefix === '/' ? ['/*'] : [route.pathPrefix, `${route.pathPrefix}/*`];
      addRule({ priority: index + 1, pathPatterns, action: { type: 'forward', targetGroupArn: group.arn } });
    }
    addRule({ priority: 'default', pathPatterns: [], action: { type: 'fixed-response', status: 404, body: '' } });
    const nodes = this.network?.open({ name: wish.name, host: wish.host, dnsName: balancer.dnsName, address: wish.address, port: 80, nodes: wish.nodes, decide: this.decider(listener.arn) });
    if (nodes) this.nodes.set(balancer.arn, nodes);
    return balancer;
  }

  createTargetGroup(name: string, port: number, loadBalancerArn: string, tags: Tags, healthCheck: Partial<HealthCheck> = {}): TargetGroup {
    const known = this.groupNamed(name);
    if (known) return known;
    const arn = `arn:aws:elasticloadbalancing:${this.ground.region}:${this.ground.accountId}:targetgroup/${name}/${hexOf(`target group ${name}`, 16)}`;
    const group = this.targetGroups.put(arn, {
      arn, name, port, vpcId: this.ground.vpcId, loadBalancerArns: [loadBalancerArn], attributes: TARGET_GROUP_ATTRIBUTES, tags, healthCheck: { ...HEALTH_CHECK, ...healthCheck },
    });
    this.routers.set(arn, new TargetGroupRouter(this.kernel, () => this.targetGroups.get(arn)!, this.targets, () => this.nodes.get(loadBalancerArn)));
    return group;
  }

  /** The listener's rules as one question: rules change rarely, requests come all the time. */
  private decider(listenerArn: string): (path: string) => Decision {
    let rules: readonly Rule[] | undefined;
    this.rules.onChange(() => { rules = undefined; });
    return path => {
      rules ??= this.rulesOf(listenerArn);
      for (const { priority, pathPatterns, action } of rules) {
        if (priority !== 'default' && !pathPatterns.some(pattern => pattern === '/*' || matchesWildcard(pattern, path))) continue;
        if (action.type === 'fixed-response') return { kind: 'fixed', status: action.status, body: action.body };
        const target = this.routers.get(action.targetGroupArn)?.next();
        return target ? { kind: 'forward', address: target.address, port: target.port } : NO_TARGETS;
      }
      return NO_TARGETS;
    };
  }

  /** In the order they are asked, the default rule last. */
  rulesOf(listenerArn: string): readonly Rule[] {
    const rank = ({ priority }: Rule): number => (priority === 'default' ? Number.POSITIVE_INFINITY : priority);
    return this.rules.list().filter(rule => rule.listenerArn === listenerArn).toSorted((a, b) => rank(a) - rank(b));
  }
}

/** An id as AWS makes them, the same in every run. */
export function hexOf(text: string, digits: number): string {
  let result = '';
  for (let part = 0; result.length < digits; part += 1) {
    let hash = 0x811c9dc5 ^ part;
    for (const char of `${text}:${part}`) hash = Math.imul(hash ^ char.charCodeAt(0), 0x01000193);
    result += (hash >>> 0).toString(16).padStart(8, '0');
  }
  return result.slice(0, digits);
}
