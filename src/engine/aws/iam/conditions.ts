/** Condition operators. Source: IAM user guide, reference_policies_elements_condition_operators. */
import { parseRfc3339 } from '../../kernel/calendar.ts';
import { matchesWildcard } from './wildcard.ts';

/** What is known of a call, by condition key; keys are compared without case. */
export type ConditionContext = Readonly<Record<string, string | readonly string[]>>;

type Compare = (actual: string, wanted: string) => boolean;

const numeric = (compare: (a: number, b: number) => boolean): Compare => (actual, wanted) => compare(Number(actual), Number(wanted));
const dated = (compare: (a: number, b: number) => boolean): Compare => (actual, wanted) => compare(parseRfc3339(actual) ?? Number.NaN, parseRfc3339(wanted) ?? Number.NaN);

/** Positive operators; their `Not` forms hold where these do not. */
const OPERATORS: Readonly<Record<string, Compare>> = {
  StringEquals: (actual, wanted) => actual === wanted,
  StringEqualsIgnoreCase: (actual, wanted) => actual.toLowerCase() === wanted.toLowerCase(),
  StringLike: (actual, wanted) => matchesWildcard(wanted, actual),
  ArnEquals: (actual, wanted) => matchesWildcard(wanted, actual),
  ArnLike: (actual, wanted) => matchesWildcard(wanted, actual),
  Bool: (actual, wanted) => actual.toLowerCase() === wanted.toLowerCase(),
  NumericEquals: numeric((a, b) => a === b),
  NumericLessThan: numeric((a, b) => a < b),
  NumericLessThanEquals: numeric((a, b) => a <= b),
  NumericGreaterThan: numeric((a, b) => a > b),
  NumericGreaterThanEquals: numeric((a, b) => a >= b),
  DateEquals: dated((a, b) => a === b),
  DateLessThan: dated((a, b) => a < b),
  DateLessThanEquals: dated((a, b) => a <= b),
  DateGreaterThan: dated((a, b) => a > b),
  DateGreaterThanEquals: dated((a, b) => a >= b),
};

/** `StringNotLike` → `StringLike`. */
const positiveOf = (operator: string): string => operator.replace(/^(String|Arn|Numeric|Date)Not/, '$1');

/** Whether Drydock knows the operator; a policy with another one is refused when it is written. */
export function isConditionOperator(name: string): boolean {
  const base = baseOf(name);
  return base === 'Null' || positiveOf(base) in OPERATORS;
}

const baseOf = (name: string): string => name.replace(/^ForA(ny|ll)Values?:/, '').replace(/IfExists$/, '');

/** Whether every condition of a statement holds: operators and keys are joined by *and*, the values of a key by *or*. */
export function conditionsHold(conditions: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>, context: ConditionContext): boolean {
  return Object.entries(conditions).every(([operator, keys]) =>
    Object.entries(keys).every(([key, wanted]) => conditionHolds(operator, [wanted].flat().map(String), valueOf(context, key))));
}

function conditionHolds(name: string, wanted: readonly string[], actual: readonly string[] | undefined): boolean {
  const base = baseOf(name);
  if (base === 'Null') return wanted.some(value => (value.toLowerCase() === 'true') === (actual === undefined));
  const positive = positiveOf(base);
  const compare = OPERATORS[positive];
  if (!compare) return false;
  const negated = positive !== base;
  const holds = (value: string): boolean => wanted.some(entry => compare(value, entry)) !== negated;
  if (name.startsWith('ForAllValues:')) return (actual ?? []).every(holds);
  if (actual === undefined) return negated || name.endsWith('IfExists');
  return name.startsWith('ForAnyValue:') || !negated ? actual.some(holds) : actual.every(holds);
}

function valueOf(context: ConditionContext, key: string): readonly string[] | undefined {
  const found = Object.keys(context).find(known => known.toLowerCase() === key.toLowerCase());
  return found === undefined ? undefined : [context[found]!].flat();
}
