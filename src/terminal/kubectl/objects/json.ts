/** JSON as Go writes it. */

/** Four spaces, sorted keys unless `keepOrder`, and `<`, `>`, `&` escaped. Ends in a line end. */
export function printJson(value: unknown, options: { keepOrder?: boolean } = {}): string {
  return `${escapeHtml(JSON.stringify(options.keepOrder ? value : sortKeys(value), null, 4))}\n`;
}

/** One line without spaces, keys sorted. */
export function compactJson(value: unknown): string {
  return escapeHtml(JSON.stringify(sortKeys(value)));
}

function escapeHtml(text: string): string {
  return text.replaceAll('<', '\\u003c').replaceAll('>', '\\u003e').replaceAll('&', '\\u0026').replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029')
    .replace(/\{\}/g, '{}');
}

/** The same value with the keys of every map in byte order. */
export function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (typeof value !== 'object' || value === null) return value;
  const map = value as Record<string, unknown>;
  return Object.fromEntries(Object.keys(map).sort().map(key => [key, sortKeys(map[key])]));
}
