/**
 * What the schema does not say of the Go types behind it: which optional members are pointers, so that an explicit
 * empty value means something and is kept. Names are of fields; `Type.field` where only that type has it.
 */

export const KEPT_EMPTY_STRINGS: ReadonlySet<string> = new Set([
  'storageClassName', 'ingressClassName', 'type', 'runtimeClassName', 'service', 'localhostProfile', 'volumeAttributesClassName', 'apiGroup',
  'hostname', 'nodeName', 'zone', 'appProtocol', 'holderIdentity', 'unhealthyPodEvictionPolicy', 'mountPropagation', 'recursiveReadOnly',
  'preemptionPolicy', 'name', 'matchLabelKeys', 'value', 'key', 'trafficDistribution', 'internalTrafficPolicy', 'ipFamilyPolicy', 'pathType', 'timeZone',
  'hostnameOverride', 'controller', 'key', 'strategy',
]);

export const KEPT_ZEROS: ReadonlySet<string> = new Set([
  'replicas', 'partition', 'revisionHistoryLimit', 'progressDeadlineSeconds', 'terminationGracePeriodSeconds', 'activeDeadlineSeconds',
  'runAsUser', 'runAsGroup', 'fsGroup', 'parallelism', 'completions', 'backoffLimit', 'backoffLimitPerIndex', 'maxFailedIndexes', 'ttlSecondsAfterFinished',
  'tolerationSeconds', 'defaultMode', 'mode', 'expirationSeconds', 'deletionGracePeriodSeconds', 'gracePeriodSeconds', 'minReplicas', 'stabilizationWindowSeconds',
  'startingDeadlineSeconds', 'successfulJobsHistoryLimit', 'failedJobsHistoryLimit', 'seconds', 'timeoutSeconds', 'leaseDurationSeconds', 'leaseTransitions',
  'averageUtilization', 'minDomains', 'priority', 'port', 'endPort', 'ready', 'terminating', 'lendablePercent', 'borrowingLimitPercent', 'start', 'maxLength', 'minLength',
  'minimum', 'maximum', 'minItems', 'maxItems', 'minProperties', 'maxProperties', 'nominalConcurrencyShares', 'observedGeneration_', 'weight_',
]);

export const KEPT_FALSE: ReadonlySet<string> = new Set([
  'automountServiceAccountToken', 'enableServiceLinks', 'optional', 'privileged', 'readOnlyRootFilesystem', 'runAsNonRoot', 'allowPrivilegeEscalation',
  'controller', 'blockOwnerDeletion', 'immutable', 'suspend', 'shareProcessNamespace', 'hostUsers', 'setHostnameAsFQDN', 'ready', 'serving', 'terminating',
  'allowVolumeExpansion', 'started', 'manualSelector', 'attachRequired', 'podInfoOnMount', 'storageCapacity', 'requiresRepublish', 'seLinuxMount',
  'allocateLoadBalancerNodePorts', 'nodeAllocatableUpdateThreshold', 'hostProcess', 'preserveUnknownFields', 'x-kubernetes-preserve-unknown-fields', 'allNodes', 'allDevices',
]);

/** Times that are values, not pointers: written as `null` when unset. */
export const NULL_TIMES: ReadonlySet<string> = new Set([
  'PodCondition.lastProbeTime', 'PodCondition.lastTransitionTime', 'DeploymentCondition.lastUpdateTime', 'DeploymentCondition.lastTransitionTime',
  'ReplicaSetCondition.lastTransitionTime', 'StatefulSetCondition.lastTransitionTime', 'DaemonSetCondition.lastTransitionTime', 'JobCondition.lastProbeTime',
  'JobCondition.lastTransitionTime', 'NodeCondition.lastHeartbeatTime', 'NodeCondition.lastTransitionTime', 'ContainerStateRunning.startedAt',
  'ContainerStateTerminated.startedAt', 'ContainerStateTerminated.finishedAt', 'Event.firstTimestamp', 'Event.lastTimestamp', 'Event.eventTime',
  'Event.deprecatedFirstTimestamp', 'Event.deprecatedLastTimestamp', 'Condition.lastTransitionTime', 'PersistentVolumeClaimCondition.lastProbeTime',
  'PersistentVolumeClaimCondition.lastTransitionTime', 'ReplicationControllerCondition.lastTransitionTime', 'HorizontalPodAutoscalerCondition.lastTransitionTime',
  'NamespaceCondition.lastTransitionTime',
]);

const fields = (...names: string[]): ReadonlySet<string> => new Set(names);

/** Members that belong to an embedded struct, whose name shows in Go's paths. */
export const EMBEDDED: Readonly<Record<string, { readonly name: string; readonly fields: ReadonlySet<string> }>> = {
  Probe: { name: 'ProbeHandler', fields: fields('exec', 'httpGet', 'tcpSocket', 'grpc') },
};
