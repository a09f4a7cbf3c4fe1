/** Replays the recorded stories of controllers, and says in which events and end states ours differs. */
import { Cluster } from '../../src/engine/cluster.ts';
import type { KubeObject } from '../../src/engine/apimachinery/object.ts';
import { Kernel } from '../../src/engine/kernel/kernel.ts';
import { casesOf, send } from './cases.ts';
import { storyKubelet, storyNode } from './story-kubelet.ts';

// eslint-disable-next-line @typescript-eslint/no-explicit-any
type Json = any;

/** Stories that play on the three common nodes and whose actors are built. */
export const STORIES = /^(deploy|sts|ds|job|cronjob|pvc|quota|pdb|service|sched|sa|ns)-/;
const NODES = ['n1', 'n2', 'n3'];
/** Whose end state is compared: not pods, which depend on chance, nor what other tests cover. */
const COMPARED = new Set(['Deployment', 'ReplicaSet', 'StatefulSet', 'DaemonSet', 'Job', 'CronJob', 'PersistentVolumeClaim', 'ResourceQuota', 'PodDisruptionBudget']);
/** Controllers of Drydock do not count terminating replicas; hashes and versions are drawn. */
const LEFT_OUT = new Set(['terminatingReplicas', 'collisionCount', 'observedGeneration', 'uid', 'resourceVersion', 'currentRevision', 'updateRevision', 'lastPhaseTransitionTime']);

export const stories = (): Json[] => casesOf('controllers').filter(story => STORIES.test(story.id));

/** @returns lines only one side has: `- recorded`, `+ ours`, sorted; empty when the story ends alike */
export function replay(story: Json): string[] {
  const kernel = new Kernel({ seed: 7 });
  const cluster = new Cluster({ kernel, version: '1.35.6', subnets: { 'zone-a': '10.1.0.0/16' } });
  const { api } = cluster;
  const admin = api.as({ name: 'admin', groups: ['system:masters'] });
  const namespace = `st-${story.id}`;
  admin.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
  for (const [name, value, preemptionPolicy] of [['rec-fixed', 5000], ['rec-nopreempt', 6000, 'Never']] as const) {
    admin.create({ apiVersion: 'scheduling.k8s.io/v1', kind: 'PriorityClass', metadata: { name }, value, ...(preemptionPolicy && { preemptionPolicy }) });
  }
  for (const [index, name] of NODES.entries()) {
    admin.create(storyNode(name, `zone-${'abc'[index]}`));
  }
  storyKubelet(kernel, api, NODES);
  const names = new Names();
  api.onChange(({ type, object }) => { if (type === 'ADDED') names.learn(object); });
  const pass = (ms: number): void => { kernel.run({ untilMs: kernel.nowMs + ms }); };
  pass(2_000);
  for (const step of story.steps as Json[]) {
    if (step.wait || step.idle) pass(step.wait ?? step.idle + 5_000);
    else if (step.path) send(api, JSON.parse(names.unmask(JSON.stringify({ ...step, res: undefined }).replaceAll('$NS', namespace).replaceAll('$POD1', names.firstPod))));
    pass(50);
  }
  const ours = new Set([
    ...api.reader.list<Json>('Event', { namespace }).map(event => eventLine(names, { ...event, object: `${event.involvedObject.kind}/${event.involvedObject.name}` })),
    ...[...COMPARED].flatMap(kind => api.reader.list<Json>(kind, { namespace })).map(object => stateLine(names, { kind: object.kind, name: object.metadata.name, status: object.status })),
  ]);
  const recordedNames = new Names(JSON.stringify(story));
  const theirs = new Set([
    ...(story.events as Json[]).map(event => eventLine(recordedNames, event)),
    ...(story.final as Json[]).filter(object => COMPARED.has(object.kind)).map(object => stateLine(recordedNames, object)),
  ]);
  return [...[...theirs].filter(line => !ours.has(line)).map(line => `- ${line}`), ...[...ours].filter(line => !theirs.has(line)).map(line => `+ ${line}`)].sort();
}

const HASH = /-([bcdfghjklmnpqrstvwxz2456789]{8,10})(?=[-" ,/]|$)/g;

/** Gives names that are drawn by chance their place in the story. */
class Names {
  private readonly pods = new Map<string, string>();
  private readonly hashes: string[] = [];
  firstPod = '';

  constructor(recorded = '') {
    for (const [, hash] of recorded.matchAll(HASH)) if (!this.hashes.includes(hash!)) this.hashes.push(hash!);
  }

  learn(object: KubeObject): void {
    const { name, generateName } = object.metadata;
    const hash = object.metadata.labels?.['pod-template-hash'];
    if (hash && !this.hashes.includes(hash)) this.hashes.push(hash);
    if (object.kind !== 'Pod' || !generateName) return;
    this.firstPod ||= name;
    const nth = [...this.pods.values()].filter(masked => masked.startsWith(`${generateName}<`)).length + 1;
    if (!this.pods.has(name)) this.pods.set(name, `${generateName}<${nth}>`);
  }

  /** Recorded steps name pods by their place: puts our name there. */
  unmask(text: string): string {
    let result = text;
    for (const [name, masked] of this.pods) result = result.replaceAll(masked, name);
    return result;
  }

  mask(text: string): string {
    let result = text;
    for (const [name, masked] of [...this.pods].sort((a, b) => b[0].length - a[0].length)) result = result.replaceAll(new RegExp(`${name}(?![0-9a-z])`, 'g'), masked);
    for (const [index, hash] of this.hashes.entries()) result = result.replaceAll(hash, `{hash${index + 1}}`);
    return result.replace(/<\d+>/g, '<pod>').replace(/(\{hash\d+\})-[a-z0-9]{5}(?=["\\ ])/g, '$1-<pod>').replace(/-\d{8}(?![0-9a-z])/g, '-<minute>');
  }
}

const plain = (text: string): string => text.replace(/\d{4}-\d\d-\d\dT[0-9:.]+Z/g, '<time>').replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{22,}/g, '<uid>').replace(/^(Successfully assigned \S+ to) .*/, '$1 <node>').replace('(combined from similar events): ', '');

function eventLine(names: Names, { object, type, reason, message }: Json): string {
  return names.mask(`${object} ${type} ${reason}: ${plain(message)}`);
}

function stateLine(names: Names, { kind, name, status }: Json): string {
  return names.mask(plain(`${kind}/${name} ${JSON.stringify(sorted(status ?? {}))}`));
}

/** Members in order, lists of conditions by type, without what is left out and without zeros (which Go omits or not by type). */
function sorted(value: Json): Json {
  if (Array.isArray(value)) {
    const items = value.map(sorted);
    return items.every(item => item?.type) ? items.sort((a, b) => String(a.type).localeCompare(String(b.type))) : items;
  }
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.keys(value).filter(key => !LEFT_OUT.has(key) && value[key] !== 0 && value[key] !== null && value[key] !== '').sort().map(key => [key, sorted(value[key])]));
}
