/** What is checked of every object's metadata. */
import { forbidden, invalid, required, type FieldProblem } from '../apimachinery/field-problem.ts';
import { deepEqual, type Draft } from '../apimachinery/json.ts';
import { labelKeyProblems, labelValueProblems } from '../apimachinery/label-selector.ts';
import { dnsLabelProblems, dnsSubdomainProblems, dns1035LabelProblems, pathSegmentProblems } from '../apimachinery/names.ts';
import type { ServedResource } from './resources.ts';

const NAME_RULES = {
  'dns-subdomain': dnsSubdomainProblems, 'dns-label': dnsLabelProblems, 'dns-1035-label': dns1035LabelProblems, 'path-segment': pathSegmentProblems,
};

/** Why `name` cannot name such an object. */
export function nameProblems(resource: ServedResource, name: string): string[] {
  const rule = resource.declaration.nameRule ?? 'dns-subdomain';
  return typeof rule === 'function' ? rule(name) : NAME_RULES[rule](name);
}

/** Finalizers of Kubernetes itself that have no domain. */
const STANDARD_FINALIZERS: ReadonlySet<string> = new Set(['kubernetes', 'orphan', 'foregroundDeletion']);

const ANNOTATIONS_BYTES_MAX = 256 * 1024;

/** Names, labels, annotations, owner references; with `before` only what changed, and what may not change. */
export function metadataProblems(resource: ServedResource, object: Draft, before?: Draft): FieldProblem[] {
  const problems: FieldProblem[] = [];
  const { metadata } = object;
  const old: Draft | undefined = before?.metadata;
  if (!old) {
    const { generateName } = metadata;
    // What is drawn comes after it, so a dash at the end is fine.
    if (generateName) for (const problem of nameProblems(resource, generateName.replace(/-$/, 'a'))) problems.push(invalid('metadata.generateName', generateName, problem));
    if (!metadata.name) problems.push(required('metadata.name', 'name or generateName is required'));
    else for (const problem of nameProblems(resource, metadata.name)) problems.push(invalid('metadata.name', metadata.name, problem));
  }
  if (metadata.labels && metadata.labels !== old?.labels) problems.push(...labelProblems(metadata.labels, 'metadata.labels'));
  if (metadata.annotations && metadata.annotations !== old?.annotations) {
    let bytes = 0;
    for (const [key, value] of Object.entries<string>(metadata.annotations)) {
      for (const problem of labelKeyProblems(key.toLowerCase())) problems.push(invalid('metadata.annotations', key, problem));
      bytes += key.length + value.length;
    }
    if (bytes > ANNOTATIONS_BYTES_MAX) problems.push({ type: 'TooLong', field: 'metadata.annotations', message: `Too long: may not be more than ${ANNOTATIONS_BYTES_MAX} bytes` });
  }
  if (!old && metadata.finalizers && !resource.custom) {
    (metadata.finalizers as string[]).forEach((name, i) => {
      if (!name.includes('/') && !STANDARD_FINALIZERS.has(name)) problems.push(invalid(`metadata.finalizers[${i}]`, name, 'name is neither a standard finalizer name nor is it fully qualified'));
    });
  }
  if (metadata.ownerReferences && metadata.ownerReferences !== old?.ownerReferences) problems.push(...ownerProblems(metadata.ownerReferences));
  if (old && metadata.deletionTimestamp && !deepEqual(metadata.finalizers, old.finalizers)) {
    const added = (metadata.finalizers ?? []).filter((each: string) => !(old.finalizers ?? []).includes(each));
    if (added.length > 0) {
      problems.push(forbidden('metadata.finalizers', `no new finalizers can be added if the object is being deleted, found new finalizers []string{${added.map((each: string) => JSON.stringify(each)).join(', ')}}`));
    }
  }
  return problems;
}

/** Keys and values of labels. */
export function labelProblems(labels: Record<string, string>, field: string): FieldProblem[] {
  const problems: FieldProblem[] = [];
  for (const key of Object.keys(labels).sort()) {
    const value = labels[key]!;
    for (const problem of labelKeyProblems(key)) problems.push(invalid(field, key, problem));
    for (const problem of labelValueProblems(value)) problems.push(invalid(field, value, problem));
  }
  return problems;
}

function ownerProblems(owners: readonly Draft[]): FieldProblem[] {
  const problems: FieldProblem[] = [];
  let controller = '';
  owners.forEach(owner => {
    if (!owner.apiVersion) problems.push(invalid(`metadata.ownerReferences.apiVersion`, '', 'version must not be empty'));
    if (!owner.kind) problems.push(invalid(`metadata.ownerReferences.kind`, '', 'must not be empty'));
    if (!owner.name) problems.push(invalid(`metadata.ownerReferences.name`, '', 'must not be empty'));
    if (!owner.uid) problems.push(invalid(`metadata.ownerReferences.uid`, '', 'must not be empty'));
    if (owner.controller) {
      const named = `${owner.kind}/${owner.name}`;
      if (controller) problems.push(invalid('metadata.ownerReferences', owners, `Only one reference can have Controller set to true. Found "true" in references for ${controller} and ${named}`));
      controller = named;
    }
  });
  return problems;
}
