/** What a describer is given, besides the object. */
import type { Task } from '../../../engine/kernel/task.ts';
import type { AnyObject, Json } from '../client/api-client.ts';
import type { Description } from './writer.ts';

export interface DescribeContext {
  /** Events about the object, oldest first; `undefined` with `--show-events=false`. */
  events(): Task<readonly Json[] | undefined>;
  /** Objects of a type in the object's namespace, by a LabelSelector; empty when there is none. */
  list(type: string, selector?: Json, options?: { namespace?: string; fieldSelector?: string }): Task<AnyObject[]>;
  /** One object, or `undefined`. */
  find(type: string, name: string, namespace?: string): Task<AnyObject | undefined>;
}

/** Writes the description of one kind. */
export type Describer = (w: Description, object: AnyObject, context: DescribeContext) => Task<void>;
