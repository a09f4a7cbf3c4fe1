import { rfc3339 } from '../kernel/calendar.ts';
import type { NodeSize } from './node-sizes.ts';

export interface NodeDescription {
  readonly name: string;
  readonly address: string;
  readonly zone: string;
  readonly region: string;
  readonly size: NodeSize;
  /** `v1.34.2-eks-…`. */
  readonly kubeletVersion: string;
  readonly instanceId: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly taints: readonly { readonly key: string; readonly value?: string; readonly effect: string }[];
  readonly machineId: string;
}

/** What containerd says until a network plugin has left its configuration. Source: go-cni errors.go, pkg/kubelet/runtime.go. */
export const NO_NETWORK_PLUGIN = 'container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady message:Network plugin returns error: cni plugin not initialized';

/** Where a VPC's own names of machines live; `us-east-1` has an older one. Source: shared facts "nodes and ENI". */
export const privateDomain = (region: string): string => (region === 'us-east-1' ? 'ec2.internal' : `${region}.compute.internal`);

/** The Node as its kubelet registers it on EKS. Source: shared facts "nodes and ENI"; pkg/kubelet/nodestatus/setters.go. */
export function nodeObject(node: NodeDescription, nowMs: number, ready: boolean) {
  const now = rfc3339(nowMs);
  const { size } = node;
  const condition = (type: string, status: string, reason: string, message: string) =>
    ({ type, status, reason, message, lastHeartbeatTime: now, lastTransitionTime: now });
  return {
    apiVersion: 'v1', kind: 'Node',
    metadata: {
      name: node.name,
      labels: {
        'beta.kubernetes.io/arch': 'amd64', 'beta.kubernetes.io/instance-type': size.type, 'beta.kubernetes.io/os': 'linux',
        'failure-domain.beta.kubernetes.io/region': node.region, 'failure-domain.beta.kubernetes.io/zone': node.zone,
        'kubernetes.io/arch': 'amd64', 'kubernetes.io/hostname': node.name, 'kubernetes.io/os': 'linux',
        'node.kubernetes.io/instance-type': size.type, 'topology.kubernetes.io/region': node.region, 'topology.kubernetes.io/zone': node.zone,
        ...node.labels,
      },
    },
    spec: {
      providerID: `aws:///${node.zone}/${node.instanceId}`,
      taints: [...node.taints, { key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' }],
    },
    status: {
      addresses: [{ type: 'InternalIP', address: node.address }, { type: 'InternalDNS', address: `${node.name}.${privateDomain(node.region)}` }, { type: 'Hostname', address: `${node.name}.${privateDomain(node.region)}` }],
      allocatable: { cpu: `${size.allocatableCpuMillis}m`, 'ephemeral-storage': String(size.allocatableEphemeralBytes), 'hugepages-1Gi': '0', 'hugepages-2Mi': '0', memory: `${size.allocatableMemoryKi}Ki`, pods: String(size.maxPods) },
      capacity: { cpu: String(size.cpuCores), 'ephemeral-storage': `${size.ephemeralStorageKi}Ki`, 'hugepages-1Gi': '0', 'hugepages-2Mi': '0', memory: `${size.memoryKi}Ki`, pods: String(size.maxPods) },
      conditions: [
        condition('MemoryPressure', 'False', 'KubeletHasSufficientMemory', 'kubelet has sufficient memory available'),
        condition('DiskPressure', 'False', 'KubeletHasNoDiskPressure', 'kubelet has no disk pressure'),
        condition('PIDPressure', 'False', 'KubeletHasSufficientPID', 'kubelet has sufficient PID available'),
        ready ? condition('Ready', 'True', 'KubeletReady', 'kubelet is posting ready status')
          : condition('Ready', 'False', 'KubeletNotReady', NO_NETWORK_PLUGIN),
      ],
      daemonEndpoints: { kubeletEndpoint: { Port: 10250 } },
      nodeInfo: {
        architecture: 'amd64', bootID: node.machineId, containerRuntimeVersion: 'containerd://2.1.4', kernelVersion: '6.12.40-64.114.amzn2023.x86_64',
        kubeProxyVersion: '', kubeletVersion: node.kubeletVersion, machineID: node.machineId.replaceAll('-', ''), operatingSystem: 'linux', osImage: 'Amazon Linux 2023.9.20251110', systemUUID: node.machineId,
      },
    },
  };
}
