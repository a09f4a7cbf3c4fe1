import { deepFreeze, hashOfChange } from '../apimachinery/json.ts';
import type { Kernel } from '../kernel/kernel.ts';

/** One change of one resource. */
export interface TableChange<T> { readonly id: string; readonly before: T | undefined; readonly after: T | undefined }

/** The resources of one type, by id, in the order they were made. Everything in it is frozen; a change replaces. */
export class AwsTable<T extends object> {
  private readonly rows = new Map<string, T>();
  private readonly listeners: ((change: TableChange<T>) => void)[] = [];
  private cached: readonly T[] | undefined;

  /** @param name for the trace: `ec2/subnet` */
  constructor(private readonly kernel: Kernel, readonly name: string) {}

  get(id: string): T | undefined {
    return this.rows.get(id);
  }

  list(): readonly T[] {
    this.cached ??= Object.freeze([...this.rows.values()]);
    return this.cached;
  }

  put(id: string, row: T): T {
    const before = this.rows.get(id);
    const after = deepFreeze(row);
    this.rows.set(id, after);
    this.changed({ id, before, after });
    return after;
  }

  /** Replaces what is there by `change` of it. @returns undefined when there is no such resource */
  update(id: string, change: (row: T) => T): T | undefined {
    const before = this.rows.get(id);
    return before === undefined ? undefined : this.put(id, change(before));
  }

  delete(id: string): boolean {
    const before = this.rows.get(id);
    if (!this.rows.delete(id)) return false;
    this.changed({ id, before, after: undefined });
    return true;
  }

  /** Called after each change, in order. */
  onChange(listener: (change: TableChange<T>) => void): void {
    this.listeners.push(listener);
  }

  private changed(change: TableChange<T>): void {
    this.cached = undefined;
    this.kernel.trace.record(`aws ${this.name} ${change.id} ${change.after === undefined ? 'gone' : hashOfChange(change.before, change.after)}`);
    for (const listener of this.listeners) listener(change);
  }
}
