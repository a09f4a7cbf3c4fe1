/** ConfigMaps, Secrets, accounts, permissions, limits, priorities, leases, events. */
import { base64Text } from '../../../engine/apimachinery/base64.ts';
import type { AnyObject, Json } from '../client/api-client.ts';
import { canonicalQuantity } from '../../../engine/apimachinery/quantity.ts';
import type { Describer } from './describer.ts';
import { metadataLines } from './pod-template.ts';
import { annotationLines, type Description, eventLines, labelLines, longTime } from './writer.ts';
import { fieldTree } from './generic.ts';

const entriesOf = (map: unknown): [string, string][] => Object.entries((map ?? {}) as Record<string, string>).sort(([a], [b]) => (a < b ? -1 : 1));

export const configMap: Describer = function* (w, object, context) {
  metadataLines(w, object as unknown as Json);
  w.raw('\nData\n====\n');
  for (const [key, value] of entriesOf(object.data)) w.raw(`${key}:\n----\n${value}\n\n`);
  w.raw('\nBinaryData\n====\n');
  for (const [key, value] of entriesOf(object.binaryData)) w.raw(`${key}: ${bytesOf(value)} bytes\n`);
  w.raw('\n');
  eventLines(w, yield* context.events());
};

const bytesOf = (encoded: string): number => Math.floor(encoded.replace(/=+$/, '').length * 3 / 4);

// eslint-disable-next-line require-yield
export const secret: Describer = function* (w, object) {
  metadataLines(w, object as unknown as Json);
  w.line(0, `\nType:\t${String(object.type ?? '')}`);
  w.line(0, '\nData\n====');
  for (const [key, value] of entriesOf(object.data)) {
    const token = object.type === 'kubernetes.io/service-account-token' && key === 'token';
    w.line(0, token ? `${key}:\t${base64Text(value) ?? ''}` : `${key}:\t${bytesOf(value)} bytes`);
  }
};

export const serviceAccount: Describer = function* (w, object, context) {
  metadataLines(w, object as unknown as Json);
  const names = (list: unknown): string[] => ((list ?? []) as Json[]).map(item => String(item.name));
  const secrets = yield* context.list('secrets', undefined, { fieldSelector: 'type=kubernetes.io/service-account-token' });
  const tokens = secrets.filter(each => (each.metadata.annotations as Record<string, string> | undefined)?.['kubernetes.io/service-account.name'] === object.metadata.name).map(each => each.metadata.name);
  for (const [title, list] of [['Image pull secrets', names(object.imagePullSecrets)], ['Mountable secrets', names(object.secrets)], ['Tokens', tokens]] as const) {
    if (list.length === 0) {
      if (title === 'Image pull secrets') w.line(0, `${title}:\t<none>`);
      continue;
    }
    list.forEach((name, index) => {
      w.line(0, `${index === 0 ? `${title}:` : ''}\t${name}`);
    });
  }
  eventLines(w, yield* context.events());
};

function ruleLines(w: Description, rules: readonly Json[]): void {
  w.line(0, 'PolicyRule:');
  w.line(1, 'Resources\tNon-Resource URLs\tResource Names\tVerbs');
  w.line(1, '---------\t-----------------\t--------------\t-----');
  const words = (list: unknown): string => `[${((list ?? []) as string[]).join(' ')}]`;
  const rows: { key: string; text: string }[] = [];
  const key = (verbs: unknown, group: string, resource: string, names: readonly string[], url: string): string =>
    `Verbs:${words(verbs)},APIGroups:[${group}],Resources:[${resource}],ResourceNames:${words(names)},NonResourceURLs:[${url}]`;
  for (const rule of rules) {
    for (const url of (rule.nonResourceURLs ?? []) as string[]) rows.push({ key: key(rule.verbs, '', '', [], url), text: ['', `[${url}]`, words(rule.resourceNames), words(rule.verbs)].join('\t') });
    for (const group of (rule.apiGroups ?? []) as string[]) {
      for (const resource of (rule.resources ?? []) as string[]) {
        const name = group === '' ? resource : `${resource}.${group}`;
        const names = (rule.resourceNames ?? []) as string[];
        for (const each of names.length === 0 ? [[]] : names.map(one => [one])) rows.push({ key: key(rule.verbs, group, resource, each, ''), text: [name, '[]', words(each), words(rule.verbs)].join('\t') });
      }
    }
  }
  for (const row of rows.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))) w.line(1, row.text);
}

// eslint-disable-next-line require-yield
export const role: Describer = function* (w, object) {
  w.line(0, `Name:\t${object.metadata.name}`);
  labelLines(w, 'Labels', object.metadata.labels);
  annotationLines(w, object.metadata.annotations);
  ruleLines(w, (object.rules ?? []) as Json[]);
};

// eslint-disable-next-line require-yield
export const roleBinding: Describer = function* (w, object) {
  const ref = object.roleRef as Json;
  w.line(0, `Name:\t${object.metadata.name}`);
  labelLines(w, 'Labels', object.metadata.labels);
  annotationLines(w, object.metadata.annotations);
  w.line(0, 'Role:');
  w.line(1, `Kind:\t${String(ref.kind)}`);
  w.line(1, `Name:\t${String(ref.name)}`);
  w.line(0, 'Subjects:');
  w.line(1, 'Kind\tName\tNamespace');
  w.line(1, '----\t----\t---------');
  for (const subject of (object.subjects ?? []) as Json[]) w.line(1, `${String(subject.kind)}\t${String(subject.name)}\t${String(subject.namespace ?? '')}`);
};

