/**
 * One pod on one node, from the binding to the last trace of it. Long, over 500 lines, because the order of these steps
 * is the thing to read: it is the pod's life.
 *
 * Source: pkg/kubelet/{kubelet,pod_workers}.go, kuberuntime/kuberuntime_manager.go (`computePodActions`: look, decide, act).
 */
import type { Container, Probe, Secret } from 'kubernetes-types/core/v1.d.ts';
import { base64Text } from '../apimachinery/base64.ts';
import { MINIMUM_GRACE_MS, MOUNT_RETRY_MS, MOUNT_TIMEOUT_MS, RELIST_MS, RUNTIME_MS, SYNC_RETRY_MS, TRANSIENT_RETRY_MS } from '../facts/kubelet.ts';
import { subjectOf, type EventType } from '../events/recorder.ts';
import type { ScheduledEvent } from '../kernel/event-queue.ts';
import type { Stack } from '../network/stack.ts';
import { RunningContainer } from './container.ts';
import { ContainerRecord, type Ended } from './container-record.ts';
import { goSeconds } from './crash-loop-backoff.ts';
import { containerEnvironment, type EnvironmentContext } from './environment.ts';
import { credentialsFor, goDuration, type PullOutcome } from './image-pull.ts';
import type { NodeServices } from './node-services.ts';
import { isSidecar, podLabel, type StoredPod } from './pod.ts';
import { podPhase, podStatus } from './pod-status.ts';
import { ProbeWorker, type ProbeKind } from './probes.ts';
import { containerIdentity } from './security-context.ts';
import { runStopHook } from './stop-hook.ts';
import { prepareVolume, type MountedVolume } from './volumes.ts';

type Sandbox = { readonly state: 'none' | 'creating' } | { readonly state: 'ready'; readonly stack: Stack; readonly ip: string };

export class PodWorker {
  readonly records: ContainerRecord[];
  readonly volumes = new Map<string, MountedVolume>();
  sandbox: Sandbox = { state: 'none' };
  terminating = false;
  private readonly startedAtMs: number;
  private mount = { attempts: 0, sinceMs: 0, waiting: false };
  private retry: ScheduledEvent | undefined;
  /** No sandbox is tried before, after one that failed. */
  private sandboxHeldUntilMs = 0;
  private finished = false;
  private lastStatus = '';
  private lastIp = '';

  constructor(public pod: StoredPod, private readonly node: NodeServices) {
    const first = pod.spec!.initContainers?.length ? 'PodInitializing' : 'ContainerCreating';
    const record = (kind: 'init' | 'app') => (container: Container): ContainerRecord =>
      new ContainerRecord(container, kind === 'init' && isSidecar(container) ? 'sidecar' : kind, first);
    this.records = [...(pod.spec!.initContainers ?? []).map(record('init')), ...pod.spec!.containers.map(record('app'))];
    this.addEphemeral();
    this.startedAtMs = node.kernel.nowMs;
    this.mount.sinceMs = this.startedAtMs;
  }

  get ip(): string {
    return this.sandbox.state === 'ready' ? this.sandbox.ip : '';
  }

  /** The object changed, or a moment came: look, decide, act, report. */
  sync(): void {
    if (this.finished) return;
    if (this.pod.metadata.deletionTimestamp && !this.terminating) this.terminate();
    if (!this.terminating) this.advance();
    this.reportStatus();
  }

  /** A new version of the pod object. */
  update(pod: StoredPod): void {
    this.pod = pod;
    this.addEphemeral();
    this.sync();
  }

  /** Ephemeral containers come while the pod runs, and never go. */
  private addEphemeral(): void {
    for (const container of this.pod.spec!.ephemeralContainers ?? []) {
      if (!this.record(container.name)) this.records.push(new ContainerRecord(container as Container, 'ephemeral', 'ContainerCreating'));
    }
  }

  /** The node lost power: processes are gone without a word. */
  powerOff(): void {
    this.finished = true;
    this.node.kernel.cancel(this.retry);
    for (const record of this.records) {
      record.stopProbes();
      record.running?.signal('SIGKILL');
    }
    this.tearDownSandbox();
  }

  record(name: string): ContainerRecord | undefined {
    return this.records.find(record => record.name === name);
  }

  // ---- coming up --------------------------------------------------------------------------------------------------

