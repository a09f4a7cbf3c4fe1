/** Who owns: references to the left, then workload → ReplicaSet → Pod, one band a workload. */
import type { KubeObject } from '../../engine/apimachinery/object.ts';
import { fits, get, list, slugOf, type Slug, type Snapshot } from '../snapshot.ts';
import type { GlyphName } from '../theme/glyph.tsx';
import { worstTone, type Tone } from '../theme/status.ts';
import { isTrouble } from './filter.ts';
import { appOf, model } from './model.ts';
import type { Pod, PodSpec } from 'kubernetes-types/core/v1.d.ts';

export interface OwnBox {
  readonly id: string;
  readonly slug: Slug | undefined;
  readonly column: 0 | 1 | 2 | 3;
  readonly row: number;
  readonly kind: string;
  readonly title: string;
  readonly note: string;
  readonly glyph: GlyphName;
  readonly tone: Tone;
}

export interface OwnEdge { readonly id: string; readonly from: string; readonly to: string; readonly owns: boolean; readonly missing: boolean }
export interface OwnsGraph { readonly boxes: readonly OwnBox[]; readonly edges: readonly OwnEdge[]; readonly rows: number }

const WORKLOADS = ['Deployment', 'StatefulSet', 'DaemonSet', 'CronJob', 'Job'] as const;

interface Template { spec?: { replicas?: number; template?: { metadata?: { labels?: Record<string, string> }; spec?: PodSpec }; schedule?: string } }

export function ownsGraph(snapshot: Snapshot, namespace: string): OwnsGraph {
  const boxes: OwnBox[] = [];
  const edges: OwnEdge[] = [];
  const marks = new Map(model(snapshot).pods.map(mark => [mark.uid, mark]));
  const pods = list<Pod>(snapshot, 'Pod', namespace).map(pod => ({ pod, mark: marks.get(pod.metadata.uid)! }));
  let row = 0;
  const ownedBy = (uid: string): typeof pods => pods.filter(({ pod }) => pod.metadata.ownerReferences?.some(owner => owner.uid === uid));
  const podBox = (owner: string, { mark }: (typeof pods)[number], at: number): void => {
    boxes.push({ id: mark.slug, slug: mark.slug, column: 3, row: at, kind: 'Pod', title: mark.name, note: mark.look.tone === 'ok' ? '' : mark.status, glyph: mark.look.glyph, tone: mark.look.tone });
    edges.push({ id: `${owner}>${mark.slug}`, from: owner, to: mark.slug, owns: true, missing: false });
  };
  const troubled = new Set(pods.filter(({ mark }) => isTrouble(mark)).map(({ mark }) => `${mark.namespace}/${mark.app}`));
  const rank = (workload: KubeObject): number => (troubled.has(`${workload.metadata.namespace ?? ''}/${appOf(workload)}`) ? 0 : 1);
  const loose = pods.filter(({ pod }) => !pod.metadata.ownerReferences?.length);
  const looseBox = ({ mark }: (typeof pods)[number]): void => {
    const calm = mark.look.tone === 'ok';
    boxes.push({ id: mark.slug, slug: mark.slug, column: 3, row, kind: 'Pod', title: mark.name, note: calm ? 'no owner' : mark.status, glyph: calm ? 'orphan' : mark.look.glyph, tone: mark.look.tone });
    row += 1;
  };
  // Trouble first, whatever its kind.
  for (const entry of loose) if (isTrouble(entry.mark)) looseBox(entry);
  const workloads = WORKLOADS.flatMap(kind => list<Template>(snapshot, kind, namespace).sort((a, b) => a.metadata.name.localeCompare(b.metadata.name)).map(workload => ({ kind, workload })));
  for (const { kind, workload } of workloads.sort((a, b) => rank(a.workload) - rank(b.workload))) {
    if (kind === 'Job' && workload.metadata.ownerReferences?.length) continue;
    const id = slugOf(workload);
    const top = row;
    let podRow = top;
    const tones: Tone[] = [];
    const sets = list<Template>(snapshot, 'ReplicaSet', workload.metadata.namespace)
      .filter(set => set.metadata.ownerReferences?.some(owner => owner.uid === workload.metadata.uid))
      .sort((a, b) => b.metadata.creationTimestamp.localeCompare(a.metadata.creationTimestamp));
    const shown = sets.filter((set, index) => index === 0 || (set.spec?.replicas ?? 0) > 0 || ownedBy(set.metadata.uid).length > 0);
    for (const set of shown) {
      const mine = ownedBy(set.metadata.uid);
      const at = podRow;
      for (const entry of mine) {
        podBox(slugOf(set), entry, podRow++);
        tones.push(entry.mark.look.tone);
      }
      podRow = Math.max(podRow, at + 1);
      boxes.push({
        id: slugOf(set), slug: slugOf(set), column: 2, row: at + Math.max(0, mine.length - 1) / 2, kind: 'ReplicaSet', title: set.metadata.name,
        note: `${mine.filter(({ mark }) => mark.look.tone === 'ok').length}/${set.spec?.replicas ?? 0}`, glyph: 'set', tone: worstTone(mine.map(({ mark }) => mark.look.tone)),
      });
      edges.push({ id: `${id}>${slugOf(set)}`, from: id, to: slugOf(set), owns: true, missing: false });
    }
    for (const entry of ownedBy(workload.metadata.uid)) {
      podBox(id, entry, podRow++);
      tones.push(entry.mark.look.tone);
    }
    podRow = Math.max(podRow, top + 1);
    const refs = references(snapshot, workload);
    const older = sets.length - shown.length;
    const middle = top + (podRow - top - 1) / 2;
    boxes.push({ id, slug: id, column: 1, row: middle, kind, title: workload.metadata.name, note: older > 0 ? `+${older} older` : '', glyph: 'set', tone: worstTone(tones) });
    refs.forEach((ref, index) => {
      const refId = `${id}:${ref.kind}/${ref.name}`;
      const missing = !ref.object;
      boxes.push({
        id: refId, slug: ref.object ? slugOf(ref.object) : undefined, column: 0, row: top + index, kind: ref.kind, title: ref.name, note: missing ? 'not found' : ref.note,
        glyph: missing ? 'missing' : ref.kind === 'Service' ? 'svcok' : 'sheet', tone: missing ? 'bad' : 'ok',
      });
      edges.push({ id: `${refId}>${id}`, from: refId, to: id, owns: false, missing });
    });
    row = Math.max(podRow, top + refs.length) + 0.5;
  }
  for (const entry of loose) if (!isTrouble(entry.mark)) looseBox(entry);
  return { boxes, edges, rows: row };
}

