/** The kubeconfig file: where it lies, what the files of a list mean together, and how it is written back. */
import { FileError } from '../../../engine/userland/contract.ts';
import type { SystemProcess } from '../../../engine/userland/contract.ts';
import { resolvePath } from '../../../engine/userland/index.ts';
import { parseYaml, printYaml } from '../objects/yaml.ts';
import { CliFailure } from './failure.ts';

type Entry = Record<string, unknown>;

export interface KubeConfig {
  clusters: Record<string, Entry>;
  users: Record<string, Entry>;
  contexts: Record<string, { cluster?: string; user?: string; namespace?: string } & Entry>;
  currentContext: string;
}

export interface ConfigFiles {
  readonly paths: readonly string[];
  /** From `--kubeconfig`, which must exist. */
  readonly explicit: boolean;
}

/** Which files hold the configuration: `--kubeconfig`, else `$KUBECONFIG`, else `~/.kube/config`. */
export function configFiles(process: SystemProcess, explicit: string): ConfigFiles {
  if (explicit !== '') return { paths: [resolvePath(process.cwd, explicit)], explicit: true };
  const listed = (process.env.get('KUBECONFIG') ?? '').split(':').filter(path => path !== '');
  if (listed.length > 0) return { paths: listed.map(path => resolvePath(process.cwd, path)), explicit: false };
  return { paths: [`${process.env.get('HOME') ?? '/root'}/.kube/config`], explicit: false };
}

const emptyConfig = (): KubeConfig => ({ clusters: {}, users: {}, contexts: {}, currentContext: '' });

/** One file, or `undefined` when it is not there. @throws CliFailure when it cannot be read as YAML */
export function readConfigFile(process: SystemProcess, path: string): KubeConfig | undefined {
  let text: string;
  try {
    text = process.system.files.read(path);
  } catch (error) {
    if (error instanceof FileError) return undefined;
    throw error;
  }
  const parsed = parseYaml(text);
  if (!parsed.ok) throw new CliFailure(`error loading config file "${path}": ${parsed.error}`);
  const document = (parsed.values[0] ?? {}) as Entry;
  const named = (list: unknown, field: string): Record<string, Entry> => {
    const entries: Record<string, Entry> = {};
    for (const item of (list ?? []) as Entry[]) entries[String(item.name)] ??= (item[field] ?? {}) as Entry;
    return entries;
  };
  return {
    clusters: named(document.clusters, 'cluster'),
    users: named(document.users, 'user'),
    contexts: named(document.contexts, 'context'),
    currentContext: String(document['current-context'] ?? ''),
  };
}

/** All files as one; the first to name something wins. */
export function loadConfig(process: SystemProcess, files: ConfigFiles): KubeConfig {
  const merged = emptyConfig();
  for (const path of files.paths) {
    const config = readConfigFile(process, path);
    if (!config) {
      if (files.explicit) throw new CliFailure(`stat ${path}: no such file or directory`);
      continue;
    }
    merged.clusters = { ...config.clusters, ...merged.clusters };
    merged.users = { ...config.users, ...merged.users };
    merged.contexts = { ...config.contexts, ...merged.contexts };
    merged.currentContext ||= config.currentContext;
  }
  return merged;
}

/** The document as `kubectl config` writes it: entries by name. */
export function configDocument(config: KubeConfig): Entry {
  const listed = (entries: Record<string, Entry>, field: string): Entry[] | null => {
    const names = Object.keys(entries).sort();
    return names.length === 0 ? null : names.map(name => ({ [field]: entries[name], name }));
  };
  return {
    apiVersion: 'v1', kind: 'Config',
    clusters: listed(config.clusters, 'cluster'),
    contexts: listed(config.contexts, 'context'),
    'current-context': config.currentContext,
    users: listed(config.users, 'user'),
  };
}

/** Changes one file in place: the one that already has the stanza, else the first that exists, else the last listed. */
export function changeConfig(
  process: SystemProcess, files: ConfigFiles, owns: (config: KubeConfig) => boolean, change: (config: KubeConfig) => void,
): string {
  const existing = files.paths.filter(path => readConfigFile(process, path) !== undefined);
  const target = existing.find(path => owns(readConfigFile(process, path)!)) ?? existing[0] ?? files.paths.at(-1)!;
  const config = readConfigFile(process, target) ?? emptyConfig();
  change(config);
  const folder = target.slice(0, target.lastIndexOf('/'));
  if (folder !== '' && !process.system.files.stat(folder)) process.system.files.makeDirectory(folder, { recursive: true });
  process.system.files.write(target, printYaml(configDocument(config)), { mode: 0o600 });
  return target;
}
