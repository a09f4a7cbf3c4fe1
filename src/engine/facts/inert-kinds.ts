/**
 * Kinds that are stored, listed, validated and printed, and on which nothing acts yet: what their absence means, and the
 * nearest thing that works. The API server says so in a warning when one is created; docs/not-modelled.md lists them.
 */
export const INERT_KINDS: ReadonlyMap<string, string> = new Map([
  ['HorizontalPodAutoscaler', 'nothing scales by it; kubectl scale does'],
  ['NetworkPolicy', 'no agent enforces it; every pod reaches every pod'],
  ['Ingress', 'no controller serves it; a Service of type ClusterIP or NodePort is reachable'],
  ['IngressClass', 'no controller serves it'],
  ['CertificateSigningRequest', 'nobody signs it; kubectl create token gives a service account token'],
  ['MutatingAdmissionPolicy', 'it is not evaluated'],
  ['MutatingAdmissionPolicyBinding', 'it is not evaluated'],
  ['ValidatingWebhookConfiguration', 'no webhook is called'],
  ['MutatingWebhookConfiguration', 'no webhook is called'],
  ['APIService', 'nothing is aggregated'],
  ['FlowSchema', 'requests are not queued by it'],
  ['PriorityLevelConfiguration', 'requests are not queued by it'],
  ['ResourceClaim', 'no device driver allocates it'],
  ['ResourceClaimTemplate', 'no device driver allocates it'],
  ['DeviceClass', 'no device driver allocates it'],
  ['ResourceSlice', 'no device driver allocates it'],
  ['VolumeAttachment', 'volumes attach without it'],
  ['VolumeAttributesClass', 'volumes have no attributes'],
  ['ServiceCIDR', 'cluster addresses come from one range, 172.20.0.0/16'],
]);
