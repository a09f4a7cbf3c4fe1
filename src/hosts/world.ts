/**
 * A world: a cluster, the learner's laptop with its terminals, and the scenario that is played in it. The one place where
 * engine, terminal and trainer meet.
 *
 * Everything that enters comes through {@link World.input}, which logs it; source, seed and log make the same world again.
 */
import { completeAws, completeEksctl, createAws, createEksctl, createKubectl, kubectlCompleter } from '#laptop-programs';
import type { Task } from '../engine/kernel/task.ts';
import type { ApiResponse, User } from '../engine/api-server/contract.ts';
import type { Cluster } from '../engine/cluster.ts';
import { assert } from '../engine/kernel/assert.ts';
import { CALENDAR_START_MS, Kernel, type HostCall, type RunEnd } from '../engine/kernel/kernel.ts';
import { parseRfc3339 } from '../engine/kernel/calendar.ts';
import { suspend } from '../engine/kernel/task.ts';
import type { Completion, TerminalSession, Transport } from '../terminal/contract.ts';
import { createLaptop } from '../terminal/laptop.ts';
import { createTerminalSession } from '../terminal/session.ts';
import { catalogueRows, findScenarios, type FoundScenario } from '../trainer/catalogue.ts';
import type { Content } from '../trainer/content.ts';
import type { CatalogueRow, ScenarioState } from '../trainer/contract.ts';
import { takeBaseline, type Baseline } from '../trainer/guards/guards.ts';
import { ScenarioRun } from '../trainer/scenario-run.ts';
import { bornBeforeMs, foundCluster, homeFiles, loadEstate, stageEstate, type LoadedEstate } from '../trainer/staging/estate.ts';
import { stagePlainCluster } from '../trainer/staging/plain-cluster.ts';
import { playPast, scheduleFuture, type Stage } from '../trainer/staging/timeline.ts';
import { act, worldActionSchema, type ActionOutcome } from '../trainer/staging/world-action.ts';
import { createAwsDoor, learnerSession } from './aws-door.ts';
import type { LoggedInput, SavedRun, WorldInput, WorldSource } from './protocol.ts';

/** What saved runs are stamped with; a run of another version is replayed with a warning by the host. */
export const WORLD_VERSION = '1';

export interface WorldEvents {
  output(terminal: string, text: string): void;
  /** Standard error apart, for hosts that ask for it. */
  errorOutput?(terminal: string, text: string): void;
  prompt(terminal: string, exitCode: number): void;
  closed(terminal: string): void;
  /** The cluster stands and nothing has happened in it yet: who wants to follow its history starts here. */
  founded?(cluster: Cluster): void;
}

const SILENT: WorldEvents = { output() {}, prompt() {}, closed() {} };

/** Time from the laptop to the API server and back. */
const API_ROUND_TRIP_MS = 9;
const AWS_VERSION = 'aws-cli/2.32.3 Python/3.13.9 Linux/6.8.0-88-generic exe/x86_64.ubuntu.24';
const EKSCTL_VERSION = '0.217.0';
/** In whose name things are broken: whoever looks who it was finds a colleague. */
const BREAKER = 'ci-deployer';
const ADMIN_GROUPS = ['system:masters', 'system:authenticated'];
/** How long the default estate's sandbox has been under load when one arrives. */
const SANDBOX_LOAD_MS = 30_000;

export class World {
  readonly kernel: Kernel;
  readonly cluster: Cluster;
  readonly laptop: ReturnType<typeof createLaptop>;
  readonly terminals = new Map<string, TerminalSession>();
  readonly scenario: ScenarioRun | undefined;
  readonly inputs: LoggedInput[] = [];
  /** When the learner arrives; what lies before is history. */
  readonly startMs: number;
  readonly context: string;
  readonly namespace: string;
  private readonly user: User;
  /** What was broken on purpose and can be taken back, in order. */
  private readonly acts: ActionOutcome[][] = [];

