import { parse } from 'yaml';
import { FileError, type System } from '../engine/userland/contract.ts';

/** Where kubectl points: the current context of a kubeconfig and its namespace. */
export interface KubeContext {
  readonly context: string;
  readonly namespace: string;
}

let lastText = '';
let lastContext: KubeContext | undefined;

/** Reads the kubeconfig as the prompt needs it; `undefined` when there is none, or none is chosen. */
export function readKubeContext(system: System, path: string): KubeContext | undefined {
  let text: string;
  try {
    text = system.files.read(path);
  } catch (thrown) {
    if (thrown instanceof FileError) return undefined;
    throw thrown;
  }
  if (text === lastText) return lastContext;
  lastText = text;
  lastContext = contextOf(text);
  return lastContext;
}

function contextOf(text: string): KubeContext | undefined {
  let config: unknown;
  try {
    config = parse(text);
  } catch {
    return undefined;
  }
  if (typeof config !== 'object' || config === null) return undefined;
  const { 'current-context': current, contexts } = config as { 'current-context'?: unknown; contexts?: unknown };
  if (typeof current !== 'string' || current === '') return undefined;
  const entry = Array.isArray(contexts) ? (contexts as { name?: unknown; context?: { namespace?: unknown } }[]).find(candidate => candidate?.name === current) : undefined;
  const namespace = entry?.context?.namespace;
  return { context: current, namespace: typeof namespace === 'string' && namespace !== '' ? namespace : 'default' };
}

const CYAN = '\x1b[36m';
const BOLD_BLUE = '\x1b[1;34m';
const RED = '\x1b[31m';
const DIM = '\x1b[2m';
const RESET = '\x1b[0m';

/** `kfo-prod/shop $ `, with the directory when it is not home and `✗ 1` after a failure. */
export function promptOf(state: { kube: KubeContext | undefined; cwd: string; home: string; exitCode: number }): string {
  const where = state.kube ? `${CYAN}${state.kube.context}${RESET}${DIM}/${RESET}${BOLD_BLUE}${state.kube.namespace}${RESET} ` : '';
  const directory = state.cwd === state.home ? (where === '' ? '~ ' : '')
    : `${state.cwd.startsWith(`${state.home}/`) ? `~${state.cwd.slice(state.home.length)}` : state.cwd} `;
  const failed = state.exitCode === 0 ? '' : `${RED}✗ ${state.exitCode}${RESET} `;
  return `${where}${directory}${failed}${DIM}$${RESET} `;
}
