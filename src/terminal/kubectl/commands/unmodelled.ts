/** Commands of the real kubectl that Drydock does not model; each names the nearest thing that is. */
import { fail } from '../client/failure.ts';
import { type Command, defineCommand } from '../command.ts';

export const NEAREST: Readonly<Record<string, string>> = {
  'cp': 'kubectl exec POD -- cat FILE is',
  'port-forward': 'kubectl exec POD -- curl and kubectl run --rm -it are',
  'proxy': 'kubectl get --raw PATH is',
  'cluster-info dump': 'kubectl get and kubectl logs are',
  'certificate approve': 'kubectl create token is',
  'certificate deny': 'kubectl create token is',
  'auth reconcile': 'kubectl apply -f is',
  'apply edit-last-applied': 'kubectl edit and kubectl apply set-last-applied are',
  'completion': 'this terminal completes kubectl with Tab by itself; completion scripts',
  'alpha kuberc set': 'shell aliases are',
  'alpha kuberc view': 'shell aliases are',
};

export const unmodelled: readonly Command[] = Object.entries(NEAREST).map(([path, nearest]) => defineCommand({
  path,
  // eslint-disable-next-line require-yield
  *run(session) {
    if (path === 'completion') {
      if (session.args.length === 0) session.usage('Shell not specified.');
      fail(`${nearest} are not modelled`);
    }
    fail(`kubectl ${path} is not modelled; ${nearest}`);
  },
}));
