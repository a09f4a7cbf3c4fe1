import type { Node, PodStatus } from 'kubernetes-types/core/v1.d.ts';
import type { ApiServer, Client, Reader } from '../api-server/contract.ts';
import { milliValue, unitValue } from '../apimachinery/quantity.ts';
import { CountingRecorder, subjectOf, type EventRecorder } from '../events/recorder.ts';
import { LEASE_RENEW_MS, NODE_STATUS_MS } from '../facts/kubelet.ts';
import { VPC_RESOLVER } from '../facts/network.ts';
import type { CredentialProvider, ImageSource } from '../images/contract.ts';
import { rfc3339, rfc3339Micro } from '../kernel/calendar.ts';
import type { Kernel } from '../kernel/kernel.ts';
import type { Network } from '../network/network.ts';
import type { Stack } from '../network/stack.ts';
import type { SystemProgram } from '../userland/contract.ts';
import { clientWhile } from './cut-off.ts';
import type { Usage } from './container.ts';
import type { PodNetwork } from './contract.ts';
import { NodeImages } from './image-pull.ts';
import { NO_NETWORK_PLUGIN, nodeObject, privateDomain, type NodeDescription } from './node-object.ts';
import type { NodeServices } from './node-services.ts';
import type { StoredPod } from './pod.ts';
import { PodWorker } from './pod-worker.ts';
import type { VolumeStore } from './volumes.ts';

export interface KubeletParts {
  readonly kernel: Kernel;
  readonly api: ApiServer;
  readonly network: Network;
  readonly images: ImageSource;
  readonly registryCredentials?: CredentialProvider;
  readonly programs: ReadonlyMap<string, SystemProgram>;
  readonly volumeStore: VolumeStore;
  readonly podNetwork: PodNetwork;
  readonly clusterDns: string;
  readonly clusterDomain: string;
}

/** The agent of one node: registers it, keeps its lease, runs its pods. */
export class Kubelet implements NodeServices {
  readonly kernel: Kernel;
  readonly network: Network;
  readonly reader: Reader;
  readonly recorder: EventRecorder;
  readonly images: NodeImages;
  readonly programs: ReadonlyMap<string, SystemProgram>;
  readonly volumeStore: VolumeStore;
  readonly nodeStack: Stack;
  readonly address: string;
  readonly minor: number;
  readonly workers = new Map<string, PodWorker>();
  readonly client: Client;
  private stopped = false;

  constructor(readonly description: NodeDescription, private readonly parts: KubeletParts) {
    this.kernel = parts.kernel;
    this.network = parts.network;
    this.reader = parts.api.reader;
    this.programs = parts.programs;
    this.volumeStore = parts.volumeStore;
    this.address = description.address;
    this.minor = Number(description.kubeletVersion.split('.')[1]);
    this.images = new NodeImages(parts.kernel, parts.images, parts.registryCredentials);
    const { name, zone } = description;
    this.client = clientWhile(() => this.isReachable, parts.api.as({ name: `system:node:${name}`, groups: ['system:nodes', 'system:authenticated'] }));
    this.recorder = new CountingRecorder(parts.kernel, this.client, 'kubelet', name);
    this.nodeStack = parts.network.createStack({
      name, group: `node/${name}`, kind: 'node', addresses: [description.address], zone, node: name,
      resolver: { nameservers: [VPC_RESOLVER], search: [privateDomain(description.region)], ndots: 1 },
    });
    this.nodeStack.listen(10250);
  }

  get name(): string {
    return this.description.name;
  }

  /** Creates the Node object and begins to renew the lease. `ready` comes with the CNI, see {@link becomeReady}. */
  register(): void {
    this.announce();
    this.renewLease();
    this.kernel.onLeap(() => {
      if (this.stopped) return;
      this.writeLease();
      this.writeHeartbeat();
    });
    this.refreshStatus();
  }

