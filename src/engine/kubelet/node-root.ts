/** The disk of a node: what one finds on it through a hostPath volume or `kubectl debug node/…`. */
import { VPC_RESOLVER } from '../facts/network.ts';
import type { Kernel } from '../kernel/kernel.ts';
import type { SystemProgram } from '../userland/contract.ts';
import { MemoryFileSystem } from '../userland/files/file-system.ts';
import { Tree } from '../userland/files/tree.ts';
import { userlandTree } from './container.ts';
import { privateDomain, type NodeDescription } from './node-object.ts';

/** Files that parts of the node keep up to date: absolute path → its text now. */
export type NodeFiles = ReadonlyMap<string, () => string>;

/** What nodeadm is told of the cluster. */
export interface ClusterNames { readonly clusterDns: string; readonly clusterDomain: string }

/** An Amazon Linux 2023 node as nodeadm leaves it. Source: shared facts "nodes and ENI"; awslabs/amazon-eks-ami. */
export function nodeRoot(kernel: Kernel, node: NodeDescription, programs: ReadonlyMap<string, SystemProgram>, cluster: ClusterNames, live: NodeFiles): Tree {
  const tree = userlandTree(programs, 'debian').copy(kernel.nowMs);
  const files = new MemoryFileSystem(kernel, tree, false);
  const write = (path: string, content: string): void => {
    files.makeDirectory(path.slice(0, path.lastIndexOf('/')) || '/', { recursive: true });
    files.write(path, content);
  };
  write('/etc/hostname', `${node.name}.${privateDomain(node.region)}\n`);
  write('/etc/os-release', 'NAME="Amazon Linux"\nVERSION="2023"\nID="amzn"\nID_LIKE="fedora"\nVERSION_ID="2023"\nPLATFORM_ID="platform:al2023"\nPRETTY_NAME="Amazon Linux 2023"\n');
  write('/etc/passwd', 'root:x:0:0:root:/root:/bin/bash\nec2-user:x:1000:1000:EC2 Default User:/home/ec2-user:/bin/bash\n');
  write('/etc/resolv.conf', `search ${privateDomain(node.region)}\nnameserver ${VPC_RESOLVER}\n`);
  write('/etc/kubernetes/kubelet/config.json', `${JSON.stringify(kubeletConfig(node, cluster), null, 4)}\n`);
  for (const directory of ['/var/lib/kubelet', '/var/log/pods', '/var/log/containers', '/etc/cni/net.d', '/opt/cni/bin', '/root', '/home/ec2-user', '/run/containerd']) files.makeDirectory(directory, { recursive: true });
  for (const [path, text] of live) {
    files.makeDirectory(path.slice(0, path.lastIndexOf('/')) || '/', { recursive: true });
    files.setLive(path, text);
  }
  return tree;
}

/** Source: AMI nodeadm/internal/kubelet/config.go, as the facts sheet lists it. */
function kubeletConfig({ size, zone, instanceId }: NodeDescription, { clusterDns, clusterDomain }: ClusterNames): object {
  return {
    kind: 'KubeletConfiguration', apiVersion: 'kubelet.config.k8s.io/v1beta1', cgroupDriver: 'systemd', clusterDNS: [clusterDns], clusterDomain,
    containerRuntimeEndpoint: 'unix:///run/containerd/containerd.sock', evictionHard: { 'memory.available': '100Mi', 'nodefs.available': '10%', 'nodefs.inodesFree': '5%' },
    hairpinMode: 'hairpin-veth', maxPods: size.maxPods, providerID: `aws:///${zone}/${instanceId}`, readOnlyPort: 0, serializeImagePulls: false, serverTLSBootstrap: true,
  };
}
