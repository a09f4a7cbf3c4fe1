/** What the server says it serves: legacy and aggregated discovery. */
import type { Draft } from '../apimachinery/json.ts';
import type { Resources, ServedResource } from './resources.ts';

/** The aggregated documents: `/api` holds the core group, `/apis` the others. */
export function aggregatedDiscovery(resources: Resources, root: '/api' | '/apis'): Draft {
  const groups = resources.groups.filter(group => (group === '') === (root === '/api'));
  return {
    kind: 'APIGroupDiscoveryList', apiVersion: 'apidiscovery.k8s.io/v2', metadata: {},
    items: groups.map(group => ({
      metadata: group === '' ? {} : { name: group },
      versions: resources.versionsOf(group).map(version => ({
        version,
        resources: resources.all.filter(each => each.group === group && each.version === version).map(aggregatedResource),
        freshness: 'Current',
      })),
    })),
  };
}

function aggregatedResource(each: ServedResource): Draft {
  return {
    resource: each.name,
    responseKind: each.custom ? { group: each.group, version: each.version, kind: each.kind } : { group: '', version: '', kind: each.kind },
    scope: each.namespaced ? 'Namespaced' : 'Cluster',
    singularResource: each.singular,
    verbs: each.verbs,
    ...(each.shortNames.length > 0 && { shortNames: each.shortNames }),
    ...(each.categories.length > 0 && { categories: each.categories }),
    ...(each.subresources.length > 0 && {
      subresources: each.subresources.map(sub => ({
        subresource: sub.name,
        responseKind: sub.kind === '' ? null : { group: sub.responseGroup ?? '', version: sub.responseVersion ?? '', kind: sub.kind },
        verbs: sub.verbs,
      })),
    }),
  };
}

const groupDocument = (resources: Resources, group: string): Draft => {
  const versions = resources.versionsOf(group).map(version => ({ groupVersion: `${group}/${version}`, version }));
  return { name: group, versions, preferredVersion: versions[0] };
};

export function groupList(resources: Resources): Draft {
  return {
    kind: 'APIGroupList', apiVersion: 'v1',
    groups: resources.groups.filter(group => group !== '').map(group => groupDocument(resources, group)),
  };
}

export function groupOf(resources: Resources, group: string): Draft | undefined {
  if (group === '' || !resources.groups.includes(group)) return undefined;
  return { kind: 'APIGroup', apiVersion: 'v1', ...groupDocument(resources, group) };
}

/** `/api/v1`, `/apis/apps/v1` …; `undefined` when the version is not served. */
export function resourceList(resources: Resources, group: string, version: string): Draft | undefined {
  const served = resources.all.filter(each => each.group === group && each.version === version);
  if (served.length === 0) return undefined;
  return {
    kind: 'APIResourceList', ...(group !== '' && { apiVersion: 'v1' }), groupVersion: group === '' ? version : `${group}/${version}`,
    resources: served.flatMap(each => [
      {
        name: each.name, singularName: each.singular, namespaced: each.namespaced, kind: each.kind, verbs: each.verbs,
        ...(each.shortNames.length > 0 && { shortNames: each.shortNames }),
        ...(each.categories.length > 0 && { categories: each.categories }),
        ...(each.storageVersionHash !== '' && { storageVersionHash: each.storageVersionHash }),
      },
      ...each.subresources.map(sub => ({
        name: `${each.name}/${sub.name}`, singularName: '', namespaced: each.namespaced,
        ...(sub.responseGroup !== undefined && sub.responseGroup !== each.group && { group: sub.responseGroup, version: sub.responseVersion }),
        kind: sub.kind, verbs: sub.verbs,
      })),
    ]),
  };
}
