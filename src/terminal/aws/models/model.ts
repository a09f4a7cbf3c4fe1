/** The service models as the `aws` program reads them: operations, shapes, waiters, pages. Data: services.json. */
import type { AwsService } from '../../../engine/aws/contract.ts';
import type { AwsTransport } from '../contract.ts';
import data from './services.json' with { type: 'json' };

/** A scalar kind with its least length or value (`s1`), or the name of a shape. */
type Reference = string;

interface RawShape {
  readonly m?: Readonly<Record<string, Reference>>;
  /** Required members. */
  readonly r?: readonly string[];
  /** Members the client fills in by itself. */
  readonly t?: readonly string[];
  readonly l?: Reference;
  readonly min?: number;
  readonly k?: Reference;
  readonly v?: Reference;
  readonly e?: readonly string[];
}

export type ScalarKind = 'string' | 'integer' | 'long' | 'boolean' | 'float' | 'double' | 'timestamp' | 'blob';

export type Shape =
  | { readonly kind: ScalarKind; readonly name: string; readonly min?: number; readonly values?: readonly string[] }
  | { readonly kind: 'structure'; readonly name: string; readonly members: ReadonlyMap<string, Shape>; readonly required: readonly string[]; readonly tokens: readonly string[] }
  | { readonly kind: 'list'; readonly name: string; readonly item: Shape; readonly min?: number }
  | { readonly kind: 'map'; readonly name: string; readonly key: Shape; readonly value: Shape };

export interface Pagination {
  readonly input_token: string | readonly string[];
  readonly output_token: string | readonly string[];
  readonly limit_key?: string;
  readonly result_key?: string | readonly string[];
  readonly non_aggregate_keys?: readonly string[];
}

export interface Acceptor {
  readonly state: 'success' | 'failure' | 'retry';
  readonly matcher: 'path' | 'pathAll' | 'pathAny' | 'error' | 'status';
  readonly expected: unknown;
  readonly argument?: string;
}

export interface Waiter {
  readonly name: string;
  readonly operation: string;
  /** Seconds between two looks. */
  readonly delay: number;
  readonly maxAttempts: number;
  readonly acceptors: readonly Acceptor[];
}

export interface Operation {
  readonly service: AwsService;
  /** `DescribeSubnets`. */
  readonly name: string;
  readonly input: (Shape & { kind: 'structure' }) | undefined;
  readonly output: (Shape & { kind: 'structure' }) | undefined;
  readonly pages: Pagination | undefined;
}

interface RawService {
  readonly names: string;
  readonly operations: Readonly<Record<string, readonly [string, string, Pagination?]>>;
  readonly shapes: Readonly<Record<string, RawShape>>;
  readonly waiters: Readonly<Record<string, Omit<Waiter, 'name'> | null>>;
}

const raw = data as unknown as { readonly commands: string; readonly services: Readonly<Record<AwsService, RawService>> };

const SCALARS: Readonly<Record<string, ScalarKind>> = { s: 'string', i: 'integer', l: 'long', b: 'boolean', f: 'float', d: 'double', t: 'timestamp', x: 'blob' };

/** `DescribeVpcs` → `describe-vpcs`, `Ipv6CidrBlock` → `ipv6-cidr-block`, `SecurityGroupIDs` → `security-group-ids`. */
export function kebab(name: string): string {
  const plural = /[A-Z]{2,}s$/.exec(name)?.[0];
  const split = plural === undefined ? name : plural.length === name.length ? name.toLowerCase() : `${name.slice(0, -plural.length)}-${plural.toLowerCase()}`;
  return split.replace(/(.)([A-Z][a-z]+)/g, '$1-$2').replace(/([a-z0-9])([A-Z])/g, '$1-$2').toLowerCase().replaceAll('--', '-');
}

/** One service. Shapes are made when asked for. */
export class ServiceModel {
  private readonly shapes = new Map<string, Shape>();
  private readonly source: RawService;
  /** Every operation by the name it has on the command line, in the order of the model. */
  readonly operationNames: ReadonlyMap<string, string>;
  readonly waiterNames: ReadonlyMap<string, string>;

  constructor(readonly service: AwsService) {
    this.source = raw.services[service];
    this.operationNames = new Map(this.source.names.split(' ').map(name => [kebab(name), name]));
    this.waiterNames = new Map(Object.keys(this.source.waiters).map(name => [kebab(name), name]));
  }

  /** @param name `DescribeSubnets`. @returns undefined when its shapes are not kept */
  operation(name: string): Operation | undefined {
    const found = this.source.operations[name];
    if (!found) return undefined;
    const structure = (reference: string): (Shape & { kind: 'structure' }) | undefined => (reference === '' ? undefined : this.shape(reference) as Shape & { kind: 'structure' });
    return { service: this.service, name, input: structure(found[0]), output: structure(found[1]), pages: found[2] };
  }

  waiter(name: string): Waiter | undefined {
    const found = this.source.waiters[name];
    return found ? { name, ...found } : undefined;
  }

  private shape(reference: Reference): Shape {
    const known = this.shapes.get(reference);
    if (known) return known;
    const made = this.source.shapes[reference] ? this.named(reference, this.source.shapes[reference]) : scalar(reference);
    this.shapes.set(reference, made);
    return made;
  }

  private named(name: string, source: RawShape): Shape {
    if (source.e) return { kind: 'string', name, values: source.e };
    const shapeOf = (reference: Reference): Shape => this.shape(reference);
    if (source.l !== undefined) {
      const item = source.l;
      return { kind: 'list', name, get item() { return shapeOf(item); }, ...(source.min && { min: source.min }) };
    }
    if (source.m) return { kind: 'structure', name, members: new Members(source.m, shapeOf), required: source.r ?? [], tokens: source.t ?? [] };
    const { k = 's', v = 's' } = source;
    return { kind: 'map', name, get key() { return shapeOf(k); }, get value() { return shapeOf(v); } };
  }
}

/** Members whose shapes are made on first use: shapes may hold themselves. */
class Members extends Map<string, Shape> {
  constructor(private readonly references: Readonly<Record<string, Reference>>, private readonly shapeOf: (reference: Reference) => Shape) {
    super(Object.keys(references).map(name => [name, undefined as never]));
  }

  override get(name: string): Shape | undefined {
    return this.has(name) ? this.shapeOf(this.references[name]!) : undefined;
  }

  override* entries(): MapIterator<[string, Shape]> {
    for (const name of this.keys()) yield [name, this.get(name)!];
  }

  override [Symbol.iterator](): MapIterator<[string, Shape]> {
    return this.entries();
  }
}

function scalar(reference: Reference): Shape {
  const kind = SCALARS[reference[0]!]!;
  return { kind, name: kind, ...(reference.length > 1 && { min: Number(reference.slice(1)) }) };
}

const models = new Map<AwsService, ServiceModel>();

/** The model of a service, or `undefined` when the service is not modelled. */
export function serviceModel(name: string): ServiceModel | undefined {
  if (!Object.hasOwn(raw.services, name)) return undefined;
  const service = name as AwsService;
  const model = models.get(service) ?? new ServiceModel(service);
  models.set(service, model);
  return model;
}

export const modelledServices = (): readonly string[] => Object.keys(raw.services);

/** Those of which the account answers something. */
export const servedServices = (transport: AwsTransport): readonly string[] => modelledServices().filter(service => transport.served(service as AwsService).length > 0);

/** Every first word the real program knows. */
export const commandNames = (): readonly string[] => raw.commands.split(' ');