interface Reference { readonly kind: string; readonly name: string; readonly object: KubeObject | undefined; readonly note: string }

/** What the pod template names, and what names the workload: ConfigMap, Secret, claim, budget, autoscaler. */
export function references(snapshot: Snapshot, workload: KubeObject & Template): Reference[] {
  const namespace = workload.metadata.namespace ?? '';
  const found = new Map<string, Reference>();
  const add = (kind: string, name: string | undefined, optional = false): void => {
    if (!name) return;
    const object = get(snapshot, kind, namespace, name);
    if (object || !optional) found.set(`${kind}/${name}`, { kind, name, object, note: '' });
  };
  const spec = workload.spec?.template?.spec;
  for (const container of [...(spec?.initContainers ?? []), ...(spec?.containers ?? [])]) {
    for (const source of container.envFrom ?? []) {
      add('ConfigMap', source.configMapRef?.name, source.configMapRef?.optional);
      add('Secret', source.secretRef?.name, source.secretRef?.optional);
    }
    for (const variable of container.env ?? []) {
      add('ConfigMap', variable.valueFrom?.configMapKeyRef?.name, variable.valueFrom?.configMapKeyRef?.optional);
      add('Secret', variable.valueFrom?.secretKeyRef?.name, variable.valueFrom?.secretKeyRef?.optional);
    }
  }
  for (const volume of spec?.volumes ?? []) {
    add('ConfigMap', volume.configMap?.name, volume.configMap?.optional);
    add('Secret', volume.secret?.secretName, volume.secret?.optional);
    add('PersistentVolumeClaim', volume.persistentVolumeClaim?.claimName);
  }
  const labels = workload.spec?.template?.metadata?.labels;
  for (const budget of list<{ spec?: { selector?: { matchLabels?: Record<string, string> } } }>(snapshot, 'PodDisruptionBudget', namespace)) {
    if (fits(budget.spec?.selector?.matchLabels, labels)) found.set(`PDB/${budget.metadata.name}`, { kind: 'PodDisruptionBudget', name: budget.metadata.name, object: budget, note: '' });
  }
  for (const scaler of list<{ spec?: { scaleTargetRef?: { kind?: string; name?: string } } }>(snapshot, 'HorizontalPodAutoscaler', namespace)) {
    const target = scaler.spec?.scaleTargetRef;
    if (target?.kind === workload.kind && target.name === workload.metadata.name) {
      found.set(`HPA/${scaler.metadata.name}`, { kind: 'HorizontalPodAutoscaler', name: scaler.metadata.name, object: scaler, note: '' });
    }
  }
  return [...found.values()];
}
