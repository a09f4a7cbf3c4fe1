/** Every command of eksctl that is modelled, and the ones that are known and refused. */
import type { EksctlCommand } from '../command.ts';
import { getCommands } from './get.ts';
import { nodeGroupCommands } from './node-groups.ts';
import { upgradeCommands } from './upgrade.ts';
import { utilsCommands } from './write-kubeconfig.ts';

export const eksctlCommands: readonly EksctlCommand[] = [...getCommands, ...upgradeCommands, ...nodeGroupCommands, ...utilsCommands];

/** Verbs with the one line their help gives them. */
export const VERBS: Readonly<Record<string, string>> = {
  create: 'Create resource(s)', get: 'Get resource(s)', delete: 'Delete resource(s)', scale: 'Scale resources(s)', drain: 'Drain resource(s)', upgrade: 'Upgrade resource(s)', utils: 'Various utils',
};

/** What exists in the real program and not here: words → what to use instead. */
export const REFUSED: Readonly<Record<string, string>> = {
  'get iamidentitymapping': 'aws eks list-access-entries shows who may enter', 'get iamserviceaccount': 'aws iam list-roles shows roles', 'get labels': 'aws eks describe-nodegroup --query nodegroup.labels shows them',
  'get fargateprofile': 'node groups are: eksctl get nodegroup', 'get accessentry': 'aws eks list-access-entries is', 'create cluster': 'the estate has its cluster: eksctl get cluster',
  'delete cluster': 'eksctl delete nodegroup is', 'create iamserviceaccount': 'aws iam create-role and kubectl annotate do the same', 'create addon': 'aws eks update-addon changes one that is there',
  'update addon': 'aws eks update-addon is', 'create accessentry': 'aws eks list-access-entries is', 'set labels': 'aws eks update-nodegroup-config --labels is', 'unset labels': 'aws eks update-nodegroup-config --labels is',
  'utils update-cluster-vpc-config': 'eksctl utils write-kubeconfig is', 'utils associate-iam-oidc-provider': 'aws eks describe-cluster --query cluster.identity shows the issuer; the estate has no roles for service accounts',
  'utils update-kube-proxy': 'aws eks update-addon --addon-name kube-proxy is', 'utils update-coredns': 'aws eks update-addon --addon-name coredns is', 'utils update-aws-node': 'aws eks update-addon --addon-name vpc-cni is',
  'utils describe-stacks': 'eksctl get nodegroup is', 'utils nodegroup-health': 'aws eks describe-nodegroup --query nodegroup.health is', 'utils describe-addon-versions': 'aws eks describe-addon-versions is',
  'utils update-cluster-logging': 'aws eks describe-cluster is', 'utils schema': 'eksctl create nodegroup --help lists its flags', 'utils migrate-to-access-entry': 'aws eks list-access-entries is',
  enable: 'kubectl apply is', register: 'the estate has its cluster', deregister: 'the estate has its cluster',
  associate: 'aws eks describe-cluster shows the identity provider', disassociate: 'aws eks describe-cluster shows the identity provider', anywhere: 'the estate has its cluster', completion: 'the Tab key completes eksctl', info: 'eksctl version is',
};
