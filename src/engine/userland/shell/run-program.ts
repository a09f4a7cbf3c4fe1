import { SIGNAL_NUMBERS, type SignalName } from '../../kernel/signal.ts';
import type { Task } from '../../kernel/task.ts';
import type { SystemProcess } from '../contract.ts';
import { afterSpawn, findExecutable, runGuarded } from '../executable.ts';
import { Interrupted } from './control-flow.ts';
import type { Shell } from './shell.ts';

/** Waits for a foreground job and gives the terminal back. @returns the exit code of each process */
export function* waitForeground(shell: Shell, processes: readonly SystemProcess[], text: string): Task<number[]> {
  const { terminal } = shell;
  const controls = shell.interactive && terminal !== undefined;
  if (controls) terminal.foregroundGroup = processes[0]!.group;
  let stopped = false;
  try {
    for (const process of processes) {
      const state = yield* shell.process.wait(process, { orStopped: shell.interactive });
      if (state === 'stopped') { stopped = true; break; }
    }
  } finally {
    if (controls) {
      terminal.foregroundGroup = shell.process.group;
      terminal.setRaw(false);
    }
  }
  if (stopped) {
    const job = shell.jobs.withProcess(processes[0]!.pid) ?? shell.jobs.add([...processes], text.trim(), 'Stopped');
    job.state = 'Stopped';
    shell.jobs.touch(job);
    yield* shell.process.write(2, `\n${shell.jobs.describe(job)}\n`);
    return processes.map(() => 148);
  }
  const last = processes.at(-1)!;
  if (shell.interactive && processes.some(process => process.endedBy === 'SIGINT')) throw new Interrupted();
  yield* announceDeath(shell, last);
  return processes.map(process => process.exitCode!);
}

const DEATH_WORDS: Partial<Record<SignalName, string>> = { SIGKILL: 'Killed', SIGTERM: 'Terminated', SIGSEGV: 'Segmentation fault', SIGABRT: 'Aborted', SIGQUIT: 'Quit', SIGHUP: 'Hangup' };

function* announceDeath(shell: Shell, process: SystemProcess): Task<void> {
  const words = process.endedBy ? DEATH_WORDS[process.endedBy] : undefined;
  if (!words) return;
  if (shell.interactive || shell.dialect === 'ash') yield* shell.process.write(2, `${words}\n`);
  else yield* shell.complain(`${String(process.pid).padStart(5)} ${words.padEnd(24)}${process.argv.join(' ')}`);
}

/** Starts a program found along PATH, or becomes it when nothing of this shell is left to do. */
export function* runProgram(shell: Shell, argv: readonly string[], env: Map<string, string>, options: { tail: boolean; text: string }): Task<number> {
  const { process } = shell;
  const found = findExecutable(shell.system, argv, { cwd: process.cwd, pathVariable: shell.variables.get('PATH'), as: shell.credentials() });
  let program;
  let words = argv;
  if (found.kind === 'program') { program = found.program; words = found.argv; }
  else if (found.kind === 'no-format') {
    const { content } = { content: shell.system.files.read(found.path) };
    if (/[\0]/.test(content)) { yield* shell.complain(`${argv[0]}: cannot execute binary file: Exec format error`); return 126; }
    program = shell.system.program(shell.dialect === 'bash' ? 'bash' : 'sh');
    words = [shell.dialect === 'bash' ? 'bash' : 'sh', argv[0]!.includes('/') ? argv[0]! : found.path, ...argv.slice(1)];
  }
  if (!program) return yield* complainNotRun(shell, argv[0]!, found);
  if (options.tail && !shell.traps.has('EXIT')) {
    process.argv = words;
    process.env.clear();
    for (const [key, value] of env) process.env.set(key, value);
    for (const signal of Object.keys(SIGNAL_NUMBERS) as SignalName[]) if (process.signalAction(signal) !== 'ignore') process.onSignal(signal, 'default');
    yield* process.sleep(0.5);
    return yield* runGuarded(program, process);
  }
  const child = process.table.spawn({ program: afterSpawn(program), argv: words, env, parent: process, cwd: process.cwd, descriptors: process.descriptors });
  child.onExit(() => process.children.delete(child));
  if (shell.interactive) child.group = child.pid;
  for (const [signal, action] of shell.traps) if (action === '' && signal !== 'EXIT' && signal !== 'ERR') child.onSignal(signal as SignalName, 'ignore');
  const codes = yield* waitForeground(shell, [child], options.text);
  return codes[0]!;
}

function* complainNotRun(shell: Shell, name: string, found: { kind: string; path: string; interpreter?: string }): Task<number> {
  const prefix = shell.prefix;
  const say = (words: string): Task<void> => shell.process.write(2, `${prefix}${words}\n`);
  const bash = shell.dialect === 'bash';
  switch (found.kind) {
    case 'directory': yield* say(bash ? `${name}: Is a directory` : `${name}: Permission denied`); return 126;
    case 'denied': yield* say(`${name}: Permission denied`); return 126;
    case 'missing-interpreter':
      if (bash) yield* say(`${name}: cannot execute: required file not found`);
      else yield* say(`${name}: not found`);
      return 127;
    default:
      if (!bash) yield* say(`${name}: not found`);
      else yield* say(name.includes('/') ? `${name}: No such file or directory` : `${name}: command not found`);
      return 127;
  }
}
