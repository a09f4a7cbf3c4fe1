/** Label selectors, in the text form of requests and in the object form of specs. */
import { isObject } from './json.ts';

export type Labels = Readonly<Record<string, string>>;
export type SelectorOperator = 'in' | 'notin' | '=' | '!=' | 'exists' | '!' | 'gt' | 'lt';

export interface Requirement {
  readonly key: string;
  readonly operator: SelectorOperator;
  readonly values: readonly string[];
}

export type Selector = readonly Requirement[];

/** `metav1.LabelSelector`. */
export interface LabelSelector {
  readonly matchLabels?: Labels;
  readonly matchExpressions?: readonly { readonly key: string; readonly operator: string; readonly values?: readonly string[] }[];
}

/** Whether `labels` satisfy every requirement; an absent key satisfies `!=` and `notin`. */
export function selectorMatches(selector: Selector, labels: Labels | undefined): boolean {
  for (const { key, operator, values } of selector) {
    const value = labels?.[key];
    switch (operator) {
      case '=': case 'in': if (value === undefined || !values.includes(value)) return false; break;
      case '!=': case 'notin': if (value !== undefined && values.includes(value)) return false; break;
      case 'exists': if (value === undefined) return false; break;
      case '!': if (value !== undefined) return false; break;
      case 'gt': if (value === undefined || !(Number(value) > Number(values[0]))) return false; break;
      case 'lt': if (value === undefined || !(Number(value) < Number(values[0]))) return false; break;
    }
  }
  return true;
}

/** The requirements of a `metav1.LabelSelector`. `undefined` selects nothing, an empty one everything (the caller decides). */
export function selectorOf(selector: LabelSelector): Selector {
  const requirements: Requirement[] = Object.entries(selector.matchLabels ?? {})
    .map(([key, value]) => ({ key, operator: '=' as const, values: [value] }));
  const operators: Record<string, SelectorOperator> = { In: 'in', NotIn: 'notin', Exists: 'exists', DoesNotExist: '!', Gt: 'gt', Lt: 'lt' };
  for (const { key, operator, values } of selector.matchExpressions ?? []) {
    requirements.push({ key, operator: operators[operator] ?? 'exists', values: values ?? [] });
  }
  return requirements;
}

/** Whether a `metav1.LabelSelector` selects these labels; a missing selector selects nothing. */
export function labelSelectorMatches(selector: LabelSelector | undefined, labels: Labels | undefined): boolean {
  if (!isObject(selector)) return false;
  for (const key in selector.matchLabels) if (labels?.[key] !== (selector.matchLabels as Labels)[key]) return false;
  return !selector.matchExpressions?.length || selectorMatches(selectorOf({ matchExpressions: selector.matchExpressions }), labels);
}

type Token = { readonly kind: 'word' | 'end' | '!' | ',' | '(' | ')' | '=' | '==' | '!=' | '<' | '>' | 'in' | 'notin'; readonly text: string };

function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  for (const match of text.matchAll(/\s+|==|!=|[!,()=<>]|[^\s!,()=<>]+/g)) {
    const found = match[0];
    if (/^\s/.test(found)) continue;
    const special = ['!', ',', '(', ')', '=', '==', '!=', '<', '>', 'in', 'notin'].includes(found);
    tokens.push({ kind: (special ? found : 'word') as Token['kind'], text: found });
  }
  tokens.push({ kind: 'end', text: '' });
  return tokens;
}

