/** `metav1.LabelSelector` as the text kubectl and the server use. */
import type { Json } from '../client/api-client.ts';

/** `app=web,tier in (a,b)`: keys in order, as a query parameter or in a description. */
export function compactSelector(selector: Json | undefined): string {
  if (!selector) return '';
  const terms: { key: string; text: string }[] = [];
  for (const [key, value] of Object.entries((selector.matchLabels ?? {}) as Record<string, string>)) terms.push({ key, text: `${key}=${value}` });
  for (const expression of (selector.matchExpressions ?? []) as Json[]) {
    const key = String(expression.key);
    const values = [...((expression.values ?? []) as string[])].sort().join(',');
    const text = expression.operator === 'Exists' ? key : expression.operator === 'DoesNotExist' ? `!${key}`
      : expression.operator === 'In' ? `${key} in (${values})` : `${key} notin (${values})`;
    terms.push({ key, text });
  }
  return terms.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0)).map(term => term.text).join(',');
}

/** The same, with kubectl's word for a selector that is not there. */
export function selectorText(selector: Json | undefined): string {
  if (!selector) return '<none>';
  return compactSelector(selector) || '<none>';
}