  private advance(): void {
    if (podPhase(this.pod, this.records) === 'Succeeded' || podPhase(this.pod, this.records) === 'Failed') {
      this.tearDownSandbox();
      return;
    }
    if (!this.mountVolumes()) return;
    if (this.sandbox.state !== 'ready') {
      if (!this.waitForNetwork()) this.createSandbox();
      return;
    }
    for (const record of this.records) if (record.kind === 'ephemeral') this.keepRunning(record);
    for (const record of this.records.filter(entry => entry.kind === 'init' || entry.kind === 'sidecar')) {
      this.keepRunning(record);
      const passed = record.kind === 'sidecar' ? record.started : record.ended?.exitCode === 0 && !record.isRunning;
      if (!passed) return;
    }
    for (const record of this.records) if (record.kind === 'app') this.keepRunning(record);
  }

  /** @returns whether all volumes are there */
  private mountVolumes(): boolean {
    const { kernel } = this.node;
    if (this.mount.waiting) return false;
    for (const volume of this.pod.spec!.volumes ?? []) {
      if (this.volumes.has(volume.name)) continue;
      const prepared = prepareVolume(volume, { ...this.environment(), nowMs: () => kernel.nowMs }, this.node.volumeStore);
      if (prepared.ok) {
        this.volumes.set(volume.name, prepared.volume);
        continue;
      }
      this.event('Warning', 'FailedMount', `MountVolume.SetUp failed for volume "${volume.name}" : ${prepared.error}`);
      const waitMs = Math.min(MOUNT_RETRY_MS.initial * 2 ** this.mount.attempts, MOUNT_RETRY_MS.max);
      this.mount.attempts += 1;
      this.mount.waiting = true;
      if (kernel.nowMs - this.mount.sinceMs >= MOUNT_TIMEOUT_MS) {
        this.event('Warning', 'FailedMount', `Unable to attach or mount volumes: unmounted volumes=[${volume.name}], unattached volumes=[], failed to process volumes=[]: context deadline exceeded`);
        this.mount.sinceMs = kernel.nowMs;
      }
      kernel.after(waitMs, 'kubelet/mount', this.pod.metadata.name, () => {
        this.mount.waiting = false;
        this.sync();
      });
      return false;
    }
    return true;
  }

  /** @returns whether the node has no network yet; the pod then looks again in a second or so (backOffOnTransientErrorPeriod). */
  private waitForNetwork(): boolean {
    const problem = this.pod.spec!.hostNetwork || this.sandbox.state === 'creating' ? undefined : this.node.networkProblem();
    if (problem === undefined) return false;
    const { kernel } = this.node;
    this.event('Warning', 'NetworkNotReady', `network is not ready: ${problem}`);
    if (!this.retry || this.retry.cancelled || this.retry.atMs <= kernel.nowMs) {
      this.retry = kernel.after(kernel.random.jitter(TRANSIENT_RETRY_MS, SYNC_RETRY_MS.jitter), 'kubelet/retry', this.pod.metadata.name, () => this.sync());
    }
    return true;
  }

  private createSandbox(): void {
    const { kernel } = this.node;
    if (this.sandbox.state === 'creating' || kernel.nowMs < this.sandboxHeldUntilMs) return;
    this.sandbox = { state: 'creating' };
    kernel.after(RUNTIME_MS.sandbox + kernel.random.fraction() * RUNTIME_MS.sandboxSpread, 'kubelet/sandbox', this.pod.metadata.name, () => {
      if (this.finished || this.terminating) {
        this.sandbox = { state: 'none' };
        return;
      }
      const answer = this.node.setUpNetwork(this.pod);
      if (!answer.ok) {
        this.sandbox = { state: 'none' };
        this.event('Warning', 'FailedCreatePodSandBox', `Failed to create pod sandbox: ${answer.error}`);
        // The failed sync ends here: the next one comes after the worker's back-off, not at once.
        this.sandboxHeldUntilMs = this.retryLater();
      } else {
        this.sandbox = { state: 'ready', stack: answer.stack, ip: answer.ip };
      }
      this.sync();
    });
  }

  /** Starts the container if it should run and nothing holds it back. */
  private keepRunning(record: ContainerRecord): void {
    if (record.isRunning || record.busy) return;
    const { kernel } = this.node;
    if (record.ended) {
      if (!this.mayRestart(record, record.ended)) return;
      if (record.restarts.remainingMs(record.ended.finishedAtMs, kernel.nowMs) > 0) {
        this.holdBack(record);
        return;
      }
    }
    if (record.holdUntilMs > kernel.nowMs) return;
    record.busy = true;
    const secrets = this.pullSecrets();
    this.node.images.ensure(record.container, registry => secrets.flatMap(config => credentialsFor(registry, config)),
      () => this.event('Normal', 'Pulling', `Pulling image "${record.container.image}"`, record),
      outcome => this.imageAnswered(record, outcome));
  }

