import { describe, expect, test } from 'vitest';
import { contentFromFiles } from '../../src/hosts/content-files.ts';
import { LineRunner } from '../../src/hosts/line-runner.ts';

const content = contentFromFiles();
const onEmpty = (): LineRunner => LineRunner.in({ kind: 'empty', nodes: 3 }, 11, content, { lineTimeoutMs: 300_000 });

/** A shop as one finds them in tutorials: a cache, a database with an init container waiting for it, services, probes, unknown images. */
const SHOP = `apiVersion: v1
kind: Namespace
metadata:
  name: boutique
---
apiVersion: v1
kind: ConfigMap
metadata: { name: settings, namespace: boutique }
data:
  CURRENCY: EUR
  greeting.txt: |
    hello
    there
---
apiVersion: v1
kind: Secret
metadata: { name: db, namespace: boutique }
type: Opaque
stringData: { password: s3cret }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: redis-cart, namespace: boutique }
spec:
  selector: { matchLabels: { app: redis-cart } }
  template:
    metadata: { labels: { app: redis-cart } }
    spec:
      containers:
      - name: redis
        image: redis:alpine
        ports: [{ containerPort: 6379 }]
        readinessProbe: { periodSeconds: 5, tcpSocket: { port: 6379 } }
        volumeMounts: [{ mountPath: /data, name: redis-data }]
        resources: { limits: { memory: 256Mi, cpu: 125m }, requests: { cpu: 70m, memory: 200Mi } }
      volumes: [{ name: redis-data, emptyDir: {} }]
---
apiVersion: v1
kind: Service
metadata: { name: redis-cart, namespace: boutique }
spec: { selector: { app: redis-cart }, ports: [{ name: tcp-redis, port: 6379, targetPort: 6379 }] }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: cartservice, namespace: boutique }
spec:
  selector: { matchLabels: { app: cartservice } }
  template:
    metadata: { labels: { app: cartservice } }
    spec:
      serviceAccountName: default
      terminationGracePeriodSeconds: 5
      securityContext: { fsGroup: 1000, runAsGroup: 1000, runAsNonRoot: true, runAsUser: 1000 }
      initContainers:
      - name: wait-for-redis
        image: busybox:1.36
        command: ['sh', '-c', 'until nc -z -w 2 redis-cart 6379; do echo waiting for redis; sleep 2; done; echo redis is up']
      containers:
      - name: server
        image: us-central1-docker.pkg.dev/google-samples/microservices-demo/cartservice:v0.10.3
        securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: [ALL] }, privileged: false, readOnlyRootFilesystem: true }
        ports: [{ containerPort: 7070 }]
        env:
        - { name: REDIS_ADDR, value: "redis-cart:6379" }
        - { name: DB_PASSWORD, valueFrom: { secretKeyRef: { name: db, key: password } } }
        - { name: POD_IP, valueFrom: { fieldRef: { fieldPath: status.podIP } } }
        envFrom: [{ configMapRef: { name: settings } }]
        resources: { requests: { cpu: 200m, memory: 64Mi }, limits: { cpu: 300m, memory: 128Mi } }
        readinessProbe: { initialDelaySeconds: 5, grpc: { port: 7070 } }
        livenessProbe: { initialDelaySeconds: 5, periodSeconds: 10, grpc: { port: 7070 } }
---
apiVersion: v1
kind: Service
metadata: { name: cartservice, namespace: boutique }
spec: { type: ClusterIP, selector: { app: cartservice }, ports: [{ name: grpc, port: 7070, targetPort: 7070 }] }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: frontend, namespace: boutique }
spec:
  replicas: 2
  selector: { matchLabels: { app: frontend } }
  template:
    metadata: { labels: { app: frontend }, annotations: { sidecar.istio.io/rewriteAppHTTPProbers: "true" } }
    spec:
      containers:
      - name: server
        image: ghcr.io/acme/frontend:1.4
        ports: [{ containerPort: 8080, name: web }]
        readinessProbe: { httpGet: { path: /_healthz, port: web, httpHeaders: [{ name: Cookie, value: shop_session-id=x }] } }
        livenessProbe: { httpGet: { path: /_healthz, port: web } }
        volumeMounts: [{ name: words, mountPath: /etc/words }]
      volumes: [{ name: words, configMap: { name: settings, items: [{ key: greeting.txt, path: hello }] } }]
---
apiVersion: v1
kind: Service
metadata: { name: frontend, namespace: boutique }
spec: { type: NodePort, selector: { app: frontend }, ports: [{ name: http, port: 80, targetPort: web }] }
`;

