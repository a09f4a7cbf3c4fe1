import { describe, expect, test } from 'vitest';
import { ImageCatalogue } from './catalogue.ts';
import { libraryImages } from './library.ts';
import { parseImageReference } from './reference.ts';

describe('image references', () => {
  test.each([
    ['nginx', 'docker.io/library/nginx:latest'],
    ['nginx:1.27', 'docker.io/library/nginx:1.27'],
    ['curlimages/curl', 'docker.io/curlimages/curl:latest'],
    ['registry.k8s.io/pause:3.10', 'registry.k8s.io/pause:3.10'],
    ['localhost:5000/app', 'localhost:5000/app:latest'],
    ['ghcr.io/a/b/c@sha256:00', 'ghcr.io/a/b/c@sha256:00'],
  ])('%s is %s', (text, full) => {
    expect(parseImageReference(text)).toMatchObject({ full });
  });

  test.each([['Nginx', 'invalid reference format: repository name (library/Nginx) must be lowercase'], ['a b', 'invalid reference format'], ['nginx:', 'invalid reference format']])('%s is none: %s', (text, complaint) => {
    expect(parseImageReference(text)).toBe(complaint);
  });
});

describe('what registries answer', () => {
  const ecr = '111122223333.dkr.ecr.eu-west-1.amazonaws.com';
  const catalogue = new ImageCatalogue([...libraryImages, { repository: `${ecr}/kfo/orders`, tags: ['sha-1'], sizeBytes: 1 }]);
  test.each([
    ['nginx:1.27', undefined],
    ['ghcr.io/nobody/knows:1', undefined],                                       // public and unknown: runs generically
    [`${ecr}/kfo/orders:sha-1`, undefined],
    [`${ecr}/kfo/orders:sha-2`, `rpc error: code = NotFound desc = failed to pull and unpack image "${ecr}/kfo/orders:sha-2": failed to resolve reference "${ecr}/kfo/orders:sha-2": ${ecr}/kfo/orders:sha-2: not found`],
    [`${ecr}/kfo/odrers:sha-1`, `rpc error: code = NotFound desc = failed to pull and unpack image "${ecr}/kfo/odrers:sha-1": failed to resolve reference "${ecr}/kfo/odrers:sha-1": ${ecr}/kfo/odrers:sha-1: not found`],
    ['ngnix', 'failed to pull and unpack image "docker.io/library/ngnix:latest": failed to resolve reference "docker.io/library/ngnix:latest": pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed'],
    ['444455556666.dkr.ecr.eu-west-1.amazonaws.com/x:1', 'failed to pull and unpack image "444455556666.dkr.ecr.eu-west-1.amazonaws.com/x:1": failed to resolve reference "444455556666.dkr.ecr.eu-west-1.amazonaws.com/x:1": unexpected status from HEAD request to https://444455556666.dkr.ecr.eu-west-1.amazonaws.com/v2/x/manifests/1: 403 Forbidden'],
  ])('%s', (reference, error) => {
    const answer = catalogue.pull(reference);
    expect(answer.ok ? undefined : answer.error).toBe(error);
  });

  test('the same reference has the same digest every time', () => {
    const digest = (): string => { const answer = catalogue.pull('nginx:1.27'); return answer.ok ? answer.digest : ''; };
    expect(digest()).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(digest()).toBe(digest());
  });
});
