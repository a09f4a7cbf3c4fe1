import { awsError, type AwsParameters, type AwsResult } from '../contract.ts';
import type { Tags } from './contract.ts';

/** What a filter compares: the values of a field, by the filter's name. */
export type FilterFields<T> = Readonly<Record<string, (row: T) => readonly (string | number | boolean | undefined)[]>>;

interface Filter { readonly Name?: string; readonly Values?: readonly string[] }

/** EC2's patterns: `*` for any run of characters, `?` for one, a backslash takes the next literally. */
export function matchesPattern(pattern: string, text: string): boolean {
  let source = '';
  for (let at = 0; at < pattern.length; at += 1) {
    const char = pattern[at]!;
    if (char === '\\' && at + 1 < pattern.length) {
      at += 1;
      source += literal(pattern[at]!);
    } else {
      source += char === '*' ? '.*' : char === '?' ? '.' : literal(char);
    }
  }
  return new RegExp(`^${source}$`, 's').test(text);
}

const literal = (char: string): string => char.replace(/[\\^$.*+?()[\]{}|]/, '\\$&');

/** Rows that pass every filter: values of one filter are alternatives, filters add up. */
export function filterRows<T extends { readonly tags?: Tags }>(rows: readonly T[], parameters: AwsParameters, fields: FilterFields<T>): AwsResult<readonly T[]> {
  const filters = (parameters['Filters'] ?? parameters['Filter'] ?? []) as readonly Filter[];
  let kept = rows;
  for (const { Name: name = '', Values: values = [] } of filters) {
    const read = readerOf(name, fields);
    if (!read) return awsError('InvalidParameterValue', `The filter '${name}' is invalid`);
    kept = kept.filter(row => read(row).some(value => value !== undefined && values.some(pattern => matchesPattern(pattern, String(value)))));
  }
  return { ok: true, value: kept };
}

function readerOf<T extends { readonly tags?: Tags }>(name: string, fields: FilterFields<T>): FilterFields<T>[string] | undefined {
  if (name === 'tag-key') return row => Object.keys(row.tags ?? {});
  if (name.startsWith('tag:')) {
    const key = name.slice(4);
    return row => (row.tags?.[key] === undefined ? [] : [row.tags[key]]);
  }
  return Object.hasOwn(fields, name) ? fields[name] : undefined;
}

/** Ids asked for by name must all exist. */
export function pickIds<T>(rows: readonly T[], wanted: unknown, idOf: (row: T) => string, missing: (id: string) => AwsResult): AwsResult<readonly T[]> {
  const ids = wanted as readonly string[] | undefined;
  if (!ids || ids.length === 0) return { ok: true, value: rows };
  for (const id of ids) {
    if (!rows.some(row => idOf(row) === id)) {
      const refusal = missing(id);
      if (!refusal.ok) return refusal;
    }
  }
  return { ok: true, value: rows.filter(row => ids.includes(idOf(row))) };
}

/** `[{Key, Value}]`, as every resource shows its tags. */
export function tagList(tags: Tags): { Key: string; Value: string }[] {
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
}

/** Tags of `--tag-specifications` for one resource type. */
export function specifiedTags(parameters: AwsParameters, resourceType: string): Tags {
  const specifications = (parameters['TagSpecifications'] ?? []) as readonly { ResourceType?: string; Tags?: readonly { Key?: string; Value?: string }[] }[];
  return Object.fromEntries(specifications.filter(entry => entry.ResourceType === resourceType).flatMap(entry => (entry.Tags ?? []).map(({ Key = '', Value = '' }) => [Key, Value])));
}
