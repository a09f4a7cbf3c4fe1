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

/** vCPU, GiB and max pods (secondary address mode) by type. */
const TYPES: Readonly<Record<string, readonly [cpuCores: number, memoryGi: number, maxPods: number]>> = {
  't3.medium': [2, 4, 17], 'm5.large': [2, 8, 29], 'm5.xlarge': [4, 16, 58], 'r5.large': [2, 16, 29],
};

/** A real m5.large reports 7867456Ki of its 8 GiB; the other types are assumed to lose the same share. */
const KERNEL_VIEW = 7_867_456 / 8_388_608;
/** The root disk of a managed node group, 20 GiB, as reported. */
const ROOT_DISK_KI = 20_959_212;
const EVICTION_MEMORY_MI = 100;

/** CPU kept for the kubelet: 6 % of the first core, 1 % of the second, 0.5 % of the next two, 0.25 % of the rest. */
function reservedCpuMillis(cores: number): number {
  return Math.round(60 + Math.min(Math.max(cores - 1, 0), 1) * 10 + Math.min(Math.max(cores - 2, 0), 2) * 5 + Math.max(cores - 4, 0) * 2.5);
}

/** @returns undefined for a type that is not modelled */
export function nodeSize(type: string): NodeSize | undefined {
  const known = TYPES[type];
  if (!known) return undefined;
  const [cpuCores, memoryGi, maxPods] = known;
  const memoryKi = Math.floor(memoryGi * 1024 * 1024 * KERNEL_VIEW);
  return {
    type, cpuCores, memoryKi, maxPods, ephemeralStorageKi: ROOT_DISK_KI,
    allocatableCpuMillis: cpuCores * 1000 - reservedCpuMillis(cpuCores),
    allocatableMemoryKi: memoryKi - (11 * maxPods + 255 + EVICTION_MEMORY_MI) * 1024,
    allocatableEphemeralBytes: Math.floor(ROOT_DISK_KI * 1024 * 0.9) - 1024 ** 3,
  };
}
