/** Field selectors: `spec.nodeName=a,status.phase!=Running`, over the few fields a kind offers. */
import type { Draft } from '../apimachinery/json.ts';
import type { ServedResource } from './resources.ts';

interface Term {
  readonly field: string;
  readonly negated: boolean;
  readonly value: string;
}

export type FieldTest = (object: Draft) => boolean;

/** @returns the test, or the refusal's text */
export function parseFieldSelector(resource: ServedResource, text: string): FieldTest | string {
  const terms: Term[] = [];
  for (const part of text.split(/(?<!\\),/)) {
    if (part === '') continue;
    const match = /^([^=!]*)(!=|==|=)(.*)$/s.exec(part);
    if (!match) return `invalid selector: '${part}'; can't understand '${part}'`;
    terms.push({ field: match[1]!, negated: match[2] === '!=', value: match[3]!.replaceAll(/\\(.)/g, '$1') });
  }
  const tests: FieldTest[] = [];
  for (const { field, negated, value } of terms) {
    const read = readerOf(resource, field);
    if (!read) return fieldNotSupported(resource, field);
    tests.push(object => (read(object) === value) !== negated);
  }
  return object => tests.every(test => test(object));
}

function readerOf(resource: ServedResource, field: string): ((object: Draft) => string) | undefined {
  if (field === 'metadata.name') return object => object.metadata.name;
  if (field === 'metadata.namespace' && resource.namespaced) return object => object.metadata.namespace;
  return resource.declaration.fieldSelectors?.[field];
}

function fieldNotSupported(resource: ServedResource, field: string): string {
  if (resource.declaration.fieldSelectors) return `field label not supported: ${field}`;
  return resource.namespaced
    ? `"${field}" is not a known field selector: only "metadata.name", "metadata.namespace"`
    : `"${field}" is not a known field selector: only "metadata.name", "metadata.namespace"`;
}
