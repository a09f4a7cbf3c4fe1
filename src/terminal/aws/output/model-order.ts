/** A result with its members in the order of the model, as a parser of the response meets them. */
import type { Shape } from '../models/model.ts';

/** Policy documents of IAM travel as text and are shown as what they say. */
const DOCUMENTS: ReadonlySet<string> = new Set(['policyDocumentType']);

export function inModelOrder(value: unknown, shape: Shape | undefined): unknown {
  if (!shape || value === null || value === undefined) return value;
  if (shape.kind === 'list') return Array.isArray(value) ? value.map(item => inModelOrder(item, shape.item)) : value;
  if (typeof value !== 'object' || Array.isArray(value)) return value;
  const fields = value as Readonly<Record<string, unknown>>;
  if (shape.kind === 'map') return Object.fromEntries(Object.entries(fields).map(([key, inner]) => [key, inModelOrder(inner, shape.value)]));
  if (shape.kind !== 'structure') return value;
  const ordered: Record<string, unknown> = {};
  for (const name of shape.members.keys()) if (fields[name] !== undefined) ordered[name] = member(name, fields[name], shape.members.get(name)!);
  for (const name of Object.keys(fields)) if (!shape.members.has(name) && fields[name] !== undefined) ordered[name] = fields[name];
  return ordered;
}

function member(name: string, value: unknown, shape: Shape): unknown {
  const document = typeof value === 'string' && (DOCUMENTS.has(shape.name) || name === 'AssumeRolePolicyDocument' || name === 'Document' || name === 'PolicyDocument');
  if (!document) return inModelOrder(value, shape);
  try {
    return JSON.parse(value.startsWith('%7B') ? decodeURIComponent(value) : value);
  } catch {
    return value;
  }
}
