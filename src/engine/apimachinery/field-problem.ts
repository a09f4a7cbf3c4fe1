/** What validation has to say about one field, in upstream's words. */

export type ProblemType = 'Required' | 'Invalid' | 'NotSupported' | 'Forbidden' | 'Duplicate' | 'TooLong' | 'TooMany' | 'NotFound' | 'TypeInvalid' | 'InternalError';

export interface FieldProblem {
  readonly type: ProblemType;
  /** `spec.containers[0].name`. */
  readonly field: string;
  /** Everything after `field: `. */
  readonly message: string;
}

const CAUSE_REASON: Record<ProblemType, string> = {
  Required: 'FieldValueRequired', Invalid: 'FieldValueInvalid', NotSupported: 'FieldValueNotSupported', Forbidden: 'FieldValueForbidden',
  Duplicate: 'FieldValueDuplicate', TooLong: 'FieldValueTooLong', TooMany: 'FieldValueTooMany', NotFound: 'FieldValueNotFound',
  TypeInvalid: 'FieldValueTypeInvalid', InternalError: 'InternalError',
};

/** The `reason` of the status cause. */
export const causeReason = (problem: FieldProblem): string => CAUSE_REASON[problem.type];

/** A value as Go's `%q` or JSON would show it in a message. */
export function shown(value: unknown): string {
  if (value === undefined || value === null) return 'null';
  if (typeof value === 'string') return JSON.stringify(value);
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

const detailed = (text: string, detail: string): string => (detail === '' ? text : `${text}: ${detail}`);

export const required = (field: string, detail = ''): FieldProblem => ({ type: 'Required', field, message: detailed('Required value', detail) });
export const invalid = (field: string, value: unknown, detail: string): FieldProblem =>
  ({ type: 'Invalid', field, message: detailed(`Invalid value: ${shown(value)}`, detail) });
export const forbidden = (field: string, detail: string): FieldProblem => ({ type: 'Forbidden', field, message: detailed('Forbidden', detail) });
export const duplicate = (field: string, value: unknown): FieldProblem => ({ type: 'Duplicate', field, message: `Duplicate value: ${shown(value)}` });
export const notFound = (field: string, value: unknown): FieldProblem => ({ type: 'NotFound', field, message: `Not found: ${shown(value)}` });
export const notSupported = (field: string, value: unknown, supported: readonly string[]): FieldProblem =>
  ({ type: 'NotSupported', field, message: `Unsupported value: ${shown(value)}: supported values: ${supported.map(each => JSON.stringify(each)).join(', ')}` });
export const tooLong = (field: string, max: number): FieldProblem => ({ type: 'TooLong', field, message: `Too long: may not be more than ${max} bytes` });

/** All problems in one line: bare when there is one, in brackets when there are more, repeats dropped. */
export function joinProblems(problems: readonly FieldProblem[]): string {
  const texts = [...new Set(problems.map(problem => `${problem.field}: ${problem.message}`))];
  return texts.length === 1 ? texts[0]! : `[${texts.join(', ')}]`;
}
