/** What Tab offers after `kubectl`: commands, flags, types and names, all from what the commands themselves read. */
import type { Completion } from '../contract.ts';
import { commandSpec, type FlagSpec, globalFlags, subcommands } from './flags/catalogue.ts';
import { findCommand } from './flags/parse.ts';

/** What completion may ask; answers are immediate, nothing is sent. */
export interface CompletionSources {
  /** Types of the server: plural and short names. */
  types(): readonly { readonly plural: string; readonly shortNames: readonly string[]; readonly kind: string; readonly namespaced: boolean }[];
  /** Names of objects of a type, in a namespace. */
  names(type: string, namespace: string): readonly string[];
  /** Containers of a pod. */
  containers(pod: string, namespace: string): readonly string[];
  namespaces(): readonly string[];
  contexts(): readonly string[];
  /** The namespace a line without `-n` means. */
  readonly namespace: string;
  /** Paths that begin with a text; folders end in `/`. */
  paths(prefix: string): readonly string[];
}

const TYPED = new Set(['get', 'describe', 'delete', 'edit', 'label', 'annotate', 'patch', 'scale', 'expose', 'wait', 'autoscale', 'explain', 'rollout status', 'rollout history', 'rollout undo',
  'rollout restart', 'rollout pause', 'rollout resume', 'set image', 'set env', 'set resources', 'set serviceaccount', 'set selector', 'set subject', 'taint']);
const PODS = new Set(['logs', 'exec', 'attach', 'port-forward', 'debug', 'cp', 'top pod']);
const NODES = new Set(['cordon', 'uncordon', 'drain', 'top node']);
const WORKLOADS = ['deployment', 'daemonset', 'statefulset'];

/** `words` are those of the line after aliases, `words[0]` being kubectl; `index` is the one the cursor is in. */
export function completeKubectl(words: readonly string[], index: number, sources: CompletionSources): Completion {
  const current = words[index] ?? '';
  const before = words.slice(1, index);
  const { spec, rest } = findCommand(before);
  const flags = [...spec.flags, ...globalFlags];
  const offer = (texts: readonly { text: string; note?: string }[], from = 0, suffix = ' '): Completion =>
    ({ from, candidates: texts.filter(({ text }) => text.startsWith(current.slice(from))), suffix });
  const plain = (texts: readonly string[], from = 0, suffix = ' '): Completion => offer([...new Set(texts)].map(text => ({ text })), from, suffix);
  const namespace = valueOf(before, flags, 'namespace') ?? sources.namespace;
  const waiting = flagWaiting(before, flags);
  if (waiting) return flagValue(waiting.name, { plain, sources, namespace, before, spec: spec.path, current }, 0);
  const assigned = /^--([a-z-]+)=/.exec(current);
  if (assigned) return flagValue(assigned[1]!, { plain, sources, namespace, before, spec: spec.path, current: current.slice(assigned[0].length) }, assigned[0].length);
  if (current.startsWith('-')) return offer(flags.flatMap(flag => [{ text: `--${flag.name}${flag.bare === undefined ? '=' : ''}`, note: flag.text }]), 0, '');
  const args = positionals(rest, flags);
  if (spec.groups.length > 0 && args.length === 0) {
    const subs = subcommands(spec).map(sub => ({ text: sub.name, note: sub.summary }));
    if (subs.length > 0) return offer(subs);
  }
  if (TYPED.has(spec.path)) return typeOrName(spec.path, args, current, namespace, sources, plain);
  if (PODS.has(spec.path)) {
    if (args.length > 0) return spec.path === 'logs' ? plain(sources.containers(args[0]!, namespace)) : plain([]);
    return typeOrName(spec.path, ['pods'], current, namespace, sources, plain);
  }
  if (NODES.has(spec.path)) return plain(sources.names('nodes', ''));
  if (spec.path === 'config use-context' || spec.path === 'config delete-context') return plain(sources.contexts());
  return plain([]);
}

type Plain = (texts: readonly string[], from?: number, suffix?: string) => Completion;

function typeOrName(path: string, args: readonly string[], current: string, namespace: string, sources: CompletionSources, plain: Plain): Completion {
  const slash = current.indexOf('/');
  if (slash > 0) return plain(sources.names(current.slice(0, slash), namespace), slash + 1);
  if (args.length > 0) return plain(sources.names(args[0]!, namespace));
  if (path.startsWith('rollout ')) return plain(WORKLOADS);
  if (path === 'taint') return plain(['node']);
  const comma = current.lastIndexOf(',');
  return plain(sources.types().map(type => type.plural), comma + 1);
}

/** A flag before the cursor that still waits for its value. */
function flagWaiting(before: readonly string[], flags: readonly FlagSpec[]): FlagSpec | undefined {
  const last = before.at(-1);
  if (last === undefined || !last.startsWith('-') || last.includes('=')) return undefined;
  const flag = last.startsWith('--') ? flags.find(each => each.name === last.slice(2)) : flags.find(each => each.short !== '' && last.length === 2 && each.short === last[1]);
  return flag && flag.bare === undefined ? flag : undefined;
}

function valueOf(before: readonly string[], flags: readonly FlagSpec[], name: string): string | undefined {
  for (let at = 0; at < before.length; at += 1) {
    const word = before[at]!;
    if (word.startsWith(`--${name}=`)) return word.slice(name.length + 3);
    const short = flags.find(flag => flag.name === name)?.short;
    if (word === `--${name}` || (short && word === `-${short}`)) return before[at + 1];
  }
  return undefined;
}

function positionals(rest: readonly string[], flags: readonly FlagSpec[]): string[] {
  const args: string[] = [];
  for (let at = 0; at < rest.length; at += 1) {
    const word = rest[at]!;
    if (!word.startsWith('-')) { args.push(word); continue; }
    if (flagWaiting([word], flags)) at += 1;
  }
  return args;
}

interface ValueContext { readonly plain: Plain; readonly sources: CompletionSources; readonly namespace: string; readonly before: readonly string[]; readonly spec: string; readonly current: string }

function flagValue(name: string, { plain, sources, namespace, before, spec, current }: ValueContext, from: number): Completion {
  switch (name) {
    case 'namespace': return plain(sources.namespaces(), from);
    case 'context': return plain(sources.contexts(), from);
    case 'output': {
      const text = commandSpec(spec)?.flags.find(flag => flag.name === 'output')?.text ?? '';
      return plain((/One of: \(([^)]*)\)/.exec(text)?.[1] ?? 'json, yaml, name').split(', '), from);
    }
    case 'dry-run': return plain(['none', 'client', 'server'], from);
    case 'container': return plain(sources.containers(positionals(before, globalFlags)[1] ?? '', namespace), from);
    case 'filename': case 'kustomize': case 'from-file': case 'kubeconfig': return plain(sources.paths(current), from, '');
    default: return plain([], from);
  }
}
