/** Draws cluster addresses and node ports for Services, and refuses those that are taken. */
import { invalid, type FieldProblem } from '../../apimachinery/field-problem.ts';
import type { Draft } from '../../apimachinery/json.ts';
import { assert } from '../../kernel/assert.ts';
import { usesHealthCheckPort, usesNodePorts } from '../../kinds/service.ts';
import { invalidError } from '../refusals.ts';
import type { AdmissionPlugin, AdmissionWorld } from './admission.ts';

const NODE_PORT_MIN = 30_000;
const NODE_PORT_COUNT = 2_768;
/** The lower part of each range is left to addresses that people choose. @source Kubernetes KEP-3070, KEP-3668 */
const STATIC_PORTS = 86;

const addressNumber = (text: string): number => text.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
const addressText = (value: number): string => [24, 16, 8, 0].map(shift => Math.floor(value / 2 ** shift) % 256).join('.');

/** First address and size of a CIDR. */
function rangeOf(cidr: string): { base: number; size: number } {
  const [address = '', bits = ''] = cidr.split('/');
  assert(/^\d+\.\d+\.\d+\.\d+$/.test(address) && Number(bits) <= 30, `service CIDR ${cidr}`);
  return { base: addressNumber(address), size: 2 ** (32 - Number(bits)) };
}

export const serviceAddresses: AdmissionPlugin = {
  name: 'ServiceAddresses',
  mutate({ resource, object, before }, world) {
    if (resource.storage !== '/services') return undefined;
    const { spec } = object;
    if (before && spec === before.spec) return undefined;
    const problems: FieldProblem[] = [];
    const others = (world.store.collection('/services').list(undefined) as readonly Draft[])
      .filter(each => !(each.metadata.name === object.metadata.name && each.metadata.namespace === object.metadata.namespace));
    if (before) carryOver(spec, before.spec as Draft);
    if (spec.type !== 'ExternalName') allocateAddress(spec, others, world, problems);
    if (usesNodePorts(spec)) allocatePorts(spec, others, world, problems);
    if (usesHealthCheckPort(spec) && !spec.healthCheckNodePort) spec.healthCheckNodePort = freePort(takenPorts(others, spec), world);
    return problems.length > 0 ? invalidError('', 'Service', object.metadata.name ?? '', problems) : undefined;
  },
};

/** What was allocated stays, where the writer leaves it out. */
function carryOver(spec: Draft, old: Draft): void {
  if (spec.type !== 'ExternalName' && old.type !== 'ExternalName') {
    if (!spec.clusterIP && old.clusterIP) spec.clusterIP = old.clusterIP;
    if (!spec.clusterIPs?.length && spec.clusterIP === old.clusterIP && old.clusterIPs) spec.clusterIPs = [...old.clusterIPs];
  }
  if (!usesNodePorts(spec)) return;
  for (const port of spec.ports ?? []) {
    const was = (old.ports ?? []).find((each: Draft) => each.port === port.port && each.protocol === port.protocol);
    if (!port.nodePort && was?.nodePort && !spec.ports.some((each: Draft) => each.nodePort === was.nodePort)) port.nodePort = was.nodePort;
  }
}

function allocateAddress(spec: Draft, others: readonly Draft[], { kernel, options }: AdmissionWorld, problems: FieldProblem[]): void {
  if (!spec.clusterIP && spec.clusterIPs?.[0]) spec.clusterIP = spec.clusterIPs[0];
  spec.ipFamilies ??= ['IPv4'];
  spec.ipFamilyPolicy ??= 'SingleStack';
  if (spec.clusterIP === 'None') {
    spec.clusterIPs = ['None'];
    return;
  }
  const { base, size } = rangeOf(options.serviceCidr);
  const taken = new Set(others.map(each => each.spec?.clusterIP));
  if (spec.clusterIP) {
    if (!/^\d+\.\d+\.\d+\.\d+$/.test(spec.clusterIP)) return;
    const number = addressNumber(spec.clusterIP);
    if (number <= base || number >= base + size) {
      problems.push(invalid('spec.clusterIPs', [spec.clusterIP], `failed to allocate IP ${spec.clusterIP}: the provided network does not match the current range`));
    } else if (taken.has(spec.clusterIP)) {
      problems.push(invalid('spec.clusterIPs', [spec.clusterIP], `failed to allocate IP ${spec.clusterIP}: provided IP is already allocated`));
    }
    spec.clusterIPs ??= [spec.clusterIP];
    return;
  }
  const offset = Math.min(Math.max(16, Math.floor(size / 16)), 256);
  do spec.clusterIP = addressText(base + offset + kernel.random.below(size - offset - 1)); while (taken.has(spec.clusterIP));
  spec.clusterIPs = [spec.clusterIP];
}

function takenPorts(others: readonly Draft[], spec: Draft): Set<number> {
  const taken = new Set<number>();
  for (const { spec: other } of others) {
    for (const port of other?.ports ?? []) if (port.nodePort) taken.add(port.nodePort);
    if (other?.healthCheckNodePort) taken.add(other.healthCheckNodePort);
  }
  for (const port of spec.ports ?? []) if (port.nodePort) taken.add(port.nodePort);
  return taken;
}

function freePort(taken: ReadonlySet<number>, { kernel }: AdmissionWorld): number {
  let port: number;
  do port = NODE_PORT_MIN + STATIC_PORTS + kernel.random.below(NODE_PORT_COUNT - STATIC_PORTS); while (taken.has(port));
  return port;
}

function allocatePorts(spec: Draft, others: readonly Draft[], world: AdmissionWorld, problems: FieldProblem[]): void {
  const elsewhere = takenPorts(others, {});
  (spec.ports ?? []).forEach((port: Draft, i: number) => {
    if (!port.nodePort) {
      port.nodePort = freePort(takenPorts(others, spec), world);
      return;
    }
    const field = `spec.ports[${i}].nodePort`;
    if (port.nodePort < NODE_PORT_MIN || port.nodePort >= NODE_PORT_MIN + NODE_PORT_COUNT) {
      problems.push(invalid(field, port.nodePort, `provided port is not in the valid range. The range of valid ports is ${NODE_PORT_MIN}-${NODE_PORT_MIN + NODE_PORT_COUNT - 1}`));
    } else if (elsewhere.has(port.nodePort)) problems.push(invalid(field, port.nodePort, 'provided port is already allocated'));
  });
}
