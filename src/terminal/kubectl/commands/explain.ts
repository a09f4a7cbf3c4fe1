import type { Task } from '../../../engine/kernel/task.ts';
import type { Json } from '../client/api-client.ts';
import type { ResourceType } from '../client/discovery.ts';
import { ApiFailure, CliFailure, fail } from '../client/failure.ts';
import { defineCommand } from '../command.ts';
import type { Session } from '../session.ts';

/** Columns the text is wrapped at. */
const WIDTH = 80;

export const explain = defineCommand({
  path: 'explain',
  *run(session) {
    const { flags, args } = session;
    if (args.length === 0) fail('You must specify the type of resource to explain. Use "kubectl api-resources" for a complete list of supported resources.');
    if (args.length > 1) fail('We accept only this format: explain RESOURCE');
    const output = flags.str('output');
    if (output !== 'plaintext' && output !== 'plaintext-openapiv2') fail(`output format ${output} is not modelled; plaintext is`);
    const [word = '', ...path] = args[0]!.split('.');
    const wanted = flags.str('api-version');
    const type = yield* typeOf(session, word, wanted);
    const document = yield* documentOf(session, type);
    const schemas = ((document.components as Json | undefined)?.schemas ?? {}) as Record<string, Json>;
    const root = Object.values(schemas).find(schema => ((schema['x-kubernetes-group-version-kind'] ?? []) as Json[])
      .some(each => each.kind === type.kind && each.version === type.version && (each.group ?? '') === type.group));
    if (!root) fail(`couldn't find resource for "${type.group}/${type.version}, Resource=${type.plural}"`);
    const text = render({ schemas, type, path, recursive: flags.bool('recursive') }, root);
    yield* session.out(text.shown);
    if (text.missing !== undefined) fail(`field ${JSON.stringify(text.missing)} does not exist`);
    return 0;
  },
});

function* typeOf(session: Session, word: string, version: string): Task<ResourceType> {
  const type = yield* session.discovery.lookUp(word);
  if (!type) throw new CliFailure(`the server doesn't have a resource type ${JSON.stringify(word)}`, 1, true);
  if (version === '') return type;
  const found = yield* session.discovery.all();
  const [group, only] = version.includes('/') ? version.split('/') : ['', version];
  return found.resources.find(each => each.plural === type.plural && each.group === group && each.version === only)
    ?? fail(`couldn't find resource for "${version.includes('/') ? version : `/${version}`}, Resource=${type.plural}"`);
}

function* documentOf(session: Session, type: ResourceType): Task<Json> {
  const path = type.group === '' ? `api/${type.version}` : `apis/${type.group}/${type.version}`;
  try {
    return yield* session.api.json<Json>('GET', `/openapi/v3/${path}`);
  } catch (failure) {
    if (failure instanceof ApiFailure && failure.status.code === 404) fail('couldn\'t get resource schema from the server: it serves no OpenAPI v3 for ' + path);
    throw failure;
  }
}

interface View { readonly schemas: Record<string, Json>; readonly type: ResourceType; readonly path: readonly string[]; readonly recursive: boolean }

const refName = (schema: Json): string | undefined => (schema.$ref ?? ((schema.allOf as Json[] | undefined)?.[0]?.$ref)) as string | undefined;

function resolved(view: View, schema: Json): Json {
  const ref = refName(schema);
  if (ref === undefined) return schema;
  const target = view.schemas[ref.slice(ref.lastIndexOf('/') + 1)] ?? {};
  return { ...target, ...(schema.description !== undefined && { description: schema.description }) };
}

function typeName(view: View, schema: Json): string {
  const ref = refName(schema);
  if (ref !== undefined) {
    const target = resolved(view, schema);
    if (target.properties === undefined && target.type !== undefined && target.type !== 'object') return typeName(view, { ...target, $ref: undefined });
    if (target.type === undefined && target.oneOf !== undefined) return ref.slice(ref.lastIndexOf('.') + 1);
    return ref.slice(ref.lastIndexOf('.') + 1);
  }
  if (schema.type === 'array') return `[]${typeName(view, (schema.items ?? {}) as Json)}`;
  if (schema.additionalProperties && typeof schema.additionalProperties === 'object') return `map[string]${typeName(view, schema.additionalProperties as Json)}`;
  return String(schema.type ?? 'Object');
}

