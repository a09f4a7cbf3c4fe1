import { rfc3339Micro } from '../../kernel/calendar.ts';
import { awsError, awsTime, type AwsOperation, type AwsParameters, type AwsResult } from '../contract.ts';
import type { LoadBalancer, Rule, Target, TargetGroup } from './contract.ts';
import type { Elbv2 } from './elbv2.ts';

interface TargetId { readonly Id: string; readonly Port?: number; readonly AvailabilityZone?: string }
interface Attribute { readonly Key: string; readonly Value: string }

const value = (result: Record<string, unknown>): AwsResult => ({ ok: true, value: result });
const listOf = (map: Readonly<Record<string, string>>): Attribute[] => Object.entries(map).map(([Key, Value]) => ({ Key, Value }));
const noBalancer = (arn: unknown) => awsError('LoadBalancerNotFound', typeof arn === 'string' && arn.startsWith('arn:') ? 'One or more load balancers not found' : `Load balancers '[${String(arn)}]' not found`);
const noGroup = () => awsError('TargetGroupNotFound', 'One or more target groups not found');

/** Zones in which the canonical names of balancers live. Source: AWS general reference, Elastic Load Balancing endpoints (eu-west-1). */
const HOSTED_ZONE = 'Z32O12XQLNTSW2';

function balancerShape(balancer: LoadBalancer): Record<string, unknown> {
  return {
    LoadBalancerArn: balancer.arn, DNSName: balancer.dnsName, CanonicalHostedZoneId: HOSTED_ZONE, CreatedTime: awsTime(rfc3339Micro(balancer.createdAtMs)), LoadBalancerName: balancer.name,
    Scheme: balancer.scheme, VpcId: balancer.vpcId, State: { Code: 'active' }, Type: 'application',
    AvailabilityZones: balancer.subnets.map(({ zone, subnetId }) => ({ ZoneName: zone, SubnetId: subnetId, LoadBalancerAddresses: [] })), SecurityGroups: balancer.securityGroupIds, IpAddressType: 'ipv4',
  };
}

function groupShape(group: TargetGroup): Record<string, unknown> {
  const { healthCheck } = group;
  return {
    TargetGroupArn: group.arn, TargetGroupName: group.name, Protocol: 'HTTP', Port: group.port, VpcId: group.vpcId, HealthCheckProtocol: 'HTTP', HealthCheckPort: 'traffic-port', HealthCheckEnabled: true,
    HealthCheckIntervalSeconds: healthCheck.intervalSeconds, HealthCheckTimeoutSeconds: healthCheck.timeoutSeconds, HealthyThresholdCount: healthCheck.healthyThreshold,
    UnhealthyThresholdCount: healthCheck.unhealthyThreshold, HealthCheckPath: healthCheck.path, Matcher: { HttpCode: healthCheck.matcher }, LoadBalancerArns: group.loadBalancerArns,
    TargetType: 'ip', ProtocolVersion: 'HTTP1', IpAddressType: 'ipv4',
  };
}

function actionShape({ action }: Rule): Record<string, unknown> {
  if (action.type === 'fixed-response') return { Type: 'fixed-response', Order: 1, FixedResponseConfig: { MessageBody: action.body, StatusCode: String(action.status), ContentType: 'text/plain' } };
  return { Type: 'forward', TargetGroupArn: action.targetGroupArn, Order: 1, ForwardConfig: { TargetGroups: [{ TargetGroupArn: action.targetGroupArn, Weight: 1 }], TargetGroupStickinessConfig: { Enabled: false } } };
}

const ruleShape = (rule: Rule): Record<string, unknown> => ({
  RuleArn: rule.arn, Priority: String(rule.priority), Conditions: rule.pathPatterns.length > 0 ? [{ Field: 'path-pattern', Values: rule.pathPatterns, PathPatternConfig: { Values: rule.pathPatterns } }] : [],
  Actions: [actionShape(rule)], IsDefault: rule.priority === 'default',
});

const healthShape = ({ address, port, zone, state, reason, description }: Target): Record<string, unknown> => ({
  Target: { Id: address, Port: port, ...(zone && { AvailabilityZone: zone }) }, HealthCheckPort: String(port), TargetHealth: { State: state, ...(reason && { Reason: reason }), ...(description && { Description: description }) },
});

