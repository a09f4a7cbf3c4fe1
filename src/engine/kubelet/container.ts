import type { Container } from 'kubernetes-types/core/v1.d.ts';
import { milliValue, unitValue } from '../apimachinery/quantity.ts';
import type { ImageDefinition } from '../images/contract.ts';
import type { Kernel } from '../kernel/kernel.ts';
import { Pipe, sinkDescriptor, type Descriptor } from '../kernel/pipe.ts';
import { ProcessTable } from '../kernel/process.ts';
import type { Listener, NetworkStack } from '../network/contract.ts';
import type { Stack } from '../network/stack.ts';
import type { System, SystemProcess, SystemProgram } from '../userland/contract.ts';
import { findExecutable, installPrograms, runGuarded } from '../userland/executable.ts';
import { MemoryFileSystem } from '../userland/files/file-system.ts';
import { Tree } from '../userland/files/tree.ts';
import { LAPTOP_ONLY } from '../userland/programs/index.ts';
import { Tty } from '../userland/tty.ts';
import { expand } from './environment.ts';
import { mountsInOrder, type MountedVolume } from './volumes.ts';
import { ContainerLog } from './container-log.ts';

/** CPU and memory of what runs, as its program reports them. */
export interface Usage {
  cpuMillis(nowMs: number): number;
  memoryBytes(nowMs: number): number;
}

/** A container's operating system. Programs that model a load tell `usage` what they take. */
export interface ContainerSystem extends System {
  usage: Usage;
  /** What its cgroup allows; absent where the manifest sets no limit. */
  readonly limits: { readonly cpuMillis?: number; readonly memoryBytes?: number };
  /** Programs call it after they took more memory: past the limit the kernel kills them all, without a word. */
  chargeMemory(): void;
}

export interface ContainerPlan {
  readonly container: Container;
  readonly image: ImageDefinition;
  readonly env: ReadonlyMap<string, string>;
  readonly hostname: string;
  readonly stack: Stack;
  readonly volumes: ReadonlyMap<string, MountedVolume>;
  readonly uid: number;
  readonly gid: number;
  readonly readOnlyRoot: boolean;
  readonly programs: ReadonlyMap<string, SystemProgram>;
  readonly resolvConf: string;
  readonly hosts: string;
}

export type StartResult = { readonly ok: true } | { readonly ok: false; readonly error: string };

const MIB = 1024 * 1024;
const IDLE_USAGE: Usage = { cpuMillis: () => 1, memoryBytes: () => 6 * MIB };
const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** One run of a container: a file system, a PID namespace, a log. */
export class RunningContainer {
  readonly log: ContainerLog;
  readonly system: ContainerSystem;
  readonly files: MemoryFileSystem;
  private readonly listeners = new Set<Listener>();
  /** The terminal of PID 1, for a container with `tty`; the pipe into it, for one with only `stdin`. `kubectl attach` uses them. */
  terminal: Tty | undefined;
  input: Pipe | undefined;
  /** Who is attached: gets everything PID 1 writes, as it is written. */
  readonly outputListeners = new Set<(text: string) => void>();
  /** The kernel ended it for exceeding its memory limit. */
  outOfMemory = false;
  private main: SystemProcess | undefined;
  private readonly env: Map<string, string>;

  constructor(private readonly kernel: Kernel, private readonly plan: ContainerPlan, label: string) {
    this.log = new ContainerLog(kernel);
    const { image, container } = plan;
    this.files = this.layOut();
    this.env = new Map([
      ['PATH', PATH], ['HOSTNAME', plan.hostname], ['HOME', plan.uid === 0 ? '/root' : '/'],
      ...Object.entries(image.env ?? {}), ...plan.env,
      ['DRYDOCK_IMAGE', container.image ?? ''],
      ['DRYDOCK_DECLARED_PORTS', (container.ports ?? []).map(port => port.containerPort).join(',')],
    ]);
    if (!isGeneric(image)) for (const name of ['DRYDOCK_IMAGE', 'DRYDOCK_DECLARED_PORTS']) this.env.delete(name);
    const own = new Map(Object.entries(image.programs ?? {}));
    const users = new Map(Object.entries(image.users ?? {}).map(([name, uid]) => [uid, name]));
    const system: Omit<ContainerSystem, 'processes'> & { processes?: ProcessTable<System> } = {
      hostname: plan.hostname, files: this.files, network: this.networkView(), usage: IDLE_USAGE,
      userName: uid => (uid === 0 ? 'root' : users.get(uid) ?? String(uid)),
      program: name => own.get(name) ?? plan.programs.get(name),
      limits: limitsOf(container),
      chargeMemory: () => this.chargeMemory(),
    };
    system.processes = new ProcessTable<System>(kernel, system as System, label, true);
    this.system = system as ContainerSystem;
  }

