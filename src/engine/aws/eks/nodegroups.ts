import { minorOf, NODE_RELEASES, NODE_UPDATE, TEXT, UPDATE_MS } from '../../facts/eks.ts';
import { assert } from '../../kernel/assert.ts';
import { staying } from '../autoscaling/balance.ts';
import type { Activity, AutoScalingGroup, LaunchTemplateData } from '../autoscaling/contract.ts';
import type { Tags } from '../ec2/contract.ts';
import type { NodeGroupSpec } from '../foundation.ts';
import { AwsTable } from '../table.ts';
import type { EksUpdate, Issue, Nodegroup, NodegroupTaint, UpdateConfig } from './contract.ts';
import type { Eks } from './eks.ts';
import { NodeGroupUpdate } from './node-group-update.ts';
import { isNodeReady } from './in-cluster.ts';

export interface NewNodegroup {
  readonly name: string;
  readonly releaseVersion: string;
  readonly roleName: string;
  readonly subnetIds: readonly string[];
  readonly instanceTypes: readonly string[];
  readonly capacityType: 'ON_DEMAND' | 'SPOT';
  readonly amiType: string;
  readonly scaling: Nodegroup['scaling'];
  readonly labels: Readonly<Record<string, string>>;
  readonly taints: readonly NodegroupTaint[];
  readonly diskGib: number;
  readonly updateConfig: UpdateConfig;
  readonly tags: Tags;
}

const EFFECTS: Readonly<Record<string, string>> = { NO_SCHEDULE: 'NoSchedule', NO_EXECUTE: 'NoExecute', PREFER_NO_SCHEDULE: 'PreferNoSchedule' };

/** Managed node groups: each a launch template and an Auto Scaling group, with the node manager in front of every termination. */
export class Nodegroups {
  readonly table: AwsTable<Nodegroup>;
  private readonly byGroup = new Map<string, string>();

  constructor(private readonly eks: Eks) {
    const { kernel, autoScaling } = eks.parts;
    this.table = new AwsTable(kernel, 'eks/nodegroup');
    autoScaling.onTerminating((groupName, instanceId) => this.drainBeforeEnd(groupName, instanceId));
    autoScaling.onActivity(activity => this.tellHealth(activity));
    autoScaling.groups.onChange(({ before, after }) => { if (before && after) this.followSizes(before, after); });
  }

  found(name: string, spec: NodeGroupSpec): void {
    const release = spec.version === undefined ? NODE_RELEASES.find(each => minorOf(each.release) === this.eks.cluster.version)
      : NODE_RELEASES.find(each => each.release.startsWith(`${spec.version}-`)) ?? NODE_RELEASES.find(each => minorOf(each.release) === minorOf(spec.version!));
    assert(release, `node group ${name}: no release for ${spec.version ?? this.eks.cluster.version}`);
    const { min, max, desired } = spec.scaling;
    const effects = new Map(Object.entries(EFFECTS).map(([eks, kubernetes]) => [kubernetes, eks]));
    const nodegroup = this.make({
      name, releaseVersion: release.release, roleName: spec.role, subnetIds: spec.subnets, instanceTypes: [spec.instanceType], capacityType: 'ON_DEMAND', amiType: 'AL2023_x86_64_STANDARD',
      scaling: { minSize: min, maxSize: max, desiredSize: desired }, labels: Object.fromEntries(Object.entries(spec.labels).filter(([key]) => !key.startsWith('eks.amazonaws.com/'))),
      taints: (spec.taints ?? []).map(taint => ({ ...taint, effect: effects.get(taint.effect) ?? taint.effect })), diskGib: 20, updateConfig: { maxUnavailable: 1 }, tags: {},
    }, 'ACTIVE');
    for (const { zone, address } of spec.nodes) this.eks.parts.autoScaling.foundMember(nodegroup.groupName, zone, address);
  }