export function quotaLines(w: Description, level: number, quota: AnyObject, rule = '--------\t----\t----'): void {
  const status = (quota.status ?? {}) as { hard?: Json; used?: Json };
  w.line(level, 'Resource\tUsed\tHard');
  w.line(level, rule);
  for (const [name, hard] of entriesOf(status.hard)) w.line(level, `${name}\t${quantityText(status.used?.[name])}\t${quantityText(hard)}`);
}

const quantityText = (value: unknown): string => (value === undefined ? '0' : canonicalQuantity(value));

// eslint-disable-next-line require-yield
export const resourceQuota: Describer = function* (w, object) {
  w.line(0, `Name:\t${object.metadata.name}`);
  w.line(0, `Namespace:\t${object.metadata.namespace ?? ''}`);
  const scopes = ((object.spec as Json | undefined)?.scopes ?? []) as string[];
  if (scopes.length > 0) {
    w.line(0, `Scopes:\t${[...scopes].sort().join(', ')}`);
    for (const scope of [...scopes].sort()) if (SCOPES[scope]) w.line(0, ` * ${SCOPES[scope]}`);
  }
  quotaLines(w, 0, object);
};

const SCOPES: Readonly<Record<string, string>> = {
  Terminating: 'Matches all pods that have an active deadline. These pods have a limited lifespan on a node before being actively terminated by the system.',
  NotTerminating: 'Matches all pods that do not have an active deadline. These pods usually include long running pods whose container command is not expected to terminate.',
  BestEffort: 'Matches all pods that do not have resource requirements set. These pods have a best effort quality of service.',
  NotBestEffort: 'Matches all pods that have at least one resource requirement set. These pods have a burstable or guaranteed quality of service.',
};

export function limitLines(w: Description, prefix: string, range: AnyObject): void {
  for (const item of ((range.spec as Json | undefined)?.limits ?? []) as Json[]) {
    const fields = ['min', 'max', 'defaultRequest', 'default', 'maxLimitRequestRatio'].map(field => (item[field] ?? {}) as Json);
    const names = [...new Set(fields.flatMap(each => Object.keys(each)))].sort();
    for (const name of names) {
      w.raw(`${prefix}${String(item.type)}\t${name}\t${fields.map(each => (each[name] === undefined ? '-' : canonicalQuantity(each[name]))).join('\t')}\n`);
    }
  }
}

// eslint-disable-next-line require-yield
export const limitRange: Describer = function* (w, object) {
  w.line(0, `Name:\t${object.metadata.name}`);
  w.line(0, `Namespace:\t${object.metadata.namespace ?? ''}`);
  w.line(0, 'Type\tResource\tMin\tMax\tDefault Request\tDefault Limit\tMax Limit/Request Ratio');
  w.line(0, '----\t--------\t---\t---\t---------------\t-------------\t-----------------------');
  limitLines(w, '', object);
};

export const namespace: Describer = function* (w, object, context) {
  const status = (object.status ?? {}) as Json;
  metadataLines(w, object as unknown as Json, { namespace: false });
  w.line(0, `Status:\t${String(status.phase ?? '')}`);
  const conditions = (status.conditions ?? []) as Json[];
  if (conditions.length > 0) {
    w.line(0, 'Conditions:');
    w.line(1, 'Type\tStatus\tLastTransitionTime\tReason\tMessage');
    w.line(1, '----\t------\t------------------\t------\t-------');
    for (const condition of conditions) w.line(1, `${String(condition.type)}\t${String(condition.status)}\t${longTime(condition.lastTransitionTime)}\t${String(condition.reason)}\t${String(condition.message)}`);
  }
  const at = { namespace: object.metadata.name };
  const quotas = yield* context.list('resourcequotas', undefined, at);
  const ranges = yield* context.list('limitranges', undefined, at);
  if (quotas.length === 0) w.line(0, '\nNo resource quota.');
  else {
    w.line(0, '\nResource Quotas');
    for (const quota of quotas) {
      w.line(1, `Name:\t${quota.metadata.name}`);
      quotaLines(w, 1, quota, '--------\t---\t---');
    }
  }
  if (ranges.length === 0) w.line(0, '\nNo LimitRange resource.');
  else {
    w.line(0, '\nResource Limits\n Type\tResource\tMin\tMax\tDefault Request\tDefault Limit\tMax Limit/Request Ratio');
    w.line(0, ' ----\t--------\t---\t---\t---------------\t-------------\t-----------------------');
    for (const range of ranges) limitLines(w, ' ', range);
  }
};

export const priorityClass: Describer = function* (w, object, context) {
  w.line(0, `Name:\t${object.metadata.name}`);
  w.line(0, `Value:\t${String(object.value ?? 0)}`);
  w.line(0, `GlobalDefault:\t${String(object.globalDefault ?? false)}`);
  w.line(0, `PreemptionPolicy:\t${String(object.preemptionPolicy ?? '')}`);
  w.line(0, `Description:\t${String(object.description ?? '')}`);
  w.line(0, `Annotations:\t${entriesOf(object.metadata.annotations).map(([key, value]) => `${key}=${value}`).join(',') || '<none>'}`);
  eventLines(w, yield* context.events());
};

/** A kind without a description of its own: all its fields. */
export const anything: Describer = function* (w, object, context) {
  metadataLines(w, object as unknown as Json);
  const { metadata, ...rest } = object as unknown as Json;
  fieldTree(w, 0, { ...rest, metadata: withoutShown(metadata as Json) });
  eventLines(w, yield* context.events());
};

function withoutShown(metadata: Json): Json {
  const { name: _name, namespace: _namespace, labels: _labels, annotations: _annotations, managedFields: _managed, ...rest } = metadata;
  return rest;
}