/** Parses `a=b,c in (d,e),!f`. @returns the selector, or the parser's complaint in upstream's words */
export function parseSelector(text: string): Selector | string {
  const tokens = tokensOf(text);
  const requirements: Requirement[] = [];
  let at = 0;
  const peek = (): Token => tokens[at]!;
  const isWord = (token: Token): boolean => token.kind === 'word' || token.kind === 'in' || token.kind === 'notin';
  const complain = (token: Token, expected: string): string => `unable to parse requirement: found '${token.text}', expected: ${expected}`;
  while (peek().kind !== 'end') {
    let negated = false;
    if (peek().kind === '!') {
      negated = true;
      at += 1;
    }
    const keyToken = tokens[at++]!;
    if (!isWord(keyToken)) return complain(keyToken, 'identifier');
    const bad = labelKeyProblem(keyToken.text);
    if (bad) return `unable to parse requirement: <nil>: Invalid value: "${keyToken.text}": ${bad}`;
    const operator = peek();
    if (negated || operator.kind === ',' || operator.kind === 'end') {
      if (negated && operator.kind !== ',' && operator.kind !== 'end') return complain(operator, "',' or 'end of string'");
      requirements.push({ key: keyToken.text, operator: negated ? '!' : 'exists', values: [] });
    } else {
      at += 1;
      if (operator.kind === 'in' || operator.kind === 'notin') {
        if (peek().kind !== '(') return `unable to parse requirement: found '${peek().text}' expected: '('`;
        at += 1;
        const values: string[] = [];
        let afterComma = true;
        for (;;) {
          const token = tokens[at++]!;
          if (isWord(token)) {
            values.push(token.text);
            afterComma = false;
          } else if (token.kind === ',') {
            if (afterComma) values.push('');
            afterComma = true;
          } else if (token.kind === ')') {
            if (afterComma) values.push('');
            break;
          } else return complain(token, "',', ')' or identifier");
        }
        requirements.push({ key: keyToken.text, operator: operator.kind, values });
      } else if (['=', '==', '!=', '<', '>'].includes(operator.kind)) {
        let value = '';
        if (isWord(peek())) value = tokens[at++]!.text;
        else if (peek().kind !== ',' && peek().kind !== 'end') return complain(peek(), "identifier");
        const wrong = labelValueProblem(value);
        if (wrong) return `unable to parse requirement: values[0][${keyToken.text}]: Invalid value: "${value}": ${wrong}`;
        const meaning = { '=': '=', '==': '=', '!=': '!=', '<': 'lt', '>': 'gt' } as const;
        requirements.push({ key: keyToken.text, operator: meaning[operator.kind as keyof typeof meaning], values: [value] });
      } else return complain(operator, "in, notin, =, ==, !=, gt, lt");
    }
    if (peek().kind === ',') {
      at += 1;
      if (peek().kind === 'end') return complain(peek(), "identifier after ','");
    } else if (peek().kind !== 'end') return `found '${peek().text}', expected: ',' or 'end of string'`;
  }
  return requirements.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
}

const QUALIFIED_NAME = /^([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$/;
const SUBDOMAIN = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;

/** Why a label (or annotation) key is not one, in upstream's words; empty when it is. */
export function labelKeyProblem(key: string): string {
  return labelKeyProblems(key).join('; ');
}

/** As {@link labelKeyProblem}, one entry a problem. */
export function labelKeyProblems(key: string): string[] {
  const problems: string[] = [];
  const parts = key.split('/');
  if (parts.length > 2) {
    return ["a valid label key must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]') with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')"];
  }
  const name = parts.at(-1)!;
  if (parts.length === 2) {
    const prefix = parts[0]!;
    if (prefix === '') problems.push('prefix part must be non-empty');
    else {
      if (prefix.length > 253) problems.push('prefix part must be no more than 253 bytes');
      if (!SUBDOMAIN.test(prefix)) problems.push("prefix part a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')");
    }
  }
  if (name === '') problems.push('name part must be non-empty');
  else if (name.length > 63) problems.push('name part must be no more than 63 bytes');
  if (!QUALIFIED_NAME.test(name)) problems.push("name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')");
  return problems;
}

/** Why a label value is not one, in upstream's words; empty when it is. */
export function labelValueProblem(value: string): string {
  return labelValueProblems(value).join('; ');
}

/** As {@link labelValueProblem}, one entry a problem. */
export function labelValueProblems(value: string): string[] {
  const problems: string[] = [];
  if (value.length > 63) problems.push('must be no more than 63 bytes');
  if (value !== '' && !QUALIFIED_NAME.test(value)) problems.push("a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')");
  return problems;
}

/** The text form of a `metav1.LabelSelector`, as `kubectl` and tables print it: `a=b,c in (d,e)`. */
export function formatSelector(selector: LabelSelector | undefined): string {
  if (!selector) return '<none>';
  const parts = [...selectorOf(selector)].sort((a, b) => (a.key < b.key ? -1 : 1)).map(({ key, operator, values }) => {
    switch (operator) {
      case '=': return `${key}=${values[0]}`;
      case '!=': return `${key}!=${values[0]}`;
      case 'exists': return key;
      case '!': return `!${key}`;
      case 'gt': return `${key}>${values[0]}`;
      case 'lt': return `${key}<${values[0]}`;
      default: return `${key} ${operator} (${[...values].sort().join(',')})`;
    }
  });
  return parts.length === 0 ? '<none>' : parts.join(',');
}
