import { expect, test } from 'vitest';
import { nodeSize } from './node-sizes.ts';

test.each([
  // type       CPU    memory      pods
  ['m5.large', 1930, 7_177_280, 29],     // the worked example of the facts sheet
  ['m5.xlarge', 3920, 14_718_080, 58],   // kube-reserved 893Mi and 100Mi for eviction
  ['t3.medium', 1930, 3_378_720, 17],    // 442Mi and 100Mi
])('%s leaves %im CPU, %iKi memory and %i pods', (type, cpuMillis, memoryKi, pods) => {
  expect(nodeSize(type)).toMatchObject({ allocatableCpuMillis: cpuMillis, allocatableMemoryKi: memoryKi, maxPods: pods });
});