  /** Starts PID 1. @returns the runtime's error when there is nothing to start */
  start(onExit: (code: number) => void): StartResult {
    const { container, image } = this.plan;
    const command = container.command?.length ? [...container.command] : [...image.entrypoint ?? []];
    const args = container.args?.length ? container.args : container.command?.length ? [] : image.cmd ?? [];
    const argv = [...command, ...args].map(word => expand(word, this.env));
    if (argv.length === 0) return { ok: false, error: 'no command specified' };
    const cwd = container.workingDir ?? image.workingDir ?? '/';
    const as = { uid: this.plan.uid, gid: this.plan.gid };
    const found = findExecutable(this.system, argv, { cwd, pathVariable: this.env.get('PATH'), as });
    if (found.kind !== 'program') return { ok: false, error: startError(argv[0]!, found.kind) };
    const write = (text: string): void => {
      this.log.append(text);
      for (const listener of [...this.outputListeners]) listener(text);
    };
    const output = sinkDescriptor(write);
    const descriptors = new Map<number, Descriptor>([[1, output], [2, output]]);
    if (container.tty) {
      this.terminal = new Tty(this.system, { columns: 80, rows: 24, output: text => write(text.replaceAll('\r\n', '\n')) });
      for (const fd of [0, 1, 2]) descriptors.set(fd, this.terminal.descriptor);
    } else if (container.stdin) {
      this.input = new Pipe();
      this.input.writeEnd.retain();
      descriptors.set(0, this.input.readEnd);
    }
    this.main = this.system.processes.spawn({
      program: process => runGuarded(found.program, process), argv: found.argv, env: this.env, cwd, uid: this.plan.uid, gid: this.plan.gid,
      descriptors,
    });
    if (this.terminal) this.terminal.foregroundGroup = this.main.group;
    this.main.onExit(code => {
      this.log.close();
      for (const listener of this.listeners) listener.abort();
      onExit(code);
    });
    return { ok: true };
  }

  /** cgroup v2 with `memory.oom.group`, as the kubelet sets it: every process of the container goes. */
  private chargeMemory(): void {
    const { limits, usage } = this.system;
    if (limits.memoryBytes === undefined || usage.memoryBytes(this.kernel.nowMs) <= limits.memoryBytes || !this.isRunning) return;
    this.outOfMemory = true;
    this.main?.signal('SIGKILL');
  }

  get isRunning(): boolean {
    return this.main !== undefined && this.main.state !== 'exited';
  }

  /** PID 1, for signals from outside (a checker that freezes it). */
  get init(): SystemProcess | undefined {
    return this.main;
  }

  signal(signal: 'SIGTERM' | 'SIGKILL' | 'SIGSTOP' | 'SIGCONT' | 'SIGINT'): void {
    this.main?.signal(signal);
  }

  /** Another process in the same container: probes, hooks, `kubectl exec`. */
  exec(argv: readonly string[], descriptors: ReadonlyMap<number, Descriptor>): SystemProcess | string {
    const as = { uid: this.plan.uid, gid: this.plan.gid };
    const cwd = this.plan.container.workingDir ?? this.plan.image.workingDir ?? '/';
    const found = findExecutable(this.system, argv, { cwd, pathVariable: this.env.get('PATH'), as });
    if (found.kind !== 'program') return execError(argv[0] ?? '', found.kind);
    const env = new Map(this.env);
    return this.system.processes.spawn({ program: process => runGuarded(found.program, process), argv: found.argv, env, cwd, uid: this.plan.uid, gid: this.plan.gid, descriptors });
  }

