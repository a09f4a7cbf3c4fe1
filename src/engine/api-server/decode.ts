/**
 * Reads a request's object as the typed server would: refuses wrong types in Go's words, reports and drops unknown
 * fields, and leaves out what an encoder would not have written (empty lists, zeros without meaning).
 */
import { isObject, type Draft } from '../apimachinery/json.ts';
import { parseQuantity } from '../apimachinery/quantity.ts';
import { parseRfc3339 } from '../kernel/calendar.ts';
import { KEPT_EMPTY_STRINGS, KEPT_FALSE, KEPT_ZEROS, NULL_TIMES, EMBEDDED } from './go-encoding.ts';
import { types, type FieldSchema, type TypeSchema } from './schema.ts';

export interface Decoded {
  readonly value: Draft;
  /** Paths of fields the type does not have: `spec.containers[0].bogus`. */
  readonly unknownFields: readonly string[];
}

/** The first thing that was of the wrong type. */
export interface DecodeProblem {
  readonly problem: string;
}

class WrongType extends Error {}

const TYPE_TEXT: Readonly<Record<string, string>> = { boolean: 'bool', string: 'string', number: 'float64' };

/** Reads `value` as the type of that (short) name. */
export function decode(value: unknown, typeName: string): Decoded | DecodeProblem {
  const unknownFields: string[] = [];
  try {
    const decoded = decodeStruct(value, typeName, '', '', unknownFields);
    return { value: decoded as Draft, unknownFields };
  } catch (error) {
    if (error instanceof WrongType) return { problem: error.message };
    throw error;
  }
}

/** Where in the document we are: for unknown fields, and for Go's complaints. */
interface Place {
  /** The struct that holds the field, and the names down to it. */
  readonly struct: string;
  readonly goPath: string;
  readonly path: string;
}

function jsonKind(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  return typeof value === 'boolean' ? 'bool' : typeof value;
}

function goTypeOf(field: FieldSchema): string {
  if (field.r !== undefined) return goName(field.r);
  if (field.t === 'array') return `[]${goTypeOf(field.i ?? { t: 'object' })}`;
  if (field.t === 'object') return `map[string]${goTypeOf(field.v ?? { t: 'string' })}`;
  if (field.t === 'integer') return field.f ?? 'int64';
  if (field.f === 'byte') return '[]uint8';
  return TYPE_TEXT[field.t ?? 'string'] ?? 'string';
}

/** `apps.v1.DeploymentSpec` → `v1.DeploymentSpec`. */
function goName(typeName: string): string {
  const parts = typeName.split('.');
  return parts.slice(-2).join('.');
}

const structName = (typeName: string): string => typeName.slice(typeName.lastIndexOf('.') + 1);

function wrongType(value: unknown, goType: string, place: Place): never {
  const kind = jsonKind(value);
  const shown = kind === 'number' && /^(u?int|float)/.test(goType) ? `number ${value}` : kind;
  throw new WrongType(place.goPath === ''
    ? `json: cannot unmarshal ${shown} into Go value of type ${goType}`
    : `json: cannot unmarshal ${shown} into Go struct field ${place.struct}.${place.goPath} of type ${goType}`);
}

