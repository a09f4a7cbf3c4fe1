/** Checks that many kinds share. Each takes the path of the field it speaks about. */
import { invalid, notSupported, required, type FieldProblem } from '../apimachinery/field-problem.ts';
import type { Draft } from '../apimachinery/json.ts';
import { labelKeyProblems, labelSelectorMatches, labelValueProblems } from '../apimachinery/label-selector.ts';
import { compareQuantities, milliValue, parseQuantity } from '../apimachinery/quantity.ts';

export const oneOf = (value: unknown, field: string, supported: readonly string[]): FieldProblem[] =>
  (supported.includes(value as string) ? [] : [notSupported(field, value ?? '', supported)]);

/** As {@link oneOf}, where nothing is fine too. */
export const oneOfOrNone = (value: unknown, field: string, supported: readonly string[]): FieldProblem[] =>
  (value === undefined || value === null ? [] : oneOf(value, field, supported));

export const nonNegative = (value: number | undefined, field: string): FieldProblem[] =>
  ((value ?? 0) < 0 ? [invalid(field, value, 'must be greater than or equal to 0')] : []);

export const named = (value: string | undefined, field: string, rule: (name: string) => string[]): FieldProblem[] =>
  (value === undefined ? [] : rule(value).map(problem => invalid(field, value, problem)));

const PORT_RANGE = 'must be between 1 and 65535, inclusive';

export const portNumber = (value: unknown, field: string): FieldProblem[] =>
  (Number.isInteger(value) && (value as number) >= 1 && (value as number) <= 65_535 ? [] : [invalid(field, value ?? 0, PORT_RANGE)]);

/** Why a text does not name a port, in upstream's words. */
export function portNameProblems(name: string): string[] {
  const problems: string[] = [];
  if (name.length > 15) problems.push('must be no more than 15 characters');
  if (!/^[-a-z0-9]*$/.test(name)) problems.push('must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)');
  if (!/[a-z]/.test(name)) problems.push('must contain at least one letter (a-z)');
  if (name.includes('--')) problems.push('must not contain consecutive hyphens');
  if (name.startsWith('-') || name.endsWith('-')) problems.push('must not begin or end with a hyphen');
  return problems;
}

/** A port by number or by name. */
export function portReference(value: unknown, field: string): FieldProblem[] {
  if (typeof value === 'string') return portNameProblems(value).map(problem => invalid(field, value, problem));
  return portNumber(value, field);
}

export function isIp(text: string): boolean {
  if (/^\d{1,3}(\.\d{1,3}){3}$/.test(text)) return text.split('.').every(part => Number(part) <= 255 && (part === '0' || !part.startsWith('0')));
  if (!/^[0-9a-fA-F:.]+$/.test(text) || !text.includes(':')) return false;
  const halves = text.split('::');
  const groups = text.split(':').filter(part => part !== '');
  return halves.length <= 2 && groups.every(part => /^[0-9a-fA-F]{1,4}$/.test(part)) && (halves.length === 2 ? groups.length < 8 : groups.length === 8);
}

