import type { PodStatus } from 'kubernetes-types/core/v1.d.ts';
import type { Reader } from '../api-server/contract.ts';
import type { EventRecorder } from '../events/recorder.ts';
import type { SystemProgram } from '../userland/contract.ts';
import type { Stack } from '../network/stack.ts';
import type { NodeImages } from './image-pull.ts';
import type { StoredPod } from './pod.ts';
import type { PodWorker } from './pod-worker.ts';
import type { ProbeHost } from './probes.ts';
import type { VolumeStore } from './volumes.ts';

/** What a pod worker asks of its node. */
export interface NodeServices extends ProbeHost {
  readonly reader: Reader;
  readonly recorder: EventRecorder;
  readonly images: NodeImages;
  readonly programs: ReadonlyMap<string, SystemProgram>;
  readonly volumeStore: VolumeStore;
  /** The node's own address. */
  readonly address: string;
  /** The kubelet's minor version, which decides some words. */
  readonly minor: number;
  /** What the container runtime says while there is no network plugin. */
  networkProblem(): string | undefined;
  /** An address and sockets for the pod, or the CNI's error. */
  setUpNetwork(pod: StoredPod): { ok: true; stack: Stack; ip: string } | { ok: false; error: string };
  tearDownNetwork(pod: StoredPod, stack: Stack): void;
  hostnameOf(pod: StoredPod): string;
  resolvConf(pod: StoredPod): string;
  hostsFile(pod: StoredPod, ip: string): string;
  newContainerId(): string;
  /** Writes the status; the pod as stored, or nothing when it is gone. */
  writeStatus(pod: StoredPod, status: PodStatus): StoredPod | undefined;
  /** Everything of the pod has stopped: the object may go. */
  podGone(worker: PodWorker): void;
}