/** The schema whose fields a value of `schema` has: items of a list, values of a map. */
function inner(view: View, schema: Json): Json {
  const target = resolved(view, schema);
  if (target.properties) return target;
  if (target.items) return inner(view, target.items as Json);
  if (target.additionalProperties && typeof target.additionalProperties === 'object') return inner(view, target.additionalProperties as Json);
  return target;
}

/** The text, or its beginning and the field that is not there. */
function render(view: View, root: Json): { shown: string; missing?: string } {
  const { type } = view;
  const head = `${type.group === '' ? '' : `GROUP:      ${type.group}\n`}KIND:       ${type.kind}\nVERSION:    ${type.version}\n\n`;
  let schema = root;
  let field: Json | undefined;
  for (const name of view.path) {
    const next = (inner(view, schema).properties as Record<string, Json> | undefined)?.[name];
    if (!next) return { shown: head, missing: name };
    field = next;
    schema = next;
  }
  const target = inner(view, schema);
  let text = head;
  if (field) text += `FIELD: ${view.path.at(-1)} <${typeName(view, field)}>\n${target.enum ? enumLines(target, 0) : '\n'}\n`;
  text += `DESCRIPTION:\n${wrapped(String((field ?? target).description || target.description || '<empty>'), 4)}`;
  if (field && target.description && field.description && refName(field) !== undefined) {
    const own = view.schemas[refName(field)!.slice(refName(field)!.lastIndexOf('/') + 1)]?.description;
    if (own && own !== field.description) text += wrapped(String(own), 4);
  }
  text += '    \n';
  const properties = target.properties as Record<string, Json> | undefined;
  if (!properties) return { shown: `${text}\n` };
  const required = (target.required ?? []) as string[];
  text += 'FIELDS:\n';
  for (const name of Object.keys(properties).sort()) text += fieldText(view, name, properties[name]!, required.includes(name), 2, []);
  return { shown: `${text}\n` };
}

function enumLines(schema: Json, indent: number): string {
  const values = schema.enum as string[] | undefined;
  return values ? `${' '.repeat(indent)}ENUM:\n${values.map(value => `${' '.repeat(indent + 4)}${value}\n`).join('')}` : '';
}

function fieldText(view: View, name: string, schema: Json, required: boolean, indent: number, seen: readonly string[]): string {
  const pad = ' '.repeat(indent);
  let text = `${pad}${name}\t<${typeName(view, schema)}>${required ? ' -required-' : ''}\n`;
  const ref = refName(schema) ?? refName((schema.items ?? {}) as Json) ?? '';
  if (view.recursive) {
    const { properties } = inner(view, schema);
    if (schema.enum) text += `${pad}enum: ${(schema.enum as string[]).join(', ')}\n`;
    if (!properties || seen.includes(ref)) return text;
    const needs = (inner(view, schema).required ?? []) as string[];
    for (const key of Object.keys(properties).sort()) text += fieldText(view, key, (properties as Record<string, Json>)[key]!, needs.includes(key), indent + 2, [...seen, ref]);
    return text;
  }
  if (schema.enum) text += `${pad}enum: ${(schema.enum as string[]).join(', ')}\n`;
  return `${text}${wrapped(String(schema.description || '<no description>'), indent + 2)}\n`;
}

function wrapped(text: string, indent: number): string {
  const pad = ' '.repeat(indent);
  return text.split('\n').map(paragraph => {
    const lines: string[] = [];
    let line = '';
    for (const word of paragraph.split(' ')) {
      if (line !== '' && line.length + 1 + word.length > WIDTH - indent) { lines.push(line); line = word; } else line = line === '' ? word : `${line} ${word}`;
    }
    lines.push(line);
    return lines.map(each => `${pad}${each}\n`).join('');
  }).join('');
}
