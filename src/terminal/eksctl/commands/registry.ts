/** Every command of eksctl that is modelled, and the ones that are known and refused. */
import type { EksctlCommand } from '../command.ts';
import { getCommands } from './get.ts';
import { nodeGroupCommands } from './node-groups.ts';
import { upgradeCommands } from './upgrade.ts';

export const eksctlCommands: readonly EksctlCommand[] = [...getCommands, ...upgradeCommands, ...nodeGroupCommands];

/** Verbs with the one line their help gives them. */
export const VERBS: Readonly<Record<string, string>> = {
  create: 'Create resource(s)', get: 'Get resource(s)', delete: 'Delete resource(s)', scale: 'Scale resources(s)', drain: 'Drain resource(s)', upgrade: 'Upgrade resource(s)',
};

/** What exists in the real program and not here: words → what to use instead. */
export const REFUSED: Readonly<Record<string, string>> = {
  'get iamidentitymapping': 'aws eks list-access-entries shows who may enter', 'get iamserviceaccount': 'aws iam list-roles shows roles', 'get labels': 'aws eks describe-nodegroup --query nodegroup.labels shows them',
  'get fargateprofile': 'node groups are: eksctl get nodegroup', 'get accessentry': 'aws eks list-access-entries is', 'create cluster': 'the estate has its cluster: eksctl get cluster',
  'delete cluster': 'eksctl delete nodegroup is', 'create iamserviceaccount': 'aws iam create-role and kubectl annotate do the same', 'create addon': 'aws eks update-addon changes one that is there',
  'update addon': 'aws eks update-addon is', 'create accessentry': 'aws eks list-access-entries is', 'set labels': 'aws eks update-nodegroup-config --labels is', 'unset labels': 'aws eks update-nodegroup-config --labels is',
  utils: 'aws eks update-kubeconfig writes a kubeconfig; aws eks update-cluster-config has the rest', enable: 'kubectl apply is', register: 'the estate has its cluster', deregister: 'the estate has its cluster',
  associate: 'aws eks describe-cluster shows the identity provider', disassociate: 'aws eks describe-cluster shows the identity provider', anywhere: 'the estate has its cluster', completion: 'the Tab key completes eksctl', info: 'eksctl version is',
};
