import type { Cluster } from '../engine/cluster.ts';
import { FileError } from '../engine/userland/contract.ts';
import type { Completer, Laptop } from '../terminal/contract.ts';
import { completeKubectl, type CompletionSources } from '../terminal/kubectl/complete.ts';
import { readKubeContext } from '../terminal/prompt.ts';

type ServedType = ReturnType<CompletionSources['types']>[number];

interface DiscoveredResource {
  readonly resource: string;
  readonly responseKind?: { readonly kind?: string };
  readonly scope: string;
  readonly shortNames?: readonly string[];
}

/** What Tab offers after kubectl, read from the cluster without asking its API server: completing changes nothing. */
export function kubectlCompleter(cluster: Cluster, laptop: Laptop, user: { readonly name: string; readonly groups: readonly string[] }): Completer {
  const types = servedTypes(cluster, user);
  const { files } = laptop.system;
  const config = `${laptop.home}/.kube/config`;
  const named = (kind: string, namespace?: string): readonly string[] =>
    [...new Set(cluster.api.reader.list(kind, namespace === undefined ? {} : { namespace }).map(object => object.metadata.name ?? ''))];
  const kindOf = (word: string): ServedType | undefined => {
    const name = word.toLowerCase().split('.')[0]!;
    return types.find(type => type.plural === name || type.kind.toLowerCase() === name || type.shortNames.includes(name));
  };
  return (words, index) => {
    const { namespace = 'default' } = readKubeContext(laptop.system, config) ?? {};
    return completeKubectl(words, index, {
      types: () => types,
      names(word, inNamespace) {
        const type = kindOf(word);
        if (!type) return [];
        return named(type.kind === 'Event' ? 'Event.events.k8s.io' : type.kind, type.namespaced ? inNamespace : undefined);
      },
      containers(pod, inNamespace) {
        const found = cluster.api.reader.get<{ spec: { containers: { name: string }[]; initContainers?: { name: string }[] } }>('Pod', inNamespace, pod.replace(/^pods?\//, ''));
        return [...(found?.spec.containers ?? []), ...(found?.spec.initContainers ?? [])].map(container => container.name);
      },
      namespaces: () => named('Namespace'),
      contexts: () => [...files.read(config).matchAll(/^- (?:name: (\S+)\n\s+context:|context:[\s\S]*?\n\s+name: (\S+))/gm)].map(match => match[1] ?? match[2]!),
      namespace,
      paths(prefix) {
        const slash = prefix.lastIndexOf('/') + 1;
        try {
          const folder = prefix.slice(0, slash);
          const path = folder.startsWith('/') ? folder : `${laptop.system.processes.list()[0]?.cwd ?? laptop.home}/${folder}`;
          return files.list(path).filter(name => name.startsWith(prefix.slice(slash)) && !name.startsWith('.'))
            .map(name => folder + name + (files.stat(`${path}/${name}`)?.type === 'directory' ? '/' : ''));
        } catch (thrown) {
          if (thrown instanceof FileError) return [];
          throw thrown;
        }
      },
    });
  };
}

/** The kinds the server has, asked once while the world is made. */
function servedTypes(cluster: Cluster, user: { readonly name: string; readonly groups: readonly string[] }): ServedType[] {
  const types: ServedType[] = [];
  for (const path of ['/api', '/apis']) {
    const answer = cluster.api.handle({ method: 'GET', path, user, headers: { accept: 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json' } });
    const groups = (answer.body as { items?: { versions?: { resources?: DiscoveredResource[] }[] }[] } | undefined)?.items ?? [];
    for (const group of groups) {
      for (const resource of group.versions?.[0]?.resources ?? []) {
        if (types.some(type => type.plural === resource.resource)) continue;
        types.push({ plural: resource.resource, kind: resource.responseKind?.kind ?? '', namespaced: resource.scope === 'Namespaced', shortNames: resource.shortNames ?? [] });
      }
    }
  }
  return types;
}