  private announce(): void {
    const created = this.client.create<Node>(nodeObject(this.description, this.kernel.nowMs, false));
    const node = this.reader.get<Node>('Node', '', this.name);
    this.client.create({
      apiVersion: 'coordination.k8s.io/v1', kind: 'Lease',
      metadata: {
        name: this.name, namespace: 'kube-node-lease',
        ...(node && { ownerReferences: [{ apiVersion: 'v1', kind: 'Node', name: this.name, uid: node.metadata.uid }] }),
      },
      spec: { holderIdentity: this.name, leaseDurationSeconds: 40, renewTime: rfc3339Micro(this.kernel.nowMs) },
    });
    if (created.ok) {
      this.recorder.record(subjectOf(created.value), 'Normal', 'Starting', 'Starting kubelet.');
      for (const [reason, what] of [['NodeHasSufficientMemory', 'NodeHasSufficientMemory'], ['NodeHasNoDiskPressure', 'NodeHasNoDiskPressure'], ['NodeHasSufficientPID', 'NodeHasSufficientPID']] as const) {
        this.recorder.record(subjectOf(created.value), 'Normal', reason, `Node ${this.name} status is now: ${what}`);
      }
    }
  }

  /** The network plugin is up: the node takes pods. */
  becomeReady(): void {
    if (this.stopped) return;
    const status = nodeObject(this.description, this.kernel.nowMs, true).status;
    const before = this.reader.get<Node>('Node', '', this.name);
    if (!before) return;
    this.client.patch('Node', { namespace: '', name: this.name }, 'strategic', { status: { conditions: status.conditions } }, { subresource: 'status' });
    const taints = (before.spec?.taints ?? []).filter(taint => taint.key !== 'node.kubernetes.io/not-ready');
    this.client.patch('Node', { namespace: '', name: this.name }, 'merge', { spec: { taints: taints.length > 0 ? taints : null } });
    this.recorder.record(subjectOf(before), 'Normal', 'NodeReady', `Node ${this.name} status is now: NodeReady`);
  }

  /** The machine is gone: no more leases, no more processes. */
  powerOff(): void {
    this.stopped = true;
    for (const worker of this.workers.values()) worker.powerOff();
    this.workers.clear();
    this.network.removeStack(this.nodeStack);
  }

  get isRunning(): boolean {
    return !this.stopped;
  }

  /** Whether the API server and the machine reach each other. */
  get isReachable(): boolean {
    return !this.stopped && !this.network.isCutOff(this.nodeStack);
  }

  /** The network is back after a cut: it says that it lives, sees what changed meanwhile and tells how its pods are. */
  reconnect(): void {
    if (!this.isReachable) return;
    if (!this.reader.get('Node', '', this.name)) this.announce();
    this.writeLease();
    if (!this.networkProblem()) this.becomeReady();
    const assigned = new Set<string>();
    for (const pod of this.reader.podsOnNode<StoredPod>(this.name)) {
      const { uid, deletionTimestamp } = pod.metadata;
      assigned.add(uid);
      const worker = this.workers.get(uid);
      // It ended while nobody could be told.
      if (!worker && deletionTimestamp) this.client.delete('Pod', keyOf(pod), { gracePeriodSeconds: 0, preconditions: { uid } });
      else this.observe(pod, false);
      worker?.report();
    }
    for (const worker of [...this.workers.values()]) if (!assigned.has(worker.pod.metadata.uid)) this.observe(worker.pod, true);
  }

  // ---- pods -------------------------------------------------------------------------------------------------------

  /** A pod of this node was seen, changed or vanished. */
  observe(pod: StoredPod, gone: boolean): void {
    if (!this.isReachable) return;
    const { uid } = pod.metadata;
    const worker = this.workers.get(uid);
    if (gone) {
      worker?.powerOff();
      this.workers.delete(uid);
      return;
    }
    if (worker) {
      worker.update(pod);
      return;
    }
    if (pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed') {
      if (pod.metadata.deletionTimestamp) this.client.delete('Pod', keyOf(pod), { gracePeriodSeconds: 0, preconditions: { uid } });
      return;
    }
    const refusal = this.admit(pod);
    if (refusal) {
      this.recorder.record(subjectOf(pod), 'Warning', refusal.reason, refusal.detail);
      this.client.updateStatus({ ...pod, metadata: { ...pod.metadata, resourceVersion: undefined }, status: { ...pod.status, phase: 'Failed', reason: refusal.reason, message: `Pod was rejected: ${refusal.detail}`, startTime: rfc3339(this.kernel.nowMs) } });
      return;
    }
    const made = new PodWorker(pod, this);
    this.workers.set(uid, made);
    made.sync();
  }