  /** Launches the machines of a new group; ACTIVE once all are Ready nodes. */
  create(spec: NewNodegroup): Nodegroup {
    const { kernel } = this.eks.parts;
    const nodegroup = this.make(spec, 'CREATING');
    const startMs = kernel.nowMs;
    const look = (): void => {
      const current = this.table.get(spec.name);
      if (current?.status !== 'CREATING') return;
      const nodes = this.eks.manager.nodesByInstance();
      const members = this.members(current);
      const missing = members.filter(({ instanceId }) => !isNodeReady(nodes.get(instanceId)));
      if (members.length >= current.scaling.desiredSize && missing.length === 0) {
        this.change(spec.name, { status: current.issues.length > 0 ? 'DEGRADED' : 'ACTIVE' });
      } else if (kernel.nowMs - startMs >= NODE_UPDATE.creationLimitMs) {
        const issue: Issue = { code: 'NodeCreationFailure', message: TEXT.creationFailed, resourceIds: missing.map(({ instanceId }) => instanceId) };
        this.change(spec.name, { status: 'CREATE_FAILED', issues: current.issues.length > 0 && missing.length === 0 ? current.issues : [...current.issues, issue] });
      } else {
        kernel.after(NODE_UPDATE.lookMs, 'eks/nodegroup-create', spec.name, look);
      }
    };
    kernel.after(UPDATE_MS.nodegroupCreate, 'eks/nodegroup-create', spec.name, look);
    return nodegroup;
  }

  /** Drains and ends every machine, then forgets the group. */
  delete(name: string): Nodegroup {
    const { kernel, autoScaling } = this.eks.parts;
    const deleting = this.change(name, { status: 'DELETING' })!;
    autoScaling.delete(deleting.groupName);
    const look = (): void => {
      if (autoScaling.groups.get(deleting.groupName)) kernel.after(NODE_UPDATE.lookMs, 'eks/nodegroup-delete', name, look);
      else {
        this.eks.parts.autoScaling.templates.table.delete(deleting.launchTemplateId);
        this.byGroup.delete(deleting.groupName);
        this.table.delete(name);
      }
    };
    kernel.after(UPDATE_MS.nodegroupDelete, 'eks/nodegroup-delete', name, look);
    return deleting;
  }

  /** Brings every node of the group to a release. */
  updateVersion(name: string, releaseVersion: string, force: boolean): EksUpdate {
    const nodegroup = this.table.get(name)!;
    const version = minorOf(releaseVersion);
    const update = this.eks.beginUpdate({ nodegroupName: name }, 'VersionUpdate', [{ type: 'Version', value: version }, { type: 'ReleaseVersion', value: releaseVersion }]);
    this.change(name, { status: 'UPDATING' });
    const { kernel, autoScaling } = this.eks.parts;
    new NodeGroupUpdate({
      kernel, autoScaling, hand: this.eks.hand, manager: this.eks.manager, force, nodegroup: () => this.table.get(name)!,
      prepareTemplate: () => this.prepareTemplate(nodegroup, releaseVersion),
      done: end => {
        if (end.ok) this.change(name, { version, releaseVersion });
        this.eks.endUpdate(update.id, end.ok ? 'Successful' : 'Failed', end.ok ? [] : [end.error]);
        this.settle(name);
      },
    });
    return update;
  }

  /** Sizes, labels, taints and update settings. Labels and taints reach the nodes there are and those to come. */
  updateConfig(name: string, change: Partial<Pick<Nodegroup, 'scaling' | 'labels' | 'taints' | 'updateConfig'>>, params: EksUpdate['params']): EksUpdate {
    const { kernel, autoScaling } = this.eks.parts;
    const before = this.table.get(name)!;
    const update = this.eks.beginUpdate({ nodegroupName: name }, 'ConfigUpdate', params);
    const after = this.change(name, { ...change, status: 'UPDATING' })!;
    if (change.scaling) {
      const { minSize: min, maxSize: max, desiredSize: desired } = change.scaling;
      this.eks.hand.resize(autoScaling.groups.get(after.groupName)!, { min, max, desired });
    }
    if (change.labels || change.taints) this.relabel(before, after);
    kernel.after(kernel.random.jitter(UPDATE_MS.nodegroupConfig, 0.5), 'eks/nodegroup-config', name, () => {
      this.eks.endUpdate(update.id, 'Successful');
      this.settle(name);
    });
    return update;
  }

  /** Instances of a group that are not on their way out. */
  members(nodegroup: Nodegroup) {
    const group = this.eks.parts.autoScaling.groups.get(nodegroup.groupName);
    return group ? staying(group) : [];
  }

  // ---- parts ------------------------------------------------------------------------------------------------------

