import { expect, test } from 'vitest';
import { contentFromFiles } from '../../src/hosts/content-files.ts';
import { LineRunner } from '../../src/hosts/line-runner.ts';

test('a kubeconfig written by eksctl opens the cluster, and keeps what was in it', async () => {
  const runner = LineRunner.in({ kind: 'estate', estate: 'kubeflow-ops', slice: 'core' }, 1, contentFromFiles());
  const said = async (line: string): Promise<string> => {
    const { stdout, stderr } = await runner.run(line);
    return stdout + stderr;
  };
  expect(await said('eksctl utils write-kubeconfig --cluster kfo-prod')).toMatch(/\[✔\] {2}saved kubeconfig as "\/home\/\w+\/\.kube\/config"/);
  expect(await said('kubectl config current-context')).toBe('oncall@kfo-prod.eu-west-1.eksctl.io\n');
  expect(await said('kubectl config get-contexts -o name')).toBe('kfo-prod\noncall@kfo-prod.eu-west-1.eksctl.io\n');
  expect(await said('kubectl get ns shop --no-headers')).toMatch(/^shop +Active/);
  expect(await said('eksctl utils write-kubeconfig --cluster nowhere')).toContain('No cluster found for name: nowhere.');
  expect(await said('eksctl utils update-coredns --cluster kfo-prod')).toContain('aws eks update-addon --addon-name coredns is');
});
