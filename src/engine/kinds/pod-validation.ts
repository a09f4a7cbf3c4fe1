/** What is checked of a pod spec, in a pod or a template. */
import { duplicate, forbidden, invalid, notSupported, required, type FieldProblem } from '../apimachinery/field-problem.ts';
import { deepEqual, type Draft } from '../apimachinery/json.ts';
import { labelKeyProblems, labelValueProblems } from '../apimachinery/label-selector.ts';
import { dnsLabelProblems, dnsSubdomainProblems } from '../apimachinery/names.ts';
import { containerProblems } from './container-validation.ts';
import { configKeyProblems, ipAddress, labelMap, labelSelector, named, nonNegative, oneOf } from './field-checks.ts';
import { podContextProblems } from './security-context-validation.ts';

const SOURCES = [
  'hostPath', 'gitRepo', 'emptyDir', 'secret', 'persistentVolumeClaim', 'configMap', 'downwardAPI', 'projected', 'nfs', 'csi', 'ephemeral', 'image', 'gcePersistentDisk',
  'awsElasticBlockStore', 'iscsi', 'glusterfs', 'rbd', 'quobyte', 'flexVolume', 'cephfs', 'cinder', 'flocker', 'fc', 'vsphereVolume', 'azureFile', 'azureDisk', 'photonPersistentDisk',
  'portworxVolume', 'scaleIO', 'storageos',
];

function itemProblems(items: readonly Draft[] | undefined, field: string): FieldProblem[] {
  return (items ?? []).flatMap((item, i) => {
    const at = `${field}[${i}]`;
    const problems: FieldProblem[] = [];
    if (!item.key) problems.push(required(`${at}.key`));
    else for (const problem of configKeyProblems(item.key)) problems.push(invalid(`${at}.key`, item.key, problem));
    if (!item.path) problems.push(required(`${at}.path`));
    else if (item.path.startsWith('/')) problems.push(invalid(`${at}.path`, item.path, 'must be a relative path'));
    return problems;
  });
}

function volumeProblems(volumes: readonly Draft[], field: string): FieldProblem[] {
  const seen = new Set<string>();
  return volumes.flatMap((volume, i) => {
    const at = `${field}[${i}]`;
    const sources = SOURCES.filter(key => volume[key]);
    const problems: FieldProblem[] = sources.slice(1).map(key => forbidden(`${at}.${key}`, 'may not specify more than 1 volume type'));
    if (sources.length === 0) problems.push(required(at, 'must specify a volume type'));
    switch (sources[0]) {
      case 'hostPath': if (!volume.hostPath.path) problems.push(required(`${at}.hostPath.path`)); break;
      case 'secret':
        if (!volume.secret.secretName) problems.push(required(`${at}.secret.secretName`));
        problems.push(...itemProblems(volume.secret.items, `${at}.secret.items`));
        break;
      case 'configMap':
        if (!volume.configMap.name) problems.push(required(`${at}.configMap.name`));
        problems.push(...itemProblems(volume.configMap.items, `${at}.configMap.items`));
        break;
      case 'persistentVolumeClaim': if (!volume.persistentVolumeClaim.claimName) problems.push(required(`${at}.persistentVolumeClaim.claimName`)); break;
      case 'nfs':
        if (!volume.nfs.server) problems.push(required(`${at}.nfs.server`));
        if (!volume.nfs.path) problems.push(required(`${at}.nfs.path`));
        break;
      case 'csi': if (!volume.csi.driver) problems.push(required(`${at}.csi.driver`)); break;
    }
    const { name = '' } = volume;
    if (name === '') problems.push(required(`${at}.name`));
    else {
      for (const problem of dnsLabelProblems(name)) problems.push(invalid(`${at}.name`, name, problem));
      if (seen.has(name)) problems.push(duplicate(`${at}.name`, name));
    }
    seen.add(name);
    return problems;
  });
}

