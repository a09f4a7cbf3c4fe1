import type { SystemProcess } from '../contract.ts';

export interface Job {
  readonly number: number;
  readonly group: number;
  readonly processes: SystemProcess[];
  /** As `jobs` shows it. */
  readonly text: string;
  state: 'Running' | 'Stopped' | 'Done';
  /** Whether its end was already told. */
  told: boolean;
}

/** Ended jobs a script may still `wait` for; older ones are forgotten. */
const REMEMBERED_JOBS = 200;

/** The jobs of one shell, in the order they were started. */
export class JobTable {
  private readonly jobs: Job[] = [];
  private currentOrder: number[] = [];

  add(processes: SystemProcess[], text: string, state: Job['state']): Job {
    if (this.jobs.length >= REMEMBERED_JOBS) {
      const done = this.list().find(job => job.state === 'Done');
      if (done) this.remove(done);
    }
    const number = Math.max(0, ...this.jobs.map(job => job.number)) + 1;
    const job: Job = { number, group: processes[0]!.group, processes, text, state, told: false };
    this.jobs.push(job);
    this.touch(job);
    return job;
  }

  /** Makes `job` the current one (`%+`). */
  touch(job: Job): void {
    this.currentOrder = [...this.currentOrder.filter(number => number !== job.number), job.number];
  }

  list(): Job[] {
    for (const job of this.jobs) this.refresh(job);
    return [...this.jobs];
  }

  refresh(job: Job): void {
    const states = job.processes.map(process => process.state);
    if (states.every(state => state === 'exited')) job.state = 'Done';
    else job.state = states.some(state => state === 'stopped') ? 'Stopped' : 'Running';
  }

  remove(job: Job): void {
    const index = this.jobs.indexOf(job);
    if (index >= 0) this.jobs.splice(index, 1);
    this.currentOrder = this.currentOrder.filter(number => number !== job.number);
  }

  /** `+` for the current job, `-` for the one before, a blank otherwise. */
  mark(job: Job): string {
    const order = this.preference();
    return order[0] === job.number ? '+' : order[1] === job.number ? '-' : ' ';
  }

  /** The job a `%…` word names. */
  find(word: string): Job | undefined {
    const jobs = this.list();
    const order = this.preference();
    const body = word.replace(/^%/, '');
    if (body === '' || body === '+' || body === '%') return jobs.find(job => job.number === order[0]);
    if (body === '-') return jobs.find(job => job.number === (order[1] ?? order[0]));
    if (/^\d+$/.test(body)) return jobs.find(job => job.number === Number(body));
    if (body.startsWith('?')) return jobs.find(job => job.text.includes(body.slice(1)));
    return jobs.find(job => job.text.startsWith(body));
  }

  withProcess(pid: number): Job | undefined {
    return this.jobs.find(job => job.processes.some(process => process.pid === pid));
  }

  /** The lines for jobs that ended and were not yet mentioned; they are forgotten. */
  ended(): string[] {
    const lines: string[] = [];
    for (const job of this.list()) {
      if (job.state !== 'Done') continue;
      if (!job.told) lines.push(this.describe(job));
      this.remove(job);
    }
    return lines;
  }

  describe(job: Job, withPid = false): string {
    const last = job.processes.at(-1)!;
    const word = job.state !== 'Done' ? job.state
      : last.endedBy === 'SIGTERM' ? 'Terminated' : last.endedBy === 'SIGKILL' ? 'Killed' : last.endedBy === 'SIGINT' ? 'Interrupt' : last.endedBy === 'SIGHUP' ? 'Hangup'
        : last.exitCode ? `Exit ${last.exitCode}` : 'Done';
    const pid = withPid ? `${job.processes[0]!.pid} ` : '';
    return `[${job.number}]${this.mark(job)}  ${pid}${word.padEnd(withPid ? 23 : 24)}${job.text}${job.state === 'Running' ? ' &' : ''}`;
  }

  private preference(): number[] {
    const stopped = this.currentOrder.filter(number => this.jobs.find(job => job.number === number)?.state === 'Stopped').reverse();
    const others = this.currentOrder.filter(number => !stopped.includes(number)).reverse();
    return [...stopped, ...others];
  }
}
