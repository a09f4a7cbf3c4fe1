/** What a path and a method mean. */

export interface RequestInfo {
  readonly isResource: boolean;
  readonly verb: string;
  readonly group: string;
  readonly version: string;
  readonly namespace: string;
  readonly resource: string;
  readonly subresource: string;
  readonly name: string;
  /** What follows the subresource (`…/proxy/a/b`). */
  readonly rest: string;
  readonly path: string;
}

const VERBS: Readonly<Record<string, string>> = { POST: 'create', GET: 'get', HEAD: 'get', PUT: 'update', PATCH: 'patch', DELETE: 'delete' };

/** @param watch whether the query asks for a watch */
export function requestInfoOf(method: string, path: string, watch: boolean): RequestInfo {
  const parts = path.split('/').filter(part => part !== '').map(safeDecode);
  const nothing = { group: '', version: '', namespace: '', resource: '', subresource: '', name: '', rest: '' };
  const plain: RequestInfo = { ...nothing, isResource: false, verb: method.toLowerCase(), path };
  const isCore = parts[0] === 'api';
  if (!isCore && parts[0] !== 'apis') return plain;
  const start = isCore ? 2 : 3;
  if (parts.length <= start) return plain;
  const group = isCore ? '' : parts[1]!;
  const version = parts[start - 1]!;
  let rest = parts.slice(start);
  let namespace = '';
  if (rest[0] === 'namespaces' && rest.length > 2 && rest[2] !== 'status' && rest[2] !== 'finalize') {
    namespace = rest[1]!;
    rest = rest.slice(2);
  } else if (rest[0] === 'namespaces' && rest.length > 1) namespace = '';
  const [resource = '', name = '', subresource = '', ...tail] = rest;
  let verb = VERBS[method] ?? method.toLowerCase();
  if (name === '') {
    if (verb === 'get') verb = watch ? 'watch' : 'list';
    else if (verb === 'delete') verb = 'deletecollection';
  } else if (verb === 'get' && watch && subresource === '') verb = 'watch';
  return { isResource: true, verb, group, version, namespace, resource, subresource, name, rest: tail.join('/'), path };
}

function safeDecode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
