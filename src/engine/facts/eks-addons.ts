/** Managed add-ons of EKS: the objects they own and their versions. Version strings have EKS's form; which exist in 2026 is assumed. */

export interface AddonFacts {
  readonly name: string;
  readonly type: string;
  /** `DaemonSet/aws-node`, in kube-system; the first container of each is the one settings go to. */
  readonly objects: readonly { readonly kind: 'DaemonSet' | 'Deployment'; readonly name: string }[];
  /** Newest first, each with the minor versions it works with; the first that fits is the default of a minor. */
  readonly versions: readonly { readonly version: string; readonly clusters: readonly string[] }[];
  /** Members of `configurationValues` that are modelled. */
  readonly settings: readonly string[];
}

const ALL = ['1.35', '1.34', '1.33', '1.32', '1.31'];

export const ADDONS: readonly AddonFacts[] = [
  { name: 'aws-ebs-csi-driver', type: 'storage', objects: [{ kind: 'Deployment', name: 'ebs-csi-controller' }, { kind: 'DaemonSet', name: 'ebs-csi-node' }], versions: [{ version: 'v1.51.0-eksbuild.1', clusters: ALL }], settings: ['resources'] },
  { name: 'coredns', type: 'networking', objects: [{ kind: 'Deployment', name: 'coredns' }], versions: [{ version: 'v1.12.4-eksbuild.1', clusters: ['1.35', '1.34'] }, { version: 'v1.12.3-eksbuild.1', clusters: ['1.35', '1.34', '1.33'] }], settings: ['replicaCount', 'resources'] },
  { name: 'eks-pod-identity-agent', type: 'security', objects: [{ kind: 'DaemonSet', name: 'eks-pod-identity-agent' }], versions: [{ version: 'v1.3.9-eksbuild.3', clusters: ALL }], settings: ['resources'] },
  { name: 'kube-proxy', type: 'networking', objects: [{ kind: 'DaemonSet', name: 'kube-proxy' }], versions: [{ version: 'v1.35.0-eksbuild.2', clusters: ['1.35'] }, { version: 'v1.34.1-eksbuild.2', clusters: ['1.35', '1.34'] }, { version: 'v1.33.5-eksbuild.2', clusters: ['1.35', '1.34', '1.33'] }], settings: ['resources'] },
  { name: 'metrics-server', type: 'observability', objects: [{ kind: 'Deployment', name: 'metrics-server' }], versions: [{ version: 'v0.8.0-eksbuild.1', clusters: ALL }], settings: ['replicas', 'resources'] },
  { name: 'vpc-cni', type: 'networking', objects: [{ kind: 'DaemonSet', name: 'aws-node' }], versions: [{ version: 'v1.20.4-eksbuild.1', clusters: ALL }], settings: ['env', 'enableNetworkPolicy', 'resources'] },
];

export const ADDON_TEXT = {
  notSupported: (name: string) => `Addon ${name} specified is not supported`,
  versionNotSupported: 'Addon version specified is not supported',
  /** Public transcripts of aws-cli and the console (amazon-vpc-cni-k8s #2607). */
  conflicts: (fields: readonly string[]) => `Conflicts found when trying to apply. Will not continue due to resolve conflicts mode. Conflicts: ${fields.join(' ')}`,
  badConfiguration: (why: string) => `ConfigurationValue provided in request is not supported: ${why}`,
} as const;
