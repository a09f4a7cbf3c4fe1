/** A JSON value as Go's `%#v` prints what client-go holds. */
export function goSyntax(value: unknown): string {
  if (value === null || value === undefined) return 'interface {}(nil)';
  if (typeof value === 'string') return goQuote(value);
  if (Array.isArray(value)) return `[]interface {}{${value.map(goSyntax).join(', ')}}`;
  if (typeof value === 'object') {
    const map = value as Record<string, unknown>;
    return `map[string]interface {}{${Object.keys(map).sort().map(key => `${goQuote(key)}:${goSyntax(map[key])}`).join(', ')}}`;
  }
  return String(value);
}

/** `strconv.Quote`. */
export function goQuote(text: string): string {
  return JSON.stringify(text).replace(/\\u([0-9a-f]{4})/g, (whole, hex: string) => (Number.parseInt(hex, 16) < 0x80 ? `\\x${hex.slice(2)}` : whole)).replaceAll('\\b', '\\b');
}
