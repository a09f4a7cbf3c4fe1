/** The VPC CNI of a cluster: one ipamd a node, and the images of its DaemonSet, whose process is ipamd's life. */
import type { Reader } from '../../api-server/contract.ts';
import type { ImageDefinition } from '../../images/contract.ts';
import { rfc3339 } from '../../kernel/calendar.ts';
import { suspend } from '../../kernel/task.ts';
import type { SystemProcess, SystemProgram } from '../../userland/contract.ts';
import { Ipamd, type IpamdNode, type IpamdParts } from './ipamd.ts';
import { introspect, metrics } from './introspection.ts';

const MIB = 1024 * 1024;
/** The account that EKS keeps its add-ons' images in, in most regions. */
const REGISTRY_ACCOUNT = '602401143452';

/** The kind it brings, for custom networking. */
export const ENI_CONFIG = { group: 'crd.k8s.amazonaws.com', version: 'v1alpha1', name: 'eniconfigs', singular: 'eniconfig', kind: 'ENIConfig', namespaced: false } as const;

interface DaemonSetView { readonly spec?: { readonly template?: { readonly spec?: { readonly containers?: readonly { readonly name: string; readonly env?: readonly { readonly name: string; readonly value?: string }[] }[] } } } }

export class VpcCni {
  /** By node name. */
  readonly ipamds = new Map<string, Ipamd>();

  constructor(private readonly reader: () => Reader, private readonly clusterName: string) {}

  /** ipamd of a new machine. It starts with aws-node's process; see {@link Ipamd.prime} for machines that are already up. */
  join(node: IpamdNode, parts: IpamdParts): Ipamd {
    this.ipamds.get(node.nodeName)?.powerOff();
    const ipamd = new Ipamd(node, parts);
    this.ipamds.set(node.nodeName, ipamd);
    return ipamd;
  }

  /** Whether aws-node decides; without the DaemonSet (bare clusters) ipamd runs on the host with its defaults. */
  get isInstalled(): boolean {
    return this.daemonSet() !== undefined;
  }

  /** The environment that the DaemonSet gives a pod of today, or the manifest's defaults. */
  environment(): ReadonlyMap<string, string> {
    const container = this.daemonSet()?.spec?.template?.spec?.containers?.find(({ name }) => name === 'aws-node');
    if (container) return new Map((container.env ?? []).map(({ name, value = '' }) => [name, value]));
    return new Map([['WARM_ENI_TARGET', '1'], ['WARM_PREFIX_TARGET', '1'], ['ENABLE_PREFIX_DELEGATION', 'false'], ['CLUSTER_NAME', this.clusterName]]);
  }

  images(region: string): readonly ImageDefinition[] {
    const registry = `${REGISTRY_ACCOUNT}.dkr.ecr.${region}.amazonaws.com`;
    return [
      {
        repository: `${registry}/amazon-k8s-cni`, tags: 'any', sizeBytes: 49 * MIB, userland: 'none', entrypoint: ['/app/aws-vpc-cni'],
        programs: { '/app/aws-vpc-cni': this.daemon(), '/app/grpc-health-probe': this.healthProbe() },
      },
      { repository: `${registry}/amazon-k8s-cni-init`, tags: 'any', sizeBytes: 61 * MIB, userland: 'none', entrypoint: ['/init/aws-vpc-cni-init'], programs: { '/init/aws-vpc-cni-init': initProgram } },
      { repository: `${registry}/amazon/aws-network-policy-agent`, tags: 'any', sizeBytes: 37 * MIB, userland: 'none', entrypoint: ['/controller'], programs: { '/controller': policyAgent } },
    ];
  }

  private daemonSet(): DaemonSetView | undefined {
    return this.reader().get<DaemonSetView>('DaemonSet', 'kube-system', 'aws-node');
  }

  /** Source: cmd/aws-vpc-cni/main.go. */
  private daemon(): SystemProgram {
    const { ipamds } = this;
    const reader = (): Reader => this.reader();
    return function* awsVpcCni(process) {
      const ipamd = ipamds.get(process.system.hostname);
      yield* say(process, 'info', 'Starting IPAM daemon... ');
      yield* say(process, 'info', 'Checking for IPAM connectivity... ');
      if (!ipamd) {
        yield* say(process, 'error', 'Timed out waiting for IPAM daemon to start');
        return 1;
      }
      process.onExit(() => ipamd.stop());
      const problem = yield* suspend<string | undefined>(resume => ipamd.start(process.env, resume));
      if (problem !== undefined) {
        yield* say(process, 'error', problem);
        return 1;
      }
      process.system.network.listen(50051);
      process.system.network.listen(61679, (request, respond) => respond(introspect(ipamd, reader(), request)), { loopbackOnly: true });
      process.system.network.listen(61678, (request, respond) => respond(metrics(ipamd, request)));
      yield* say(process, 'info', 'Copying config file... ');
      yield* say(process, 'info', 'Successfully copied CNI plugin binary and config file.');
      yield* untilSignal(process);
      return 0;
    };
  }

  private healthProbe(): SystemProgram {
    const { ipamds } = this;
    return function* grpcHealthProbe(process) {
      if (ipamds.get(process.system.hostname)?.isUp) {
        yield* process.write(1, 'status: SERVING\n');
        return 0;
      }
      yield* process.write(2, 'timeout: failed to connect service ":50051" within 5s\n');
      return 2;
    };
  }
}

function* say(process: SystemProcess, level: string, message: string) {
  yield* process.write(1, `time="${rfc3339(process.kernel.nowMs)}" level=${level} msg="${message}"\n`);
}

function* untilSignal(process: SystemProcess) {
  yield* suspend<void>(resume => { for (const signal of ['SIGTERM', 'SIGINT'] as const) process.onSignal(signal, () => resume()); });
}

/** Source: cmd/aws-vpc-cni-init/main.go. */
const initProgram: SystemProgram = function* awsVpcCniInit(process) {
  yield* say(process, 'info', 'Copying CNI plugin binaries ...');
  yield* process.sleep(300);
  yield* say(process, 'info', 'Copied all CNI plugin binaries to /host/opt/cni/bin');
  yield* say(process, 'info', 'Found primaryMAC');
  yield* say(process, 'info', 'CNI init container done');
  return 0;
};

/** The network policy agent stands by: policies are not enforced. */
const policyAgent: SystemProgram = function* networkPolicyAgent(process) {
  yield* untilSignal(process);
  return 0;
};
