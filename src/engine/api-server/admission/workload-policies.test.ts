import { describe, expect, test } from 'vitest';
import { Kernel } from '../../kernel/kernel.ts';
import { createApiServer } from '../api-server.ts';

const ECR = '111122223333.dkr.ecr.eu-west-1.amazonaws.com';
const client = () => {
  const api = createApiServer({ kernel: new Kernel({ seed: 1, startMs: 0 }), policies: { namespaces: ['shop*'], allowedRegistries: [ECR, 'registry.k8s.io'] } });
  const admin = api.as({ name: 'admin', groups: ['system:masters'] });
  for (const name of ['shop', 'shop-staging', 'other']) {
    admin.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
    admin.create({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default', namespace: name } });
  }
  return admin;
};

type Change = Record<string, unknown>;
const deployment = (container: Change, pod: Change = {}, labels: Change = { team: 'web' }, namespace = 'shop') => ({
  apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web', namespace },
  spec: {
    selector: { matchLabels: { app: 'web' } },
    template: {
      metadata: { labels: { app: 'web', ...labels } },
      spec: {
        securityContext: { runAsNonRoot: true, runAsUser: 10001 }, ...pod,
        containers: [{ name: 'web', image: `${ECR}/kfo/web:sha-1`, resources: { requests: { cpu: '100m', memory: '64Mi' }, limits: { memory: '64Mi' } }, ...container }],
      },
    },
  },
});

describe('an estate\'s rules for workloads', () => {
  test.each([
    ['a workload that keeps every rule', deployment({}), undefined],
    ['no memory limit', deployment({ resources: { requests: { cpu: '1', memory: '1Gi' } } }), 'require-requests-limits'],
    ['no requests', deployment({ resources: { limits: { memory: '1Gi', 'ephemeral-storage': '1Gi' } } }), 'require-requests-limits'],
    ['a CPU limit is not asked for', deployment({ resources: { requests: { cpu: '1', memory: '1Gi' }, limits: { memory: '1Gi' } } }), undefined],
    ['an unknown registry', deployment({ image: 'quay.io/kfo/web:1' }), 'allowed-registries'],
    ['Docker Hub, which is only audited', deployment({ image: 'nginx:1.27' }), undefined],
    ['the tag latest', deployment({ image: `${ECR}/kfo/web:latest` }), 'disallow-latest-tag'],
    ['no tag at all', deployment({ image: `${ECR}/kfo/web` }), 'disallow-latest-tag'],
    ['a digest instead of a tag', deployment({ image: `${ECR}/kfo/web@sha256:${'0'.repeat(64)}` }), undefined],
    ['root by number', deployment({ securityContext: { runAsUser: 0 } }), 'require-run-as-nonroot'],
    ['nothing said about root', deployment({}, { securityContext: {} }), 'require-run-as-nonroot'],
    ['said by the container alone', deployment({ securityContext: { runAsNonRoot: true } }, { securityContext: {} }), undefined],
    ['no team', deployment({}, {}, {}), 'require-team-label'],
    ['the same in a staging namespace', deployment({}, {}, {}, 'shop-staging'), 'require-team-label'],
    ['the same outside', deployment({}, {}, {}, 'other'), undefined],
  ])('%s', (_, object, policy) => {
    const answer = client().create(object);
    if (policy === undefined) expect(answer).toMatchObject({ ok: true });
    else expect(answer).toMatchObject({ ok: false, status: { message: expect.stringContaining(`\n\n${policy}:\n  autogen-`) as string } });
  });

  test('a refusal names every broken rule, in Kyverno\'s words', () => {
    const answer = client().create(deployment({ image: 'quay.io/kfo/web' }));
    expect(answer.ok ? '' : answer.status.message).toBe(`admission webhook "validate.kyverno.svc-fail" denied the request: 

resource Deployment/shop/web was blocked due to the following policies 

allowed-registries:
  autogen-validate-registries: 'validation error: Unknown image registry. rule autogen-validate-registries failed at path /spec/template/spec/containers/0/image/'
disallow-latest-tag:
  autogen-require-image-tag: 'validation error: An image tag is required. rule autogen-require-image-tag failed at path /spec/template/spec/containers/0/image/'
`);
  });

  test('only a changed template is looked at: scaling never meets a rule', () => {
    const admin = client();
    admin.create(deployment({}));
    expect(admin.patch('Deployment', { namespace: 'shop', name: 'web' }, 'merge', { spec: { replicas: 3 } }).ok).toBe(true);
    expect(admin.patch('Deployment', { namespace: 'shop', name: 'web' }, 'strategic', { spec: { template: { spec: { containers: [{ name: 'web', image: 'web:latest' }] } } } }).ok).toBe(false);
  });
});