  private make(spec: NewNodegroup, status: 'ACTIVE' | 'CREATING'): Nodegroup {
    const { kernel, autoScaling, foundation: { cluster } } = this.eks.parts;
    const { name: _name, ...rest } = spec;
    const id = kernel.random.uuid();
    const groupName = `eks-${spec.name}-${id}`;
    const tags = { 'eks:cluster-name': cluster.name, 'eks:nodegroup-name': spec.name };
    // The first version's data names the template's id, which is drawn with it.
    const template = autoScaling.templates.create(groupName, this.serviceRoleArn, this.templateData(spec, spec.releaseVersion, '', 1), tags);
    autoScaling.templates.table.put(template.id, { ...template, versions: [{ ...template.versions[0]!, data: this.templateData(spec, spec.releaseVersion, template.id, 1) }] });
    const nodegroup = this.table.put(spec.name, {
      ...rest, name: spec.name, clusterName: cluster.name, id, version: minorOf(spec.releaseVersion), createdAtMs: kernel.nowMs, modifiedAtMs: kernel.nowMs, status, groupName, launchTemplateId: template.id, issues: [],
    });
    this.byGroup.set(groupName, spec.name);
    const { minSize: min, maxSize: max, desiredSize: desired } = spec.scaling;
    autoScaling.create({
      name: groupName, launchTemplateId: template.id, instanceTypes: spec.instanceTypes, capacityType: spec.capacityType, min, max, desired, subnetIds: spec.subnetIds,
      tags: { ...tags, [`k8s.io/cluster-autoscaler/${cluster.name}`]: 'owned', 'k8s.io/cluster-autoscaler/enabled': 'true', [`kubernetes.io/cluster/${cluster.name}`]: 'owned' },
    }, { quiet: status === 'ACTIVE' });
    return nodegroup;
  }

  private templateData(spec: Pick<Nodegroup, 'name' | 'roleName' | 'capacityType' | 'labels' | 'taints' | 'diskGib'>, releaseVersion: string, templateId: string, version: number): LaunchTemplateData {
    const { cluster } = this.eks.parts.foundation;
    const release = NODE_RELEASES.find(each => each.release === releaseVersion)!;
    return {
      imageId: release.imageId, roleName: spec.roleName, securityGroupIds: [cluster.securityGroup], diskGib: spec.diskGib, tags: { 'eks:cluster-name': cluster.name, 'eks:nodegroup-name': spec.name },
      bootstrap: {
        clusterName: cluster.name, kubernetesVersion: release.release.split('-')[0]!,
        labels: {
          ...spec.labels, 'eks.amazonaws.com/capacityType': spec.capacityType, 'eks.amazonaws.com/nodegroup': spec.name, 'eks.amazonaws.com/nodegroup-image': release.imageId,
          'eks.amazonaws.com/sourceLaunchTemplateId': templateId, 'eks.amazonaws.com/sourceLaunchTemplateVersion': String(version),
        },
        taints: spec.taints.map(({ key, value, effect }) => ({ key, ...(value !== undefined && { value }), effect: EFFECTS[effect] ?? effect })),
      },
    };
  }

  /** The template version for a release: the latest one if it is already that, a new one otherwise. @returns its number */
  private prepareTemplate(nodegroup: Nodegroup, releaseVersion: string): number {
    const { templates } = this.eks.parts.autoScaling;
    const latest = templates.table.get(nodegroup.launchTemplateId)!.versions.at(-1)!;
    if (latest.data.imageId === NODE_RELEASES.find(each => each.release === releaseVersion)!.imageId) return latest.number;
    return templates.addVersion(nodegroup.launchTemplateId, this.serviceRoleArn, this.templateData(this.table.get(nodegroup.name)!, releaseVersion, nodegroup.launchTemplateId, latest.number + 1));
  }

