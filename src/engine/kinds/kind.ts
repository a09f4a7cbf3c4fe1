/** How a kind is declared: one object in one file, which storage, tables, validation and discovery all read. */
import type { Draft } from '../apimachinery/json.ts';
import type { FieldProblem } from '../apimachinery/field-problem.ts';

/** What a cell may ask about the world. */
export interface CellContext {
  /** Virtual Unix milliseconds. */
  readonly nowMs: number;
}

export type Cell = string | number | boolean | null | readonly unknown[];

export interface Column {
  readonly header: string;
  /** `integer`, `string`, `boolean`; default `string`. */
  readonly type?: string;
  readonly format?: string;
  /** 0 always, 1 only with `-o wide`. */
  readonly wide?: boolean;
  readonly cell: (object: Draft, context: CellContext) => Cell;
}

/** What a kind needs to know about where it is created. */
export interface KindContext {
  readonly nowMs: number;
}

/** What distinguishes a kind from a mere record. Everything is optional: without it an object is stored as it is sent. */
export interface KindDeclaration {
  readonly kind: string;
  /** The version in which it is stored: `apps/v1`. */
  readonly apiVersion: string;
  /** Fills in what the writer left out. Changes its argument, which nobody else holds. */
  readonly defaults?: (object: Draft, context: KindContext) => void;
  /** What only the server may decide when an object is born: first status, cleared fields. Runs after admission. */
  readonly prepareCreate?: (object: Draft, context: KindContext) => void;
  /** What an update may not change silently is put back. `after` is a draft. */
  readonly prepareUpdate?: (after: Draft, before: Draft, context: KindContext) => void;
  /** Fills in what a writer of the status left out. Changes its argument. */
  readonly statusDefaults?: (object: Draft) => void;
  readonly validate?: (object: Draft) => FieldProblem[];
  readonly validateUpdate?: (after: Draft, before: Draft) => FieldProblem[];
  readonly validateStatusUpdate?: (after: Draft, before: Draft) => FieldProblem[];
  /** How names of this kind are checked; default a DNS subdomain. */
  readonly nameRule?: 'dns-subdomain' | 'dns-label' | 'dns-1035-label' | 'path-segment' | ((name: string) => string[]);
  /** Whether `metadata.generation` counts changes of everything but metadata and status. */
  readonly generation?: boolean;
  /** Whether the status section is reset when an object is created and ignored in ordinary updates. Default true where a status subresource exists. */
  readonly statusOnCreate?: boolean;
  /** Besides `metadata.name` and `metadata.namespace`. */
  readonly fieldSelectors?: Readonly<Record<string, (object: Draft) => string>>;
  readonly columns?: readonly Column[];
  /** Whether an update may keep a problem that the object already had (CRDValidationRatcheting). */
  readonly ratchets?: boolean;
  /** Warnings for the writer, in upstream's words. */
  readonly warnings?: (object: Draft) => string[];
}

/** Declares a kind. */
export function defineKind(declaration: KindDeclaration): KindDeclaration {
  return declaration;
}
