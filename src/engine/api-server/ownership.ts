/**
 * Who changed which field when. Kept beside the store, and worked out only when somebody asks to see managedFields:
 * a status update then costs one map entry.
 */
import type { KubeObject } from '../apimachinery/object.ts';
import type { WriteContext } from './writer.ts';

interface Writing {
  readonly manager: string;
  readonly operation: 'Update' | 'Apply';
  readonly subresource: string;
  readonly apiVersion: string;
  atMs: number;
  readonly before: KubeObject | undefined;
  after: KubeObject;
}

/** The account of one server. */
export class Ownership {
  private readonly byUid = new Map<string, Writing[]>();

  /** Notes a committed write. */
  wrote(before: KubeObject | undefined, after: KubeObject, context: WriteContext, subresource: string, atMs: number): void {
    const { uid } = after.metadata;
    const known = this.byUid.get(uid);
    const last = known?.at(-1);
    if (last && last.manager === context.fieldManager && last.subresource === subresource && last.operation === 'Update') {
      last.after = after;
      last.atMs = atMs;
      return;
    }
    const writing: Writing = { manager: context.fieldManager, operation: 'Update', subresource, apiVersion: after.apiVersion, atMs, before, after };
    if (known) known.push(writing);
    else this.byUid.set(uid, [writing]);
  }

  forget(uid: string): void {
    this.byUid.delete(uid);
  }
}