  /** The pod's pull secrets as Docker's configuration; one that is missing is passed over with a warning. Source: kubelet_pods.go getPullSecretsForPod. */
  private pullSecrets(): string[] {
    const { namespace = '' } = this.pod.metadata;
    const names = (this.pod.spec!.imagePullSecrets ?? []).map(({ name = '' }) => name);
    const found = names.map(name => this.node.reader.get<Secret>('Secret', namespace, name));
    const missing = names.filter((_name, index) => !found[index]);
    if (missing.length > 0) this.event('Warning', 'FailedToRetrieveImagePullSecret', `Unable to retrieve some image pull secrets (${missing.join(', ')}); attempting to pull the image may not succeed.`);
    return found.flatMap(secret => base64Text(secret?.data?.['.dockerconfigjson'] ?? secret?.data?.['.dockercfg'] ?? '') ?? []);
  }

  private mayRestart(record: ContainerRecord, ended: Ended): boolean {
    const policy = record.kind === 'sidecar' ? 'Always' : this.pod.spec!.restartPolicy ?? 'Always';
    if (record.kind === 'ephemeral') return false;
    if (record.kind === 'init' && ended.exitCode === 0) return false;
    if (policy === 'Never' || (policy === 'OnFailure' && ended.exitCode === 0)) return false;
    return true;
  }

  private holdBack(record: ContainerRecord): void {
    if (record.waiting?.reason !== 'CrashLoopBackOff') {
      record.waiting = { reason: 'CrashLoopBackOff', message: `back-off ${goSeconds(record.restarts.currentMs)} restarting failed container=${record.name} pod=${podLabel(this.pod)}` };
    }
    if (this.node.kernel.nowMs >= record.holdUntilMs) {
      this.event('Warning', 'BackOff', `Back-off restarting failed container ${record.name} in pod ${podLabel(this.pod)}`, record);
      record.holdUntilMs = this.retryLater();
    }
  }

  /**
   * A failed sync is tried again after ten to fifteen seconds, whatever the container still has to wait: upstream just
   * looks again. @returns when, virtual ms
   */
  private retryLater(): number {
    const { kernel } = this.node;
    const atMs = kernel.nowMs + kernel.random.jitter(SYNC_RETRY_MS.period, SYNC_RETRY_MS.jitter);
    if (!this.retry || this.retry.cancelled || this.retry.atMs <= kernel.nowMs) {
      this.retry = kernel.at(atMs, 'kubelet/retry', this.pod.metadata.name, () => this.sync());
    }
    return this.retry.atMs;
  }

  private imageAnswered(record: ContainerRecord, outcome: PullOutcome): void {
    const { kernel } = this.node;
    if (this.finished || this.terminating) return;
    const { image } = record.container;
    const fail = (reason: string, message: string): void => {
      record.waiting = { reason, message };
      record.busy = false;
      record.holdUntilMs = this.retryLater();
      this.event('Warning', 'Failed', `Error: ${reason}`, record);
      this.sync();
    };
    switch (outcome.kind) {
      case 'present':
        this.event('Normal', 'Pulled', `Container image "${image}" already present on machine${this.node.minor >= 35 ? ' and can be accessed by the pod' : ''}`, record);
        break;
      case 'pulled':
        this.event('Normal', 'Pulled', `Successfully pulled image "${image}" in ${goDuration(outcome.tookMs)} (${goDuration(outcome.tookMs)} including waiting). Image size: ${outcome.cached.image.sizeBytes} bytes.`, record);
        break;
      case 'invalid-name':
        this.event('Warning', 'InspectFailed', `Failed to apply default image tag "${image}": couldn't parse image name "${image}": ${outcome.error}`, record);
        fail('InvalidImageName', `Failed to apply default image tag "${image}": couldn't parse image name "${image}": ${outcome.error}`);
        return;
      case 'never':
        this.event('Warning', 'ErrImageNeverPull', `Container image "${image}" is not present with pull policy of Never`, record);
        fail('ErrImageNeverPull', `Container image "${image}" is not present with pull policy of Never`);
        return;
      case 'failed':
        record.pullError = { error: outcome.error, failedAtMs: kernel.nowMs };
        record.pulls.next(kernel.nowMs, kernel.nowMs);
        this.event('Warning', 'Failed', `Failed to pull image "${image}": ${outcome.error}`, record);
        record.waiting = { reason: 'ErrImagePull', message: outcome.error };
        record.busy = false;
        this.event('Warning', 'Failed', 'Error: ErrImagePull', record);
        this.backOffPull(record);
        this.reportStatus();
        return;
    }
    record.pullError = undefined;
    record.image = outcome.cached;
    const environment = containerEnvironment(record.container, this.environment());
    const identity = environment.ok ? containerIdentity(this.pod, record.container, outcome.cached.image) : undefined;
    const refusal = !environment.ok ? environment.error : identity && !identity.ok ? identity.error : undefined;
    if (refusal !== undefined || !environment.ok || !identity?.ok) {
      record.waiting = { reason: 'CreateContainerConfigError', message: refusal };
      record.busy = false;
      record.holdUntilMs = this.retryLater();
      this.event('Warning', 'Failed', `Error: ${refusal}`, record);
      this.sync();
      return;
    }
    kernel.after(RUNTIME_MS.create + kernel.random.fraction() * RUNTIME_MS.createSpread, 'kubelet/create', record.name, () => this.start(record, environment.env, identity.uid, identity.gid));
  }

