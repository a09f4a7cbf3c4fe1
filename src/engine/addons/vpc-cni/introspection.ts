import type { Reader } from '../../api-server/contract.ts';
import type { KubeObject } from '../../apimachinery/object.ts';
import type { IncomingRequest, OutgoingResponse } from '../../network/contract.ts';
import type { Ipamd } from './ipamd.ts';

const json = (value: unknown): OutgoingResponse => ({ status: 200, headers: { 'content-type': 'application/json' }, body: JSON.stringify(value) });

/** `localhost:61679`: what ipamd believes. Source: pkg/ipamd/introspect.go. */
export function introspect(ipamd: Ipamd, reader: Reader, { path }: IncomingRequest): OutgoingResponse {
  const { settings, pool } = ipamd;
  switch (path) {
    case '/': return json({ AvailableCommands: ['/v1/enis', '/v1/eni-configs', '/v1/networkutils-env-settings', '/v1/ipamd-env-settings'] });
    case '/v1/enis': {
      const stats = pool.stats();
      return json({
        0: {
          TotalIPs: stats.total, AssignedIPs: stats.assigned,
          ENIs: Object.fromEntries(pool.interfaces.map(owner => [owner.id, {
            ID: owner.id, IsPrimary: owner.isPrimary, IsTrunk: false, IsEFA: false, DeviceNumber: owner.deviceIndex,
            AvailableIPv4Cidrs: Object.fromEntries(owner.blocks.map(block => [block.isPrefix ? block.cidr : `${block.cidr}/32`, {
              Cidr: block.isPrefix ? block.cidr : `${block.cidr}/32`, IsPrefix: block.isPrefix,
              IPAddresses: Object.fromEntries(block.slots.filter(slot => slot.owner !== undefined).map(slot => [slot.ip, { Address: slot.ip, IPAMKey: { networkName: 'aws-cni', containerID: slot.owner, ifName: 'eth0' } }])),
            }])),
          }])),
        },
      });
    }
    case '/v1/eni-configs': return json(Object.fromEntries(reader.list<KubeObject & { spec?: unknown }>('ENIConfig').map(object => [object.metadata.name, object.spec ?? {}])));
    case '/v1/ipamd-env-settings': return json({
      AWS_MANAGE_ENIS_NON_SCHEDULABLE: settings.manageNonSchedulable, AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG: settings.customNetworking, ENABLE_SUBNET_DISCOVERY: settings.subnetDiscovery,
      WARM_ENI_TARGET: settings.warmEniTarget, WARM_IP_TARGET: settings.warmIpTarget,
    });
    case '/v1/networkutils-env-settings': return json({ AWS_VPC_CNI_NODE_PORT_SUPPORT: true, AWS_VPC_K8S_CNI_EXTERNALSNAT: false, AWS_VPC_K8S_CNI_RANDOMIZESNAT: 1 });
    default: return { status: 404, headers: { 'content-type': 'text/plain; charset=utf-8' }, body: '404 page not found\n' };
  }
}

/** `:61678/metrics`. Source: utils/prometheusmetrics. */
export function metrics(ipamd: Ipamd, { path }: IncomingRequest): OutgoingResponse {
  if (path !== '/metrics') return { status: 404, headers: { 'content-type': 'text/plain; charset=utf-8' }, body: '404 page not found\n' };
  const stats = ipamd.pool.stats();
  const { interfaces, slotsPerInterface } = ipamd.limits;
  const rows: [string, string, 'gauge' | 'counter', number][] = [
    ['awscni_assigned_ip_addresses', 'The number of IP addresses assigned to pods', 'gauge', stats.assigned],
    ['awscni_eni_allocated', 'The number of ENIs allocated', 'gauge', ipamd.pool.interfaces.length],
    ['awscni_eni_max', 'The maximum number of ENIs that can be attached to the instance', 'gauge', interfaces],
    ['awscni_ip_max', 'The maximum number of IP addresses that can be allocated to the instance', 'gauge', interfaces * slotsPerInterface * (ipamd.settings.prefixDelegation ? 16 : 1)],
    ['awscni_no_available_ip_addresses', 'The number of pod IP assignments that fail due to no available IP addresses', 'counter', ipamd.failedAssignments],
    ['awscni_total_ip_addresses', 'The total number of IP addresses', 'gauge', stats.total],
    ['awscni_total_ipv4_prefixes', 'The total number of IPv4 prefixes', 'gauge', stats.prefixes],
  ];
  return { status: 200, headers: { 'content-type': 'text/plain; version=0.0.4' }, body: rows.map(([name, help, type, value]) => `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${name} ${value}\n`).join('') };
}
