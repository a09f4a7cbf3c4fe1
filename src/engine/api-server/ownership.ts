/**
 * Who changed which field when. Kept beside the store, and worked out only when somebody asks to see managedFields:
 * a status update then costs one map entry.
 */
import type { Draft } from '../apimachinery/json.ts';
import type { KubeObject } from '../apimachinery/object.ts';
import { rfc3339 } from '../kernel/calendar.ts';
import { changedFields, difference, union, type FieldSet } from './field-set.ts';
import type { ServedResource } from './resources.ts';
import type { FieldSchema } from './schema.ts';
import type { WriteContext } from './writer.ts';

/** A write whose fields have not been worked out yet. Consecutive writes of one manager are one. */
interface Writing {
  readonly manager: string;
  readonly subresource: string;
  readonly schema: FieldSchema | undefined;
  readonly before: KubeObject | undefined;
  after: KubeObject;
  atMs: number;
}

export interface Manager {
  readonly manager: string;
  readonly operation: 'Update' | 'Apply';
  readonly apiVersion: string;
  readonly subresource: string;
  atMs: number;
  fields: FieldSet;
}

interface Account {
  managers: Manager[];
  pending: Writing[];
}

/** How many writes wait before they are worked out anyway. */
const PENDING_MAX = 6;

/** The account of one server. */
export class Ownership {
  private readonly byUid = new Map<string, Account>();

  /** Notes a committed write. */
  wrote(resource: ServedResource, before: KubeObject | undefined, after: KubeObject, context: WriteContext, subresource: string, atMs: number): void {
    const { uid } = after.metadata;
    let account = this.byUid.get(uid);
    if (!account) this.byUid.set(uid, account = { managers: [], pending: [] });
    const last = account.pending.at(-1);
    if (last && last.manager === context.fieldManager && last.subresource === subresource) {
      last.after = after;
      last.atMs = atMs;
      return;
    }
    account.pending.push({ manager: context.fieldManager, subresource, schema: resource.schema, before, after, atMs });
    if (account.pending.length > PENDING_MAX) this.settle(account);
  }

  forget(uid: string): void {
    this.byUid.delete(uid);
  }

  /** Everybody who holds a field of the object. */
  managersOf(uid: string): readonly Manager[] {
    const account = this.byUid.get(uid);
    if (!account) return [];
    this.settle(account);
    return account.managers;
  }

  /** Replaces the account of an object, after an apply. */
  replace(uid: string, managers: readonly Manager[]): void {
    this.byUid.set(uid, { managers: managers.filter(each => Object.keys(each.fields).length > 0), pending: [] });
  }

  /** `metadata.managedFields` of a stored object: applied ones first, each by time. */
  managedFields(object: KubeObject, _resource: ServedResource): Draft[] {
    return [...this.managersOf(object.metadata.uid)]
      .sort((a, b) => (a.operation === b.operation ? a.atMs - b.atMs || (a.manager < b.manager ? -1 : 1) : a.operation === 'Apply' ? -1 : 1))
      .map(({ manager, operation, apiVersion, subresource, atMs, fields }) => ({
        manager, operation, apiVersion, time: rfc3339(atMs), fieldsType: 'FieldsV1', fieldsV1: fields, ...(subresource !== '' && { subresource }),
      }));
  }

  private settle(account: Account): void {
    for (const writing of account.pending.splice(0)) {
      const { before, after, manager, subresource, schema, atMs } = writing;
      const { changed, removed } = changedFields(before ?? {}, after, schema);
      const isOwn = (each: Manager): boolean => each.manager === manager && each.operation === 'Update' && each.subresource === subresource && each.apiVersion === after.apiVersion;
      const touched = union(changed, removed);
      for (const each of account.managers) each.fields = difference(each.fields, isOwn(each) ? removed : touched);
      const own = account.managers.find(isOwn);
      if (own) {
        own.fields = union(own.fields, changed);
        if (Object.keys(changed).length > 0) own.atMs = atMs;
      } else if (Object.keys(changed).length > 0) {
        account.managers.push({ manager, operation: 'Update', apiVersion: after.apiVersion, subresource, atMs, fields: changed });
      }
      account.managers = account.managers.filter(each => Object.keys(each.fields).length > 0);
    }
  }
}