  /** After a failed pull: shows ErrImagePull for a moment, then waits in ImagePullBackOff. */
  private backOffPull(record: ContainerRecord): void {
    const { kernel } = this.node;
    const failure = record.pullError!;
    const retryAtMs = failure.failedAtMs + record.pulls.currentMs;
    const look = (): void => {
      if (this.finished || this.terminating || record.pullError !== failure) return;
      if (kernel.nowMs >= retryAtMs) {
        record.holdUntilMs = 0;
        this.sync();
        return;
      }
      const { image } = record.container;
      this.event('Normal', 'BackOff', `Back-off pulling image "${image}"`, record);
      this.event('Warning', 'Failed', 'Error: ImagePullBackOff', record);
      record.waiting = { reason: 'ImagePullBackOff', message: `Back-off pulling image "${image}": ErrImagePull: ${failure.error}` };
      this.reportStatus();
      kernel.after(kernel.random.jitter(SYNC_RETRY_MS.period, SYNC_RETRY_MS.jitter), 'kubelet/pull-retry', record.name, look);
    };
    record.holdUntilMs = Number.POSITIVE_INFINITY;
    kernel.after(RELIST_MS + kernel.random.fraction() * SYNC_RETRY_MS.period, 'kubelet/pull-retry', record.name, look);
  }

  private start(record: ContainerRecord, env: ReadonlyMap<string, string>, uid: number, gid: number): void {
    const { node } = this;
    const { kernel } = node;
    if (this.finished || this.terminating || this.sandbox.state !== 'ready') return;
    this.event('Normal', 'Created', node.minor >= 35 ? 'Container created' : `Created container: ${record.name}`, record);
    const running = new RunningContainer(kernel, {
      container: record.container, image: record.image!.image, env, hostname: node.hostnameOf(this.pod), stack: this.sandbox.stack, volumes: this.volumes,
      uid, gid, readOnlyRoot: record.container.securityContext?.readOnlyRootFilesystem === true, programs: node.programs,
      resolvConf: node.resolvConf(this.pod), hosts: node.hostsFile(this.pod, this.sandbox.ip),
    }, `${this.pod.metadata.namespace}/${this.pod.metadata.name}/${record.name}`);
    kernel.after(RUNTIME_MS.start + kernel.random.fraction() * RUNTIME_MS.startSpread, 'kubelet/start', record.name, () => this.run(record, running));
  }

  private run(record: ContainerRecord, running: RunningContainer): void {
    if (this.finished || this.terminating) return;
    const { kernel } = this.node;
    const wasEnded = record.ended;
    if (wasEnded) {
      record.restarts.next(wasEnded.finishedAtMs, kernel.nowMs);
      record.restartCount += 1;
      record.previous = wasEnded;
    }
    record.waiting = undefined;
    record.previousRun = record.lastRun;
    record.containerId = `containerd://${this.node.newContainerId()}`;
    record.startedAtMs = kernel.nowMs;
    record.lastRun = running;
    record.busy = false;
    record.holdUntilMs = 0;
    record.running = running;
    const started = running.start(code => this.ended(record, running, code));
    if (!started.ok) {
      record.running = undefined;
      this.event('Warning', 'Failed', `Error: ${started.error}`, record);
      record.ended = { exitCode: 128, reason: 'StartError', message: started.error, startedAtMs: 0, finishedAtMs: kernel.nowMs, containerId: record.containerId };
      record.waiting = { reason: 'RunContainerError', message: started.error };
      this.retryLater();
      this.sync();
      return;
    }
    this.event('Normal', 'Started', this.node.minor >= 35 ? 'Container started' : `Started container ${record.name}`, record);
    this.startProbes(record, running);
    this.runPostStart(record, running);
    this.sync();
  }

