import type { Client } from '../api-server/contract.ts';
import { refuse } from '../apimachinery/status.ts';

/** A client whose every call goes nowhere while `reachable` is false. */
export function clientWhile(reachable: () => boolean, client: Client): Client {
  const lost = () => refuse(504, 'Timeout', 'dial tcp: i/o timeout');
  return {
    user: client.user,
    create: (object, options) => (reachable() ? client.create(object, options) : lost()),
    update: (object, options) => (reachable() ? client.update(object, options) : lost()),
    updateStatus: (object, options) => (reachable() ? client.updateStatus(object, options) : lost()),
    patch: (kind, key, type, patch, options) => (reachable() ? client.patch(kind, key, type, patch, options) : lost()),
    delete: (kind, key, options) => (reachable() ? client.delete(kind, key, options) : lost()),
    bind: (pod, nodeName) => (reachable() ? client.bind(pod, nodeName) : lost()),
    evict: (pod, options) => (reachable() ? client.evict(pod, options) : lost()),
  };
}
