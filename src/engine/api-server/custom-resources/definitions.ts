/**
 * What the server does with definitions: accepts their names, serves what they define, and clears up when they go.
 * Source: apiextensions-apiserver's pkg/controller/{status,establish,finalizer}.
 */
import type { Draft } from '../../apimachinery/json.ts';
import type { KubeObject } from '../../apimachinery/object.ts';
import { rfc3339 } from '../../kernel/calendar.ts';
import type { Kernel } from '../../kernel/kernel.ts';
import type { OpenApi } from '../openapi.ts';
import type { Resources } from '../resources.ts';
import type { Store } from '../store.ts';
import type { WriteContext, Writer } from '../writer.ts';
import { CLEANUP_FINALIZER, DEFINITIONS } from './names.ts';
import { servedByDefinition } from './served.ts';

/** Until the finalizer's controller has seen a deletion, and between its looks at objects that stay. Source: crd_finalizer.go. */
const CLEANUP_DELAY_MS = 20;
const CLEANUP_RECHECK_MS = 5_000;

interface Condition { readonly type: string; readonly status: 'True' | 'False'; readonly reason: string; readonly message: string }

const established = (status: 'True' | 'False'): Condition => (status === 'True'
  ? { type: 'Established', status, reason: 'InitialNamesAccepted', message: 'the initial names have been accepted' }
  : { type: 'Established', status, reason: 'NotAccepted', message: 'not all names are accepted' });

export class Definitions {
  constructor(
    private readonly kernel: Kernel, private readonly store: Store, private readonly resources: Resources, private readonly writer: Writer, private readonly openapi: () => OpenApi,
  ) {}

  /** A definition was created or changed, through whichever door. */
  written(definition: KubeObject): void {
    if (definition.metadata.deletionTimestamp) return this.going(definition);
    const problem = this.nameProblem(definition);
    const names: Condition = problem ?? { type: 'NamesAccepted', status: 'True', reason: 'NoConflicts', message: 'no conflicts found' };
    const before = definition.status as Draft | undefined;
    const wasEstablished = conditionOf(before, 'Established')?.status === 'True';
    const conditions = [names, established(problem && !wasEstablished ? 'False' : 'True')];
    const approval = approvalOf(definition);
    if (approval) conditions.push(approval);
    const current = this.report(definition, conditions, problem ? before?.acceptedNames : (definition.spec as Draft).names);
    const isEstablished = conditionOf(current.status as Draft, 'Established')?.status === 'True';
    this.resources.setCustom(current.metadata.name, isEstablished ? servedByDefinition(current as Draft) : []);
    this.openapi().forgetDocuments();
  }

  /** A definition is gone. */
  removed(definition: KubeObject): void {
    this.resources.setCustom(definition.metadata.name, []);
    this.openapi().forgetDocuments();
  }

  private report(definition: KubeObject, wanted: readonly Condition[], acceptedNames: unknown): KubeObject {
    const status = (definition.status ?? {}) as Draft;
    const now = rfc3339(this.kernel.nowMs);
    const kept = ((status.conditions ?? []) as Draft[]).filter(each => !wanted.some(one => one.type === each.type));
    const conditions = [...kept, ...wanted.map(each => {
      const old = conditionOf(status, each.type);
      return { lastTransitionTime: old?.status === each.status ? old.lastTransitionTime as string : now, ...each };
    })];
    const after = { ...definition, metadata: { ...definition.metadata }, status: { ...status, conditions, acceptedNames: acceptedNames ?? { plural: '', kind: '' } } };
    const written = this.writer.update(this.definitions, '', definition.metadata.name, after, 'status', this.context());
    return written.ok ? written.value : definition;
  }

  private get definitions() {
    return this.resources.ofKind('CustomResourceDefinition');
  }

  private context(): WriteContext {
    return { user: { name: 'system:apiserver', groups: ['system:masters'] }, verb: 'update', fieldManager: 'kube-apiserver', dryRun: false, warnings: [] };
  }

