/** `metav1.Status`: how the API server says no. A value, never an exception. */
export interface Status {
  readonly kind: 'Status';
  readonly apiVersion: 'v1';
  readonly metadata: Record<string, unknown>;
  readonly status: 'Success' | 'Failure';
  readonly message?: string;
  readonly reason?: StatusReason;
  readonly details?: StatusDetails;
  readonly code: number;
}

export type StatusReason =
  | 'Unauthorized' | 'Forbidden' | 'NotFound' | 'AlreadyExists' | 'Conflict' | 'Gone' | 'Invalid' | 'ServerTimeout' | 'Timeout'
  | 'TooManyRequests' | 'BadRequest' | 'MethodNotAllowed' | 'NotAcceptable' | 'UnsupportedMediaType' | 'InternalError' | 'Expired'
  | 'ServiceUnavailable' | 'RequestEntityTooLarge';

export interface StatusDetails {
  readonly name?: string;
  readonly group?: string;
  readonly kind?: string;
  readonly uid?: string;
  readonly causes?: readonly StatusCause[];
  readonly retryAfterSeconds?: number;
}

export interface StatusCause {
  readonly reason?: string;
  readonly message?: string;
  readonly field?: string;
}

/** An answer that is either an object or a refusal. */
export type Result<T> = { readonly ok: true; readonly value: T; readonly warnings?: readonly string[] } | Refusal;

export interface Refusal {
  readonly ok: false;
  readonly status: Status;
}

/** Shortens a refusal: `refuse(404, 'NotFound', 'pods "x" not found', { name: 'x', kind: 'pods' })`. */
export function refuse(code: number, reason: StatusReason, message: string, details?: StatusDetails): Refusal {
  return {
    ok: false,
    status: { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, reason, ...(details && { details }), code },
  };
}
