/** What a teacher can break on purpose: each is a list of actions upon a chosen target, and says how it looks to be mended. Data only. */
import type { WorldAction } from './world-action.ts';

/** What is chosen before it is done. `config-key` is `namespace/config/KEY/deployment`; `own-build` is a Deployment that runs an image of the estate. */
export type TargetKind = 'deployment' | 'own-build' | 'config-key' | 'node' | 'zone' | 'subnet' | 'none';

export interface Trouble {
  readonly id: string;
  readonly title: string;
  readonly note: string;
  readonly target: TargetKind;
  /** What mending it does. */
  readonly mend: string;
  /** It mends itself, so nothing is offered. */
  readonly mendsItself?: boolean;
  readonly actions: (target: string) => readonly WorldAction[];
}

/** Softest first, as they stand on the number keys. */
export const TROUBLES: readonly Trouble[] = [
  { id: 'kill-node', title: 'Pull the plug on a node', note: 'it just goes quiet', target: 'node', mend: 'its group launches another', actions: name => [{ killNode: { name } }] },
  { id: 'cut-zone', title: 'Cut a zone off', note: 'no packet in or out of its machines', target: 'zone', mend: 'plug the network in again', actions: zone => [{ cutZone: zone }] },
  { id: 'exhaust-subnet', title: 'Exhaust a subnet', note: 'a batch fleet takes every free address', target: 'subnet', mend: 'give the addresses back', actions: subnet => [{ takeAddresses: subnet, leave: 0, by: 'batch-runner' }] },
  { id: 'wrong-image', title: 'Release a wrong image', note: 'two letters of the tag change places', target: 'deployment', mend: 'release the image before', actions: name => [{ mistypeImage: name }] },
  {
    id: 'bad-config', title: 'Rename a setting', note: 'a ConfigMap key, then new pods', target: 'config-key', mend: 'name it as before and restart',
    actions: target => {
      const [namespace = '', config = '', key = '', deployment = ''] = target.split('/');
      return [{ renameKey: { config: `${namespace}/${config}`, key, to: `${deployment.replaceAll('-', '_').toUpperCase()}_${key}` } }, { restart: `${namespace}/${deployment}` }];
    },
  },
  {
    id: 'memory-leak', title: 'Leak memory', note: 'a build that keeps what it reads', target: 'own-build', mend: 'release the build before',
    actions: name => [{ rebuild: name, because: 'release: keep responses for reuse', service: { cache: { setting: 'RESPONSE_CACHE_MB', defaultMiB: 65_536, kibPerRequest: 400 } } }],
  },
  {
    id: 'slow-start', title: 'Start slowly', note: 'a build that needs 75 s to come up', target: 'own-build', mend: 'release the build before',
    actions: name => [{ rebuild: name, because: 'release: warm everything up first', service: { startupMs: 75_000 } }],
  },
  { id: 'dns-down', title: 'Lose DNS', note: 'no name server is left running', target: 'none', mend: 'start the name servers again', actions: () => [{ scale: 'kube-system/coredns', replicas: 0 }] },
  { id: 'stop-pod', title: 'Stop a pod', note: 'politely, with its grace period', target: 'deployment', mend: 'a new one comes by itself', mendsItself: true, actions: name => [{ remove: name, count: 1 }] },
  { id: 'drain-node', title: 'Drain a node', note: 'cordon, then evict', target: 'node', mend: 'uncordon it', actions: name => [{ drainNode: { name } }] },
];