/** What `aws elbv2` can do here. Messages: real responses in public code and the service's client tests. */
export function elbv2Operations(elbv2: Elbv2): AwsOperation[] {
  const onGroup = (name: string, run: (group: TargetGroup, parameters: AwsParameters) => AwsResult): AwsOperation => ({
    service: 'elbv2', name, ...(!name.startsWith('Describe') && { resources: ({ TargetGroupArn }: AwsParameters) => [String(TargetGroupArn)] }),
    run: (_call, parameters) => {
      const group = elbv2.targetGroups.get(String(parameters['TargetGroupArn']));
      return group ? run(group, parameters) : noGroup();
    },
  });
  const ids = (parameters: AwsParameters): readonly TargetId[] => (parameters['Targets'] as TargetId[] | undefined) ?? [];
  return [
    {
      service: 'elbv2', name: 'DescribeLoadBalancers',
      run: (_call, parameters) => {
        const { LoadBalancerArns: arns, Names: names } = parameters as { LoadBalancerArns?: string[]; Names?: string[] };
        const all = elbv2.loadBalancers.list();
        const missing = arns?.find(arn => !elbv2.loadBalancers.get(arn)) ?? names?.find(name => !all.some(balancer => balancer.name === name));
        if (missing !== undefined) return noBalancer(missing);
        return value({ LoadBalancers: all.filter(({ arn, name }) => (!arns?.length || arns.includes(arn)) && (!names?.length || names.includes(name))).map(balancerShape) });
      },
    },
    {
      service: 'elbv2', name: 'DescribeTargetGroups',
      run: (_call, parameters) => {
        const { LoadBalancerArn, TargetGroupArns: arns, Names: names } = parameters as { LoadBalancerArn?: string; TargetGroupArns?: string[]; Names?: string[] };
        if (LoadBalancerArn && !elbv2.loadBalancers.get(LoadBalancerArn)) return noBalancer(LoadBalancerArn);
        const all = elbv2.targetGroups.list();
        if (arns?.some(arn => !elbv2.targetGroups.get(arn)) || names?.some(name => !elbv2.groupNamed(name))) return noGroup();
        return value({ TargetGroups: all.filter(group => (!LoadBalancerArn || group.loadBalancerArns.includes(LoadBalancerArn)) && (!arns?.length || arns.includes(group.arn)) && (!names?.length || names.includes(group.name))).map(groupShape) });
      },
    },
    {
      service: 'elbv2', name: 'DescribeListeners',
      run: (_call, parameters) => {
        const { LoadBalancerArn, ListenerArns: arns } = parameters as { LoadBalancerArn?: string; ListenerArns?: string[] };
        if (!LoadBalancerArn && !arns?.length) return awsError('ValidationError', 'You must specify either listener ARNs or a load balancer ARN');
        if (LoadBalancerArn && !elbv2.loadBalancers.get(LoadBalancerArn)) return noBalancer(LoadBalancerArn);
        if (arns?.some(arn => !elbv2.listeners.get(arn))) return awsError('ListenerNotFound', 'One or more listeners not found');
        const chosen = elbv2.listeners.list().filter(({ arn, loadBalancerArn }) => (!LoadBalancerArn || loadBalancerArn === LoadBalancerArn) && (!arns?.length || arns.includes(arn)));
        return value({ Listeners: chosen.map(({ arn, loadBalancerArn, port, protocol }) => ({ ListenerArn: arn, LoadBalancerArn: loadBalancerArn, Port: port, Protocol: protocol, DefaultActions: elbv2.rulesOf(arn).filter(({ priority }) => priority === 'default').map(actionShape) })) });
      },
    },
    {
      service: 'elbv2', name: 'DescribeRules',
      run: (_call, parameters) => {
        const { ListenerArn, RuleArns: arns } = parameters as { ListenerArn?: string; RuleArns?: string[] };
        if (!ListenerArn && !arns?.length) return awsError('ValidationError', 'You must specify either listener rule ARNs or a listener ARN');
        if (ListenerArn && !elbv2.listeners.get(ListenerArn)) return awsError('ListenerNotFound', 'One or more listeners not found');
        if (arns?.some(arn => !elbv2.rules.get(arn))) return awsError('RuleNotFound', 'One or more rules not found');
        return value({ Rules: (ListenerArn ? elbv2.rulesOf(ListenerArn) : arns!.map(arn => elbv2.rules.get(arn)!)).map(ruleShape) });
      },
    },
    onGroup('DescribeTargetHealth', (group, parameters) => {
      const targets = elbv2.router(group.arn)?.targets() ?? [];
      const asked = ids(parameters);
      if (asked.length === 0) return value({ TargetHealthDescriptions: targets.map(healthShape) });
      return value({ TargetHealthDescriptions: asked.map(({ Id, Port = group.port }) => {
        const target = targets.find(({ address, port }) => address === Id && port === Port);
        return target ? healthShape(target) : { Target: { Id, Port }, TargetHealth: { State: 'unused', Reason: 'Target.NotRegistered', Description: 'Target is not registered to the target group' } };
      }) });
    }),
    onGroup('RegisterTargets', (group, parameters) => {
      for (const { Id } of ids(parameters)) if (!/^\d+\.\d+\.\d+\.\d+$/.test(Id)) return awsError('ValidationError', `The IP address '${Id}' is not a valid IPv4 address`);
      for (const { Id, Port = group.port, AvailabilityZone = '' } of ids(parameters)) elbv2.router(group.arn)?.register(Id, Port, AvailabilityZone);
      return value({});
    }),
    onGroup('DeregisterTargets', (group, parameters) => {
      const router = elbv2.router(group.arn);
      for (const { Id, Port } of ids(parameters)) {
        const ports = Port === undefined ? router?.targets().filter(({ address }) => address === Id).map(({ port }) => port) ?? [] : [Port];
        for (const port of ports) router?.deregister(Id, port);
      }
      return value({});
    }),
    onGroup('ModifyTargetGroup', (group, parameters) => {
      const { HealthCheckPath, HealthCheckIntervalSeconds, HealthCheckTimeoutSeconds, HealthyThresholdCount, UnhealthyThresholdCount, Matcher } = parameters as Record<string, any>;
      const healthCheck = {
        path: HealthCheckPath ?? group.healthCheck.path, intervalSeconds: HealthCheckIntervalSeconds ?? group.healthCheck.intervalSeconds, timeoutSeconds: HealthCheckTimeoutSeconds ?? group.healthCheck.timeoutSeconds,
        healthyThreshold: HealthyThresholdCount ?? group.healthCheck.healthyThreshold, unhealthyThreshold: UnhealthyThresholdCount ?? group.healthCheck.unhealthyThreshold, matcher: Matcher?.HttpCode ?? group.healthCheck.matcher,
      };
      if (healthCheck.intervalSeconds < 5 || healthCheck.intervalSeconds > 300) return awsError('ValidationError', `Health check interval '${healthCheck.intervalSeconds}' must be between '5' and '300' inclusive`);
      if (healthCheck.timeoutSeconds >= healthCheck.intervalSeconds) return awsError('ValidationError', 'Health check timeout must be smaller than or equal to the interval');
      return value({ TargetGroups: [groupShape(elbv2.targetGroups.put(group.arn, { ...group, healthCheck }))] });
    }),
    onGroup('DescribeTargetGroupAttributes', group => value({ Attributes: listOf(group.attributes) })),
    onGroup('ModifyTargetGroupAttributes', (group, parameters) => {
      const wanted = (parameters['Attributes'] as Attribute[] | undefined) ?? [];
      const unknown = wanted.find(({ Key }) => !(Key in group.attributes));
      if (unknown) return awsError('InvalidConfigurationRequest', `Target group attribute key '${unknown.Key}' is not recognized`);
      const delay = wanted.find(({ Key }) => Key === 'deregistration_delay.timeout_seconds')?.Value;
      if (delay !== undefined && !(Number(delay) >= 0 && Number(delay) <= 3600)) return awsError('InvalidConfigurationRequest', `'deregistration_delay.timeout_seconds' must be between '0' and '3600', inclusive`);
      const after = elbv2.targetGroups.put(group.arn, { ...group, attributes: { ...group.attributes, ...Object.fromEntries(wanted.map(({ Key, Value }) => [Key, Value])) } });
      return value({ Attributes: listOf(after.attributes) });
    }),
    {
      service: 'elbv2', name: 'DescribeLoadBalancerAttributes',
      run: (_call, { LoadBalancerArn }) => {
        const balancer = elbv2.loadBalancers.get(String(LoadBalancerArn));
        return balancer ? value({ Attributes: listOf(balancer.attributes) }) : noBalancer(LoadBalancerArn);
      },
    },
    {
      service: 'elbv2', name: 'DescribeTags',
      run: (_call, { ResourceArns }) => {
        const arns = (ResourceArns as string[] | undefined) ?? [];
        const tagged = arns.map(arn => elbv2.loadBalancers.get(arn) ?? elbv2.targetGroups.get(arn));
        if (tagged.includes(undefined)) return arns.some(arn => arn.includes(':targetgroup/') && !elbv2.targetGroups.get(arn)) ? noGroup() : noBalancer(arns[0]);
        return value({ TagDescriptions: tagged.map((row, index) => ({ ResourceArn: arns[index], Tags: listOf(row!.tags) })) });
      },
    },
  ];
}
