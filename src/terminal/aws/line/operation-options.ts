/** The options of one operation, made from its input shape, with what the CLI changes about some. */
import type { OptionSpec } from './arg-parser.ts';
import { AwsFailure, parameterFailure } from '../failure.ts';
import { kebab, type Operation, type Pagination, type Shape } from '../models/model.ts';
import { ec2Options } from '../customizations/ec2-options.ts';
import { pythonFloat, pythonInt, PythonValueError } from './shorthand.ts';
import { type FileReader, unpack } from './values.ts';

export type Parameters = Record<string, unknown>;

export interface OperationOption {
  readonly spec: OptionSpec;
  /** Puts the value given into the parameters. */
  apply(parameters: Parameters, value: any, readFile: FileReader): void;
  /** Not offered by completion: the CLI hides it. */
  readonly hidden?: boolean;
  /** What may be said, for completion. */
  readonly values?: readonly string[];
}

/** Where a name on the command line differs from the member's. */
const RENAMED: Readonly<Record<string, string>> = {
  'eks.CreateCluster.version': 'kubernetes-version', 'eks.UpdateClusterVersion.version': 'kubernetes-version',
  'eks.CreateNodegroup.version': 'kubernetes-version', 'eks.UpdateNodegroupVersion.version': 'kubernetes-version',
};

const listOf = (names: string | readonly string[] | undefined): readonly string[] => (names === undefined ? [] : typeof names === 'string' ? [names] : names);

const converted = (type: string, convert: (word: string) => number): NonNullable<OptionSpec['convert']> => ({
  type,
  of(word) {
    try {
      return convert(word);
    } catch (failure) {
      if (failure instanceof PythonValueError) return undefined;
      throw failure;
    }
  },
});
export const INT = converted('int', pythonInt);
const FLOAT = converted('float', pythonFloat);

/** Every option of an operation, in the order of its members. @param relaxed nothing is required: a file or a skeleton fills in */
export function operationOptions(operation: Operation, relaxed: boolean): OperationOption[] {
  const { input, pages, service, name } = operation;
  const options: OperationOption[] = [];
  for (const [member, shape] of input?.members ?? []) {
    const option = RENAMED[`${service}.${name}.${member}`] ?? kebab(member);
    const hidden = pages !== undefined && [...listOf(pages.input_token), pages.limit_key].includes(member);
    const required = !relaxed && input!.required.includes(member);
    options.push(...memberOptions(option, member, shape, required, service === 'ec2').map(made => ({ ...made, ...(hidden && { hidden }) })));
  }
  const all = service === 'ec2' ? ec2Options(name, options) : options;
  return pages ? withPaging(all, pages, input!) : all;
}

function memberOptions(option: string, member: string, shape: Shape, required: boolean, ec2: boolean): OperationOption[] {
  const name = `--${option}`;
  const dest = option.replaceAll('-', '_');
  const set = (parameters: Parameters, value: unknown): void => { parameters[member] = value; };
  if (shape.kind === 'boolean') {
    const switched = (spelled: string, value: boolean): OperationOption => ({ spec: { name: spelled, dest, takes: 'none', value }, apply: set });
    return [switched(name, true), switched(`--no-${option}`, false)];
  }
  const apply: OperationOption['apply'] = (parameters, value, readFile) => set(parameters, unpack(value as string | string[], shape, name, readFile));
  if (ec2 && shape.kind === 'structure' && shape.members.size === 1 && shape.members.get('Value')?.kind === 'boolean') {
    return [
      { spec: { name, dest, takes: '?' }, apply: (parameters, value, readFile) => (value === null ? set(parameters, { Value: true }) : apply(parameters, value, readFile)) },
      { spec: { name: `--no-${option}`, dest: `no_${dest}`, takes: 'none' }, apply: parameters => set(parameters, { Value: false }) },
    ];
  }
  if (shape.kind === 'list') return [{ spec: { name, dest, takes: '*', required }, apply, ...(shape.item.kind === 'string' && shape.item.values && { values: shape.item.values }) }];
  if (shape.kind === 'long') return [{ spec: { name, dest, takes: 'one', required, convert: INT }, apply: set }];
  if (shape.kind === 'float' || shape.kind === 'double') return [{ spec: { name, dest, takes: 'one', required, convert: FLOAT }, apply: set }];
  return [{ spec: { name, dest, takes: 'one', required }, apply, ...(shape.kind === 'string' && shape.values && { values: shape.values }) }];
}

/** How much of a list is asked for: `--max-items`, `--page-size`, `--starting-token`. */
export interface Paging {
  maxItems?: number;
  pageSize?: number;
  startingToken?: string;
}

const PAGING = Symbol('paging');

/** What {@link withPaging} took out of the parameters. */
export function takePaging(parameters: Parameters & { [PAGING]?: Paging }): Paging | undefined {
  const paging = parameters[PAGING];
  delete parameters[PAGING];
  return paging;
}

function withPaging(options: readonly OperationOption[], pages: Pagination, input: Shape & { kind: 'structure' }): OperationOption[] {
  const integer = pages.limit_key !== undefined && ['integer', 'long'].includes(input.members.get(pages.limit_key)?.kind ?? '');
  const paging = (option: string, key: keyof Paging, number: boolean): OperationOption => ({
    spec: { name: `--${option}`, dest: option.replaceAll('-', '_'), takes: 'one', ...(number && { convert: INT }) },
    apply(parameters: Parameters & { [PAGING]?: Paging }, value) {
      parameters[PAGING] = { ...parameters[PAGING], [key]: value as never };
    },
  });
  const added = [
    paging('starting-token', 'startingToken', false),
    ...(pages.limit_key === undefined ? [] : [paging('page-size', 'pageSize', integer)]),
    paging('max-items', 'maxItems', pages.limit_key === undefined || integer),
  ];
  const shadowed = new Set(added.map(({ spec }) => spec.name));
  return [...options.filter(({ spec }) => !shadowed.has(spec.name)), ...added];
}

/** @throws AwsFailure when paging options stand beside `--no-paginate` or beside tokens of the operation itself */
export function checkPaging(paging: Paging | undefined): void {
  const names: readonly (readonly [keyof Paging, string])[] = [['startingToken', '--starting-token'], ['pageSize', '--page-size'], ['maxItems', '--max-items']];
  const used = names.filter(([key]) => paging?.[key]).map(([, name]) => name);
  if (used.length > 0) throw parameterFailure(`Cannot specify --no-paginate along with pagination arguments: ${used.join(', ')}`);
}

/** Whether a parameter given turns paging off: the operation's own tokens. */
export function pagesByHand(parameters: Parameters, pages: Pagination): boolean {
  return [...listOf(pages.input_token), pages.limit_key].some(key => key !== undefined && Object.hasOwn(parameters, key));
}

/** `--max-items` is never negative. */
export function itemLimit(paging: Paging | undefined): number | undefined {
  if (paging?.maxItems === undefined) return undefined;
  const limit = Number(paging.maxItems);
  if (!Number.isInteger(limit)) throw new AwsFailure(`invalid literal for int() with base 10: '${paging.maxItems}'`);
  return limit;
}
