/** Which plugins run, in which order. */
import { admissionPolicies } from './admission-policies.ts';
import type { AdmissionPlugin } from './admission.ts';
import { defaultIngressClass, defaultStorageClass, taintNodesByCondition } from './default-classes.ts';
import { limitRangerDefaults } from './limit-ranger.ts';
import { namespaceLifecycle } from './namespace-lifecycle.ts';
import { podSecurity } from './pod-security.ts';
import { defaultTolerations, priority, runtimeClassAdmission } from './pod-scheduling.ts';
import { resourceQuotaAdmission } from './resource-quota.ts';
import { serviceAccountAdmission } from './service-account.ts';
import { serviceAddresses } from './service-addresses.ts';

export const admissionPlugins: readonly AdmissionPlugin[] = [
  namespaceLifecycle, limitRangerDefaults, serviceAccountAdmission, taintNodesByCondition, priority, defaultTolerations,
  runtimeClassAdmission, defaultStorageClass, defaultIngressClass, serviceAddresses, podSecurity, admissionPolicies, resourceQuotaAdmission,
];
