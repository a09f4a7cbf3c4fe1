/** Endpoints and EndpointSlice: where a Service's traffic goes. */
import type { Draft } from '../apimachinery/json.ts';
import { ageColumn, nameColumn } from './columns.ts';
import { defineKind } from './kind.ts';

/** How many addresses a table names before it counts the rest. */
const SHOWN_MAX = 3;

function more(items: readonly string[]): string {
  return items.length > SHOWN_MAX ? `${items.slice(0, SHOWN_MAX).join(',')} + ${items.length - SHOWN_MAX} more...` : items.join(',');
}

const joinHostPort = (ip: string, port: number): string => (ip.includes(':') ? `[${ip}]:${port}` : `${ip}:${port}`);

/** `10.0.0.1:80,10.0.0.2:80 + 3 more...`, or `<none>`. */
export function endpointsText(endpoints: Draft): string {
  const all: string[] = [];
  let withoutPorts = false;
  for (const { addresses = [], ports = [] } of (endpoints.subsets ?? []) as Draft[]) {
    if (ports.length === 0) {
      withoutPorts = withoutPorts || addresses.length > 0;
      for (const { ip } of addresses) all.push(ip);
    } else for (const { port } of ports) for (const { ip } of addresses) all.push(joinHostPort(ip, port));
  }
  return all.length === 0 ? '<none>' : more(all);
}

export const endpoints = defineKind({
  kind: 'Endpoints', apiVersion: 'v1',
  defaults(object) {
    for (const subset of object.subsets ?? []) for (const port of subset.ports ?? []) if (!port.protocol) port.protocol = 'TCP';
  },
  columns: [nameColumn, { header: 'Endpoints', cell: endpointsText }, ageColumn],
});

function portsText(ports: readonly Draft[]): string {
  if (ports.length === 0) return '<unset>';
  return more(ports.map(({ name, port }) => (port === undefined || port === null ? (name || '*') : String(port))));
}

export const endpointSlice = defineKind({
  kind: 'EndpointSlice', apiVersion: 'discovery.k8s.io/v1', generation: true,
  defaults(object) {
    for (const port of object.ports ?? []) {
      port.name ??= '';
      if (!port.protocol) port.protocol = 'TCP';
    }
  },
  columns: [
    nameColumn,
    { header: 'AddressType', cell: each => each.addressType ?? '' },
    { header: 'Ports', cell: each => portsText(each.ports ?? []) },
    { header: 'Endpoints', cell: each => { const all = ((each.endpoints ?? []) as Draft[]).flatMap(one => (one.addresses ?? []) as string[]); return all.length === 0 ? '<unset>' : more(all); } },
    ageColumn,
  ],
});
