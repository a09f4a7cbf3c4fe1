/**
 * Packs the recorded structure of the Kubernetes API into the JSON the API server reads.
 *
 * usage: tsx scripts/generate-schema.ts RECORDED_DIR
 * RECORDED_DIR holds openapi.json, discovery.json, table-columns.json and protobuf.json, recorded from a v1.35 control plane.
 * Field texts for `kubectl explain` come from the declaration files of @kubernetes/client-node (Apache-2.0).
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/* eslint-disable @typescript-eslint/no-explicit-any */
type Json = any;

const [recordedDir] = process.argv.slice(2);
if (!recordedDir) throw new Error('usage: generate-schema RECORDED_DIR');
const outDir = join(import.meta.dirname, '../src/engine/api-server/schema');
const read = (name: string): Json => JSON.parse(readFileSync(join(recordedDir, name), 'utf8'));

const shorten = (name: string): string =>
  name.replace(/^io\.k8s\.api\./, '').replace(/^io\.k8s\.apimachinery\.pkg\.apis\.meta\./, 'meta.').replace(/^io\.k8s\./, '');

/** A field in one letter keys: t type, f format, r ref, i items, v map values, e enum, d default, s patch strategy, k merge key, l list type, m list map keys, a atomic map, x int-or-string, u unknown fields kept. */
function packField(field: Json, isMember: boolean): Json {
  const out: Json = {};
  if (field.ref) out.r = shorten(field.ref);
  else if (field.type) out.t = field.type;
  if (field.format) out.f = field.format;
  if (field.items) out.i = packField(field.items, false);
  if (field.values) out.v = packField(field.values, false);
  if (field.enum) out.e = field.enum;
  if (isMember && field.default !== undefined) out.d = field.default;
  if (field.patchStrategy) out.s = field.patchStrategy;
  if (field.patchMergeKey) out.k = field.patchMergeKey;
  if (field.listType) out.l = field.listType;
  if (field.listMapKeys) out.m = field.listMapKeys;
  if (field.mapType) out.a = field.mapType;
  if (field.intOrString) out.x = 1;
  if (field.preserveUnknown) out.u = 1;
  return out;
}

const openapi = read('openapi.json');
const types: Json = {};
for (const [name, schema] of Object.entries<Json>(openapi.schemas)) {
  const out: Json = packField(schema, false);
  if (out.t === 'object') delete out.t;
  if (schema.gvk) out.g = schema.gvk;
  if (schema.required) out.q = schema.required;
  if (schema.oneOf) out.o = schema.oneOf.map((branch: Json) => branch.type);
  if (schema.fields) out.p = Object.fromEntries(Object.entries<Json>(schema.fields).map(([key, field]) => [key, packField(field, true)]));
  types[shorten(name)] = out;
}

const discovery = read('discovery.json');
const columns = read('table-columns.json');
const groups: Json[] = [];
for (const root of ['/api', '/apis']) {
  for (const group of discovery.aggregated[root].body.items) {
    const name = group.metadata.name ?? '';
    for (const version of group.versions) {
      const path = name === '' ? `/api/${version.version}` : `/apis/${name}/${version.version}`;
      const hashes = new Map<string, string>(
        (discovery.legacy[path]?.resources ?? []).map((r: Json) => [r.name, r.storageVersionHash]));
      groups.push({
        group: name, version: version.version,
        resources: version.resources.map((r: Json) => ({
          name: r.resource, kind: r.responseKind.kind,
          ...(r.responseKind.group !== name || r.responseKind.version !== version.version
            ? { responseGroup: r.responseKind.group, responseVersion: r.responseKind.version } : {}),
          namespaced: r.scope === 'Namespaced', singular: r.singularResource, verbs: r.verbs,
          ...(r.shortNames && { shortNames: r.shortNames }), ...(r.categories && { categories: r.categories }),
          ...(hashes.get(r.resource) && { hash: hashes.get(r.resource) }),
          ...(r.subresources && {
            subresources: r.subresources.map((s: Json) => ({
              name: s.subresource, kind: s.responseKind?.kind ?? '', verbs: s.verbs,
              ...(s.responseKind && (s.responseKind.group !== name || s.responseKind.version !== version.version)
                ? { responseGroup: s.responseKind.group, responseVersion: s.responseKind.version } : {}),
            })),
          }),
          ...(columns[`${path}/${r.resource}`] && {
            columns: columns[`${path}/${r.resource}`].columns.map((c: Json) => [c.name, c.type, c.format, c.priority]),
          }),
        })),
      });
    }
  }
}

