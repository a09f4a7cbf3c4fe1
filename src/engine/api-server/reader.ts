/** Reads for components: frozen objects, straight from the store. */
import type { Draft } from '../apimachinery/json.ts';
import { parseSelector, selectorMatches, type Labels, type Selector } from '../apimachinery/label-selector.ts';
import type { KubeObject } from '../apimachinery/object.ts';
import { assert } from '../kernel/assert.ts';
import type { ListOptions, Reader } from './contract.ts';
import { parseFieldSelector } from './field-selector.ts';
import type { Resources } from './resources.ts';
import type { Store } from './store.ts';

const selectors = new Map<string, Selector>();

function selectorFor(text: string): Selector {
  let selector = selectors.get(text);
  if (!selector) {
    const parsed = parseSelector(text);
    assert(typeof parsed !== 'string', `bad label selector ${text}`);
    selector = parsed;
    if (selectors.size > 1_000) selectors.clear();
    selectors.set(text, selector);
  }
  return selector;
}

export function createReader(store: Store, resources: Resources): Reader {
  return {
    get resourceVersion() { return store.resourceVersion; },
    get<T>(kind: string, namespace: string, name: string) {
      const resource = resources.lookup(kind);
      return (resource && store.collection(resource.storage).get(namespace, name)) as (T & KubeObject) | undefined;
    },
    list<T>(kind: string, options: ListOptions = {}) {
      // A kind of a definition that is gone has no objects; a bare name nobody serves is our own mistake.
      const resource = kind.includes('.') ? resources.lookup(kind) : resources.ofKind(kind);
      if (!resource) return [];
      let objects = store.collection(resource.storage).list(options.namespace || undefined);
      if (options.labelSelector) {
        const selector = selectorFor(options.labelSelector);
        objects = objects.filter(object => selectorMatches(selector, object.metadata.labels as Labels | undefined));
      }
      if (options.fieldSelector) {
        const test = parseFieldSelector(resource, options.fieldSelector);
        assert(typeof test !== 'string', `bad field selector ${options.fieldSelector}`);
        objects = objects.filter(object => test(object as Draft));
      }
      return objects as readonly (T & KubeObject)[];
    },
    ownedBy<T>(ownerUid: string, kind: string) {
      return store.ownedBy(resources.ofKind(kind).storage, ownerUid) as readonly (T & KubeObject)[];
    },
    podsOnNode<T>(nodeName: string) {
      return store.podsOnNode(nodeName) as readonly (T & KubeObject)[];
    },
  };
}
