import type { ApiServer } from '../../api-server/contract.ts';
import { MINOR_VERSIONS, minorOf, NODE_RELEASES, UPDATE_MS } from '../../facts/eks.ts';
import { assert } from '../../kernel/assert.ts';
import type { Kernel } from '../../kernel/kernel.ts';
import type { AwsClient } from '../contract.ts';
import type { AutoScaling } from '../autoscaling/auto-scaling.ts';
import type { AwsFoundation, NodeGroupSpec } from '../foundation.ts';
import type { Ec2 } from '../ec2/contract.ts';
import { AwsTable } from '../table.ts';
import { GroupHand } from './group-hand.ts';
import { Addons } from './addons.ts';
import type { Addon, EksCluster, EksUpdate } from './contract.ts';
import { NodeManager } from './in-cluster.ts';
import { Nodegroups } from './nodegroups.ts';

/** A cluster's API server, which EKS can replace by one of another version. */
export type ControlPlane = ApiServer & { upgrade(version: string): void };

export interface EksParts {
  readonly kernel: Kernel;
  readonly foundation: AwsFoundation;
  readonly ec2: Ec2;
  readonly autoScaling: AutoScaling;
  /** AWS as the service-linked role of node groups: what EKS does to Auto Scaling groups, it does through their API. */
  readonly client: AwsClient;
}

/** EKS of one account: the cluster, its node groups, updates and add-ons. What it does inside the cluster starts with {@link connect}. */
export class Eks {
  readonly clusters: AwsTable<EksCluster>;
  readonly updates: AwsTable<EksUpdate>;
  readonly addons: AwsTable<Addon>;
  readonly addonObjects: Addons;
  readonly nodegroups: Nodegroups;
  readonly hand: GroupHand;
  private inside: { readonly api: ControlPlane; readonly manager: NodeManager } | undefined;

  constructor(readonly parts: EksParts) {
    const { kernel } = parts;
    this.clusters = new AwsTable(kernel, 'eks/cluster');
    this.updates = new AwsTable(kernel, 'eks/update');
    this.addons = new AwsTable(kernel, 'eks/addon');
    this.addonObjects = new Addons(this);
    this.hand = new GroupHand(parts.client);
    this.nodegroups = new Nodegroups(this);
  }

  /** The cluster exists: its API server, and the Kubernetes version it runs (`1.35.6`). */
  connect(api: ControlPlane, version: string): void {
    const { kernel, foundation: { cluster, account } } = this.parts;
    this.inside = { api, manager: new NodeManager(kernel, api) };
    const minor = minorOf(version);
    this.clusters.put(cluster.name, {
      name: cluster.name, version: minor, platformVersion: platformOf(minor), status: 'ACTIVE', createdAtMs: kernel.nowMs, roleName: cluster.role, subnetIds: cluster.subnets,
      securityGroupId: cluster.securityGroup, serviceCidr: cluster.serviceCidr, id: identityOf(`${account}/${cluster.name}`), supportType: 'EXTENDED', tags: {},
    });
    for (const [name, { version: addonVersion, configuration }] of Object.entries(cluster.addons)) {
      this.addons.put(name, {
        name, version: addonVersion, status: 'ACTIVE', createdAtMs: kernel.nowMs, modifiedAtMs: kernel.nowMs, id: kernel.random.uuid(),
        ...(configuration !== undefined && { configurationValues: configuration }), issues: [], tags: {},
      });
    }
    api.onChange(change => this.addonObjects.observe(change));
  }

  /** The one cluster of the account. */
  get cluster(): EksCluster {
    const [cluster] = this.clusters.list();
    assert(cluster, 'EKS is not connected to a cluster');
    return cluster;
  }

  get api(): ApiServer {
    assert(this.inside, 'EKS is not connected to a cluster');
    return this.inside.api;
  }

  get manager(): NodeManager {
    assert(this.inside, 'EKS is not connected to a cluster');
    return this.inside.manager;
  }

  /** For staging: a node group that was always there, its machines running nodes at their addresses. */
  found(name: string, spec: NodeGroupSpec): void {
    this.nodegroups.found(name, spec);
  }

  // ---- updates ----------------------------------------------------------------------------------------------------

  beginUpdate(of: { readonly nodegroupName?: string; readonly addonName?: string }, type: string, params: EksUpdate['params']): EksUpdate {
    const id = this.parts.kernel.random.uuid();
    return this.updates.put(id, { id, ...of, status: 'InProgress', type, params, createdAtMs: this.parts.kernel.nowMs, errors: [] });
  }

  endUpdate(id: string, status: 'Successful' | 'Failed', errors: EksUpdate['errors'] = []): void {
    this.updates.update(id, update => ({ ...update, status, errors }));
  }

  /** The update of the cluster itself that goes on, if any. */
  get clusterUpdate(): EksUpdate | undefined {
    return this.updates.list().find(update => update.status === 'InProgress' && update.nodegroupName === undefined && update.addonName === undefined);
  }

  /** The control plane to the next minor version; nodes and add-ons stay as they are. */
  updateClusterVersion(minor: string): EksUpdate {
    const { kernel } = this.parts;
    const { name } = this.cluster;
    const update = this.beginUpdate({}, 'VersionUpdate', [{ type: 'Version', value: minor }, { type: 'PlatformVersion', value: platformOf(minor) }]);
    this.clusters.update(name, cluster => ({ ...cluster, status: 'UPDATING' }));
    kernel.after(kernel.random.jitter(UPDATE_MS.cluster, 0.3), 'eks/cluster-version', name, () => {
      this.clusters.update(name, cluster => ({ ...cluster, status: 'ACTIVE', version: minor, platformVersion: platformOf(minor) }));
      this.endUpdate(update.id, 'Successful');
      this.inside?.api.upgrade(MINOR_VERSIONS.find(each => each.minor === minor)!.patch);
    });
    return update;
  }
}

export const platformOf = (minor: string): string => MINOR_VERSIONS.find(each => each.minor === minor)?.platform ?? 'eks.1';

/** The newest node release of a minor version: `1.34` → `1.34.2-20251112`. */
export const newestRelease = (minor: string) => NODE_RELEASES.find(({ release }) => minorOf(release) === minor);

/** 32 hexadecimal digits for a name, the same in every run. */
function identityOf(name: string): string {
  let text = '';
  for (let word = 0; word < 4; word += 1) {
    let hash = 0x811c9dc5 ^ word;
    for (const char of name) hash = Math.imul(hash ^ char.charCodeAt(0), 0x01000193);
    text += ((hash ^ (hash >>> 13)) >>> 0).toString(16).padStart(8, '0');
  }
  return text.toUpperCase();
}