describe('a multi-service application as found on the internet', () => {
  test('comes up whole from a pasted manifest, images nobody knows included', async () => {
    const runner = onEmpty();
    const applied = await runner.run(`kubectl apply -f - <<'EOF'\n${SHOP}EOF`);
    expect(applied.stderr).toBe('');
    expect(applied.stdout.trim().split('\n')).toHaveLength(9);
    await runner.advance(90_000);
    const pods = (await runner.run('kubectl get pods -n boutique --no-headers')).stdout.trim().split('\n');
    expect(pods.map(line => line.split(/ +/).slice(1, 3).join(' '))).toEqual(['1/1 Running', '1/1 Running', '1/1 Running', '1/1 Running']);
    expect((await runner.run('kubectl logs -n boutique deploy/cartservice -c wait-for-redis')).stdout).toContain('redis is up');
    expect((await runner.run('kubectl logs -n boutique deploy/frontend')).stdout).toContain('ghcr.io/acme/frontend:1.4 is not modelled; a generic program runs in its place');
    expect((await runner.run('kubectl exec -n boutique deploy/frontend -- cat /etc/words/hello')).stdout).toBe('hello\nthere\n');
    expect((await runner.run('kubectl exec -n boutique deploy/frontend -- curl -s -o /dev/null -w "%{http_code}" http://frontend/')).stdout).toBe('200');
  });
});

describe('bad input: the real tool\'s words, the right exit code, nothing changed', () => {
  const heredoc = (manifest: string): string => `kubectl apply -f - <<'EOF'\n${manifest}\nEOF`;
  const deployment = (spec: string): string => `apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: x}\nspec: ${spec}`;
  test.each([
    ['broken YAML', heredoc('a: [1'), 'error: error parsing STDIN: error converting YAML to JSON: yaml: '],
    ['unknown kind', heredoc('apiVersion: v1\nkind: Podd\nmetadata: {name: x}'), 'error: resource mapping not found for name: "x" namespace: "" from "STDIN": no matches for kind "Podd" in version "v1"\nensure CRDs are installed first'],
    ['unknown field', heredoc(deployment('{replica: 3, selector: {matchLabels: {a: b}}, template: {metadata: {labels: {a: b}}, spec: {containers: [{name: c, image: i}]}}}')), 'unknown field "spec.replica"'],
    ['wrong type', heredoc(deployment('{replicas: three, selector: {matchLabels: {a: b}}, template: {metadata: {labels: {a: b}}, spec: {containers: [{name: c, image: i}]}}}')), 'json: cannot unmarshal string into Go struct field DeploymentSpec.spec.replicas of type int32'],
    ['missing value', heredoc(deployment('{selector: {matchLabels: {a: b}}, template: {metadata: {labels: {a: b}}, spec: {containers: [{name: c}]}}}')), 'spec.template.spec.containers[0].image: Required value'],
    ['labels that do not match', heredoc(deployment('{selector: {matchLabels: {a: b}}, template: {metadata: {labels: {a: c}}, spec: {containers: [{name: c, image: i}]}}}')), '`selector` does not match template `labels`'],
    ['no kind at all', heredoc('metadata: {name: x}'), 'error: error validating "STDIN": error validating data: [apiVersion not set, kind not set]; if you choose to ignore these errors, turn validation off with --validate=false'],
    ['unknown flag', 'kubectl get pods --foo', 'error: unknown flag: --foo\nSee \'kubectl get --help\' for usage.'],
    ['unknown command', 'kubectl gett pods', 'error: unknown command "gett" for "kubectl"'],
    ['missing file', 'kubectl apply -f nothing.yaml', 'error: the path "nothing.yaml" does not exist'],
    ['wrong name', 'kubectl delete pod nobody', 'Error from server (NotFound): pods "nobody" not found'],
    ['unknown type', 'kubectl get foos', 'error: the server doesn\'t have a resource type "foos"'],
  ])('%s', async (_, line, words) => {
    const runner = onEmpty();
    const before = runner.world.cluster.api.reader.list('Deployment').length;
    const { stderr, stdout, exitCode } = await runner.run(line);
    expect(stderr).toContain(words);
    expect(stdout).toBe('');
    expect(exitCode).toBe(1);
    expect(runner.world.cluster.api.reader.list('Deployment')).toHaveLength(before);
  });

  test.each(['while true; do :; done', 'yes', 'f() { f; }; f', 'cat', ':(){ :|:& };:', 'kubectl get pods -w', 'sleep infinity'])('%s is ended, and the shell goes on', async line => {
    const runner = LineRunner.in({ kind: 'empty', nodes: 1 }, 11, content, { lineTimeoutMs: 5_000 });
    await runner.run(line);
    expect((await runner.run('echo still here')).stdout).toContain('still here');
  });
});
