/** A machine with nothing but files and our kubectl, for tests. */
import { Kernel } from '../../src/engine/kernel/kernel.ts';
import { type Descriptor, sinkDescriptor } from '../../src/engine/kernel/pipe.ts';
import { ProcessTable } from '../../src/engine/kernel/process.ts';
import type { Task } from '../../src/engine/kernel/task.ts';
import { createFileSystem } from '../../src/engine/userland/files/file-system.ts';
import type { System, SystemProgram } from '../../src/engine/userland/contract.ts';

export interface Ran { readonly stdout: string; readonly stderr: string; readonly code: number }

export interface Laptop {
  readonly kernel: Kernel;
  readonly system: System;
  run(argv: readonly string[], options?: { stdin?: string; cwd?: string; withinMs?: number }): Ran;
}

/** `home` must be the home directory the real kubectl is given, so that texts agree. */
export function createLaptop(kernel: Kernel, program: SystemProgram, home: string): Laptop {
  const files = createFileSystem(kernel);
  files.makeDirectory(`${home}/.kube`, { recursive: true });
  const system = {
    hostname: 'laptop', files, network: undefined as never, processes: undefined as unknown as ProcessTable<System>,
    userName: () => 'dev', program: () => undefined,
  };
  system.processes = new ProcessTable<System>(kernel, system, 'laptop');
  return {
    kernel, system,
    run(argv, options = {}) {
      let stdout = '';
      let stderr = '';
      const process = system.processes.spawn({
        program, argv, cwd: options.cwd ?? home, env: new Map([['HOME', home], ['PATH', '/usr/bin']]),
        descriptors: new Map<number, Descriptor>([
          [0, textDescriptor(options.stdin ?? '')], [1, sinkDescriptor(text => { stdout += text; })], [2, sinkDescriptor(text => { stderr += text; })],
        ]),
      });
      const deadlineMs = kernel.nowMs + (options.withinMs ?? 600_000);
      while (process.state === 'running' && kernel.nowMs < deadlineMs) kernel.run({ untilMs: deadlineMs, maxEvents: 1 });
      if (process.state !== 'exited') process.signal('SIGINT');
      return { stdout, stderr, code: process.exitCode ?? -1 };
    },
  };
}

function textDescriptor(text: string): Descriptor {
  let rest: string | null = text === '' ? null : text;
  return {
    *read(): Task<string | null> { const chunk = rest; rest = null; return chunk; },
    *write(): Task<void> {},
    retain() {}, release() {},
  };
}