function decodeStruct(value: unknown, typeName: string, goPath: string, path: string, unknown: string[], place?: Place): unknown {
  const type = types[typeName];
  if (!type) return value;
  const special = decodeSpecial(value, typeName, type, place);
  if (special !== undefined) return special.value;
  if (!isObject(value)) return wrongType(value, goName(typeName), place ?? { struct: '', goPath: '', path: '' });
  if (!type.p) return value;
  const result: Draft = {};
  const struct = structName(typeName);
  const embedded = EMBEDDED[struct];
  for (const key of Object.keys(value)) {
    const field = type.p[key];
    const fieldPath = path === '' ? key : `${path}.${key}`;
    if (!field) {
      if (type.u) result[key] = value[key];
      else unknown.push(fieldPath);
      continue;
    }
    const goKey = embedded?.fields === undefined || !embedded.fields.has(key) ? key : `${embedded.name}.${key}`;
    const fieldGoPath = goPath === '' ? goKey : `${goPath}.${goKey}`;
    const decoded = decodeField(value[key], field, { struct, goPath: fieldGoPath, path: fieldPath }, unknown);
    if (!isLeftOut(decoded, key, struct, field, type)) result[key] = decoded;
  }
  for (const key of type.q ?? []) if (result[key] === undefined && type.p[key]?.t === 'array' && typeName !== 'core.v1.PodSpec') result[key] = null;
  for (const key in type.p) {
    if (result[key] !== undefined) continue;
    const field = type.p[key]!;
    if (field.r !== undefined && isObject(field.d) && Object.keys(field.d).length === 0 && types[field.r]?.p && EMITTED_STRUCTS.has(key)) {
      result[key] = decodeStruct({}, field.r, '', '', unknown);
    } else if (NULL_TIMES.has(`${struct}.${key}`)) result[key] = null;
  }
  return result;
}

/** Non-pointer structs that an encoder always writes and that defaulting does not put there itself. */
const EMITTED_STRUCTS: ReadonlySet<string> = new Set(['spec', 'status', 'template', 'metadata', 'strategy', 'updateStrategy', 'resources', 'backend', 'target', 'resource', 'loadBalancer']);

function decodeSpecial(value: unknown, typeName: string, type: TypeSchema, place: Place | undefined): { value: unknown } | undefined {
  if (type.p) return undefined;
  const here = place ?? { struct: '', goPath: '', path: '' };
  switch (structName(typeName)) {
    case 'Quantity':
      if (typeof value === 'number') return { value: String(value) };
      if (typeof value !== 'string') return { value: wrongType(value, 'string', here) };
      if (!parseQuantity(value)) throw new WrongType(quantityProblem(value));
      return { value };
    case 'IntOrString':
      if (typeof value === 'string' || (typeof value === 'number' && Number.isInteger(value))) return { value };
      return { value: wrongType(value, 'int32', here) };
    case 'Time': case 'MicroTime': {
      if (typeof value !== 'string') return { value: wrongType(value, 'string', here) };
      if (parseRfc3339(value) === undefined) throw new WrongType(timeProblem(value, structName(typeName) === 'MicroTime'));
      return { value };
    }
    default: return { value };
  }
}

/** Which of the two complaints upstream has about a text that is no quantity. */
function quantityProblem(text: string): string {
  if (text !== '' && /^[+-]?[0-9.]+/.test(text) && !/[^0-9.eEinumkKMGTP+-]/.test(text) && /^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$/.test(text)) {
    return 'unable to parse quantity\'s suffix';
  }
  return "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";
}

function timeProblem(text: string, micro: boolean): string {
  const layout = micro ? '2006-01-02T15:04:05.000000Z07:00' : '2006-01-02T15:04:05Z07:00';
  const steps: [RegExp, string][] = [
    [/^\d{4}/, '2006'], [/^-/, '-'], [/^\d\d/, '01'], [/^-/, '-'], [/^\d\d/, '02'], [/^T/, 'T'], [/^\d\d/, '15'], [/^:/, ':'], [/^\d\d/, '04'],
    [/^:/, ':'], [/^\d\d/, '05'], [micro ? /^\.\d{6}/ : /^(\.\d+)?/, '.000000'], [/^(Z|[+-]\d\d:\d\d)/, 'Z07:00'],
  ];
  let rest = text;
  for (const [pattern, part] of steps) {
    const match = pattern.exec(rest);
    if (!match) return `parsing time ${JSON.stringify(text)} as ${JSON.stringify(layout)}: cannot parse ${JSON.stringify(rest)} as ${JSON.stringify(part)}`;
    rest = rest.slice(match[0].length);
  }
  return rest === '' ? `parsing time ${JSON.stringify(text)}: out of range` : `parsing time ${JSON.stringify(text)}: extra text: ${JSON.stringify(rest)}`;
}

