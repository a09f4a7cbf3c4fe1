import type { AuditEntry } from '../engine/api-server/contract.ts';
import type { Cluster } from '../engine/cluster.ts';
import type { FoundScenario } from './catalogue.ts';
import type { Check } from './checks/environment.ts';
import { CheckEnvironment } from './checks/environment.ts';
import type { Content } from './content.ts';
import type { Debrief, HintState, ScenarioState, TrafficBucket } from './contract.ts';
import { GuardWatch, guardsFor, type Baseline } from './guards/guards.ts';
import { PromiseObjective, QuestionObjective, type Objective } from './objective.ts';
import { customerTraffic, RunRecord } from './run-record.ts';
import { NO_TRIAL, TrialObjective } from './trial.ts';
import { VowObjective } from './vow.ts';

const LOOK_EVERY_MS = 1_000;
const OFFER_HINT_AFTER_MS = 240_000;
const CHECKER = 'drydock:checker';

/** The learner's line, for the debrief. */
interface TypedLine {
  readonly atMs: number;
  readonly line: string;
  exitCode: number;
}

/** A scenario being played: looks at the world every virtual second and says what holds. */
export class ScenarioRun {
  private readonly objectives: Objective[];
  private readonly guards: GuardWatch;
  private readonly starRules: readonly { readonly when: Check; readonly change: 1 | -1; readonly say: string }[];
  /** Customers are safe, the ticket is open. */
  private readonly partial: PromiseObjective | undefined;
  private stars: { readonly count: 1 | 2 | 3; readonly notes: readonly string[] } = { count: 3, notes: [] };
  private readonly remarks: readonly { readonly when: Check; readonly say: string }[];
  private readonly lines: TypedLine[] = [];
  private readonly auditFrom: number;
  private hintsShown = 0;
  private lastActiveMs: number;
  private remark = '';
  private solvedAtMs: number | undefined;
  private changed = true;
  private readonly record = new RunRecord();
  private traffic: readonly TrafficBucket[] = [];

  constructor(private readonly found: FoundScenario, private readonly cluster: Cluster, private readonly content: Content,
    private readonly learner: string, private readonly arriveMs: number, baseline: Baseline) {
    const environment = new CheckEnvironment(cluster, id => this.objectives.find((entry): entry is TrialObjective => entry.id === id && entry instanceof TrialObjective)?.facts() ?? NO_TRIAL);
    const { scenario } = found;
    this.objectives = scenario.tasks.map(task => ('ask' in task ? new QuestionObjective(task)
      : 'trial' in task ? new TrialObjective(task, environment, { cluster, content, folder: found.folder, user: CHECKER })
        : 'always' in task ? new VowObjective(task, environment, cluster) : new PromiseObjective(task, environment)));
    this.guards = new GuardWatch(guardsFor(scenario.guards, cluster, baseline));
    this.starRules = scenario.stars.map(({ when, ...rule }) => ({ when: environment.compile(when), ...rule }));
    const { partial } = scenario;
    this.partial = partial && new PromiseObjective({ id: 'partial', title: partial.say, needs: [], holds: partial.holds, for: partial.for, value: "''", level: '0.0' }, environment);
    this.remarks = scenario.remarks.map(({ when, say }) => ({ when: environment.compile(when), say }));
    this.auditFrom = cluster.api.audit.length;
    this.lastActiveMs = arriveMs;
    this.look();
    this.lookAgain();
  }

  get isSolved(): boolean {
    return this.solvedAtMs !== undefined;
  }

  /** True once after each look that changed something. */
  takeChanged(): boolean {
    const { changed } = this;
    this.changed = false;
    return changed;
  }

  /** A line the learner ran. */
  typed(line: string): void {
    this.lastActiveMs = this.cluster.kernel.nowMs;
    if (line.trim() !== '') this.lines.push({ atMs: this.lastActiveMs, line, exitCode: 0 });
  }

  /** How the last line ended. */
  lineEnded(exitCode: number): void {
    const last = this.lines.at(-1);
    if (last) last.exitCode = exitCode;
  }

  /** Somebody else goes on from here: what was typed and read before was not theirs. */
  beginAnew(): void {
    this.lines.length = 0;
    this.hintsShown = 0;
    this.lastActiveMs = this.cluster.kernel.nowMs;
    this.changed = true;
  }

  answer(objectiveId: string, text: string): void {
    const objective = this.objectives.find(entry => entry.id === objectiveId);
    if (objective instanceof QuestionObjective) objective.submit(text);
    this.lastActiveMs = this.cluster.kernel.nowMs;
    this.look();
  }

  showHint(): void {
    this.hintsShown = Math.min(this.hintsShown + 1, this.found.scenario.hints.length);
    this.lastActiveMs = this.cluster.kernel.nowMs;
    this.changed = true;
  }