  /** Names that another definition of the group holds. */
  private nameProblem(definition: KubeObject): Condition | undefined {
    const { group, names } = definition.spec as Draft;
    const taken = new Set<string>();
    const kinds = new Set<string>();
    for (const other of this.store.collection(DEFINITIONS).list(undefined)) {
      if (other.metadata.name === definition.metadata.name || (other.spec as Draft).group !== group) continue;
      const accepted: Draft = (other.status as Draft | undefined)?.acceptedNames ?? {};
      for (const name of [accepted.plural, accepted.singular, ...accepted.shortNames ?? []]) if (name) taken.add(name);
      for (const kind of [accepted.kind, accepted.listKind]) if (kind) kinds.add(kind);
    }
    const refuse = (reason: string, name: string): Condition => ({ type: 'NamesAccepted', status: 'False', reason, message: `${JSON.stringify(name)} is already in use` });
    if (taken.has(names.plural)) return refuse('PluralConflict', names.plural);
    if (taken.has(names.singular)) return refuse('SingularConflict', names.singular);
    const short = ((names.shortNames ?? []) as string[]).find(name => taken.has(name));
    if (short !== undefined) return refuse('ShortNamesConflict', short);
    if (kinds.has(names.kind)) return refuse('KindConflict', names.kind);
    return kinds.has(names.listKind) ? refuse('ListKindConflict', names.listKind) : undefined;
  }

  // ---- deletion -----------------------------------------------------------------------------------------------------

  private going(definition: KubeObject): void {
    if (!definition.metadata.finalizers?.includes(CLEANUP_FINALIZER) || conditionOf(definition.status as Draft | undefined, 'Terminating')) return;
    this.report(definition, [{ type: 'Terminating', status: 'True', reason: 'InstanceDeletionPending', message: 'CustomResourceDefinition marked for deletion; CustomResource deletion will begin soon' }], (definition.status as Draft | undefined)?.acceptedNames);
    this.later(definition, CLEANUP_DELAY_MS);
  }

  private later({ metadata: { name, uid } }: KubeObject, waitMs: number): void {
    this.kernel.after(waitMs, 'apiextensions/cleanup', name, () => this.cleanUp(name, uid));
  }

  /** Deletes the objects of a definition that goes, and lets it go when there are none left. */
  private cleanUp(name: string, uid: string): void {
    const definition = this.store.collection(DEFINITIONS).get('', name);
    if (definition?.metadata.uid !== uid || !definition.metadata.deletionTimestamp) return;
    const { group, names } = definition.spec as Draft;
    const objects = this.store.collection(`${group}/${names.plural}`);
    const resource = this.resources.customOf(name);
    const context = { ...this.context(), verb: 'delete' };
    if (resource) for (const object of objects.list(undefined)) if (!object.metadata.deletionTimestamp) this.writer.delete(resource, object.metadata.namespace ?? '', object.metadata.name, { propagationPolicy: 'Background' }, context);
    if (resource && objects.list(undefined).length > 0) return this.later(definition, CLEANUP_RECHECK_MS);
    const rest = (definition.metadata.finalizers ?? []).filter(each => each !== CLEANUP_FINALIZER);
    this.writer.update(this.definitions, '', name, { ...definition, metadata: { ...definition.metadata, finalizers: rest } }, 'main', this.context());
  }
}

function conditionOf(status: Draft | undefined, type: string): Draft | undefined {
  return ((status?.conditions ?? []) as Draft[]).find(each => each.type === type);
}

/** Groups of the Kubernetes community carry the link to their review. Source: apiapproval_controller.go. */
function approvalOf(definition: KubeObject): Condition | undefined {
  const { group } = definition.spec as Draft;
  if (!/(^|\.)(k8s\.io|kubernetes\.io)$/.test(group)) return undefined;
  const link = definition.metadata.annotations?.['api-approved.kubernetes.io'] ?? '';
  const type = 'KubernetesAPIApprovalPolicyConformant';
  if (link.startsWith('unapproved')) return { type, status: 'False', reason: 'UnapprovedAnnotation', message: `not approved: ${JSON.stringify(link)}` };
  return /^https?:\/\//.test(link)
    ? { type, status: 'True', reason: 'ApprovedAnnotation', message: `approved in ${link}` }
    : { type, status: 'False', reason: 'InvalidAnnotation', message: `protected groups must have approval annotation "api-approved.kubernetes.io" with either a URL or a reason starting with "unapproved", see https://github.com/kubernetes/enhancements/pull/1111` };
}
