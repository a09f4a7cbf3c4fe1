/** Which describer speaks for which kind; every other kind is shown field by field. */
import * as configuration from './configuration.ts';
import type { Describer } from './describer.ts';
import * as machines from './machines.ts';
import * as traffic from './traffic.ts';
import * as workloads from './workloads.ts';

const DESCRIBERS: Readonly<Record<string, Describer>> = {
  'Pod': workloads.pod,
  'ReplicaSet.apps': workloads.replicaSet,
  'Deployment.apps': workloads.deployment,
  'StatefulSet.apps': workloads.statefulSet,
  'DaemonSet.apps': workloads.daemonSet,
  'Job.batch': workloads.job,
  'CronJob.batch': workloads.cronJob,
  'Service': traffic.service,
  'Endpoints': traffic.endpoints,
  'EndpointSlice.discovery.k8s.io': traffic.endpointSlice,
  'Ingress.networking.k8s.io': traffic.ingress,
  'NetworkPolicy.networking.k8s.io': traffic.networkPolicy,
  'PodDisruptionBudget.policy': traffic.podDisruptionBudget,
  'HorizontalPodAutoscaler.autoscaling': traffic.horizontalPodAutoscaler,
  'ConfigMap': configuration.configMap,
  'Secret': configuration.secret,
  'ServiceAccount': configuration.serviceAccount,
  'Namespace': configuration.namespace,
  'ResourceQuota': configuration.resourceQuota,
  'LimitRange': configuration.limitRange,
  'PriorityClass.scheduling.k8s.io': configuration.priorityClass,
  'Role.rbac.authorization.k8s.io': configuration.role,
  'ClusterRole.rbac.authorization.k8s.io': configuration.role,
  'RoleBinding.rbac.authorization.k8s.io': configuration.roleBinding,
  'ClusterRoleBinding.rbac.authorization.k8s.io': configuration.roleBinding,
  'Node': machines.node,
  'PersistentVolume': machines.persistentVolume,
  'PersistentVolumeClaim': machines.persistentVolumeClaim,
  'StorageClass.storage.k8s.io': machines.storageClass,
};

export function describerFor(type: { group: string; kind: string }): Describer {
  return DESCRIBERS[type.group === '' ? type.kind : `${type.kind}.${type.group}`] ?? configuration.anything;
}
