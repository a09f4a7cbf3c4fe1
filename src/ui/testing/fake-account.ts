/** The account around the fake shop: three subnets of 16 addresses, a machine with a full book in the first. For tests and development only. */
import type { AwsChanges, AwsFact } from '../../hosts/protocol.ts';
import { FAKE_NOW_MS } from './fake-objects.ts';

const interfaceFact = (fact: Partial<Extract<AwsFact, { kind: 'interface' }>> & { id: string; subnetId: string; addresses: readonly string[] }): AwsFact => ({
  kind: 'interface', use: 'node', description: '', machineId: 'i-11', deviceIndex: 0, prefixes: [], ...fact,
});

/** @param change facts that replace or join these */
export function fakeAccount(change: readonly AwsFact[] = []): AwsChanges {
  return {
    facts: [
      ...['a', 'b'].map((zone, index): AwsFact => ({ kind: 'subnet', id: `subnet-private-${zone}`, zone: `eu-west-1${zone}`, cidr: `10.20.${index}.0/28`, free: zone === 'a' ? 0 : 11, sinceMs: FAKE_NOW_MS - 60_000, public: false })),
      { kind: 'subnet', id: 'subnet-public-a', zone: 'eu-west-1a', cidr: '10.20.9.0/28', free: 10, sinceMs: FAKE_NOW_MS, public: true },
      { kind: 'machine', id: 'i-11', node: 'ip-10-20-0-11', state: 'running', subnetId: 'subnet-private-a', zone: 'eu-west-1a', instanceType: 't3.medium', nodegroup: 'apps', version: '1.34.2' },
      interfaceFact({ id: 'eni-0', subnetId: 'subnet-private-a', addresses: ['10.20.0.11', '10.20.0.4', '10.20.0.5', '10.20.0.6', '10.20.0.7', '10.20.0.8'] }),
      interfaceFact({ id: 'eni-1', subnetId: 'subnet-private-a', deviceIndex: 1, addresses: ['10.20.0.9', '10.20.0.10', '10.20.0.12', '10.20.0.13'] }),
      interfaceFact({ id: 'eni-eks', subnetId: 'subnet-private-a', use: 'control-plane', description: 'Amazon EKS kfo-prod', machineId: '', addresses: ['10.20.0.14'] }),
      interfaceFact({ id: 'eni-nat', subnetId: 'subnet-public-a', use: 'nat', description: 'Interface for NAT Gateway nat-a', machineId: '', addresses: ['10.20.9.4'] }),
      { kind: 'pool', id: 'ip-10-20-0-11', answers: true, held: { '10.20.0.4': 'pod-shop-orders-7c9d8f6b5-2xkqp', '10.20.0.5': 'pod-gone' }, cooling: ['10.20.0.6'], prefixes: false, interfacesMax: 3, slotsEach: 5, interfaceTakes: 6 },
      ...change,
    ],
    gone: [],
  };
}
