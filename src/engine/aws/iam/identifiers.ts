const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** An entity's unique id, the same in every run: `AROA…` for roles, `ANPA…` for policies, `AIPA…` for instance profiles. */
export function uniqueId(prefix: 'AROA' | 'ANPA' | 'AIPA' | 'ASIA', name: string): string {
  let hash = 0x811c9dc5;
  let text = '';
  for (let index = 0; index < 17; index += 1) {
    for (const char of name) hash = Math.imul(hash ^ char.charCodeAt(0) ^ index, 0x01000193);
    text += LETTERS[(hash >>> 8) & 31]!;
  }
  return `${prefix}${text}`;
}
