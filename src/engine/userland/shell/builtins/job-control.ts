import { SIGNAL_NUMBERS, type SignalName } from '../../../kernel/signal.ts';
import type { Task } from '../../../kernel/task.ts';
import type { SystemProcess } from '../../contract.ts';
import type { Job } from '../jobs.ts';
import type { Shell } from '../shell.ts';
import { builtin, type Builtin } from './builtin.ts';

function* findJob(shell: Shell, command: string, word: string | undefined): Task<Job | undefined> {
  const job = shell.jobs.find(word ?? '%+');
  if (!job) yield* shell.complain(`${command}: ${word === undefined ? 'current' : word}: no such job`);
  return job;
}

/** Waits for a background process; a trapped signal ends the wait with 128 + its number. */
function* waitForOne(shell: Shell, process: SystemProcess): Task<number> {
  while (process.state !== 'exited') {
    const woken = yield* shell.waitFor<'changed'>(resume => process.onStateChange(() => resume('changed')));
    if (woken === undefined) {
      const signal = shell.pendingTraps[0];
      yield* shell.runPendingTraps();
      return 128 + (signal ? SIGNAL_NUMBERS[signal] : 0);
    }
  }
  return process.exitCode!;
}

function signalOf(word: string): SignalName | undefined {
  const upper = word.toUpperCase();
  const named = upper.startsWith('SIG') ? upper : `SIG${upper}`;
  if (named in SIGNAL_NUMBERS) return named as SignalName;
  return Object.entries(SIGNAL_NUMBERS).find(([, number]) => String(number) === word)?.[0] as SignalName | undefined;
}

export const jobBuiltins: [string, Builtin][] = [
  ['jobs', builtin(function* (shell, argv) {
    const withPids = argv.includes('-l');
    const onlyPids = argv.includes('-p');
    for (const job of shell.jobs.list()) {
      yield* shell.print(onlyPids ? `${job.group}\n` : `${shell.jobs.describe(job, withPids)}\n`);
      if (job.state === 'Done') { job.told = true; shell.jobs.remove(job); }
    }
    return 0;
  })],
  ['fg', builtin(function* (shell, argv) {
    const job = yield* findJob(shell, 'fg', argv[1]);
    if (!job) return 1;
    yield* shell.print(`${job.text}\n`);
    job.state = 'Running';
    for (const process of job.processes) process.signal('SIGCONT');
    const codes = yield* shell.interpreter.waitForeground(shell, job.processes, job.text);
    shell.jobs.refresh(job);
    if (job.processes.every(process => process.state === 'exited')) shell.jobs.remove(job);
    return codes.at(-1)!;
  })],
  ['bg', builtin(function* (shell, argv) {
    const job = yield* findJob(shell, 'bg', argv[1]);
    if (!job) return 1;
    for (const process of job.processes) process.signal('SIGCONT');
    yield* shell.print(`[${job.number}]${shell.jobs.mark(job)} ${job.text} &\n`);
    return 0;
  })],
  ['disown', builtin(function* (shell, argv) {
    const job = yield* findJob(shell, 'disown', argv[1]);
    if (!job) return 1;
    shell.jobs.remove(job);
    return 0;
  }, { bashOnly: true })],
  ['wait', builtin(function* (shell, argv) {
    const words = argv.slice(1).filter(word => word !== '-n');
    if (words.length === 0) {
      for (const job of shell.jobs.list()) {
        if (job.state === 'Stopped') continue;
        for (const process of job.processes) {
          const code = yield* waitForOne(shell, process);
          if (process.state !== 'exited') return code;
        }
        if (!shell.interactive) shell.jobs.remove(job);
      }
      return 0;
    }
    let code = 0;
    for (const word of words) {
      const job = word.startsWith('%') ? shell.jobs.find(word) : shell.jobs.withProcess(Number(word));
      const process = word.startsWith('%') ? job?.processes.at(-1) : job?.processes.find(candidate => candidate.pid === Number(word));
      if (!process) {
        yield* shell.complain(word.startsWith('%') ? `wait: ${word}: no such job` : /^\d+$/.test(word) ? `wait: pid ${word} is not a child of this shell` : `wait: \`${word}': not a pid or valid job spec`);
        code = /^[%\d]/.test(word) ? 127 : 1;
        continue;
      }
      code = yield* waitForOne(shell, process);
      if (job && process.state === 'exited') job.told = true;
    }
    return code;
  })],
  ['kill', builtin(function* (shell, argv) {
    let signal: SignalName = 'SIGTERM';
    let testOnly = false;
    let words = argv.slice(1);
    if (words[0] === '-l' || words[0] === '-L') {
      if (words[1]) yield* shell.print(`${signalOf(String(Number(words[1]) > 128 ? Number(words[1]) - 128 : words[1]))?.slice(3) ?? ''}\n`);
      else yield* shell.print(`${Object.entries(SIGNAL_NUMBERS).map(([name, number]) => `${String(number).padStart(2)}) ${name}`).join('\n')}\n`);
      return 0;
    }
    const given = words[0] === '-s' || words[0] === '-n' ? words[1] : /^-[A-Za-z0-9]/.test(words[0] ?? '') ? words[0]!.slice(1) : undefined;
    if (given !== undefined) {
      if (given === '0') testOnly = true;
      else {
        const found = signalOf(given);
        if (!found) { yield* shell.complain(`kill: ${given}: invalid signal specification`); return 1; }
        signal = found;
      }
      words = words.slice(words[0] === '-s' || words[0] === '-n' ? 2 : 1);
    }
    if (words[0] === '--') words = words.slice(1);
    if (words.length === 0) {
      yield* shell.process.write(2, 'kill: usage: kill [-s sigspec | -n signum | -sigspec] pid | jobspec ... or kill -l [sigspec]\n');
      return 2;
    }
    let code = 0;
    for (const word of words) {
      if (word.startsWith('%')) {
        const job = shell.jobs.find(word);
        if (!job) { yield* shell.complain(`kill: ${word}: no such job`); code = 1; continue; }
        for (const process of job.processes) {
          process.signal(signal);
          if (signal === 'SIGTERM' || signal === 'SIGHUP') process.signal('SIGCONT');
        }
        continue;
      }
      if (!/^-?\d+$/.test(word)) {
        yield* shell.complain(`kill: ${word}: arguments must be process or job IDs`);
        code = 1;
        continue;
      }
      const pid = Number(word);
      const { processes } = shell.system;
      const targets = pid < 0 ? processes.list().filter(process => process.group === -pid) : pid === 0 ? processes.list().filter(process => process.group === shell.process.group) : [processes.get(pid)].filter(process => process !== undefined);
      if (targets.length === 0) {
        yield* shell.complain(shell.dialect === 'bash' ? `kill: (${word}) - No such process` : `kill: can't kill pid ${word}: No such process`);
        code = 1;
        continue;
      }
      for (const target of targets) {
        if (shell.process.uid !== 0 && target.uid !== shell.process.uid) {
          yield* shell.complain(`kill: (${word}) - Operation not permitted`);
          code = 1;
        } else if (!testOnly) target.signal(signal);
      }
    }
    yield* shell.step();
    return code;
  })],
];
