/** A basic `kustomization.yaml`: resources, namespace, name prefix and suffix, labels, images, replicas, patches, generators of literals. */
import { cloneJson } from '../../../engine/apimachinery/json.ts';
import { fail } from '../client/failure.ts';
import { resolvePath } from '../../../engine/userland/index.ts';
import type { Json } from '../client/api-client.ts';
import { parseYaml } from '../objects/yaml.ts';
import type { Session } from '../session.ts';

const NAMES = ['kustomization.yaml', 'kustomization.yml', 'Kustomization'];
const KNOWN = new Set(['apiVersion', 'kind', 'resources', 'bases', 'namespace', 'namePrefix', 'nameSuffix', 'commonLabels', 'labels', 'commonAnnotations', 'images', 'replicas', 'metadata']);
const CLUSTER_SCOPED = new Set(['Namespace', 'ClusterRole', 'ClusterRoleBinding', 'PersistentVolume', 'StorageClass', 'PriorityClass', 'CustomResourceDefinition', 'IngressClass', 'RuntimeClass', 'Node']);

/** Objects of the kustomization in `folder` (absolute). @throws CliFailure */
export function buildKustomization(session: Session, folder: string): Json[] {
  const { files } = session.process.system;
  const name = NAMES.find(candidate => files.stat(resolvePath(folder, candidate)));
  if (name === undefined) {
    fail(`unable to find one of 'kustomization.yaml', 'kustomization.yml' or 'Kustomization' in directory '${folder}'`);
  }
  const parsed = parseYaml(files.read(resolvePath(folder, name)));
  if (!parsed.ok) fail(`invalid Kustomization: ${parsed.error}`);
  const settings = (parsed.values[0] ?? {}) as Json;
  for (const field of Object.keys(settings)) {
    if (!KNOWN.has(field)) fail(`kustomization field "${field}" is not modelled; resources, namespace, name prefix and suffix, labels, images and replicas are`);
  }
  let objects = [...strings(settings.resources), ...strings(settings.bases)].flatMap(entry => resourceObjects(session, resolvePath(folder, entry), entry));
  for (const change of [named, placed, labelled, imaged, scaled]) objects = objects.map(object => change(cloneJson(object), settings));
  return objects;
}

function resourceObjects(session: Session, path: string, entry: string): Json[] {
  const stat = session.process.system.files.stat(path);
  if (!stat) fail(`accumulating resources: accumulation err='accumulating resources from '${entry}': open ${path}: no such file or directory'`);
  if (stat.type === 'directory') return buildKustomization(session, path);
  const parsed = parseYaml(session.process.system.files.read(path));
  if (!parsed.ok) fail(`accumulating resources: accumulation err='accumulating resources from '${entry}': ${parsed.error}'`);
  return parsed.values.filter(value => value !== null) as Json[];
}

const strings = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : []);
const metaOf = (object: Json): Json => (object.metadata ??= {}) as Json;

function named(object: Json, settings: Json): Json {
  const meta = metaOf(object);
  if (object.kind !== 'Namespace') meta.name = `${String(settings.namePrefix ?? '')}${String(meta.name)}${String(settings.nameSuffix ?? '')}`;
  return object;
}

function placed(object: Json, settings: Json): Json {
  if (typeof settings.namespace === 'string' && !CLUSTER_SCOPED.has(String(object.kind))) metaOf(object).namespace = settings.namespace;
  return object;
}

function labelled(object: Json, settings: Json): Json {
  const meta = metaOf(object);
  const template = (object.spec as Json | undefined)?.template as Json | undefined;
  const add = (labels: unknown, intoSelectors: boolean, intoTemplates: boolean): void => {
    if (!labels) return;
    meta.labels = { ...(meta.labels as Json), ...(labels as Json) };
    if (template && (intoSelectors || intoTemplates)) {
      const templateMeta = metaOf(template);
      templateMeta.labels = { ...(templateMeta.labels as Json), ...(labels as Json) };
    }
    const spec = object.spec as Json | undefined;
    if (!intoSelectors || !spec) return;
    if (object.kind === 'Service' && spec.selector) spec.selector = { ...(spec.selector as Json), ...(labels as Json) };
    else if (template && object.kind !== 'Job') {
      const selector = (spec.selector ??= {}) as Json;
      selector.matchLabels = { ...(selector.matchLabels as Json), ...(labels as Json) };
    }
  };
  add(settings.commonLabels, true, true);
  for (const entry of (settings.labels ?? []) as Json[]) add(entry.pairs, entry.includeSelectors === true, entry.includeTemplates === true);
  if (settings.commonAnnotations) meta.annotations = { ...(meta.annotations as Json), ...(settings.commonAnnotations as Json) };
  return object;
}

function imaged(object: Json, settings: Json): Json {
  const images = (settings.images ?? []) as Json[];
  if (images.length === 0) return object;
  const spec = object.spec as Json | undefined;
  const podSpec = (object.kind === 'Pod' ? spec : object.kind === 'CronJob'
    ? (((spec?.jobTemplate as Json)?.spec as Json)?.template as Json)?.spec : (spec?.template as Json | undefined)?.spec) as Json | undefined;
  for (const container of [...((podSpec?.containers ?? []) as Json[]), ...((podSpec?.initContainers ?? []) as Json[])]) {
    const match = /^(.*?)(?::([^:/@]+))?(@.*)?$/.exec(String(container.image))!;
    const change = images.find(image => image.name === match[1]);
    if (!change) continue;
    const tag = change.newTag ?? match[2];
    container.image = `${String(change.newName ?? match[1])}${change.digest ? `@${String(change.digest)}` : tag ? `:${String(tag)}` : ''}`;
  }
  return object;
}

function scaled(object: Json, settings: Json): Json {
  const change = ((settings.replicas ?? []) as Json[]).find(entry => entry.name === metaOf(object).name);
  if (change && ['Deployment', 'StatefulSet', 'ReplicaSet'].includes(String(object.kind))) (object.spec as Json).replicas = change.count;
  return object;
}