  constructor(readonly source: WorldSource, readonly seed: number, private readonly content: Content, private readonly events: WorldEvents = SILENT) {
    const found = source.kind === 'scenario' ? scenarioOf(content, source.key) : undefined;
    const estateName = found ? found.scenario.estate : source.kind === 'estate' ? `${source.estate}/${source.slice}` : undefined;
    let baseline: Baseline | undefined;
    if (estateName) {
      const [name = '', slice = ''] = estateName.split('/');
      const loaded = loadEstate(content, name, found?.scenario.estateChange && { folder: found.folder, change: found.scenario.estateChange });
      this.startMs = found ? parseRfc3339(found.scenario.start)! : CALENDAR_START_MS;
      assert(this.startMs, 'a scenario starts at an RFC 3339 time');
      this.kernel = new Kernel({ seed, startMs: this.startMs - bornBeforeMs(loaded) });
      this.cluster = foundCluster(this.kernel, loaded);
      stageEstate(this.cluster, content, loaded, slice, this.startMs);
      baseline = takeBaseline(this.cluster);
      events.founded?.(this.cluster);
      const stage: Stage = { cluster: this.cluster, content, estate: loaded.estate, folder: found?.folder ?? '' };
      const timeline = found ? found.scenario.timeline
        : [{ atMs: -SANDBOX_LOAD_MS, load: { profiles: loaded.estate.slices[slice]!.loads, factor: 1 } }];
      playPast(stage, timeline, this.startMs);
      this.context = loaded.estate.context;
      this.namespace = loaded.estate.namespace;
      this.user = { name: loaded.estate.user, groups: ADMIN_GROUPS };
      this.laptop = this.openLaptop(homeOf(content, loaded, slice, found));
      scheduleFuture(stage, timeline, this.startMs);
    } else {
      this.startMs = CALENDAR_START_MS;
      this.kernel = new Kernel({ seed, startMs: this.startMs - 60_000 });
      this.cluster = stagePlainCluster(this.kernel, content, source.kind === 'empty' ? source.nodes : 0);
      events.founded?.(this.cluster);
      this.kernel.run({ untilMs: this.startMs });
      this.context = 'drydock';
      this.namespace = 'default';
      this.user = { name: 'admin', groups: ADMIN_GROUPS };
      this.laptop = this.openLaptop(new Map());
    }
    this.scenario = found && baseline ? new ScenarioRun(found, this.cluster, content, this.user.name, this.startMs, baseline) : undefined;
  }

  // ---- what enters ------------------------------------------------------------------------------------------------

  /** Logs an input and lets it act. */
  input(input: WorldInput): void {
    this.inputs.push({ atMs: this.kernel.nowMs, input });
    this.kernel.trace.record(`input ${input.type}`);
    switch (input.type) {
      case 'terminal-open': this.openTerminal(input.terminal, input.columns, input.rows); break;
      case 'terminal-close': {
        this.terminals.get(input.terminal)?.close();
        this.terminals.delete(input.terminal);
        break;
      }
      case 'terminal-resize': this.terminals.get(input.terminal)?.resize(input.columns, input.rows); break;
      case 'line': {
        const terminal = this.terminals.get(input.terminal);
        if (terminal?.atPrompt) this.scenario?.typed(input.line);
        terminal?.submit(input.line);
        break;
      }
      case 'key': this.terminals.get(input.terminal)?.key(input.data); break;
      case 'interrupt': this.terminals.get(input.terminal)?.interrupt(); break;
      case 'suspend': this.terminals.get(input.terminal)?.suspend(); break;
      case 'end-of-file': this.terminals.get(input.terminal)?.endOfFile(); break;
      case 'write-file': this.writeFile(input.path, input.content); break;
      case 'host-answer': this.kernel.answerHostCall(input.id, input.answer); break;
      case 'answer': this.scenario?.answer(input.objective, input.text); break;
      case 'hint': this.scenario?.showHint(); break;
      case 'act': this.acts.push(this.perform(input.actions)); break;
      case 'mend': {
        for (const outcome of this.acts[input.act] ?? []) outcome.undo();
        this.acts[input.act] = [];
        break;
      }
      case 'begin': this.begin(); break;
    }
  }

