// Stand-in until the world is composed: an empty cluster with a laptop.
import { Cluster } from '../../engine/cluster.ts';
import { CALENDAR_START_MS, Kernel } from '../../engine/kernel/kernel.ts';
import { podSummary } from '../../engine/kinds/pod-status.ts';
import { createKubectl } from '../../terminal/kubectl/program.ts';
import { createLaptop } from '../../terminal/laptop.ts';
import { createTerminalSession } from '../../terminal/session.ts';
import type { TerminalSession } from '../../terminal/contract.ts';
import type { CatalogueRow } from '../../trainer/contract.ts';
import type { WorldSource } from '../protocol.ts';
import type { PlayableWorld } from './run.ts';

export const VERSION = '0.1.0';

export function catalogueRows(): readonly CatalogueRow[] {
  return [{ key: 'q7f2', title: 'Orders went dark at three in the morning', seen: 'No ready pod since the 03:00 node rotation; nobody deployed anything.', symptom: 'restarting', level: 'junior', minutes: 12 }];
}

export function makeWorld(source: WorldSource, seed: number): PlayableWorld {
  const kernel = new Kernel({ seed, startMs: CALENDAR_START_MS });
  const cluster = new Cluster({ kernel, version: '1.35.0', subnets: { 'eu-west-1a': '10.20.0.0/24', 'eu-west-1b': '10.20.1.0/24' } });
  for (let i = 0; i < (source.kind === 'empty' ? source.nodes : 4); i += 1) cluster.addNode({ zone: i % 2 ? 'eu-west-1b' : 'eu-west-1a', instanceType: 'm5.large', labels: {} }, { booted: true });
  const laptop = createLaptop({ kernel });
  laptop.files.makeDirectory(`${laptop.home}/.kube`, { recursive: true });
  laptop.files.write(`${laptop.home}/.kube/config`, 'apiVersion: v1\nkind: Config\ncurrent-context: kind-sea\ncontexts:\n- name: kind-sea\n  context: {cluster: kind-sea, user: admin, namespace: default}\nclusters:\n- name: kind-sea\n  cluster: {server: "https://sea.example:6443"}\nusers:\n- name: admin\n  user: {token: x}\n');
  laptop.install('kubectl', createKubectl({
    version: 'v1.35.0',
    transport: { *send(request) { const { server: _s, credentials: _c, ...rest } = request; return cluster.api.handle({ ...rest, user: { name: 'admin', groups: ['system:masters', 'system:authenticated'] } }); } },
  }));
  const sessions = new Map<string, TerminalSession>();
  const session = (id: string): TerminalSession | undefined => sessions.get(id);
  return {
    kernel, api: cluster.api, startMs: CALENDAR_START_MS, context: 'kind-sea', namespace: 'default',
    openTerminal(id, columns, rows, events) { const made = createTerminalSession({ id, laptop, columns, rows, events }); sessions.set(id, made); return made; },
    terminal: session,
    apply(input) {
      switch (input.type) {
        case 'line': session(input.terminal)?.submit(input.line); break;
        case 'key': session(input.terminal)?.key(input.data); break;
        case 'interrupt': session(input.terminal)?.interrupt(); break;
        case 'suspend': session(input.terminal)?.suspend(); break;
        case 'end-of-file': session(input.terminal)?.endOfFile(); break;
        case 'terminal-resize': session(input.terminal)?.resize(input.columns, input.rows); break;
        case 'terminal-close': session(input.terminal)?.close(); break;
        case 'write-file': laptop.files.write(`${laptop.home}/${input.path}`, input.content); break;
        case 'host-answer': kernel.answerHostCall(input.id, input.answer); break;
        default:
      }
    },
    podStatus(pod) { const s = podSummary(pod); return { status: s.status, ready: `${s.ready}/${s.total}`, restarts: s.restarts }; },
    takeTraffic: () => [], scenario: () => undefined,
  };
}