function decodeField(value: unknown, field: FieldSchema, place: Place, unknown: string[]): unknown {
  if (value === null || value === undefined) return null;
  if (field.r !== undefined) return decodeStruct(value, field.r, place.goPath, place.path, unknown, place);
  switch (field.t) {
    case 'string':
      if (typeof value !== 'string') return wrongType(value, field.f === 'byte' ? '[]uint8' : 'string', place);
      if (field.f === 'byte') checkBase64(value);
      return value;
    case 'boolean': return typeof value === 'boolean' ? value : wrongType(value, 'bool', place);
    case 'integer': {
      const goType = field.f ?? 'int64';
      if (typeof value !== 'number') return wrongType(value, goType, place);
      if (!Number.isInteger(value) || (goType === 'int32' && Math.abs(value) > 2147483647 && value !== -2147483648)) return wrongType(value, goType, place);
      return value;
    }
    case 'number': return typeof value === 'number' ? value : wrongType(value, 'float64', place);
    case 'array': {
      if (!Array.isArray(value)) return wrongType(value, goTypeOf(field), place);
      const item = field.i ?? {};
      return value.map((each, i) => (each === null ? zeroOf(item) : decodeField(each, item, { ...place, path: `${place.path}[${i}]` }, unknown)));
    }
    case 'object': {
      if (!isObject(value)) return wrongType(value, goTypeOf(field), place);
      if (!field.v) return value;
      const result: Draft = {};
      for (const [key, each] of Object.entries(value)) {
        result[key] = each === null ? zeroOf(field.v) : decodeField(each, field.v, { ...place, path: `${place.path}.${key}` }, unknown);
      }
      return result;
    }
    default: return value;
  }
}

function zeroOf(field: FieldSchema): unknown {
  if (field.r !== undefined) return types[field.r]?.p ? {} : null;
  switch (field.t) {
    case 'string': return '';
    case 'integer': case 'number': return 0;
    case 'boolean': return false;
    case 'array': return null;
    default: return {};
  }
}

function checkBase64(text: string): void {
  const body = text.replaceAll(/[\r\n]/g, '');
  const bad = /[^A-Za-z0-9+/=]/.exec(text.replaceAll(/[\r\n]/g, ''));
  const padded = /^[A-Za-z0-9+/]*={0,2}$/.test(body) && body.length % 4 === 0;
  if (padded) return;
  const padding = body.indexOf('=');
  let at = bad ? bad.index : padding >= 0 && (body.length % 4 !== 0 || !/^=+$/.test(body.slice(padding))) ? padding : body.length;
  if (!bad && padding < 0) at = body.length - (body.length % 4 === 0 ? 0 : 0);
  throw new WrongType(`illegal base64 data at input byte ${at}`);
}

const RAW_JSON = /\.JSON(SchemaPropsOr\w+)?$/;

/** Whether an encoder would have left this member out. */
function isLeftOut(value: unknown, key: string, struct: string, field: FieldSchema, type: TypeSchema): boolean {
  const isRequired = type.q?.includes(key) === true;
  // Raw JSON stands behind a pointer: `default: false` says something.
  if (field.r !== undefined && RAW_JSON.test(field.r)) return value === null;
  if (value === null) return !NULL_TIMES.has(`${struct}.${key}`) && !(isRequired && field.t === 'array');
  if (isRequired) return false;
  if (Array.isArray(value)) return value.length === 0;
  if (field.t === 'object') return Object.keys(value as object).length === 0;
  if (value === '') return field.d === undefined && !KEPT_EMPTY_STRINGS.has(key);
  if (value === 0) return field.d === undefined && field.r === undefined && !KEPT_ZEROS.has(key);
  if (value === false) return field.d === undefined && !KEPT_FALSE.has(key) && !KEPT_FALSE.has(`${struct}.${key}`);
  return false;
}
