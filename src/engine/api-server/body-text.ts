/** Bodies that come as text: JSON, or YAML as Go's parser reads it. */
import { parse } from 'yaml';
import { badRequest } from './refusals.ts';
import type { Refusal } from '../apimachinery/status.ts';

/** Tags of YAML 1.1 that Go's parser does not know: times, sexagesimal numbers, binary. */
const isForeign = (tag: unknown): boolean => {
  const { tag: name = '', format = '' } = tag as { tag?: string; format?: string };
  return name.endsWith(':timestamp') || name.endsWith(':binary') || format === 'TIME';
};

/** The value a text stands for, or why it stands for none. */
export function readText(text: string): { readonly ok: true; readonly value: unknown } | Refusal {
  if (/^\s*[[{]/.test(text)) {
    try {
      return { ok: true, value: JSON.parse(text) as unknown };
    } catch {
      // It may still be YAML in flow style.
    }
  }
  try {
    return { ok: true, value: parse(text, { version: '1.1', customTags: tags => tags.filter(tag => !isForeign(tag)) }) as unknown };
  } catch (error) {
    return badRequest(`error decoding the body: ${error instanceof Error ? error.message.split('\n')[0]! : 'malformed'}`);
  }
}
