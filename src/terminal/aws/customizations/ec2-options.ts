/** What the CLI changes about options of EC2: a count of instances, rules of security groups without JSON. */
import { parameterFailure } from '../failure.ts';
import type { OperationOption, Parameters } from '../line/operation-options.ts';

const RULE_OPERATIONS = new Set(['AuthorizeSecurityGroupIngress', 'AuthorizeSecurityGroupEgress', 'RevokeSecurityGroupIngress', 'RevokeSecurityGroupEgress']);

export function ec2Options(operation: string, options: readonly OperationOption[]): OperationOption[] {
  if (operation === 'RunInstances') return [...options.filter(({ spec }) => spec.name !== '--min-count' && spec.name !== '--max-count'), COUNT];
  return RULE_OPERATIONS.has(operation) ? [...options, ...RULES] : [...options];
}

const plain = (name: string, apply: OperationOption['apply']): OperationOption => ({ spec: { name: `--${name}`, dest: name.replaceAll('-', '_'), takes: 'one' }, apply });

const COUNT = plain('count', (parameters, value: string) => {
  const found = /^(\d+)(?::(\d+))?$/.exec(value);
  if (!found) throw parameterFailure('count parameter should be of form min[:max] (e.g. 1 or 1:10)');
  parameters.MinCount = Number(found[1]);
  parameters.MaxCount = Number(found[2] ?? found[1]);
});

interface Rule {
  IpProtocol?: string;
  FromPort?: number;
  ToPort?: number;
  IpRanges?: { CidrIp: string }[];
  UserIdGroupPairs?: [Record<string, string>];
}

/** The one rule these options describe together. */
function ruleOf(parameters: Parameters, option: string): Rule {
  if (parameters.IpPermissions !== undefined && !MADE.has(parameters.IpPermissions as object)) {
    throw parameterFailure(`The --${option} option is not compatible with the --ip-permissions option `);
  }
  const rules = (parameters.IpPermissions ?? [{}]) as Rule[];
  MADE.add(rules);
  parameters.IpPermissions = rules;
  return rules[0]!;
}
/** Rules that came from these options, not from `--ip-permissions`. */
const MADE = new WeakSet<object>();

function pairOf(parameters: Parameters, option: string): Record<string, string> {
  const rule = ruleOf(parameters, option);
  rule.UserIdGroupPairs ??= [{}];
  return rule.UserIdGroupPairs[0];
}

const RULES: readonly OperationOption[] = [
  plain('protocol', (parameters, value: string) => {
    if (/^-?\d+$/.test(value)) {
      if (Number(value) < -1 || Number(value) > 255) throw parameterFailure('protocol numbers must be in the range 0-255 or -1 to specify all protocols');
    } else if (!['tcp', 'udp', 'icmp', 'all'].includes(value)) throw parameterFailure('protocol parameter should be one of: tcp|udp|icmp|all or any valid protocol number.');
    ruleOf(parameters, 'protocol').IpProtocol = value === 'all' ? '-1' : value;
  }),
  plain('port', (parameters, value: string) => {
    const found = value === '-1' || value === 'all' ? ['', '-1', '-1'] : /^(\d+)(?:-(-?\d+))?$/.exec(value);
    if (!found) throw parameterFailure('port parameter should be of the form <from[-to]> (e.g. 22 or 22-25)');
    const rule = ruleOf(parameters, 'port');
    rule.FromPort = Number(found[1]);
    rule.ToPort = Number(found[2] ?? found[1]);
  }),
  plain('cidr', (parameters, value: string) => { ruleOf(parameters, 'cidr').IpRanges = [{ CidrIp: value }]; }),
  plain('source-group', (parameters, value: string) => { pairOf(parameters, 'source-group')[value.startsWith('sg-') ? 'GroupId' : 'GroupName'] = value; }),
  plain('group-owner', (parameters, value: string) => { pairOf(parameters, 'group-owner').UserId = value; }),
];