  /** Pods that came past the scheduler (`nodeName` by hand) may not fit. Source: pkg/kubelet/lifecycle/predicate.go. */
  private admit(pod: StoredPod): { reason: string; detail: string } | undefined {
    const { size } = this.description;
    // Finished pods, and those whose object is gone already, take no room.
    const others = [...this.workers.values()].map(worker => worker.pod).filter(({ metadata: { namespace = '', name, uid } }) => {
      const current = this.reader.get<StoredPod>('Pod', namespace, name);
      return current?.metadata.uid === uid && current.status?.phase !== 'Succeeded' && current.status?.phase !== 'Failed';
    });
    if (others.length + 1 > size.maxPods) return { reason: 'OutOfpods', detail: `Node didn't have enough resource: pods, requested: 1, used: ${others.length}, capacity: ${size.maxPods}` };
    for (const [resource, capacity, read] of [['cpu', size.allocatableCpuMillis, milliValue], ['memory', size.allocatableMemoryKi * 1024, unitValue]] as const) {
      const sum = (entry: StoredPod): number => entry.spec!.containers.reduce((total, container) => total + (container.resources?.requests?.[resource] ? read(container.resources.requests[resource]) : 0), 0);
      const requested = sum(pod);
      const used = others.reduce((total, entry) => total + sum(entry), 0);
      if (requested > 0 && requested + used > capacity) return { reason: `OutOf${resource}`, detail: `Node didn't have enough resource: ${resource}, requested: ${requested}, used: ${used}, capacity: ${capacity}` };
    }
    return undefined;
  }

  networkProblem(): string | undefined {
    return this.parts.podNetwork.initialised ? undefined : NO_NETWORK_PLUGIN;
  }

  setUpNetwork(pod: StoredPod): { ok: true; stack: Stack; ip: string } | { ok: false; error: string } {
    if (pod.spec?.hostNetwork) return { ok: true, stack: this.nodeStack, ip: this.address };
    const sandboxId = this.newContainerId();
    const { namespace = '', name, uid } = pod.metadata;
    const answer = this.parts.podNetwork.assign({ namespace, name, uid, sandboxId });
    if (!answer.ok) return { ok: false, error: `rpc error: code = Unknown desc = failed to setup network for sandbox "${sandboxId}": ${answer.error}` };
    const { ip } = answer;
    const owner = pod.metadata.ownerReferences?.find(reference => reference.controller);
    const app = owner?.kind === 'ReplicaSet' ? owner.name.slice(0, owner.name.lastIndexOf('-')) : owner?.name ?? pod.metadata.name;
    const stack = this.network.createStack({
      name: `${pod.metadata.namespace}/${pod.metadata.name}`, group: `${pod.metadata.namespace}/${app}`, kind: 'pod', addresses: [ip],
      zone: this.description.zone, node: this.name, resolver: this.resolver(pod),
    });
    return { ok: true, stack, ip };
  }

  tearDownNetwork(pod: StoredPod, stack: Stack): void {
    if (stack === this.nodeStack) return;
    this.network.removeStack(stack);
    const { namespace = '', name, uid } = pod.metadata;
    this.parts.podNetwork.release({ namespace, name, uid });
  }

  private resolver(pod: StoredPod) {
    const { clusterDns, clusterDomain } = this.parts;
    const policy = pod.spec?.dnsPolicy ?? 'ClusterFirst';
    const own = pod.spec?.dnsConfig;
    const nodeDefault = policy === 'Default' || (policy === 'ClusterFirst' && pod.spec?.hostNetwork === true);
    const base = policy === 'None' ? { nameservers: [], search: [], ndots: 1 }
      : nodeDefault ? this.nodeStack.resolver
        : { nameservers: [clusterDns], search: [`${pod.metadata.namespace}.svc.${clusterDomain}`, `svc.${clusterDomain}`, clusterDomain, privateDomain(this.description.region)], ndots: 5 };
    const ndots = Number(own?.options?.find(option => option.name === 'ndots')?.value ?? base.ndots);
    return { nameservers: [...base.nameservers, ...own?.nameservers ?? []], search: [...base.search, ...own?.searches ?? []], ndots };
  }

