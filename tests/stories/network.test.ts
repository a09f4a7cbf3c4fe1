import { describe, expect, test } from 'vitest';
import { aDeployment, aPod, ClusterDriver } from '../../src/testing/cluster-driver.ts';

const DNS = [
  { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'coredns', namespace: 'kube-system' }, spec: { replicas: 1, selector: { matchLabels: { 'k8s-app': 'kube-dns' } }, template: { metadata: { labels: { 'k8s-app': 'kube-dns' } }, spec: { containers: [{ name: 'coredns', image: 'registry.k8s.io/coredns/coredns:v1.12.3', ports: [{ containerPort: 53 }] }] } } } },
  { apiVersion: 'v1', kind: 'Service', metadata: { name: 'kube-dns', namespace: 'kube-system' }, spec: { clusterIP: '172.20.0.10', selector: { 'k8s-app': 'kube-dns' }, ports: [{ name: 'dns', port: 53, protocol: 'UDP' }] } },
];
const WEB = aDeployment('web', { replicas: 2, container: { image: 'nginx', command: undefined, ports: [{ name: 'http', containerPort: 80 }] } });
const service = (spec: object): object => ({ apiVersion: 'v1', kind: 'Service', metadata: { name: 'web', namespace: 'default' }, spec: { selector: { app: 'web' }, ...spec } });

function curl(world: ClusterDriver, url: string): string {
  world.create(aPod('client', { script: `curl -s -S -o /dev/null -w '%{http_code}' -m 3 ${url} 2>&1; echo " exit $?"`, container: { image: 'curlimages/curl', command: ['sh', '-c', `curl -s -S -o /dev/null -w '%{http_code}' -m 3 ${url} 2>&1; echo " exit $?"`] }, spec: { restartPolicy: 'Never' } }));
  world.pass(20);
  return String(world.cluster.api.handle({ method: 'GET', path: '/api/v1/namespaces/default/pods/client/log', user: world.client.user }).body).trim();
}

function aWorld(...objects: object[]): ClusterDriver {
  const world = new ClusterDriver();
  for (const object of [...DNS, ...objects]) world.create(object);
  return world.pass(30);
}

describe('what a client sees of a Service', () => {
  test('endpoints, right port: 200', () => {
    expect(curl(aWorld(WEB, service({ ports: [{ port: 8080, targetPort: 'http' }] })), 'http://web:8080/')).toBe('200 exit 0');
  });

  test('a selector that matches nothing: refused', () => {
    expect(curl(aWorld(WEB, service({ selector: { app: 'wbe' }, ports: [{ port: 80 }] })), 'http://web/')).toMatch(/curl: \(7\) .*web port 80.* exit 7$/s);
  });

  test('a wrong targetPort: endpoints, and refused all the same', () => {
    const world = aWorld(WEB, service({ ports: [{ port: 80, targetPort: 8080 }] }));
    expect(world.cluster.api.reader.list<{ endpoints: unknown[] }>('EndpointSlice', { namespace: 'default' }).find(slice => slice.metadata.name.startsWith('web-'))!.endpoints).toHaveLength(2);
    expect(curl(world, 'http://web/')).toMatch(/exit 7$/);
  });

  test('a name that does not exist', () => {
    expect(curl(aWorld(WEB), 'http://wbe/')).toMatch(/curl: \(6\) Could not resolve host: wbe/);
  });

  test('a pod that is not ready gets nothing', () => {
    const world = aWorld(aDeployment('web', { replicas: 1, container: { image: 'nginx', command: undefined, readinessProbe: { httpGet: { path: '/missing', port: 80 } } } }), service({ ports: [{ port: 80 }] }));
    expect(curl(world, 'http://web/')).toMatch(/exit 7$/);
  });

  test('without name servers nothing resolves', () => {
    const world = new ClusterDriver();
    world.create(WEB);
    world.create(service({ ports: [{ port: 80 }] }));
    world.pass(20);
    expect(curl(world, 'http://web/')).toMatch(/exit (6|28)$/);
  });

  test('a headless Service answers with the pods themselves', () => {
    expect(curl(aWorld(WEB, service({ clusterIP: 'None', ports: [{ port: 80 }] })), 'http://web/')).toBe('200 exit 0');
  });
});