  private runPostStart(record: ContainerRecord, running: RunningContainer): void {
    const hook = record.container.lifecycle?.postStart;
    if (!hook) return;
    runStopHook(hook, record.container, running, this.ip, this.node, problem => {
      if (!problem || record.running !== running) return;
      this.event('Warning', 'FailedPostStartHook', 'PostStartHook failed', record);
      this.kill(record, 'FailedPostStartHook', 'FailedPostStartHook');
    });
  }

  // ---- being alive ------------------------------------------------------------------------------------------------

  private startProbes(record: ContainerRecord, running: RunningContainer): void {
    const { startupProbe, livenessProbe, readinessProbe } = record.container;
    record.started = !startupProbe;
    record.ready = record.kind !== 'init' && !readinessProbe && record.started;
    const add = (kind: ProbeKind, probe: Probe | undefined): void => {
      if (!probe || record.kind === 'init') return;
      const worker: ProbeWorker = new ProbeWorker(kind, probe, record.container, running, this.ip, this.node, {
        active: () => (kind === 'Startup' ? !record.started : record.started) && (kind === 'Readiness' || !this.terminating),
        failed: answer => this.event('Warning', 'Unhealthy', answer.result === 'unknown' ? `${kind} probe errored and resulted in unknown state: ${answer.output}` : `${kind} probe failed: ${answer.output}`, record),
        turned: verdict => this.probeTurned(record, running, kind, verdict),
      });
      record.probes.push(worker);
    };
    record.stopProbes();
    add('Startup', startupProbe);
    add('Liveness', livenessProbe);
    add('Readiness', readinessProbe);
  }

  private probeTurned(record: ContainerRecord, running: RunningContainer, kind: ProbeKind, verdict: boolean): void {
    if (record.running !== running) return;
    if (kind === 'Readiness') record.ready = verdict;
    else if (verdict) {
      record.started = true;
      if (!record.container.readinessProbe) record.ready = true;
    } else {
      this.kill(record, 'Killing', `Container ${record.name} failed ${kind.toLowerCase()} probe, will be restarted`, kind === 'Liveness' ? record.container.livenessProbe : record.container.startupProbe);
    }
    this.sync();
  }

  /** Stops one container of a pod that goes on living. */
  private kill(record: ContainerRecord, reason: string, message: string, probe?: Probe): void {
    const { kernel } = this.node;
    const running = record.running;
    if (!running) return;
    record.stopProbes();
    this.event('Normal', reason, message, record);
    const graceMs = ((probe as { terminationGracePeriodSeconds?: number } | undefined)?.terminationGracePeriodSeconds ?? this.pod.spec!.terminationGracePeriodSeconds ?? 30) * 1000;
    this.stop(record, running, graceMs, kernel.nowMs);
  }

  private ended(record: ContainerRecord, running: RunningContainer, code: number): void {
    if (record.running !== running) return;
    const { kernel } = this.node;
    const endedAtMs = kernel.nowMs;
    const oomKilled = running.outOfMemory;
    // The kubelet learns of it at the next relist.
    kernel.after(kernel.random.fraction() * RELIST_MS, 'kubelet/relist', record.name, () => {
      if (this.finished || record.running !== running) return;
      record.running = undefined;
      record.stopProbes();
      record.ready = false;
      record.started = false;
      record.ended = {
        exitCode: code, reason: oomKilled ? 'OOMKilled' : code === 0 ? 'Completed' : 'Error',
        startedAtMs: record.startedAtMs, finishedAtMs: endedAtMs, containerId: record.containerId,
      };
      record.waiting = undefined;
      this.reportStatus();
      if (this.terminating) this.afterStop();
      else this.sync();
    });
  }

  // ---- going down -------------------------------------------------------------------------------------------------