  hostnameOf(pod: StoredPod): string {
    return pod.spec?.hostNetwork ? this.name : pod.spec?.hostname ?? pod.metadata.name.slice(0, 63);
  }

  resolvConf(pod: StoredPod): string {
    const { nameservers, search, ndots } = this.resolver(pod);
    return [`search ${search.join(' ')}`, ...nameservers.map(address => `nameserver ${address}`), `options ndots:${ndots}`].join('\n') + '\n';
  }

  hostsFile(pod: StoredPod, ip: string): string {
    const aliases = (pod.spec?.hostAliases ?? []).map(alias => `${alias.ip}\t${(alias.hostnames ?? []).join('\t')}`);
    return ['# Kubernetes-managed hosts file.', '127.0.0.1\tlocalhost', '::1\tlocalhost ip6-localhost ip6-loopback', `${ip}\t${this.hostnameOf(pod)}`, ...aliases].join('\n') + '\n';
  }

  newContainerId(): string {
    return Array.from({ length: 8 }, () => this.kernel.random.uint32().toString(16).padStart(8, '0')).join('');
  }

  writeStatus(pod: StoredPod, status: PodStatus): StoredPod | undefined {
    const current = this.reader.get<StoredPod>('Pod', pod.metadata.namespace ?? '', pod.metadata.name);
    if (!current || current.metadata.uid !== pod.metadata.uid) return undefined;
    const written = this.client.updateStatus<StoredPod>({ ...current, status: { ...status, qosClass: current.status?.qosClass ?? status.qosClass } });
    return written.ok ? written.value : undefined;
  }

  /** Compares the stored status with its own, and writes what differs. Source: pkg/kubelet/status/status_manager.go. */
  restateStatus(uid: string): void {
    if (!this.stopped) this.workers.get(uid)?.restateStatus();
  }

  podGone(worker: PodWorker): void {
    this.workers.delete(worker.pod.metadata.uid);
    if (this.stopped) return;
    this.client.delete('Pod', keyOf(worker.pod), { gracePeriodSeconds: 0, preconditions: { uid: worker.pod.metadata.uid } });
  }

  /** CPU and memory of every running container, with what the node itself takes. */
  usage(): { cpuMillis: number; memoryBytes: number } {
    const nowMs = this.kernel.nowMs;
    const own = { cpuMillis: 45, memoryBytes: 620 * 1024 * 1024 };
    for (const worker of this.workers.values()) for (const record of worker.records) {
      const usage: Usage | undefined = record.running?.system.usage;
      if (!usage) continue;
      own.cpuMillis += usage.cpuMillis(nowMs);
      own.memoryBytes += usage.memoryBytes(nowMs);
    }
    return own;
  }

  // ---- heartbeat --------------------------------------------------------------------------------------------------

  private renewLease(): void {
    this.kernel.after(LEASE_RENEW_MS, 'kubelet/lease', this.name, () => {
      if (this.stopped) return;
      this.writeLease();
      this.renewLease();
    }, { periodic: true });
  }

  private writeLease(): void {
    this.client.patch('Lease', { namespace: 'kube-node-lease', name: this.name }, 'merge', { spec: { renewTime: rfc3339Micro(this.kernel.nowMs) } });
  }

  private refreshStatus(): void {
    this.kernel.after(NODE_STATUS_MS, 'kubelet/node-status', this.name, () => {
      if (this.stopped) return;
      this.writeHeartbeat();
      this.refreshStatus();
    }, { periodic: true });
  }

  private writeHeartbeat(): void {
    const node = this.reader.get<Node>('Node', '', this.name);
    if (!node) return;
    const conditions = (node.status?.conditions ?? []).map(condition => ({ ...condition, lastHeartbeatTime: rfc3339(this.kernel.nowMs) }));
    this.client.patch('Node', { namespace: '', name: this.name }, 'strategic', {
      status: { conditions, images: this.images.list().map(({ name, sizeBytes }) => ({ names: [name], sizeBytes })) },
    }, { subresource: 'status' });
  }
}

const keyOf = (pod: StoredPod) => ({ namespace: pod.metadata.namespace ?? '', name: pod.metadata.name });
