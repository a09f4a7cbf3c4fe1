/** Priority, RuntimeClass and the tolerations every pod gets. */
import type { Draft } from '../../apimachinery/json.ts';
import { deepEqual } from '../../apimachinery/json.ts';
import { forbiddenError } from '../refusals.ts';
import type { AdmissionPlugin, AdmissionRequest } from './admission.ts';

const isNewPod = ({ resource, before }: AdmissionRequest): boolean => resource.storage === '/pods' && !before;

/** Priority classes that exist in every cluster; the server itself makes them. */
const SYSTEM_PRIORITY: Readonly<Record<string, number>> = { 'system-cluster-critical': 2_000_000_000, 'system-node-critical': 2_000_001_000 };

export const priority: AdmissionPlugin = {
  name: 'Priority',
  mutate(request, { store }) {
    const { object, before, resource } = request;
    if (resource.storage === '/pods' && before) {
      // An update that leaves the computed fields out keeps them.
      if (object.spec !== before.spec) for (const key of ['priority', 'preemptionPolicy']) if (object.spec[key] === undefined && (before.spec as Draft)[key] !== undefined) object.spec[key] = (before.spec as Draft)[key];
      return undefined;
    }
    if (!isNewPod(request)) return undefined;
    const { spec } = object;
    const classes = store.collection('scheduling.k8s.io/priorityclasses');
    let value = 0;
    let policy = 'PreemptLowerPriority';
    if (spec.priorityClassName) {
      const found = classes.get('', spec.priorityClassName) as Draft | undefined;
      if (!found && SYSTEM_PRIORITY[spec.priorityClassName] === undefined) {
        return forbiddenError('', 'pods', object.metadata.name ?? '', `no PriorityClass with name ${spec.priorityClassName} was found`);
      }
      value = found?.value ?? SYSTEM_PRIORITY[spec.priorityClassName];
      policy = found?.preemptionPolicy ?? policy;
    } else {
      const defaults = (classes.list(undefined) as readonly Draft[]).filter(each => each.globalDefault).sort((a, b) => a.value - b.value);
      if (defaults[0]) {
        value = defaults[0].value;
        policy = defaults[0].preemptionPolicy ?? policy;
        spec.priorityClassName = defaults[0].metadata.name;
      }
    }
    const { name = '' } = object.metadata;
    if (spec.priority !== undefined && spec.priority !== value) {
      return forbiddenError('', 'pods', name, `the integer value of priority (${spec.priority}) must not be provided in pod spec; priority admission controller computed ${value} from the given PriorityClass name`);
    }
    spec.priority = value;
    if (spec.preemptionPolicy !== undefined && spec.preemptionPolicy !== policy) {
      return forbiddenError('', 'pods', name, `the string value of PreemptionPolicy (${spec.preemptionPolicy}) must not be provided in pod spec; priority admission controller computed ${policy} from the given PriorityClass name`);
    }
    spec.preemptionPolicy = policy;
    return undefined;
  },
};

const covers = (toleration: Draft, key: string, effect: string): boolean =>
  (!toleration.key || toleration.key === key) && (!toleration.effect || toleration.effect === effect);

export const defaultTolerations: AdmissionPlugin = {
  name: 'DefaultTolerationSeconds',
  mutate(request) {
    if (!isNewPod(request)) return undefined;
    const { spec } = request.object;
    const tolerations: Draft[] = [...(spec.tolerations ?? [])];
    for (const key of ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable']) {
      if (!tolerations.some(each => covers(each, key, 'NoExecute'))) tolerations.push({ key, operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300 });
    }
    spec.tolerations = tolerations;
    return undefined;
  },
};

export const runtimeClassAdmission: AdmissionPlugin = {
  name: 'RuntimeClass',
  mutate(request, { store }) {
    if (!isNewPod(request)) return undefined;
    const { spec, metadata } = request.object;
    const refuse = (why: string) => forbiddenError('', 'pods', metadata.name ?? '', `pod rejected: ${why}`);
    if (!spec.runtimeClassName) return spec.overhead ? refuse('Pod Overhead set without corresponding RuntimeClass defined Overhead') : undefined;
    const found = store.collection('node.k8s.io/runtimeclasses').get('', spec.runtimeClassName) as Draft | undefined;
    if (!found) return refuse(`RuntimeClass "${spec.runtimeClassName}" not found`);
    if (found.overhead?.podFixed) spec.overhead = { ...found.overhead.podFixed };
    if (found.scheduling?.nodeSelector) spec.nodeSelector = { ...spec.nodeSelector, ...found.scheduling.nodeSelector };
    for (const each of found.scheduling?.tolerations ?? []) {
      if (!(spec.tolerations ?? []).some((one: Draft) => deepEqual(one, each))) spec.tolerations = [...(spec.tolerations ?? []), { ...each }];
    }
    return undefined;
  },
};