  /** Fresh terminals, and a scenario that has seen nothing typed. */
  private begin(): void {
    for (const terminal of this.terminals.values()) terminal.close();
    this.terminals.clear();
    this.scenario?.beginAnew();
  }

  /** Does what somebody else would have done. Actions come from links too: what is none is left out. */
  private perform(actions: readonly unknown[]): ActionOutcome[] {
    const { source, content, cluster } = this;
    const folder = source.kind === 'scenario' ? scenarioOf(content, source.key).folder : '';
    return actions.flatMap(action => {
      const { data } = worldActionSchema.safeParse(action);
      if (data && 'addPods' in data && content.read(`${folder}/${data.addPods}`) === undefined) return [];
      return data && act(data, { cluster, content, folder, user: BREAKER }) || [];
    });
  }

  /** Lets virtual time pass. */
  advance(untilMs: number, maxEvents?: number): RunEnd {
    return this.kernel.run({ untilMs, ...(maxEvents !== undefined && { maxEvents }) });
  }

  pendingHostCalls(): HostCall[] {
    return this.kernel.pendingHostCalls();
  }

  complete(terminal: string, line: string, cursor: number): Completion {
    return this.terminals.get(terminal)?.complete(line, cursor) ?? { from: cursor, candidates: [], suffix: '' };
  }

  scenarioState(): ScenarioState | undefined {
    return this.scenario?.state();
  }

  get traceHash(): string {
    return this.kernel.trace.hash;
  }

  // ---- save and replay --------------------------------------------------------------------------------------------

  save(): SavedRun {
    return { format: 1, version: WORLD_VERSION, source: this.source, seed: this.seed, inputs: [...this.inputs], untilMs: this.kernel.nowMs };
  }

  /** The same world again, up to `untilMs` (default: where the run was saved). */
  static restore(run: SavedRun, content: Content, events: WorldEvents = SILENT, untilMs = run.untilMs): World {
    const world = new World(run.source, run.seed, content, events);
    for (const { atMs, input } of run.inputs) {
      if (atMs > untilMs) break;
      // Host answers are part of the log, so a replay never has to ask.
      if (input.type !== 'host-answer') world.advance(atMs);
      world.input(input);
    }
    world.advance(Math.max(untilMs, world.kernel.nowMs));
    return world;
  }

  // ---- the laptop -------------------------------------------------------------------------------------------------

  private openLaptop(files: ReadonlyMap<string, string>): ReturnType<typeof createLaptop> {
    const network = this.cluster.network.createStack({
      name: 'laptop', group: 'laptop', kind: 'laptop', addresses: ['192.0.2.10'], resolver: { nameservers: ['10.20.0.2'], search: [], ndots: 1 },
    });
    const laptop = createLaptop({ kernel: this.kernel, network });
    laptop.completers.set('kubectl', kubectlCompleter(this.cluster, laptop, this.user));
    laptop.install('kubectl', createKubectl({ transport: this.transport(), version: '1.35.2' }));
    const aws = createAwsDoor(this.kernel, this.cluster.aws);
    laptop.install('aws', createAws({ transport: aws, version: AWS_VERSION }));
    laptop.completers.set('aws', (words, index) => completeAws(words, index, aws));
    laptop.completers.set('eksctl', (words, index) => completeEksctl(words, index));
    laptop.install('eksctl', createEksctl({ aws, kubernetes: this.transport(), version: EKSCTL_VERSION }));
    this.writeInto(laptop, `${laptop.home}/.aws/config`, `[default]\nregion = ${this.cluster.aws.api.region}\noutput = json\n`, 0o600);
    this.writeInto(laptop, `${laptop.home}/.aws/credentials`, awsCredentials(learnerSession(this.cluster.aws).accessKeyId), 0o600);
    this.writeInto(laptop, `${laptop.home}/.kube/config`, kubeconfig(this.context, this.namespace, this.user.name, this.cluster.aws.eks.clusters.list()[0]?.id), 0o600);
    for (const [path, content] of files) this.writeInto(laptop, `${laptop.home}/${path}`, content);
    return laptop;
  }