function tolerationProblems(tolerations: readonly Draft[], field: string): FieldProblem[] {
  return tolerations.flatMap((each, i) => {
    const at = `${field}[${i}]`;
    const problems: FieldProblem[] = [];
    if (each.key) for (const problem of labelKeyProblems(each.key)) problems.push(invalid(`${at}.key`, each.key, problem));
    if (!each.key && each.operator !== 'Exists') problems.push(invalid(`${at}.operator`, each.operator ?? '', 'operator must be Exists when `key` is empty, which means "match all values and all keys"'));
    if (each.tolerationSeconds !== undefined && each.effect !== 'NoExecute') problems.push(invalid(`${at}.effect`, each.effect ?? '', "effect must be 'NoExecute' when `tolerationSeconds` is set"));
    switch (each.operator ?? '') {
      case 'Equal': case '': for (const problem of labelValueProblems(each.value ?? '')) problems.push(invalid(`${at}.operator`, each.value ?? '', problem)); break;
      case 'Exists': if (each.value) problems.push(invalid(`${at}.operator`, each.value, 'value must be empty when `operator` is \'Exists\'')); break;
      default: problems.push(notSupported(`${at}.operator`, each.operator, ['Equal', 'Exists']));
    }
    if (each.effect) problems.push(...oneOf(each.effect, `${at}.effect`, ['NoSchedule', 'PreferNoSchedule', 'NoExecute']));
    return problems;
  });
}

function spreadProblems(constraints: readonly Draft[], field: string): FieldProblem[] {
  return constraints.flatMap((each, i) => {
    const at = `${field}[${i}]`;
    const problems: FieldProblem[] = [];
    if (!((each.maxSkew ?? 0) > 0)) problems.push(invalid(`${at}.maxSkew`, each.maxSkew ?? 0, 'must be greater than zero'));
    if (!each.topologyKey) problems.push(required(`${at}.topologyKey`, 'can not be empty'));
    problems.push(...oneOf(each.whenUnsatisfiable, `${at}.whenUnsatisfiable`, ['DoNotSchedule', 'ScheduleAnyway']));
    if (each.minDomains !== undefined) {
      if (each.minDomains <= 0) problems.push(invalid(`${at}.minDomains`, each.minDomains, 'must be greater than zero'));
      if (each.whenUnsatisfiable !== 'DoNotSchedule') problems.push(invalid(`${at}.minDomains`, each.minDomains, `can only use minDomains if whenUnsatisfiable=DoNotSchedule, not ${each.whenUnsatisfiable}`));
    }
    problems.push(...labelSelector(each.labelSelector, `${at}.labelSelector`));
    return problems;
  });
}

const NODE_OPERATORS = ['In', 'NotIn', 'Exists', 'DoesNotExist', 'Gt', 'Lt'];

