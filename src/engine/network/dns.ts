import type { Service } from 'kubernetes-types/core/v1.d.ts';
import type { EndpointSlice } from 'kubernetes-types/discovery/v1.d.ts';
import type { Reader } from '../api-server/contract.ts';
import type { KubeObject } from '../apimachinery/object.ts';

/** What a name server knows: an address, another name, or that there is no such name. */
export type DnsRecord =
  | { readonly kind: 'addresses'; readonly addresses: readonly string[] }
  | { readonly kind: 'alias'; readonly name: string }
  | { readonly kind: 'none' };

const NONE: DnsRecord = { kind: 'none' };

/** The records of the cluster zone, as CoreDNS' kubernetes plugin answers them. */
export function clusterRecord(name: string, domain: string, reader: Reader): DnsRecord {
  const labels = name.slice(0, -(domain.length + 1)).split('.');
  const kind = labels.at(-1);
  if (kind === 'svc') return serviceRecord(labels.slice(0, -1), reader);
  if (kind === 'pod' && labels.length === 3) return { kind: 'addresses', addresses: [labels[0]!.replaceAll('-', '.')] };
  return NONE;
}

function serviceRecord(labels: readonly string[], reader: Reader): DnsRecord {
  const namespace = labels.at(-1);
  const name = labels.at(-2);
  if (!namespace || !name || labels.length > 3) return NONE;
  const service = reader.get<Service>('Service', namespace, name);
  if (!service?.spec) return NONE;
  if (service.spec.type === 'ExternalName') return labels.length === 2 ? { kind: 'alias', name: service.spec.externalName ?? '' } : NONE;
  const host = labels.length === 3 ? labels[0] : undefined;
  if (service.spec.clusterIP && service.spec.clusterIP !== 'None') return host ? NONE : { kind: 'addresses', addresses: [service.spec.clusterIP] };
  const endpoints = reader.list<EndpointSlice & KubeObject>('EndpointSlice', { namespace })
    .filter(slice => slice.metadata.labels?.['kubernetes.io/service-name'] === name)
    .flatMap(slice => slice.endpoints ?? [])
    .filter(endpoint => endpoint.conditions?.ready !== false && (!host || endpoint.hostname === host));
  const addresses = endpoints.map(endpoint => endpoint.addresses[0]!);
  return addresses.length > 0 ? { kind: 'addresses', addresses } : NONE;
}

/** Names in the order a resolver asks for them. Source: resolv.conf(5), glibc. */
export function searchNames(name: string, search: readonly string[], ndots: number): string[] {
  if (name.endsWith('.')) return [name.slice(0, -1)];
  const expanded = search.map(suffix => `${name}.${suffix}`);
  const dots = name.split('.').length - 1;
  return dots >= ndots ? [name, ...expanded] : [...expanded, name];
}

export const isAddress = (host: string): boolean => /^\d{1,3}(\.\d{1,3}){3}$/.test(host);