  /** The image's files, then the mounts; the root turns read-only only once everything lies in it. */
  private layOut(): MemoryFileSystem {
    const { plan } = this;
    const { image, hostname } = plan;
    const root = userlandTree(plan.programs, image.userland ?? 'none').copy(this.kernel.nowMs);
    const files = new MemoryFileSystem(this.kernel, root, false);
    files.write('/etc/hostname', `${hostname}\n`);
    files.write('/etc/hosts', plan.hosts);
    files.write('/etc/resolv.conf', plan.resolvConf);
    files.write('/etc/passwd', ['root:x:0:0:root:/root:/bin/sh', ...Object.entries(image.users ?? {}).map(([name, uid]) => `${name}:x:${uid}:${uid}::/home/${name}:/sbin/nologin`)].join('\n') + '\n');
    for (const [path, content] of Object.entries(image.files ?? {})) {
      files.makeDirectory(path.slice(0, path.lastIndexOf('/')) || '/', { recursive: true });
      files.write(path, content);
    }
    for (const path of Object.keys(image.programs ?? {})) installPrograms(files, path.slice(0, path.lastIndexOf('/')) || '/', [[path.slice(path.lastIndexOf('/') + 1), path]]);
    const mounts = mountsInOrder(plan.container.volumeMounts);
    const mounted = new MemoryFileSystem(this.kernel, root, plan.readOnlyRoot);
    for (const mount of mounts) {
      const volume = plan.volumes.get(mount.name);
      if (!volume) continue;
      mounted.mount(mount.mountPath, volume.tree, { readOnly: mount.readOnly === true || volume.readOnly, source: volume.name, type: volume.type, ...(mount.subPath && { subPath: mount.subPath }) });
    }
    return mounted;
  }

  /** The pod's sockets, with the listeners of this container remembered, so that its end resets their connections. */
  private networkView(): NetworkStack {
    const { stack } = this.plan;
    return {
      addresses: stack.addresses, resolver: stack.resolver,
      resolve: name => stack.resolve(name),
      exchange: request => stack.exchange(request),
      listening: () => stack.listening(),
      listen: (port, handler, options) => {
        const listener = stack.listen(port, handler && ((request, respond) => {
          if (this.main?.state !== 'stopped') handler(request, respond);
        }), options);
        if (listener) this.listeners.add(listener);
        return listener;
      },
    };
  }
}

type Userland = NonNullable<ImageDefinition['userland']>;

const userlandTrees = new WeakMap<ReadonlyMap<string, SystemProgram>, Map<Userland, Tree>>();

/** The directories every container has and the programs of its userland: laid out once, copied for each container. */
export function userlandTree(programs: ReadonlyMap<string, SystemProgram>, userland: Userland): Tree {
  let known = userlandTrees.get(programs);
  if (!known) userlandTrees.set(programs, known = new Map());
  let tree = known.get(userland);
  if (tree) return tree;
  known.set(userland, tree = new Tree());
  const files = new MemoryFileSystem({ nowMs: 0 }, tree, false);
  for (const directory of ['/tmp', '/etc', '/root', '/var/log', '/proc', '/dev', '/usr/bin', '/usr/local/bin']) files.makeDirectory(directory, { recursive: true });
  files.chmod('/tmp', 0o1777);
  if (userland !== 'none') {
    installPrograms(files, '/bin', [...programs.keys()].filter(name => isInUserland(name, userland === 'debian' ? 'debian' : 'busybox')));
    if (userland === 'busybox' && programs.has('ash')) installPrograms(files, '/bin', [['sh', 'ash']]);
  }
  return tree;
}

/** busybox has no bash, Debian no ash, and neither the tools one installs on a laptop. */
function isInUserland(name: string, userland: 'busybox' | 'debian'): boolean {
  return !LAPTOP_ONLY.has(name) && name !== (userland === 'debian' ? 'ash' : 'bash');
}

function limitsOf({ resources }: Container): ContainerSystem['limits'] {
  const { cpu, memory } = resources?.limits ?? {};
  return { ...(cpu !== undefined && { cpuMillis: milliValue(cpu) }), ...(memory !== undefined && { memoryBytes: unitValue(memory) }) };
}

function isGeneric(image: ImageDefinition): boolean {
  return image.programs?.['/drydock/generic'] !== undefined;
}

function startError(name: string, kind: string): string {
  return `failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: error during container init: exec: "${name}": ${reason(name, kind)}: unknown`;
}

function execError(name: string, kind: string): string {
  return `OCI runtime exec failed: exec failed: unable to start container process: exec: "${name}": ${reason(name, kind)}: unknown`;
}

function reason(name: string, kind: string): string {
  if (kind === 'denied') return 'permission denied';
  if (kind === 'directory') return 'is a directory';
  if (kind === 'no-format') return 'exec format error';
  return name.includes('/') ? `stat ${name}: no such file or directory` : 'executable file not found in $PATH';
}
