import { DEFAULTS, IPAMD_MS } from '../../facts/vpc-cni.ts';

/** What aws-node's environment tells ipamd. A target of 0 counts as not set, as upstream has it. */
export interface IpamdSettings {
  readonly warmEniTarget: number;
  readonly warmIpTarget: number;
  readonly minimumIpTarget: number;
  readonly warmPrefixTarget: number;
  readonly maxEni: number | undefined;
  readonly prefixDelegation: boolean;
  readonly customNetworking: boolean;
  readonly subnetDiscovery: boolean;
  readonly manageNonSchedulable: boolean;
  readonly clusterName: string;
  readonly eniConfigLabel: string;
  readonly eniConfigAnnotation: string;
  /** Off-VPC traffic keeps the pod's address (a NAT gateway translates) instead of taking the node's. */
  readonly externalSnat: boolean;
  readonly cooldownMs: number;
}

export function settingsOf(env: ReadonlyMap<string, string>): IpamdSettings {
  const target = (name: string, otherwise: number): number => {
    const text = env.get(name);
    return text !== undefined && /^\d+$/.test(text) ? Number(text) : otherwise;
  };
  const flag = (name: string, otherwise: boolean): boolean => {
    const text = env.get(name);
    if (text === undefined || text === '') return otherwise;
    return ['1', 't', 'T', 'true', 'TRUE', 'True'].includes(text) ? true : ['0', 'f', 'F', 'false', 'FALSE', 'False'].includes(text) ? false : otherwise;
  };
  const maxEni = target('MAX_ENI', 0);
  return {
    warmEniTarget: target('WARM_ENI_TARGET', DEFAULTS.warmEniTarget), warmIpTarget: target('WARM_IP_TARGET', 0), minimumIpTarget: target('MINIMUM_IP_TARGET', 0),
    warmPrefixTarget: target('WARM_PREFIX_TARGET', DEFAULTS.warmPrefixTarget), maxEni: maxEni >= 1 ? maxEni : undefined,
    prefixDelegation: flag('ENABLE_PREFIX_DELEGATION', false), customNetworking: flag('AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG', false), subnetDiscovery: flag('ENABLE_SUBNET_DISCOVERY', true),
    manageNonSchedulable: flag('AWS_MANAGE_ENIS_NON_SCHEDULABLE', false), clusterName: env.get('CLUSTER_NAME') ?? '',
    eniConfigLabel: env.get('ENI_CONFIG_LABEL_DEF') ?? 'k8s.amazonaws.com/eniConfig', eniConfigAnnotation: env.get('ENI_CONFIG_ANNOTATION_DEF') ?? 'k8s.amazonaws.com/eniConfig',
    externalSnat: flag('AWS_VPC_K8S_CNI_EXTERNALSNAT', false),
    cooldownMs: env.has('IP_COOLDOWN_PERIOD') ? target('IP_COOLDOWN_PERIOD', IPAMD_MS.cooldown / 1000) * 1000 : IPAMD_MS.cooldown,
  };
}

export const usesIpTargets = (settings: IpamdSettings): boolean => settings.warmIpTarget > 0 || settings.minimumIpTarget > 0;

/** Why aws-node does not start with these settings, if so. Source: cmd/aws-vpc-cni and the facts sheet, section 2. */
export function settingsProblem(settings: IpamdSettings): string | undefined {
  return settings.prefixDelegation && settings.warmPrefixTarget === 0 && !usesIpTargets(settings)
    ? 'Setting WARM_PREFIX_TARGET = 0 is not supported while WARM_IP_TARGET/MINIMUM_IP_TARGET is not set. Please configure either one of the WARM_{PREFIX/IP}_TARGET or MINIMUM_IP_TARGET env variables' : undefined;
}
