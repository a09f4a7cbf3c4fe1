/** Causes that somebody sets up in a running estate: each is what could have happened at work, and can be taken back. */
import type { Deployment } from 'kubernetes-types/apps/v1.d.ts';
import type { ConfigMap } from 'kubernetes-types/core/v1.d.ts';
import * as z from 'zod';
import type { Client } from '../../engine/api-server/contract.ts';
import { rfc3339 } from '../../engine/kernel/calendar.ts';
import { rebuilt } from './estate.ts';
import { rollOut } from './release.ts';
import type { ActionContext, ActionOutcome } from './world-action.ts';

const workload = z.string().regex(/^[a-z0-9-]+\/[a-z0-9-]+$/, 'namespace/name of a Deployment');

export const causeActions = [
  /** Every machine of a zone loses its network, those that come later too. */
  z.strictObject({ cutZone: z.string() }),
  /** Interfaces that belong to nobody's node take the free addresses of a subnet, all but `leave`. */
  z.strictObject({ takeAddresses: z.string(), leave: z.number().int().min(0).default(0), by: z.string().default('batch-runner') }),
  /** A release whose image tag nobody pushed: two neighbours of the tag changed places. */
  z.strictObject({ mistypeImage: workload }),
  /** A key of a ConfigMap gets another name; whoever reads it finds out at its next start. */
  z.strictObject({ renameKey: z.strictObject({ config: workload, key: z.string(), to: z.string() }) }),
  /** All pods of a Deployment are replaced, as `kubectl rollout restart` does. */
  z.strictObject({ restart: workload }),
  /** A release of a new build of the same service, with these fields of its model changed (engine/images/service/model.ts). */
  z.strictObject({ rebuild: workload, because: z.string(), service: z.record(z.string(), z.unknown()) }),
  z.strictObject({ scale: workload, replicas: z.number().int().min(0) }),
] as const;

const causeSchema = z.union(causeActions);
export type CauseAction = z.infer<typeof causeSchema>;

/** Most addresses that one interface of theirs takes beside its own. */
const ADDRESSES_EACH = 49;
const THROUGH = { isThrough: () => true } as const;

/** Does one thing. @returns nothing when there is nothing to do it to */
export function cause(action: CauseAction, context: ActionContext): ActionOutcome | undefined {
  const { cluster } = context;
  if ('cutZone' in action) return cutZone(action.cutZone, context);
  if ('takeAddresses' in action) return takeAddresses(action, context);
  const client = cluster.api.as({ name: context.user, groups: ['system:masters', 'system:authenticated'] });
  if ('renameKey' in action) return renameKey(action.renameKey, context, client);
  const key = 'mistypeImage' in action ? action.mistypeImage : 'restart' in action ? action.restart : 'rebuild' in action ? action.rebuild : action.scale;
  const [namespace = '', name = ''] = key.split('/');
  const deployment = cluster.api.reader.get<Deployment>('Deployment', namespace, name);
  const container = deployment?.spec?.template.spec?.containers[0];
  if (!deployment || !container?.image) return undefined;
  const { image } = container;
  if ('scale' in action) {
    const before = deployment.spec?.replicas ?? 1;
    const to = (replicas: number): void => { client.patch('Deployment', { namespace, name }, 'merge', { spec: { replicas } }, { subresource: 'scale' }); };
    to(action.replicas);
    return { ...THROUGH, undo: () => to(before) };
  }
  if ('restart' in action) {
    const restart = (): void => {
      client.patch('Deployment', { namespace, name }, 'strategic', { spec: { template: { metadata: { annotations: { 'kubectl.kubernetes.io/restartedAt': rfc3339(cluster.kernel.nowMs) } } } } }, { fieldManager: 'kubectl-rollout' });
    };
    restart();
    return { ...THROUGH, undo: restart };
  }
  const release = (next: string, because: string): void => {
    rollOut({ deployment: key, because, with: { spec: { template: { spec: { containers: [{ name: container.name, image: next }] } } } } }, client, cluster.api.reader);
  };
  if ('mistypeImage' in action) {
    release(mistyped(image), 'release: newest build');
  } else {
    const tag = `sha-${cluster.kernel.random.uint32().toString(16).padStart(8, '0').slice(0, 7)}`;
    const repository = image.slice(0, image.lastIndexOf(':'));
    const build = rebuilt(context.content, repository, tag, action.service);
    if (!build) return undefined;
    cluster.images.add(build);
    cluster.aws.ecr.stock([build]);
    release(`${repository}:${tag}`, action.because);
  }
  return { ...THROUGH, undo: () => release(image, 'roll back to the build before') };
}

function cutZone(zone: string, { cluster }: ActionContext): ActionOutcome | undefined {
  const { cutZones } = cluster.network;
  if (cutZones.has(zone)) return undefined;
  cutZones.add(zone);
  return {
    ...THROUGH,
    undo: () => {
      if (!cutZones.delete(zone)) return;
      for (const kubelet of cluster.kubelets.values()) if (kubelet.description.zone === zone) kubelet.reconnect();
    },
  };
}

function takeAddresses({ takeAddresses: subnetId, leave, by }: { takeAddresses: string; leave: number; by: string }, { cluster: { aws } }: ActionContext): ActionOutcome | undefined {
  if (!aws.ec2.subnets.get(subnetId)) return undefined;
  const caller = aws.roleSession(aws.foundation.learner.role, by);
  const made: string[] = [];
  for (let free = aws.ec2.freeCount(subnetId) - leave; free > 0; free = aws.ec2.freeCount(subnetId) - leave) {
    const created = aws.api.call(caller, 'ec2', 'CreateNetworkInterface', {
      SubnetId: subnetId, Description: by, Groups: [aws.foundation.cluster.securityGroup], SecondaryPrivateIpAddressCount: Math.min(ADDRESSES_EACH, free - 1),
    });
    if (!created.ok) break;
    made.push((created.value as { NetworkInterface: { NetworkInterfaceId: string } }).NetworkInterface.NetworkInterfaceId);
  }
  return { ...THROUGH, undo: () => { for (const NetworkInterfaceId of made) aws.api.call(caller, 'ec2', 'DeleteNetworkInterface', { NetworkInterfaceId }); } };
}

function renameKey({ config, key, to }: { config: string; key: string; to: string }, { cluster }: ActionContext, client: Client): ActionOutcome | undefined {
  const [namespace = '', name = ''] = config.split('/');
  const valueOf = (wanted: string): string | undefined => cluster.api.reader.get<ConfigMap>('ConfigMap', namespace, name)?.data?.[wanted];
  const rename = (from: string, into: string): boolean => {
    const value = valueOf(from);
    return value !== undefined && client.patch('ConfigMap', { namespace, name }, 'merge', { data: { [from]: null, [into]: value } }, { fieldManager: 'kubectl-edit' }).ok;
  };
  return rename(key, to) ? { ...THROUGH, undo: () => { rename(to, key); } } : undefined;
}

/** Two different neighbours change places, as far to the right as there are any. */
export function mistyped(image: string): string {
  const from = image.lastIndexOf(':') + 1;
  for (let at = image.length - 1; at > from; at -= 1) {
    const [left, right] = [image[at - 1]!, image[at]!];
    if (left !== right && /[a-z0-9]/.test(left) && /[a-z0-9]/.test(right)) return image.slice(0, at - 1) + right + left + image.slice(at + 1);
  }
  return `${image}x`;
}