  state(): ScenarioState {
    const { scenario, key } = this.found;
    return {
      key, title: scenario.title, level: scenario.level, minutes: scenario.minutes, ticket: scenario.ticket, pagedAtMs: this.arriveMs,
      objectives: this.objectives.map(objective => objective.state()), guards: this.guards.states(), hints: this.hintState(),
      remark: this.remark, ...(this.partial?.isDone && !this.isSolved && { partial: this.partial.state().title }), solved: this.isSolved, ...(this.isSolved && { debrief: this.debrief() }),
    };
  }

  private lookAgain(): void {
    this.cluster.kernel.after(LOOK_EVERY_MS, 'trainer/look', this.found.key, () => {
      this.look();
      this.lookAgain();
    }, { periodic: true });
  }

  private look(): void {
    const { nowMs } = this.cluster.kernel;
    const done = new Set(this.objectives.filter(objective => objective.isDone).map(objective => objective.id));
    for (const [index, objective] of this.objectives.entries()) {
      objective.look(nowMs, this.found.scenario.tasks[index]!.needs.every(id => done.has(id)));
    }
    // While the checker tries something, the promises it waited for keep their ticks.
    const tried = new Set(this.found.scenario.tasks.filter((_, index) => {
      const objective = this.objectives[index];
      return objective instanceof TrialObjective && objective.isHolding;
    }).flatMap(task => task.needs));
    for (const objective of this.objectives) objective.keepTick(tried.has(objective.id));
    this.partial?.look(nowMs, true);
    if (!this.isSolved) this.record.look(nowMs, this.objectives);
    this.guards.look(this.cluster);
    this.remark = this.remarks.find(({ when }) => when.evaluate() === true)?.say ?? (this.partial?.isDone ? this.partial.state().title : '');
    if (!this.isSolved && this.guards.allHold && this.objectives.every(objective => objective.isDone)) {
      this.solvedAtMs = nowMs;
      this.traffic = customerTraffic(this.cluster, this.arriveMs, nowMs);
      this.stars = this.countStars();
      this.cluster.kernel.trace.record(`solved ${this.found.id} ${nowMs}`);
    }
    this.changed = true;
  }

  private countStars(): ScenarioRun['stars'] {
    const applying = this.starRules.filter(({ when }) => when.evaluate() === true);
    const allHints = this.hintsShown === this.found.scenario.hints.length;
    const count = applying.reduce((sum, { change }) => sum + change, allHints ? 2 : 3);
    return { count: count >= 3 ? 3 : count === 2 ? 2 : 1, notes: [...(allHints ? ['The third hint cost a star.'] : []), ...applying.map(({ say }) => say)] };
  }

  private hintState(): HintState {
    const { hints } = this.found.scenario;
    return {
      total: hints.length, shown: hints.slice(0, this.hintsShown),
      nextPrice: this.hintsShown === hints.length - 1 ? 'third star' : 'costs nothing',
      offered: !this.isSolved && this.cluster.kernel.nowMs - this.lastActiveMs > OFFER_HINT_AFTER_MS,
    };
  }

  private debrief(): Debrief {
    const { id, folder, scenario } = this.found;
    const { headline, question, points, showedCause } = scenario.debrief;
    const causes = showedCause.map(pattern => new RegExp(pattern));
    const main = this.objectives.find(objective => objective instanceof PromiseObjective)?.state();
    return {
      headline, id, stars: this.stars.count, starNotes: this.stars.notes,
      minutes: Math.max(1, Math.round((this.solvedAtMs! - this.arriveMs) / 60_000)), solvedAtMs: this.solvedAtMs!, marks: this.record.marks, traffic: this.traffic,
      commands: this.lines.length, shortestCommands: this.shortestKnown(), hintsUsed: this.hintsShown,
      worst: main ? `${main.title}: ${main.worst}` : '', touched: this.touched(),
      story: this.content.read(`${folder}/debrief.md`) ?? '', question, points,
      lines: this.lines.map(({ atMs, line, exitCode }) => ({ atMs, line, exitCode, showedCause: causes.some(cause => cause.test(line)) })),
    };
  }

  /** The fewest commands among the known solutions. */
  private shortestKnown(): number {
    const counts = this.content.list(`${this.found.folder}/solutions`).map(path => (this.content.read(path) ?? '').split('\n')
      .filter(line => line.trim() !== '' && !line.startsWith('#') && !line.startsWith(':')).length);
    return counts.length === 0 ? 0 : Math.min(...counts);
  }

  private touched(): string[] {
    const mutating = (entry: AuditEntry): boolean => entry.user === this.learner && entry.code < 300 && !['get', 'list', 'watch'].includes(entry.verb);
    const names = this.cluster.api.audit.slice(this.auditFrom).filter(mutating)
      .filter(entry => !['selfsubjectaccessreviews', 'selfsubjectreviews'].includes(entry.resource))
      .map(entry => `${entry.resource}/${entry.name}`);
    return [...new Set(names)];
  }
}