  private writeFile(path: string, content: string): void {
    this.writeInto(this.laptop, path.startsWith('/') ? path : `${this.laptop.home}/${path}`, content);
  }

  private writeInto(laptop: ReturnType<typeof createLaptop>, path: string, content: string, mode = 0o644): void {
    const owner = { uid: 1000, gid: 1000 };
    const directory = path.slice(0, path.lastIndexOf('/'));
    laptop.files.makeDirectory(directory, { recursive: true });
    if (directory.startsWith(laptop.home)) laptop.files.chown(directory, owner.uid, owner.gid);
    laptop.files.write(path, content, { mode });
    laptop.files.chown(path, owner.uid, owner.gid);
  }

  /** kubectl's way to the API server: a moment of virtual time, then the server's own door. */
  private transport(): Transport {
    const { kernel, cluster } = this;
    const userOf = (username: string | undefined): User => (username === undefined || username === this.user.name ? this.user : { name: username, groups: ['system:authenticated'] });
    return {
      *send({ server: _server, credentials, ...request }): Task<ApiResponse> {
        yield* suspend<void>(resume => {
          const event = kernel.after(API_ROUND_TRIP_MS * (0.8 + kernel.random.fraction() * 0.5), 'api/request', request.path, () => resume());
          return () => kernel.cancel(event);
        });
        // An `exec` entry of a kubeconfig, which comes as a name without a token, runs `aws eks get-token`: the learner's own identity.
        return cluster.api.handle({ ...request, user: userOf(credentials.token) });
      },
    };
  }

  private openTerminal(id: string, columns: number, rows: number): void {
    if (this.terminals.has(id)) return;
    const { events } = this;
    const session = createTerminalSession({
      id, laptop: this.laptop, columns, rows,
      events: {
        output: text => events.output(id, text),
        prompt: ({ exitCode }) => {
          this.scenario?.lineEnded(exitCode);
          events.prompt(id, exitCode);
        },
        closed: () => events.closed(id),
      },
      ...(events.errorOutput && { errorOutput: (text: string) => events.errorOutput!(id, text) }),
    });
    this.terminals.set(id, session);
  }
}

export function catalogue(content: Content): CatalogueRow[] {
  return catalogueRows(findScenarios(content));
}

/** By opaque key, or by id for those who write scenarios. */
export function scenarioOf(content: Content, keyOrId: string): FoundScenario {
  const found = findScenarios(content).find(entry => entry.key === keyOrId || entry.id === keyOrId);
  assert(found, `there is no scenario ${keyOrId}`);
  return found;
}

function homeOf(content: Content, loaded: LoadedEstate, slice: string, found: FoundScenario | undefined): Map<string, string> {
  const files = homeFiles(content, loaded, slice);
  if (found) for (const path of content.list(`${found.folder}/home`)) files.set(path.slice(`${found.folder}/home/`.length), content.read(path)!);
  return files;
}

/** Keys of the learner's session; what they may do is the role's business. */
const awsCredentials = (accessKeyId: string): string => `[default]
aws_access_key_id = ${accessKeyId}
aws_secret_access_key = 9drydockEXAMPLEdoNotUse0000000000000000
aws_session_token = drydock-session-of-your-role
`;

/** A kubeconfig as `aws eks update-kubeconfig` would leave it, with the user's name in place of a token command. */
function kubeconfig(context: string, namespace: string, user: string, clusterId = '7F3A9C21D4'): string {
  return `apiVersion: v1
clusters:
- cluster:
    server: https://${clusterId}.gr7.eu-west-1.eks.amazonaws.com
  name: ${context}
contexts:
- context:
    cluster: ${context}
    namespace: ${namespace}
    user: ${user}
  name: ${context}
current-context: ${context}
kind: Config
users:
- name: ${user}
  user:
    token: ${user}
`;
}
