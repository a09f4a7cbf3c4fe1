/** Every kind with behaviour of its own. A kind that is not named here is stored as it is sent. */
import {
  apiService, controllerRevision, ipAddress, lease, mutatingWebhookConfiguration, podTemplate, priorityClass,
  replicationController, runtimeClass, serviceCidr, validatingAdmissionPolicy, validatingAdmissionPolicyBinding,
  validatingWebhookConfiguration,
} from './cluster-records.ts';
import { configMap, secret, serviceAccount } from './configuration.ts';
import { customResourceDefinition } from './custom-resources/definition.ts';
import { endpoints, endpointSlice } from './endpoints.ts';
import { eniConfig } from './eni-config.ts';
import { event } from './event.ts';
import { horizontalPodAutoscaler } from './horizontal-pod-autoscaler.ts';
import { ingress, ingressClass, networkPolicy } from './ingress.ts';
import { cronJob, job } from './job.ts';
import { withImmutableFields } from './immutable-fields.ts';
import type { KindDeclaration } from './kind.ts';
import { namespace, node } from './node.ts';
import { podDisruptionBudget } from './pod-disruption-budget.ts';
import { pod } from './pod.ts';
import { limitRange, resourceQuota } from './quota.ts';
import { clusterRole, clusterRoleBinding, role, roleBinding } from './rbac.ts';
import { service } from './service.ts';
import { csiDriver, csiNode, persistentVolume, persistentVolumeClaim, storageClass, volumeAttachment, volumeAttributesClass } from './storage.ts';
import { daemonSet, deployment, replicaSet, statefulSet } from './workload.ts';

const all: readonly KindDeclaration[] = [
  pod, deployment, replicaSet, statefulSet, daemonSet, job, cronJob, replicationController, podTemplate, controllerRevision,
  service, endpoints, endpointSlice, ingress, ingressClass, networkPolicy, serviceCidr, ipAddress,
  configMap, secret, serviceAccount, namespace, node, event, lease, priorityClass, runtimeClass, resourceQuota, limitRange,
  podDisruptionBudget, horizontalPodAutoscaler, role, clusterRole, roleBinding, clusterRoleBinding,
  persistentVolume, persistentVolumeClaim, storageClass, volumeAttachment, volumeAttributesClass, csiDriver, csiNode,
  { kind: 'CSIStorageCapacity', apiVersion: 'storage.k8s.io/v1' }, { kind: 'ResourceClaim', apiVersion: 'resource.k8s.io/v1' },
  mutatingWebhookConfiguration, validatingWebhookConfiguration, validatingAdmissionPolicy, validatingAdmissionPolicyBinding, apiService, customResourceDefinition, eniConfig,
];

/** By `apiVersion/kind`: the version in which a kind is stored. */
export const kindDeclarations: ReadonlyMap<string, KindDeclaration> =
  new Map(all.map(declaration => [`${declaration.apiVersion}/${declaration.kind}`, withImmutableFields(declaration)]));