  /** Existing nodes are changed through the Kubernetes API; the template is rewritten in place, so they do not count as old. */
  private relabel(before: Nodegroup, after: Nodegroup): void {
    const { templates } = this.eks.parts.autoScaling;
    templates.table.update(after.launchTemplateId, template => ({
      ...template, versions: template.versions.map(version => {
        const release = NODE_RELEASES.find(({ imageId }) => imageId === version.data.imageId)!.release;
        return { ...version, data: this.templateData(after, release, template.id, version.number) };
      }),
    }));
    const removed = Object.fromEntries(Object.keys(before.labels).filter(key => !(key in after.labels)).map(key => [key, null]));
    const own = new Set([...before.taints, ...after.taints].map(({ key }) => key));
    const nodes = this.eks.manager.nodesByInstance();
    for (const { instanceId } of this.members(after)) {
      const node = nodes.get(instanceId);
      if (!node) continue;
      const taints = [...(node.spec?.taints ?? []).filter(({ key }) => !own.has(key)), ...after.taints.map(({ key, value, effect }) => ({ key, ...(value !== undefined && { value }), effect: EFFECTS[effect] ?? effect }))];
      this.eks.manager.patchNode(node.metadata.name, { metadata: { labels: { ...removed, ...after.labels } }, spec: { taints: taints.length > 0 ? taints : null } });
    }
  }

  private change(name: string, change: Partial<Nodegroup>): Nodegroup | undefined {
    return this.table.update(name, nodegroup => ({ ...nodegroup, ...change, modifiedAtMs: this.eks.parts.kernel.nowMs }));
  }

  /** Nothing goes on any more: ACTIVE, or DEGRADED while something is wrong with it. */
  private settle(name: string): void {
    const current = this.table.get(name);
    if (current && current.status !== 'DELETING') this.change(name, { status: current.issues.length > 0 ? 'DEGRADED' : 'ACTIVE' });
  }

  /** The termination hook: the node is cordoned and drained; after the limit its machine goes all the same. */
  private drainBeforeEnd(groupName: string, instanceId: string): boolean {
    if (!this.byGroup.has(groupName)) return false;
    const { manager, parts } = this.eks;
    const node = manager.nodesByInstance().get(instanceId);
    if (!node) return false;
    manager.setAside(node.metadata.name, true);
    manager.drain(node.metadata.name, { limitMs: NODE_UPDATE.drainLimitMs, force: false }, () => parts.autoScaling.completeTermination(instanceId));
    return true;
  }

  /** Sizes that others set on the Auto Scaling group (Cluster Autoscaler, people) become the node group's own. */
  private followSizes(before: AutoScalingGroup, { name, min, max, desired, deleting }: AutoScalingGroup): void {
    const nodegroup = this.table.get(this.byGroup.get(name) ?? '');
    if (!nodegroup || deleting || (nodegroup.status !== 'ACTIVE' && nodegroup.status !== 'DEGRADED')) return;
    const { minSize, maxSize, desiredSize } = nodegroup.scaling;
    const inStep = before.min === minSize && before.max === maxSize && before.desired === desiredSize;
    if (inStep && (min !== minSize || max !== maxSize || desired !== desiredSize)) this.change(nodegroup.name, { scaling: { minSize: min, maxSize: max, desiredSize: desired } });
  }

  /** Launches that EC2 refuses degrade the group until one succeeds. */
  private tellHealth({ groupName, status, message, failureCode }: Activity): void {
    const name = this.byGroup.get(groupName);
    const current = name === undefined ? undefined : this.table.get(name);
    if (!current) return;
    if (status === 'Failed') {
      const code = failureCode === 'InsufficientFreeAddressesInSubnet' ? 'InsufficientFreeAddresses' : 'AsgInstanceLaunchFailures';
      const issue: Issue = { code, message: (message ?? '').replace(/ Launching EC2 instance failed\.$/, ''), resourceIds: [groupName] };
      const issues = [...current.issues.filter(each => each.code !== code || each.message !== issue.message), issue];
      this.change(current.name, { issues, status: current.status === 'ACTIVE' ? 'DEGRADED' : current.status });
    } else if (status === 'Successful' && current.issues.length > 0) {
      const group = this.eks.parts.autoScaling.groups.get(groupName);
      if (group && staying(group).length < group.desired) return;
      const issues = current.issues.filter(({ code }) => code !== 'AsgInstanceLaunchFailures' && code !== 'InsufficientFreeAddresses');
      this.change(current.name, { issues, status: current.status === 'DEGRADED' && issues.length === 0 ? 'ACTIVE' : current.status });
    }
  }

  private get serviceRoleArn(): string {
    return `arn:aws:sts::${this.eks.parts.foundation.account}:assumed-role/AWSServiceRoleForAmazonEKSNodegroup/EKS`;
  }
}