function nodeTermProblems(term: Draft, field: string): FieldProblem[] {
  return ((term.matchExpressions ?? []) as Draft[]).flatMap(({ key = '', operator = '', values = [] }, i) => {
    const at = `${field}.matchExpressions[${i}]`;
    const problems: FieldProblem[] = [];
    if ((operator === 'In' || operator === 'NotIn') && values.length === 0) problems.push(required(`${at}.values`, "must be specified when `operator` is 'In' or 'NotIn'"));
    if ((operator === 'Exists' || operator === 'DoesNotExist') && values.length > 0) problems.push(forbidden(`${at}.values`, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'"));
    if ((operator === 'Gt' || operator === 'Lt') && values.length !== 1) problems.push(required(`${at}.values`, "must be specified single value when `operator` is 'Lt' or 'Gt'"));
    if (!NODE_OPERATORS.includes(operator)) problems.push(invalid(`${at}.operator`, operator, 'not a valid selector operator'));
    for (const problem of labelKeyProblems(key)) problems.push(invalid(`${at}.key`, key, problem));
    return problems;
  });
}

function podTermProblems(term: Draft, field: string): FieldProblem[] {
  const problems = [...labelSelector(term.labelSelector, `${field}.labelSelector`), ...labelSelector(term.namespaceSelector, `${field}.namespaceSelector`)];
  if (!term.topologyKey) problems.push(required(`${field}.topologyKey`, 'can not be empty'));
  for (const problem of labelKeyProblems(term.topologyKey ?? '')) problems.push(invalid(`${field}.topologyKey`, term.topologyKey ?? '', problem));
  return problems;
}

const HARD = 'requiredDuringSchedulingIgnoredDuringExecution';
const SOFT = 'preferredDuringSchedulingIgnoredDuringExecution';
const weight = (value: number | undefined, field: string): FieldProblem[] => ((value ?? 0) >= 1 && (value ?? 0) <= 100 ? [] : [invalid(field, value ?? 0, 'must be in the range 1-100')]);

function affinityProblems(affinity: Draft | undefined, field: string): FieldProblem[] {
  if (!affinity) return [];
  const problems: FieldProblem[] = [];
  const node: Draft | undefined = affinity.nodeAffinity;
  if (node?.[HARD]) {
    const terms: Draft[] = node[HARD].nodeSelectorTerms ?? [];
    const at = `${field}.nodeAffinity.${HARD}.nodeSelectorTerms`;
    if (terms.length === 0) problems.push(required(at, 'must have at least one node selector term'));
    terms.forEach((term, i) => problems.push(...nodeTermProblems(term, `${at}[${i}]`)));
  }
  ((node?.[SOFT] ?? []) as Draft[]).forEach((each, i) => {
    const at = `${field}.nodeAffinity.${SOFT}[${i}]`;
    problems.push(...weight(each.weight, `${at}.weight`), ...nodeTermProblems(each.preference ?? {}, `${at}.preference`));
  });
  for (const key of ['podAffinity', 'podAntiAffinity']) {
    ((affinity[key]?.[HARD] ?? []) as Draft[]).forEach((term, i) => problems.push(...podTermProblems(term, `${field}.${key}.${HARD}[${i}]`)));
    ((affinity[key]?.[SOFT] ?? []) as Draft[]).forEach((each, i) => {
      const at = `${field}.${key}.${SOFT}[${i}]`;
      problems.push(...weight(each.weight, `${at}.weight`), ...podTermProblems(each.podAffinityTerm ?? {}, `${at}.podAffinityTerm`));
    });
  }
  return problems;
}

/** @param field `spec` or `spec.template.spec` */
export function podSpecProblems(spec: Draft, field: string): FieldProblem[] {
  const problems: FieldProblem[] = [];
  const volumes = new Map<string, Draft>(((spec.volumes ?? []) as Draft[]).map(volume => [volume.name, volume]));
  problems.push(...volumeProblems(spec.volumes ?? [], `${field}.volumes`));
  if (!spec.containers?.length) problems.push(required(`${field}.containers`));
  else problems.push(...containerProblems(spec.containers, `${field}.containers`, volumes, 'main'));
  problems.push(...containerProblems(spec.initContainers ?? [], `${field}.initContainers`, volumes, 'init'));
  const names = new Set<string>(((spec.containers ?? []) as Draft[]).map(each => each.name));
  ((spec.initContainers ?? []) as Draft[]).forEach((each, i) => { if (each.name && names.has(each.name)) problems.push(duplicate(`${field}.initContainers[${i}].name`, each.name)); });
  problems.push(...oneOf(spec.restartPolicy, `${field}.restartPolicy`, ['Always', 'OnFailure', 'Never']));
  problems.push(...oneOf(spec.dnsPolicy, `${field}.dnsPolicy`, ['ClusterFirstWithHostNet', 'ClusterFirst', 'Default', 'None']));
  problems.push(...labelMap(spec.nodeSelector, `${field}.nodeSelector`));
  if (spec.hostNetwork) {
    ((spec.containers ?? []) as Draft[]).forEach((container, i) => ((container.ports ?? []) as Draft[]).forEach((port, j) => {
      if (port.hostPort !== port.containerPort) problems.push(invalid(`${field}.containers[${i}].ports[${j}].containerPort`, port.containerPort, 'must match `hostPort` when `hostNetwork` is true'));
    }));
  }
  problems.push(...podContextProblems(spec, field));
  problems.push(...affinityProblems(spec.affinity, `${field}.affinity`));
  ((spec.dnsConfig?.nameservers ?? []) as string[]).forEach((each, i) => problems.push(...ipAddress(each, `${field}.dnsConfig.nameservers[${i}]`)));
  if (spec.dnsPolicy === 'None' && !spec.dnsConfig?.nameservers?.length) problems.push(required(`${field}.dnsConfig.nameservers`, 'must provide at least one DNS nameserver when `dnsPolicy` is None'));
  ((spec.readinessGates ?? []) as Draft[]).forEach((gate, i) => { for (const problem of labelKeyProblems(gate.conditionType ?? '')) problems.push(invalid(`${field}.readinessGates[${i}].conditionType`, gate.conditionType ?? '', problem)); });
  if (spec.serviceAccountName) problems.push(...named(spec.serviceAccountName, `${field}.serviceAccountName`, dnsSubdomainProblems));
  if (spec.nodeName) problems.push(...named(spec.nodeName, `${field}.nodeName`, dnsSubdomainProblems));
  if (spec.activeDeadlineSeconds !== undefined && (spec.activeDeadlineSeconds < 1 || spec.activeDeadlineSeconds > 2_147_483_647)) {
    problems.push(invalid(`${field}.activeDeadlineSeconds`, spec.activeDeadlineSeconds, 'must be between 1 and 2147483647, inclusive'));
  }
  if (spec.hostname) problems.push(...named(spec.hostname, `${field}.hostname`, dnsLabelProblems));
  if (spec.subdomain) problems.push(...named(spec.subdomain, `${field}.subdomain`, dnsLabelProblems));
  problems.push(...tolerationProblems(spec.tolerations ?? [], `${field}.tolerations`));
  ((spec.hostAliases ?? []) as Draft[]).forEach((alias, i) => problems.push(...ipAddress(alias.ip, `${field}.hostAliases[${i}].ip`)));
  if (spec.priorityClassName) problems.push(...named(spec.priorityClassName, `${field}.priorityClassName`, dnsSubdomainProblems));
  if (spec.runtimeClassName !== undefined) problems.push(...named(spec.runtimeClassName, `${field}.runtimeClassName`, dnsSubdomainProblems));
  problems.push(...spreadProblems(spec.topologySpreadConstraints ?? [], `${field}.topologySpreadConstraints`));
  problems.push(...nonNegative(spec.terminationGracePeriodSeconds, `${field}.terminationGracePeriodSeconds`));
  if (spec.os && !spec.os.name) problems.push(required(`${field}.os.name`));
  else if (spec.os) problems.push(...oneOf(spec.os.name, `${field}.os.name`, ['linux', 'windows']));
  return problems;
}

/** A template's labels and spec. */
export function podTemplateProblems(template: Draft | undefined, field: string): FieldProblem[] {
  return [...labelMap(template?.metadata?.labels, `${field}.labels`), ...podSpecProblems(template?.spec ?? {}, `${field}.spec`)];
}

const CHANGEABLE = '`spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)';

/** A pod's spec hardly changes: images, deadline, more tolerations. */
export function podUpdateProblems(after: Draft, before: Draft): FieldProblem[] {
  const problems: FieldProblem[] = [];
  const [now, old]: [Draft, Draft] = [after.spec, before.spec];
  if ((now.containers ?? []).length !== (old.containers ?? []).length) return [forbidden('spec.containers', 'pod updates may not add or remove containers')];
  if ((now.initContainers ?? []).length !== (old.initContainers ?? []).length) return [forbidden('spec.initContainers', 'pod updates may not add or remove containers')];
  if (now.activeDeadlineSeconds !== undefined && old.activeDeadlineSeconds !== undefined && now.activeDeadlineSeconds > old.activeDeadlineSeconds) {
    problems.push(invalid('spec.activeDeadlineSeconds', now.activeDeadlineSeconds, 'must be less than or equal to previous value'));
  }
  const oldTolerations: Draft[] = old.tolerations ?? [];
  if (!oldTolerations.every(each => ((now.tolerations ?? []) as Draft[]).some(one => deepEqual({ ...one, tolerationSeconds: 0 }, { ...each, tolerationSeconds: 0 })))) {
    problems.push(forbidden('spec.tolerations', 'existing toleration can not be modified except its tolerationSeconds'));
  }
  const masked = (spec: Draft): Draft => {
    const { activeDeadlineSeconds: _deadline, tolerations: _tolerations, terminationGracePeriodSeconds, ...rest } = spec;
    const images = (list: Draft[] | undefined): Draft[] | undefined => list?.map(({ image: _image, ...each }) => each);
    return { ...rest, containers: images(spec.containers), initContainers: images(spec.initContainers), terminationGracePeriodSeconds };
  };
  if (!deepEqual(masked(now), masked(old))) problems.push(forbidden('spec', `pod updates may not change fields other than ${CHANGEABLE}`));
  return problems;
}