  private terminate(): void {
    this.terminating = true;
    const { kernel } = this.node;
    kernel.cancel(this.retry);
    const graceMs = (this.pod.metadata.deletionGracePeriodSeconds ?? this.pod.spec!.terminationGracePeriodSeconds ?? 30) * 1000;
    for (const record of this.records) {
      for (const probe of record.probes) if (probe.kind !== 'Readiness') probe.stop();
    }
    for (const record of this.records) {
      if (!record.running || record.kind === 'sidecar') continue;
      this.event('Normal', 'Killing', `Stopping container ${record.name}`, record);
      this.stop(record, record.running, graceMs, kernel.nowMs);
    }
    this.afterStop();
  }

  /** The grace period may shrink while a pod is terminating (a second, impatient delete). */
  private stop(record: ContainerRecord, running: RunningContainer, graceMs: number, sinceMs: number): void {
    const { kernel } = this.node;
    const hook = record.container.lifecycle?.preStop;
    const terminate = (): void => {
      if (!running.isRunning) return;
      running.signal('SIGTERM');
      const leftMs = Math.max(MINIMUM_GRACE_MS, sinceMs + graceMs - kernel.nowMs);
      kernel.after(leftMs, 'kubelet/kill', record.name, () => { if (running.isRunning) running.signal('SIGKILL'); });
    };
    if (!hook || graceMs === 0) {
      terminate();
      return;
    }
    let went = false;
    const once = (): void => {
      if (went) return;
      went = true;
      terminate();
    };
    runStopHook(hook, record.container, running, this.ip, this.node, problem => {
      if (problem) this.event('Warning', 'FailedPreStopHook', 'PreStopHook failed', record);
      once();
    });
    kernel.after(graceMs, 'kubelet/prestop', record.name, once);
  }

  /** Sidecars stop once the app containers are gone; when everything is, so is the pod. */
  private afterStop(): void {
    if (this.records.some(record => record.kind !== 'sidecar' && record.isRunning)) return;
    const sidecars = this.records.filter(record => record.kind === 'sidecar' && record.isRunning);
    const last = sidecars.at(-1);
    if (last) {
      this.event('Normal', 'Killing', `Stopping container ${last.name}`, last);
      this.stop(last, last.running!, (this.pod.metadata.deletionGracePeriodSeconds ?? 30) * 1000, this.node.kernel.nowMs);
      return;
    }
    this.reportStatus();
    this.tearDownSandbox();
    this.finished = true;
    const { kernel } = this.node;
    for (const record of this.records) record.stopProbes();
    kernel.after(RUNTIME_MS.create + kernel.random.fraction() * RUNTIME_MS.createSpread, 'kubelet/cleanup', this.pod.metadata.name, () => this.node.podGone(this));
  }

  private tearDownSandbox(): void {
    if (this.sandbox.state !== 'ready') return;
    this.node.tearDownNetwork(this.pod, this.sandbox.stack);
    this.lastIp = this.sandbox.ip;
    this.sandbox = { state: 'none' };
  }

  // ---- telling ----------------------------------------------------------------------------------------------------

  private environment(): EnvironmentContext {
    return { pod: this.pod, reader: this.node.reader, podIp: this.ip, hostIp: this.node.address };
  }

  private event(type: EventType, reason: string, message: string, record?: ContainerRecord): void {
    const fieldPath = record && `spec.${record.kind === 'app' ? 'containers' : record.kind === 'ephemeral' ? 'ephemeralContainers' : 'initContainers'}{${record.name}}`;
    this.node.recorder.record(subjectOf(this.pod, fieldPath), type, reason, message);
  }

  /** Tells the status even where nothing in it changed: somebody else may have written it meanwhile. */
  report(): void {
    this.lastStatus = '';
    this.reportStatus();
  }

  restateStatus(): void {
    if (this.finished) return;
    const { namespace = '', name, uid } = this.pod.metadata;
    const stored = this.node.reader.get<StoredPod>('Pod', namespace, name);
    if (stored?.metadata.uid !== uid) return;
    this.pod = stored;
    this.lastStatus = '';
    this.reportStatus();
  }

  private reportStatus(): void {
    const status = podStatus(this.pod, this.records, {
      sandboxReady: this.sandbox.state === 'ready', ip: this.ip || this.lastIp, hostIp: this.node.address,
      startedAtMs: this.startedAtMs, nowMs: this.node.kernel.nowMs,
    });
    const text = JSON.stringify(status);
    if (text === this.lastStatus) return;
    const accepted = this.node.writeStatus(this.pod, status);
    if (accepted) {
      this.pod = accepted;
      this.lastStatus = text;
    }
  }
}
