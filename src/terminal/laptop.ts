import type { Kernel } from '../engine/kernel/kernel.ts';
import { ProcessTable } from '../engine/kernel/process.ts';
import { done } from '../engine/kernel/task.ts';
import type { NetOutcome, NetworkStack } from '../engine/network/contract.ts';
import type { System, SystemProgram } from '../engine/userland/contract.ts';
import { createFileSystem, installPrograms, standardPrograms, type MemoryFileSystem } from '../engine/userland/index.ts';
import type { Completer, Laptop } from './contract.ts';

const USER_ID = 1000;

const BASHRC = `# What your shell reads when it starts.
alias k=kubectl
alias ll='ls -l'
export EDITOR=vim
export PAGER=less
`;

export interface LaptopOptions {
  readonly kernel: Kernel;
  /** The laptop's way into the world; without one nothing answers. */
  readonly network?: NetworkStack;
  /** Default `/home/<user>`. */
  readonly home?: string;
  readonly user?: string;
  readonly hostname?: string;
}

/** The learner's machine: a small Linux with a home directory, the usual tools and whatever is installed on it. */
export function createLaptop(options: LaptopOptions): Laptop & { readonly files: MemoryFileSystem } {
  const { kernel } = options;
  const user = options.user ?? 'you';
  const hostname = options.hostname ?? 'laptop';
  const home = options.home ?? `/home/${user}`;
  const files = createFileSystem(kernel);
  const programs = standardPrograms();
  layOut(files, { user, hostname, home });
  installPrograms(files, '/usr/bin', programs.keys());
  files.symlink('usr/bin', '/bin');
  const system: System & { processes: ProcessTable<System> } = {
    hostname, files,
    network: options.network ?? unconnected(),
    processes: undefined as never,
    userName: uid => (uid === 0 ? 'root' : uid === USER_ID ? user : uid === 65_534 ? 'nobody' : String(uid)),
    program: name => programs.get(name),
  };
  system.processes = new ProcessTable<System>(kernel, system, 'laptop');
  files.setLive('/proc/mounts', () => files.mounts().map(mount => `${mount.source} ${mount.path} ${mount.type} ${mount.readOnly ? 'ro' : 'rw'},relatime 0 0\n`).join(''));
  files.setLive('/proc/uptime', () => `${((kernel.nowMs % 1e9) / 1000).toFixed(2)} 0.00\n`);
  return {
    system, home, user, files,
    completers: new Map<string, Completer>(),
    install(name: string, program: SystemProgram) {
      programs.set(name, program);
      installPrograms(files, '/usr/local/bin', [name]);
    },
  };
}

/** Who owns the home directory and runs the shell. */
export const LAPTOP_CREDENTIALS = { uid: USER_ID, gid: USER_ID } as const;

function layOut(files: MemoryFileSystem, names: { user: string; hostname: string; home: string }): void {
  for (const path of ['/etc', '/usr/bin', '/usr/local/bin', '/var/log', '/dev', '/proc', '/root', '/opt', names.home, `${names.home}/.kube`]) {
    files.makeDirectory(path, { recursive: true });
  }
  files.makeDirectory('/tmp', { mode: 0o1777 });
  files.chmod('/root', 0o700);
  for (const device of ['null', 'zero', 'tty', 'urandom', 'random', 'stdin', 'stdout', 'stderr']) files.write(`/dev/${device}`, '', { mode: 0o666 });
  files.write('/etc/hostname', `${names.hostname}\n`);
  files.write('/etc/hosts', `127.0.0.1\tlocalhost\n127.0.1.1\t${names.hostname}\n`);
  files.write('/etc/passwd', `root:x:0:0:root:/root:/bin/bash\n${names.user}:x:1000:1000:${names.user}:${names.home}:/bin/bash\nnobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n`);
  files.write('/etc/group', `root:x:0:\n${names.user}:x:1000:\nnogroup:x:65534:\n`);
  files.write('/etc/os-release', 'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nNAME="Debian GNU/Linux"\nVERSION_ID="12"\nVERSION="12 (bookworm)"\nVERSION_CODENAME=bookworm\nID=debian\n');
  files.write('/etc/resolv.conf', 'nameserver 192.168.1.1\n');
  files.write(`${names.home}/.bashrc`, BASHRC);
  for (const path of [names.home, `${names.home}/.kube`, `${names.home}/.bashrc`]) files.chown(path, USER_ID, USER_ID);
}

/** A network card without a cable. */
function unconnected(): NetworkStack {
  const refused = (host: string): NetOutcome => (/^[\d.]+$/.test(host) || host === 'localhost'
    ? { kind: 'refused', address: host === 'localhost' ? '127.0.0.1' : host, tookMs: 0 }
    : { kind: 'name-error', rcode: 'NXDOMAIN', name: host, server: '192.168.1.1:53', tookMs: 1 });
  return {
    addresses: ['192.168.1.20'],
    resolver: { nameservers: ['192.168.1.1'], search: [], ndots: 1 },
    resolve: name => done(name === 'localhost' ? { rcode: 'NOERROR' as const, name, addresses: ['127.0.0.1'], server: '192.168.1.1:53' } : { rcode: 'NXDOMAIN' as const, name, addresses: [], server: '192.168.1.1:53' }),
    exchange: request => done(refused(request.host)),
    listen: () => undefined,
    listening: () => [],
  };
}
