/** Reads Kubernetes' protobuf bodies, which kubectl's typed clients send, into the JSON they stand for. */
import { isObject, type Draft } from '../../engine/apimachinery/json.ts';
import { types } from '../../engine/api-server/schema.ts';
import { rfc3339, rfc3339Micro } from '../../engine/kernel/calendar.ts';
import packed from './protobuf-messages.json';

type Message = Readonly<Record<string, readonly [name: string, type: string, repeated?: number]>>;

const messages = packed as unknown as Readonly<Record<string, Message>>;

const MAGIC = Buffer.from([0x6b, 0x38, 0x73, 0x00]);

/** Whether a body begins as Kubernetes' protobuf envelope does. */
export const isProtobuf = (body: Buffer): boolean => body.subarray(0, 4).equals(MAGIC);

/** The object in an envelope. @throws Error when the bytes are not one */
export function decodeProtobuf(body: Buffer): Draft {
  const envelope = fieldsOf(body.subarray(4));
  const typeMeta = fieldsOf(bytesOf(envelope.get(1)));
  const apiVersion = bytesOf(typeMeta.get(1)).toString('utf8');
  const kind = bytesOf(typeMeta.get(2)).toString('utf8');
  const typeName = [...typeNames(apiVersion, kind)].find(name => messages[name]);
  if (!typeName) throw new Error(`no message for ${apiVersion} ${kind}`);
  return { apiVersion, kind, ...(decodeMessage(bytesOf(envelope.get(2)), typeName) as Draft) };
}

function* typeNames(apiVersion: string, kind: string): Iterable<string> {
  for (const [name, type] of Object.entries(types)) if (type.g?.includes(`${apiVersion}/${kind}`)) yield name;
  yield `meta.v1.${kind}`;
}

type Wire = number | bigint | Buffer;

const bytesOf = (values: readonly Wire[] | undefined): Buffer => (values?.at(-1) instanceof Buffer ? values.at(-1) as Buffer : Buffer.alloc(0));

/** Raw values by field number. */
function fieldsOf(data: Buffer): Map<number, Wire[]> {
  const fields = new Map<number, Wire[]>();
  let at = 0;
  const varint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = data[at++];
      if (byte === undefined) throw new Error('protobuf: unexpected end');
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
  };
  while (at < data.length) {
    const key = Number(varint());
    const number = key >> 3;
    let value: Wire;
    switch (key & 7) {
      case 0: value = varint(); break;
      case 1: value = data.readDoubleLE(at); at += 8; break;
      case 2: {
        const size = Number(varint());
        value = data.subarray(at, at + size);
        at += size;
        break;
      }
      case 5: value = data.readFloatLE(at); at += 4; break;
      default: throw new Error(`protobuf: wire type ${key & 7}`);
    }
    const known = fields.get(number);
    if (known) known.push(value);
    else fields.set(number, [value]);
  }
  return fields;
}

function decodeMessage(data: Buffer, typeName: string): unknown {
  const fields = fieldsOf(data);
  const special = decodeSpecial(fields, typeName);
  if (special !== undefined) return special.value;
  const message = messages[typeName];
  if (!message) return {};
  const members = types[typeName]?.p;
  const result: Draft = {};
  for (const [number, values] of fields) {
    const known = message[number];
    if (!known) continue;
    const [name, type, repeated] = known;
    const value = type.startsWith('map:') ? decodeMap(values, type.slice(4)) : repeated ? values.flatMap(each => repeatedValues(each, type)) : decodeValue(values.at(-1)!, type);
    // A member the JSON type does not have is an embedded struct: its own members take its place.
    if (members && !members[name] && isObject(value)) Object.assign(result, value);
    else if (value !== '' && value !== null) result[name] = value;
  }
  return result;
}

function decodeSpecial(fields: Map<number, Wire[]>, typeName: string): { value: unknown } | undefined {
  const kind = typeName.slice(typeName.lastIndexOf('.') + 1);
  const number = (field: number): number => Number(fields.get(field)?.at(-1) ?? 0);
  const text = (field: number): string => bytesOf(fields.get(field)).toString('utf8');
  switch (kind) {
    case 'Quantity': return { value: text(1) };
    case 'IntOrString': return { value: number(1) === 0 ? Number(BigInt.asIntN(32, BigInt(number(2)))) : text(3) };
    case 'Time': return { value: fields.size === 0 || number(1) <= 0 ? null : rfc3339(number(1) * 1000) };
    case 'MicroTime': return { value: fields.size === 0 || number(1) <= 0 ? null : rfc3339Micro(number(1) * 1000 + number(2) / 1e6) };
    case 'RawExtension': case 'FieldsV1': case 'JSON': return { value: text(1) === '' ? null : JSON.parse(text(1)) as unknown };
    case 'Verbs': case 'ExtraValue': return { value: (fields.get(1) ?? []).map(each => (each as Buffer).toString('utf8')) };
    default: return undefined;
  }
}

function repeatedValues(value: Wire, type: string): unknown[] {
  // Numbers may come packed.
  if (value instanceof Buffer && (type === 'int32' || type === 'int64' || type === 'bool')) {
    const numbers: unknown[] = [];
    for (let at = 0; at < value.length;) {
      let number = 0n;
      for (let shift = 0n; ; shift += 7n) {
        const byte = value[at++]!;
        number |= BigInt(byte & 0x7f) << shift;
        if (byte < 0x80) break;
      }
      numbers.push(decodeValue(number, type));
    }
    return numbers;
  }
  return [decodeValue(value, type)];
}

function decodeMap(entries: readonly Wire[], type: string): Draft {
  const result: Draft = {};
  for (const entry of entries) {
    const fields = fieldsOf(entry as Buffer);
    const value = fields.get(2)?.at(-1);
    result[bytesOf(fields.get(1)).toString('utf8')] = value === undefined ? (type === 'string' || type === 'bytes' ? '' : decodeMessage(Buffer.alloc(0), type)) : decodeValue(value, type);
  }
  return result;
}

function decodeValue(value: Wire, type: string): unknown {
  switch (type) {
    case 'string': return (value as Buffer).toString('utf8');
    case 'bytes': return (value as Buffer).toString('base64');
    case 'bool': return value !== 0n;
    case 'int32': case 'int64': case 'uint32': case 'uint64': return Number(BigInt.asIntN(64, value as bigint));
    case 'double': case 'float': return value as number;
    default: return decodeMessage(value as Buffer, type);
  }
}