writeFileSync(join(outDir, 'types.json'), `${JSON.stringify(types)}\n`);
writeFileSync(join(outDir, 'resources.json'), `${JSON.stringify({ version: discovery.version, paths: discovery.root.paths, groups })}\n`);

/** Protobuf messages of the types above: number → [name, type, repeated?]; types by their short names. */
const messages: Json = {};
const messageName = (name: string): string => shorten(name.replace(/^\.?k8s\.io\./, 'io.k8s.'));
const messageType = (type: string): string => {
  const map = /^map<string,\.?(.+)>$/.exec(type);
  if (map) return `map:${map[1]!.includes('.') ? messageName(map[1]!) : map[1]}`;
  return type.includes('.') ? messageName(type) : type;
};
const proto = read('protobuf.json');
const wanted: string[] = Object.keys(proto).filter(name => types[messageName(name)] || messageName(name) === 'apimachinery.pkg.runtime.Unknown');
while (wanted.length > 0) {
  const name = wanted.pop()!;
  if (messages[messageName(name)] || !proto[name]) continue;
  messages[messageName(name)] = Object.fromEntries(Object.entries<Json>(proto[name]).map(([number, [field, type, repeated]]) => {
    const reference = /(k8s\.io\.[A-Za-z0-9.]+)/.exec(type)?.[1];
    if (reference) wanted.push(reference);
    return [number, repeated ? [field, messageType(type), 1] : [field, messageType(type)]];
  }));
}
writeFileSync(join(import.meta.dirname, '../src/hosts/http/protobuf-messages.json'), `${JSON.stringify(messages)}\n`);

/** Texts, from the comments above each member of client-node's model classes. */
const texts: Json = {};
const modelsDir = join(import.meta.dirname, '../node_modules/@kubernetes/client-node/dist/gen/models');
const modelName = (typeName: string): string => {
  const parts = typeName.split('.');
  const [version, kind] = [parts.at(-2)!, parts.at(-1)!];
  const group = parts[0] === 'core' && ['Event', 'EndpointPort'].includes(kind) ? 'Core' : parts[0] === 'events' && kind === 'Event' ? 'Events' : parts[0] === 'discovery' && kind === 'EndpointPort' ? 'Discovery' : '';
  return `${group}${version[0]!.toUpperCase()}${version.slice(1)}${kind}`;
};
const cleaned = (comment: string): string => comment.split('\n').map(line => line.replace(/^\s*\*? ?/, '')).join(' ').replaceAll("\\'", "'").replaceAll('\\"', '"').replace(/\s+/g, ' ').trim();
for (const [name, type] of Object.entries<Json>(types)) {
  if (!type.p) continue;
  let source = '';
  try {
    source = readFileSync(join(modelsDir, `${modelName(name)}.d.ts`), 'utf8');
  } catch {
    continue;
  }
  const typeText = /\/\*\*\s*\n([^/]*?)\*\/\s*\nexport declare class/.exec(source)?.[1];
  const fields: Json = {};
  for (const match of source.matchAll(/\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\s*\n\s*'(\w+)'\??:/g)) fields[match[2]!.replace(/^_/, '')] = cleaned(match[1]!);
  if (typeText || Object.keys(fields).length > 0) texts[name] = [cleaned(typeText ?? ''), fields];
}
for (const meta of Object.values<Json>(texts)) {
  const [, fields] = meta;
  fields.metadata ??= "Standard object's metadata. More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#metadata";
}
writeFileSync(join(outDir, 'texts.json'), `${JSON.stringify(texts)}\n`);
