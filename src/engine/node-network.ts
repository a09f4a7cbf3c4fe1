/** How machines get their network plugin, part of the composition root: EC2 and the API server on one side, ipamd on the other. */
import type { RunningApiServer } from './api-server/api-server.ts';
import type { AwsAccount } from './aws/account.ts';
import type { Instance } from './aws/ec2/contract.ts';
import { Ipamd } from './addons/vpc-cni/ipamd.ts';
import { settingsOf } from './addons/vpc-cni/settings.ts';
import { VpcCni } from './addons/vpc-cni/vpc-cni.ts';
import { CountingRecorder, subjectOf } from './events/recorder.ts';
import { NODE_BOOT_MS } from './facts/kubelet.ts';
import { holdsAddress, ipToNumber, parseCidr, type Range } from './apimachinery/cidr.ts';
import { VpcRoutes } from './aws/ec2/routes.ts';
import type { Kernel } from './kernel/kernel.ts';
import type { NodeFiles } from './kubelet/node-root.ts';
import { maxPodsOf } from './kubelet/node-sizes.ts';
import type { StoredPod } from './kubelet/pod.ts';
import type { Surroundings } from './network/contract.ts';

export interface NodeNetworkParts {
  readonly kernel: Kernel;
  readonly api: RunningApiServer;
  readonly aws: AwsAccount;
  readonly vpcCni: VpcCni;
}

const AWS_NODE = { name: 'system:serviceaccount:kube-system:aws-node', groups: ['system:serviceaccounts', 'system:masters', 'system:authenticated'] };

export class NodeNetwork {
  private readonly byInstance = new Map<string, Ipamd>();

  constructor(private readonly parts: NodeNetworkParts) {
    parts.aws.ec2.interfaces.onChange(({ before, after }) => {
      for (const id of new Set([before?.attachment?.instanceId, after?.attachment?.instanceId])) if (id !== undefined) this.byInstance.get(id)?.noticeChange();
    });
  }

  /** The plugin of a new node; `ready` is called once its configuration is in place. */
  join(instance: Instance, nodeName: string, ready: () => void): Ipamd {
    const { kernel, api, aws, vpcCni } = this.parts;
    const { ec2 } = aws;
    const recorder = new CountingRecorder(kernel, api.as(AWS_NODE), 'aws-node', nodeName);
    const ipamd = vpcCni.join({
      nodeName, instanceId: instance.instanceId, instanceType: instance.instanceType, zone: instance.zone, subnetId: instance.subnetId,
      vpcId: ec2.subnets.get(instance.subnetId)!.vpcId, securityGroupIds: instance.securityGroupIds, attached: () => ec2.attachedTo(instance.instanceId),
    }, {
      kernel, reader: api.reader, aws: aws.api.as(aws.roleSession(instance.roleName, instance.instanceId)), initialised: ready,
      warn: (reason, message) => {
        const pod = api.reader.podsOnNode<StoredPod>(nodeName).find(({ metadata }) => metadata.labels?.['k8s-app'] === 'aws-node');
        if (pod) recorder.record(subjectOf(pod), 'Warning', reason, message);
      },
    });
    this.byInstance.set(instance.instanceId, ipamd);
    return ipamd;
  }

  /** The node has joined: its plugin is up already when `booted`; else it comes with aws-node, or with the host where there is none. */
  begin(ipamd: Ipamd, booted: boolean): void {
    const { kernel, vpcCni } = this.parts;
    if (booted) {
      ipamd.prime(vpcCni.environment());
      return;
    }
    kernel.after(NODE_BOOT_MS.readyAfterJoin, 'node/ready', ipamd.node.nodeName, () => {
      if (!vpcCni.isInstalled) ipamd.start(vpcCni.environment(), () => undefined);
    });
  }

  /** What a managed node group tells the kubelets of its machines; other machines take nodeadm's number. */
  maxPods({ instanceType, bootstrap }: Instance): number | undefined {
    if (bootstrap?.labels['eks.amazonaws.com/nodegroup'] === undefined) return undefined;
    const { prefixDelegation, customNetworking } = settingsOf(this.parts.vpcCni.environment());
    return maxPodsOf(instanceType, { managed: true, prefixDelegation, customNetworking });
  }

  /**
   * How packets leave. Inside the VPC the local route carries them; beyond it they go out through the node's own subnet, because
   * the plugin gives them the node's address (AWS_VPC_K8S_CNI_EXTERNALSNAT=false), else through the subnet of the pod's address.
   */
  surroundings(): Surroundings {
    const { aws: { ec2 }, vpcCni } = this.parts;
    const routes = new VpcRoutes(ec2);
    let ranges: readonly Range[] = [];
    const learn = (): void => { ranges = ec2.vpcs.list().flatMap(vpc => vpc.cidrs.map(({ cidr }) => parseCidr(cidr)!)); };
    ec2.vpcs.onChange(learn);
    learn();
    return {
      blocked: ({ address, node }, to) => {
        const value = ipToNumber(to);
        if (ranges.some(range => holdsAddress(range, value))) return undefined;
        const ipamd = vpcCni.ipamds.get(node);
        if (!ipamd) return undefined;
        const subnetId = ipamd.settings.externalSnat ? ec2.subnetOf(address)?.subnetId ?? ipamd.node.subnetId : ipamd.node.subnetId;
        return routes.blocked(subnetId, to);
      },
    };
  }

  /** The machine ends. */
  powerOff(nodeName: string): void {
    this.parts.vpcCni.ipamds.get(nodeName)?.powerOff();
  }

  /** Log files of the plugin on a node's disk. */
  files(nodeName: string): NodeFiles {
    const { ipamds } = this.parts.vpcCni;
    return new Map([
      ['/var/log/aws-routed-eni/ipamd.log', () => ipamds.get(nodeName)?.log.text ?? ''],
      ['/var/log/aws-routed-eni/plugin.log', () => ipamds.get(nodeName)?.pluginLog.text ?? ''],
    ]);
  }
}
