/** Any object as a tree of its fields, words of camel case apart. */
import type { Json } from '../client/api-client.ts';
import type { Description } from './writer.ts';

const isMap = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value);

/** `creationTimestamp` → `Creation Timestamp`, `podIPs` → `Pod I Ps`, as kubectl's smart label does. */
export function smartLabel(field: string): string {
  const upper = field.toUpperCase();
  if (['API', 'URL', 'UID', 'OSB', 'GUID'].includes(upper)) return upper;
  const words = field.replaceAll(/[^A-Za-z0-9]+/g, ' ').replaceAll(/([a-z0-9])([A-Z])/g, '$1 $2').replaceAll(/([A-Z])(?=[A-Z][a-z])/g, '$1 ').split(' ').filter(Boolean);
  return words.map(word => (['api', 'url', 'uid', 'osb', 'guid'].includes(word.toLowerCase()) ? word.toUpperCase() : word[0]!.toUpperCase() + word.slice(1))).join(' ');
}

export function fieldTree(w: Description, level: number, map: Json): void {
  const entries = Object.keys(map).filter(key => map[key] !== undefined).map(key => ({ key, label: smartLabel(key), value: map[key] }));
  for (const { label, value } of entries.sort((a, b) => (a.label < b.label ? -1 : 1))) {
    if (isMap(value)) {
      w.line(level, `${label}:`);
      fieldTree(w, level + 1, value);
    } else if (Array.isArray(value)) {
      w.line(level, `${label}:`);
      for (const item of value) {
        if (isMap(item)) fieldTree(w, level + 1, item);
        else w.line(level + 1, String(item));
      }
    } else w.line(level, `${label}:\t${value === null ? '<nil>' : String(value)}`);
  }
}
