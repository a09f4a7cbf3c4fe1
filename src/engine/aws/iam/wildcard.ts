const compiled = new Map<string, RegExp>();

/** Matches a policy's pattern: `*` is any text, `?` any character. */
export function matchesWildcard(pattern: string, text: string, ignoreCase = false): boolean {
  if (pattern === '*') return true;
  if (!/[*?]/.test(pattern)) return ignoreCase ? pattern.toLowerCase() === text.toLowerCase() : pattern === text;
  const key = ignoreCase ? `i${pattern}` : `s${pattern}`;
  let expression = compiled.get(key);
  if (!expression) {
    const source = pattern.replace(/[.+^${}()|[\]\\]/g, '\\$&').replaceAll('*', '[^]*').replaceAll('?', '[^]');
    compiled.set(key, expression = new RegExp(`^${source}$`, ignoreCase ? 'i' : ''));
  }
  return expression.test(text);
}
