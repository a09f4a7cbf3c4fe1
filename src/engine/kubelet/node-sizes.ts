import { INSTANCE_TYPES } from '../facts/ec2.ts';

/** What instance types offer to pods on EKS AL2023. Source: shared facts "nodes and ENI" (nodeadm's kubelet configuration). */
export interface NodeSize {
  readonly type: string;
  readonly cpuCores: number;
  readonly memoryKi: number;
  readonly allocatableCpuMillis: number;
  readonly allocatableMemoryKi: number;
  readonly maxPods: number;
  readonly ephemeralStorageKi: number;
  readonly allocatableEphemeralBytes: number;
}

/** A real m5.large reports 7867456Ki of its 8 GiB; the other types are assumed to lose the same share. */
const KERNEL_VIEW = 7_867_456 / 8_388_608;
/** The root disk of a managed node group, 20 GiB, as reported. */
const ROOT_DISK_KI = 20_959_212;
const EVICTION_MEMORY_MI = 100;
/** EKS' recommended ceiling, which managed node groups without an AMI of their own enforce: below 30 vCPU, and from there on. */
const MANAGED_CEILING = { small: 110, large: 250, largeFromVcpus: 30 } as const;

/** CPU kept for the kubelet: 6 % of the first core, 1 % of the second, 0.5 % of the next two, 0.25 % of the rest. */
function reservedCpuMillis(cores: number): number {
  return Math.round(60 + Math.min(Math.max(cores - 1, 0), 1) * 10 + Math.min(Math.max(cores - 2, 0), 2) * 5 + Math.max(cores - 4, 0) * 2.5);
}

/** How a node's address mode bears on its pods. */
export interface PodDensity {
  readonly prefixDelegation?: boolean;
  readonly customNetworking?: boolean;
  /** The node belongs to a managed node group, which looks at the CNI's settings and caps. nodeadm alone does neither. */
  readonly managed?: boolean;
}

/** Pods that a type can give addresses to, with two more on the host network: nodeadm's eni_max_pods.go, EKS' ceilings. */
export function maxPodsOf(type: string, density: PodDensity = {}): number | undefined {
  const known = INSTANCE_TYPES.get(type);
  if (!known) return undefined;
  const { interfaces, addressesPerInterface, vcpus, nitro } = known;
  const { managed = false } = density;
  const carriers = interfaces - (managed && density.customNetworking ? 1 : 0);
  const slots = carriers * (addressesPerInterface - 1);
  const pods = (managed && density.prefixDelegation && nitro ? slots * 16 : slots) + 2;
  return managed ? Math.min(pods, vcpus < MANAGED_CEILING.largeFromVcpus ? MANAGED_CEILING.small : MANAGED_CEILING.large) : pods;
}

/**
 * @param maxPods what the kubelet is told; nodeadm's own number otherwise
 * @returns undefined for a type that is not modelled
 */
export function nodeSize(type: string, maxPods?: number): NodeSize | undefined {
  const known = INSTANCE_TYPES.get(type);
  if (!known) return undefined;
  const cpuCores = known.vcpus;
  const byFormula = maxPodsOf(type)!;
  const memoryKi = Math.floor(known.memoryGib * 1024 * 1024 * KERNEL_VIEW);
  return {
    type, cpuCores, memoryKi, maxPods: maxPods ?? byFormula, ephemeralStorageKi: ROOT_DISK_KI,
    allocatableCpuMillis: cpuCores * 1000 - reservedCpuMillis(cpuCores),
    allocatableMemoryKi: memoryKi - (11 * byFormula + 255 + EVICTION_MEMORY_MI) * 1024,
    allocatableEphemeralBytes: Math.floor(ROOT_DISK_KI * 1024 * 0.9) - 1024 ** 3,
  };
}
