/** The machines of a cluster, part of its composition root: EC2 says which instances exist, each with a bootstrap runs a kubelet. */
import type { RunningApiServer } from './api-server/api-server.ts';
import type { AwsAccount } from './aws/account.ts';
import type { Instance } from './aws/ec2/contract.ts';
import type { TableChange } from './aws/table.ts';
import { NODE_BOOT_MS } from './facts/kubelet.ts';
import type { ImageCatalogue } from './images/catalogue.ts';
import { assert } from './kernel/assert.ts';
import type { Kernel } from './kernel/kernel.ts';
import { Kubelet } from './kubelet/kubelet.ts';
import type { NodeDescription } from './kubelet/node-object.ts';
import { nodeRoot } from './kubelet/node-root.ts';
import { nodeSize } from './kubelet/node-sizes.ts';
import type { Network } from './network/network.ts';
import type { NodeNetwork } from './node-network.ts';
import { standardPrograms, Tree } from './userland/index.ts';

export interface MachineParts {
  readonly kernel: Kernel;
  readonly api: RunningApiServer;
  readonly aws: AwsAccount;
  readonly network: Network;
  readonly images: ImageCatalogue;
  readonly clusterDns: string;
  readonly clusterDomain: string;
  readonly nodeNetwork: NodeNetwork;
}

/** A node is named after its address. */
export const nodeNameOf = (address: string): string => `ip-${address.replaceAll('.', '-')}`;

export class Machines {
  /** Every kubelet that ever ran, by node name; of two nodes with one name, the later. */
  readonly kubelets = new Map<string, Kubelet>();
  private readonly programs = standardPrograms();
  private readonly persistentTrees = new Map<string, Tree>();
  private readonly nodeRoots = new Map<string, Tree>();

  constructor(private readonly parts: MachineParts) {
    parts.aws.ec2.instances.onChange(change => this.follow(change));
  }

  /** Whether the cloud still knows the machine: what the cloud-node controller asks. */
  exists(providerId: string): boolean {
    const instance = this.parts.aws.ec2.instances.get(providerId.slice(providerId.lastIndexOf('/') + 1));
    return instance !== undefined && instance.state !== 'terminated';
  }

  private follow({ before, after }: TableChange<Instance>): void {
    if (!after?.bootstrap) return;
    if (after.state === 'running' && before === undefined) this.start(after, true);
    else if (after.state === 'running' && before!.state === 'pending') this.bootLater(after);
    else if (after.state === 'shutting-down') {
      const kubelet = this.kubelets.get(nodeNameOf(after.privateIp));
      if (kubelet?.description.instanceId !== after.instanceId) return;
      kubelet.powerOff();
      this.parts.nodeNetwork.powerOff(kubelet.name);
    }
  }

  private bootLater(instance: Instance): void {
    const { kernel } = this.parts;
    const name = nodeNameOf(instance.privateIp);
    kernel.after(NODE_BOOT_MS.base + kernel.random.fraction() * NODE_BOOT_MS.spread, 'node/boot', name, () => this.start(instance, false));
  }

  private start(instance: Instance, booted: boolean): void {
    const { kernel, api, aws, network, images, nodeNetwork, clusterDns, clusterDomain } = this.parts;
    const bootstrap = instance.bootstrap!;
    if (aws.ec2.instances.get(instance.instanceId)?.state !== 'running') return;
    const size = nodeSize(instance.instanceType, bootstrap.maxPods ?? nodeNetwork.maxPods(instance));
    assert(size, `instance type ${instance.instanceType} is not modelled`);
    const name = nodeNameOf(instance.privateIp);
    const description: NodeDescription = {
      name, address: instance.privateIp, zone: instance.zone, region: aws.foundation.region, size, instanceId: instance.instanceId,
      kubeletVersion: `v${bootstrap.kubernetesVersion}-eks-7a6e1f9`, labels: bootstrap.labels, taints: bootstrap.taints, machineId: kernel.random.uuid(),
    };
    const ipamd = nodeNetwork.join(instance, name, () => this.kubelets.get(name)?.becomeReady());
    const kubelet = new Kubelet(description, {
      kernel, api, network, images, registryCredentials: aws.registryCredentials(instance.roleName, instance.instanceId), programs: this.programs, podNetwork: ipamd, clusterDns, clusterDomain,
      volumeStore: { persistentTree: volume => this.tree(this.persistentTrees, volume), hostTree: path => this.hostTree(instance, description, path) },
    });
    this.kubelets.set(name, kubelet);
    kubelet.register();
    nodeNetwork.begin(ipamd, booted);
  }

  /** A directory of the node's disk; the disk is laid out when somebody first looks. */
  private hostTree(instance: Instance, description: NodeDescription, path: string): Tree {
    const { kernel } = this.parts;
    let root = this.nodeRoots.get(description.name);
    if (!root) this.nodeRoots.set(description.name, root = nodeRoot(kernel, description, this.programs, this.parts, this.parts.nodeNetwork.files(description.name)));
    return root.directory(path, kernel.nowMs) ?? root;
  }

  private tree(trees: Map<string, Tree>, key: string): Tree {
    const known = trees.get(key) ?? new Tree({ atMs: this.parts.kernel.nowMs });
    trees.set(key, known);
    return known;
  }
}
