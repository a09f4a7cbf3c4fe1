import { describe, expect, test } from 'vitest';
import { conflicts, merged, wanted, type AddonConfiguration, type Workload } from './addon-objects.ts';

/** A DaemonSet whose container has these variables: `A=1 B=2`. */
const workload = (env: string, image = 'cni:v1'): Workload => ({
  apiVersion: 'apps/v1', kind: 'DaemonSet', metadata: { name: 'aws-node', namespace: 'kube-system' },
  spec: { selector: {}, template: { spec: { containers: [{ name: 'aws-node', image, ...(env && { env: env.split(' ').map(each => ({ name: each.split('=')[0]!, value: each.split('=')[1]! })) }) }] } } },
}) as unknown as Workload;

const words = ({ spec }: Workload): string => {
  const [container] = spec!.template.spec!.containers;
  return `${container!.image} ${(container!.env ?? []).map(({ name, value }) => `${name}=${value}`).join(' ')}`.trim();
};

describe('what EKS wants of an add-on', () => {
  test.each<[string, AddonConfiguration, string, string]>([
    ['as shipped', {}, 'v1', 'cni:v1 A=1'],
    ['a value of its own', { env: { A: '3' } }, 'v1', 'cni:v1 A=3'],
    ['more variables, by name', { env: { C: '2', B: '1' } }, 'v1', 'cni:v1 A=1 B=1 C=2'],
    ['another version', {}, 'v2', 'cni:v2 A=1'],
  ])('%s', (_, configuration, version, expected) => {
    expect(words(wanted(workload('A=1'), 'v1', version, configuration))).toBe(expected);
  });
});

describe('an update over changes by others', () => {
  test.each([
    ['nobody changed anything', 'A=1', 'A=1', 'A=2', [], 'cni:v1 A=2', 'cni:v1 A=2'],
    ['a value was changed', 'A=9', 'A=1', 'A=1', ['A'], 'cni:v1 A=1', 'cni:v1 A=9'],
    ['a value was changed to what comes', 'A=2', 'A=1', 'A=2', [], 'cni:v1 A=2', 'cni:v1 A=2'],
    ['a variable was added', 'A=1 X=7', 'A=1', 'A=2', [], 'cni:v1 A=2', 'cni:v1 A=2 X=7'],
    ['a setting is taken back', 'A=1 B=2', 'A=1 B=2', 'A=1', [], 'cni:v1 A=1', 'cni:v1 A=1'],
  ])('%s: live %s, had %s, wants %s', (_, live, had, wants, clashing, overwritten, preserved) => {
    const [now, before, after] = [workload(live), workload(had), workload(wants)];
    expect(conflicts(now, before, after)).toEqual(clashing.map(name => `DaemonSet.apps aws-node - .spec.template.spec.containers[name="aws-node"].env[name="${name}"].value`));
    expect(words(merged(now, before, after, 'OVERWRITE'))).toBe(overwritten);
    expect(words(merged(now, before, after, 'PRESERVE'))).toBe(preserved);
  });
});
