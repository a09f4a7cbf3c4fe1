/**
 * What instance types offer. Sources: shared facts "nodes and ENI"; EKS AL2023 reservations for allocatable.
 * Memory of the kernel's view is a little less than the advertised size.
 */
export interface NodeSize {
  readonly type: string;
  readonly cpuCores: number;
  readonly memoryKi: number;
  readonly allocatableCpuMillis: number;
  readonly allocatableMemoryKi: number;
  readonly maxPods: number;
  readonly ephemeralStorageKi: number;
}

const SIZES: readonly NodeSize[] = [
  { type: 'm5.large', cpuCores: 2, memoryKi: 7_910_424, allocatableCpuMillis: 1930, allocatableMemoryKi: 7_220_248, maxPods: 29, ephemeralStorageKi: 20_893_676 },
  { type: 'm5.xlarge', cpuCores: 4, memoryKi: 15_896_988, allocatableCpuMillis: 3920, allocatableMemoryKi: 14_880_156, maxPods: 58, ephemeralStorageKi: 20_893_676 },
  { type: 'r5.large', cpuCores: 2, memoryKi: 15_896_988, allocatableCpuMillis: 1930, allocatableMemoryKi: 15_206_812, maxPods: 29, ephemeralStorageKi: 20_893_676 },
  { type: 't3.medium', cpuCores: 2, memoryKi: 3_955_212, allocatableCpuMillis: 1930, allocatableMemoryKi: 3_388_492, maxPods: 17, ephemeralStorageKi: 20_893_676 },
];

/** @returns undefined for a type that is not modelled */
export function nodeSize(instanceType: string): NodeSize | undefined {
  return SIZES.find(size => size.type === instanceType);
}