export const ipAddress = (value: string | undefined, field: string): FieldProblem[] =>
  (isIp(value ?? '') ? [] : [invalid(field, value ?? '', 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)')]);

/** Keys and values of labels that select or are set. */
export function labelMap(labels: Draft | undefined, field: string): FieldProblem[] {
  return Object.keys(labels ?? {}).sort().flatMap(key => [
    ...labelKeyProblems(key).map(problem => invalid(field, key, problem)),
    ...labelValueProblems(labels![key]).map(problem => invalid(field, labels![key], problem)),
  ]);
}

/** A `metav1.LabelSelector`. */
export function labelSelector(selector: Draft | undefined, field: string): FieldProblem[] {
  if (!selector) return [];
  const problems = labelMap(selector.matchLabels, `${field}.matchLabels`);
  ((selector.matchExpressions ?? []) as Draft[]).forEach(({ key = '', operator = '', values = [] }, i) => {
    const at = `${field}.matchExpressions[${i}]`;
    switch (operator) {
      case 'In': case 'NotIn':
        if (values.length === 0) problems.push(required(`${at}.values`, 'must be specified when `operator` is \'In\' or \'NotIn\''));
        break;
      case 'Exists': case 'DoesNotExist':
        if (values.length > 0) problems.push({ type: 'Forbidden', field: `${at}.values`, message: 'Forbidden: may not be specified when `operator` is \'Exists\' or \'DoesNotExist\'' });
        break;
      default: problems.push(invalid(`${at}.operator`, operator, 'not a valid selector operator'));
    }
    for (const problem of labelKeyProblems(key)) problems.push(invalid(`${at}.key`, key, problem));
    (values as string[]).forEach((value, j) => { for (const problem of labelValueProblems(value)) problems.push(invalid(`${at}.values[${j}]`, value, problem)); });
  });
  return problems;
}

/** The selector of a workload: there, not empty, and selecting its own template. */
export function workloadSelector(spec: Draft, kind: string): FieldProblem[] {
  const problems: FieldProblem[] = [];
  const { selector, template } = spec;
  if (!selector) problems.push(required('spec.selector'));
  else {
    problems.push(...labelSelector(selector, 'spec.selector'));
    if (isEmptySelector(selector)) problems.push(invalid('spec.selector', selector, `empty selector is invalid for ${kind}`));
  }
  if (problems.some(problem => problem.message.includes('not a valid selector operator'))) return problems;
  const labels: Draft | undefined = template?.metadata?.labels;
  if (selector && !isEmptySelector(selector) && !labelSelectorMatches(selector, labels)) {
    problems.push(invalid('spec.template.metadata.labels', labels, '`selector` does not match template `labels`'));
  }
  return problems;
}

export const isEmptySelector = (selector: Draft): boolean =>
  Object.keys(selector.matchLabels ?? {}).length === 0 && (selector.matchExpressions ?? []).length === 0;

/** Names of ConfigMap and Secret keys. */
export function configKeyProblems(key: string): string[] {
  const problems: string[] = [];
  if (key.length > 253) problems.push('must be no more than 253 characters');
  if (!/^[-._a-zA-Z0-9]+$/.test(key)) problems.push("a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')");
  if (key === '.') problems.push("must not be '.'");
  else if (key === '..') problems.push("must not be '..'");
  else if (key.startsWith('..')) problems.push("must not start with '..'");
  return problems;
}

const STANDARD_RESOURCES = new Set(['cpu', 'memory', 'ephemeral-storage', 'storage']);

/** Requests and limits of a container. */
export function resourceRequirements(resources: Draft | undefined, field: string): FieldProblem[] {
  const problems: FieldProblem[] = [];
  const { limits = {}, requests = {} }: Draft = resources ?? {};
  for (const [list, name] of [[limits, 'limits'], [requests, 'requests']] as const) {
    for (const key of Object.keys(list)) {
      const at = `${field}.${name}[${key}]`;
      for (const problem of labelKeyProblems(key)) problems.push(invalid(at, key, problem));
      if (!key.includes('/') && !STANDARD_RESOURCES.has(key) && !key.startsWith('hugepages-')) {
        problems.push(invalid(at, key, 'must be a standard resource type or fully qualified'), invalid(at, key, 'must be a standard resource for containers'));
      } else if (key === 'storage') problems.push(invalid(at, key, 'must be a standard resource for containers'));
      if (compareQuantities(list[key], '0') < 0) problems.push(invalid(at, list[key], 'must be greater than or equal to 0'));
      else if (key.includes('/') && milliValue(list[key]) % 1000 !== 0) problems.push(invalid(at, parseQuantity(list[key]) ? list[key] : '', 'must be an integer'));
    }
  }
  for (const key of Object.keys(requests)) {
    const limit = limits[key];
    if (limit === undefined) {
      if (key.includes('/') && !key.startsWith('kubernetes.io/')) problems.push(required(`${field}.limits`, 'Limit must be set for non overcommitable resources'));
    } else if (key.includes('/') && compareQuantities(requests[key], limit) !== 0) problems.push(invalid(`${field}.requests`, requests[key], `must be equal to ${key} limit of ${limit}`));
    else if (compareQuantities(requests[key], limit) > 0) problems.push(invalid(`${field}.requests`, requests[key], `must be less than or equal to ${key} limit of ${limit}`));
  }
  return problems;
}
