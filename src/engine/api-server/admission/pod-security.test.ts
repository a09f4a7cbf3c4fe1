/** Words: recorded refusals and warnings of a v1.35 control plane. */
import { describe, expect, test } from 'vitest';
import { Kernel } from '../../kernel/kernel.ts';
import { createApiServer } from '../api-server.ts';

// eslint-disable-next-line @typescript-eslint/no-explicit-any
type Json = any;

function server(labels: Record<string, string>) {
  const api = createApiServer({ kernel: new Kernel({ seed: 1 }) });
  const ask = (method: 'POST' | 'PATCH', path: string, body: unknown, type = 'application/json'): { code: number; message: string; warnings: string } => {
    const { code, body: answer, headers } = api.handle({ method, path, body, headers: { 'content-type': type }, user: { name: 'admin', groups: ['system:masters'] } });
    return { code, message: (answer as Json).message ?? '', warnings: headers.warning ?? '' };
  };
  ask('POST', '/api/v1/namespaces', { metadata: { name: 'dock', labels } });
  ask('POST', '/api/v1/namespaces/dock/serviceaccounts', { metadata: { name: 'default' } });
  const pod = (spec: object, name = 'p') => ask('POST', '/api/v1/namespaces/dock/pods', { apiVersion: 'v1', kind: 'Pod', metadata: { name }, spec: { containers: [{ name: 'c', image: 'i' }], ...spec } });
  return { ask, pod };
}

const PLAIN = 'allowPrivilegeEscalation != false (container "c" must set securityContext.allowPrivilegeEscalation=false), unrestricted capabilities (container "c" must set securityContext.capabilities.drop=["ALL"]), '
  + 'runAsNonRoot != true (pod or container "c" must set securityContext.runAsNonRoot=true), seccompProfile (pod or container "c" must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost")';
const GOOD = { securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } }, containers: [{ name: 'c', image: 'i', securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } } }] };
const enforce = (level: string) => ({ 'pod-security.kubernetes.io/enforce': level });

describe('a namespace with a level', () => {
  test.each<[string, object, string]>([
    ['restricted', {}, PLAIN],
    ['baseline', { hostNetwork: true, hostPID: true, volumes: [{ name: 'h', hostPath: { path: '/' } }] }, 'host namespaces (hostNetwork=true, hostPID=true), hostPath volumes (volume "h")'],
    ['baseline', { containers: [{ name: 'c', image: 'i', securityContext: { privileged: true } }] }, 'privileged (container "c" must not set securityContext.privileged=true)'],
    ['restricted', { ...GOOD, volumes: [{ name: 'n', nfs: { server: 's', path: '/' } }, { name: 'h', hostPath: { path: '/' } }] }, 'restricted volume types (volumes "n", "h" use restricted volume types "hostPath", "nfs")'],
  ])('%s refuses a pod that asks for more', (level, spec, words) => {
    const { pod } = server(enforce(level));
    expect(pod(spec)).toMatchObject({ code: 403, message: `pods "p" is forbidden: violates PodSecurity "${level}:latest": ${words}` });
  });

  test('takes a pod that asks for no more', () => {
    expect(server(enforce('restricted')).pod(GOOD).code).toBe(201);
    expect(server(enforce('baseline')).pod({}).code).toBe(201);
  });

  test('warns of workloads whose pods it would refuse', () => {
    const { ask } = server(enforce('restricted'));
    const template = { metadata: { labels: { a: 'b' } }, spec: { containers: [{ name: 'c', image: 'i' }] } };
    const made = ask('POST', '/apis/apps/v1/namespaces/dock/deployments', { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'd' }, spec: { selector: { matchLabels: { a: 'b' } }, template } });
    expect(made.code).toBe(201);
    expect(made.warnings).toContain(JSON.stringify(`would violate PodSecurity "restricted:latest": ${PLAIN}`));
  });

  test('only warns where it is told to', () => {
    const { pod } = server({ 'pod-security.kubernetes.io/warn': 'baseline', 'pod-security.kubernetes.io/warn-version': 'v1.30' });
    const made = pod({ hostPID: true });
    expect([made.code, made.warnings]).toEqual([201, `299 - ${JSON.stringify('would violate PodSecurity "baseline:v1.30": host namespaces (hostPID=true)')}`]);
  });

  test('tells which pods of its own a new level would refuse, and knows no other levels', () => {
    const { ask, pod } = server({});
    pod({ hostPID: true }, 'a');
    pod({ hostPID: true }, 'b');
    const label = (level: string) => ask('PATCH', '/api/v1/namespaces/dock', { metadata: { labels: enforce(level) } }, 'application/merge-patch+json');
    expect(label('baseline').warnings).toContain('existing pods in namespace \\"dock\\" violate the new PodSecurity enforce level \\"baseline:latest\\"');
    expect(label('strict').message).toBe('Namespace "dock" is invalid: metadata.labels[pod-security.kubernetes.io/enforce]: Invalid value: "strict": must be one of privileged, baseline, restricted');
  });
});
