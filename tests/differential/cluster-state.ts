/** A populated cluster made of plain API objects, statuses included: healthy, crash-looping, pending, limited, protected. */
import { ADMIN, type Side } from './both.ts';

type Json = Record<string, unknown>;
const HOUR = 3_600_000;

/** How long before the present the first objects were made; chosen so that ages do not change while the tests run. */
export const STATE_AGE_MS = 84.5 * HOUR;

export function populate({ kernel, api }: Side): void {
  const client = api.as(ADMIN);
  const at = (): string => new Date(kernel.nowMs).toISOString().replace(/\.\d+Z$/, 'Z');
  const create = (object: Json): void => {
    const { status, ...rest } = object;
    const made = client.create(rest);
    if (!made.ok) throw new Error(`${String(object.kind)}: ${made.status.message}`);
    if (!status) return;
    const stored = client.updateStatus({ ...made.value, status });
    if (!stored.ok) throw new Error(`${String(object.kind)} status: ${stored.status.message}`);
  };
  const namespaces = ['shop', 'load', 'empty'];
  for (const name of ['default', 'kube-system', ...namespaces]) {
    client.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
    client.create({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default', namespace: name } });
  }
  ['a', 'b'].forEach((zone, index) => create(node(`node-${zone}`, zone, `10.0.${index}.10`, at())));
  const meta = (name: string, labels?: Json): Json => ({ name, namespace: 'shop', ...(labels && { labels }) });
  create({ apiVersion: 'v1', kind: 'ConfigMap', metadata: meta('orders-config', { app: 'orders' }), data: { LOG_LEVEL: 'info', 'app.conf': 'a = 1\nb = 2\n' } });
  create({ apiVersion: 'v1', kind: 'Secret', metadata: meta('orders-db'), type: 'Opaque', data: { password: 'c2VjcmV0', user: 'b3JkZXJz' } });
  create({ apiVersion: 'v1', kind: 'Service', metadata: meta('orders', { app: 'orders' }), spec: { clusterIP: '172.20.10.10', selector: { app: 'orders' }, ports: [{ name: 'http', port: 80, targetPort: 8080 }] } });
  create({ apiVersion: 'v1', kind: 'Service', metadata: meta('orders-headless'), spec: { clusterIP: 'None', selector: { app: 'orders' }, ports: [{ port: 80, targetPort: 'http' }] } });
  create({ apiVersion: 'v1', kind: 'Service', metadata: meta('edge'), spec: { type: 'NodePort', clusterIP: '172.20.10.11', selector: { app: 'edge' }, ports: [{ name: 'http', port: 80, targetPort: 8080, nodePort: 30080 }, { name: 'https', port: 443, targetPort: 8443, nodePort: 30443 }] } });
  create({
    apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice', addressType: 'IPv4', metadata: meta('orders-abc12', { 'kubernetes.io/service-name': 'orders' }),
    endpoints: [{ addresses: ['10.0.0.21'], conditions: { ready: true, serving: true, terminating: false }, nodeName: 'node-a', targetRef: { kind: 'Pod', name: 'orders-7d9c-aaaaa', namespace: 'shop' } }],
    ports: [{ name: 'http', port: 8080, protocol: 'TCP' }],
  });
  create({ apiVersion: 'v1', kind: 'Endpoints', metadata: meta('orders'), subsets: [{ addresses: [{ ip: '10.0.0.21', nodeName: 'node-a', targetRef: { kind: 'Pod', name: 'orders-7d9c-aaaaa', namespace: 'shop' } }], ports: [{ name: 'http', port: 8080, protocol: 'TCP' }] }] });
  create({ apiVersion: 'v1', kind: 'ResourceQuota', metadata: meta('compute'), spec: { hard: { pods: '20', 'requests.cpu': '4', 'requests.memory': '8Gi' } }, status: { hard: { pods: '20', 'requests.cpu': '4', 'requests.memory': '8Gi' }, used: { pods: '4', 'requests.cpu': '400m', 'requests.memory': '512Mi' } } });
  create({ apiVersion: 'v1', kind: 'LimitRange', metadata: { name: 'defaults', namespace: 'load' }, spec: { limits: [{ type: 'Container', default: { cpu: '500m' }, defaultRequest: { cpu: '100m' }, max: { cpu: '2' } }] } });
  create({ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { ...meta('orders', { app: 'orders' }), annotations: { 'deployment.kubernetes.io/revision': '2' } }, spec: { replicas: 3, selector: { matchLabels: { app: 'orders' } }, template: template('orders') }, status: deploymentStatus(at()) });
  const owner = client.create({ apiVersion: 'apps/v1', kind: 'Deployment', metadata: meta('edge', { app: 'edge', tier: 'front' }), spec: { replicas: 1, selector: { matchLabels: { app: 'edge' } }, template: template('edge'), strategy: { type: 'Recreate' } } });
  if (!owner.ok) throw new Error(owner.status.message);
  const orders = api.reader.get('Deployment', 'shop', 'orders')!;
  const ownedBy = (kind: string, apiVersion: string, name: string, uid: string): Json[] => [{ apiVersion, kind, name, uid, controller: true, blockOwnerDeletion: true }];
  ['6c8b', '7d9c'].forEach((hash, index) => create({
    apiVersion: 'apps/v1', kind: 'ReplicaSet',
    metadata: {
      ...meta(`orders-${hash}`, { app: 'orders', 'pod-template-hash': hash }), ownerReferences: ownedBy('Deployment', 'apps/v1', 'orders', orders.metadata.uid),
      annotations: { 'deployment.kubernetes.io/revision': String(index + 1), 'deployment.kubernetes.io/desired-replicas': '3', 'deployment.kubernetes.io/max-replicas': '4' },
    },
    spec: { replicas: index * 3, selector: { matchLabels: { app: 'orders', 'pod-template-hash': hash } }, template: template('orders', { 'pod-template-hash': hash }, index === 0 ? 'registry.example/orders:1.0' : undefined) },
    status: { replicas: index * 3, fullyLabeledReplicas: index * 3, readyReplicas: index, availableReplicas: index, observedGeneration: 1 },
  }));
  const replicaSet = api.reader.get('ReplicaSet', 'shop', 'orders-7d9c')!;
  const owners = ownedBy('ReplicaSet', 'apps/v1', 'orders-7d9c', replicaSet.metadata.uid);
  kernel.run({ untilMs: kernel.nowMs + 64 * HOUR });
  const podLabels = { app: 'orders', 'pod-template-hash': '7d9c' };
  create(pod('orders-7d9c-aaaaa', podLabels, owners, 'node-a', runningStatus('10.0.0.21', '10.0.0.10', at())));
  create(pod('orders-7d9c-bbbbb', podLabels, owners, 'node-b', crashingStatus('10.0.1.22', '10.0.1.10', at())));
  create(pod('orders-7d9c-ccccc', podLabels, owners, undefined, pendingStatus(at())));
  create(pod('once', { app: 'once' }, undefined, 'node-a', finishedStatus('10.0.0.23', '10.0.0.10', at())));
  event(create, 'orders-7d9c-bbbbb', 'Warning', 'BackOff', 'Back-off restarting failed container app in pod orders-7d9c-bbbbb_shop(uid)', 12, at(), api.reader.get('Pod', 'shop', 'orders-7d9c-bbbbb')!.metadata.uid);
  event(create, 'orders-7d9c-bbbbb', 'Normal', 'Pulled', 'Container image "registry.example/orders:1.1" already present on machine', 5, at(), api.reader.get('Pod', 'shop', 'orders-7d9c-bbbbb')!.metadata.uid);
  event(create, 'orders-7d9c-ccccc', 'Warning', 'FailedScheduling', '0/2 nodes are available: 2 Insufficient cpu. no new claims to deallocate, preemption: 0/2 nodes are available: 2 No preemption victims found for incoming pod.', 1, at(), api.reader.get('Pod', 'shop', 'orders-7d9c-ccccc')!.metadata.uid);
  create({ apiVersion: 'policy/v1', kind: 'PodDisruptionBudget', metadata: meta('orders'), spec: { minAvailable: 2, selector: { matchLabels: { app: 'orders' } } }, status: { currentHealthy: 1, desiredHealthy: 2, disruptionsAllowed: 0, expectedPods: 3, observedGeneration: 1, conditions: [{ type: 'DisruptionAllowed', status: 'False', reason: 'InsufficientPods', message: '', lastTransitionTime: at(), observedGeneration: 1 }] } });
  create({ apiVersion: 'apps/v1', kind: 'StatefulSet', metadata: meta('db', { app: 'db' }), spec: { serviceName: 'db', replicas: 1, selector: { matchLabels: { app: 'db' } }, template: template('db'), volumeClaimTemplates: [{ metadata: { name: 'data' }, spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } } }] }, status: { replicas: 1, readyReplicas: 1, currentReplicas: 1, updatedReplicas: 1, availableReplicas: 1, observedGeneration: 1, currentRevision: 'db-1', updateRevision: 'db-1' } });
  create({ apiVersion: 'apps/v1', kind: 'DaemonSet', metadata: meta('agent', { app: 'agent' }), spec: { selector: { matchLabels: { app: 'agent' } }, template: template('agent') }, status: { desiredNumberScheduled: 2, currentNumberScheduled: 2, numberReady: 2, updatedNumberScheduled: 2, numberAvailable: 2, numberMisscheduled: 0, observedGeneration: 1 } });
  create({ apiVersion: 'batch/v1', kind: 'CronJob', metadata: meta('nightly'), spec: { schedule: '0 3 * * *', jobTemplate: { spec: { template: { spec: { restartPolicy: 'OnFailure', containers: [{ name: 'run', image: 'busybox:1.36', command: ['sh', '-c', 'date'] }] } } } } }, status: { lastScheduleTime: at() } });
  create({ apiVersion: 'batch/v1', kind: 'Job', metadata: meta('migrate'), spec: { backoffLimit: 3, template: { spec: { restartPolicy: 'Never', containers: [{ name: 'run', image: 'busybox:1.36' }] } } }, status: { active: 1, ready: 1, startTime: at(), uncountedTerminatedPods: {} } });
  create({ apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: meta('data'), spec: { accessModes: ['ReadWriteOnce'], storageClassName: 'gp3', resources: { requests: { storage: '5Gi' } } }, status: { phase: 'Pending' } });
  create({ apiVersion: 'v1', kind: 'PersistentVolume', metadata: { name: 'pv-1' }, spec: { capacity: { storage: '5Gi' }, accessModes: ['ReadWriteOnce'], persistentVolumeReclaimPolicy: 'Delete', storageClassName: 'gp3', csi: { driver: 'ebs.csi.aws.com', volumeHandle: 'vol-1', fsType: 'ext4' } }, status: { phase: 'Available' } });
  create({ apiVersion: 'storage.k8s.io/v1', kind: 'StorageClass', metadata: { name: 'gp3', annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' } }, provisioner: 'ebs.csi.aws.com', parameters: { type: 'gp3', encrypted: 'true' }, reclaimPolicy: 'Delete', volumeBindingMode: 'WaitForFirstConsumer', allowVolumeExpansion: true });
  create({ apiVersion: 'networking.k8s.io/v1', kind: 'Ingress', metadata: meta('web'), spec: { ingressClassName: 'alb', tls: [{ hosts: ['shop.example'], secretName: 'web-tls' }], rules: [{ host: 'shop.example', http: { paths: [{ path: '/', pathType: 'Prefix', backend: { service: { name: 'orders', port: { number: 80 } } } }, { path: '/edge', pathType: 'Prefix', backend: { service: { name: 'missing', port: { name: 'http' } } } }] } }] } });
  create({ apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata: meta('orders'), spec: { podSelector: { matchLabels: { app: 'orders' } }, policyTypes: ['Ingress'], ingress: [{ from: [{ podSelector: { matchLabels: { app: 'edge' } } }, { namespaceSelector: { matchLabels: { team: 'web' } } }], ports: [{ protocol: 'TCP', port: 8080 }] }] } });
  create({ apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler', metadata: meta('orders'), spec: { minReplicas: 2, maxReplicas: 6, scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'orders' }, metrics: [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 70 } } }] }, status: { currentReplicas: 3, desiredReplicas: 3, currentMetrics: [{ type: 'Resource', resource: { name: 'cpu', current: { averageUtilization: 35, averageValue: '35m' } } }], conditions: [{ type: 'AbleToScale', status: 'True', reason: 'ReadyForNewScale', message: 'recommended size matches current size', lastTransitionTime: at() }] } });
  create({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: meta('builder'), imagePullSecrets: [{ name: 'registry' }] });
  create({ apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'Role', metadata: meta('reader'), rules: [{ apiGroups: ['', 'apps'], resources: ['pods', 'deployments'], verbs: ['get', 'list'] }, { apiGroups: [''], resources: ['configmaps'], resourceNames: ['orders-config'], verbs: ['get'] }] });
  create({ apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'RoleBinding', metadata: meta('readers'), roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'reader' }, subjects: [{ kind: 'ServiceAccount', name: 'builder', namespace: 'shop' }, { kind: 'User', name: 'anna', apiGroup: 'rbac.authorization.k8s.io' }] });
  create({ apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', metadata: { name: 'viewer' }, rules: [{ apiGroups: ['*'], resources: ['*'], verbs: ['get', 'list', 'watch'] }, { nonResourceURLs: ['/healthz'], verbs: ['get'] }] });
  create({ apiVersion: 'scheduling.k8s.io/v1', kind: 'PriorityClass', metadata: { name: 'important' }, value: 1000, description: 'for what must run' });
  create({ apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: meta('leader'), spec: { holderIdentity: 'one', leaseDurationSeconds: 15, renewTime: at().replace('Z', '.000000Z') } });
}

const template = (app: string, labels: Json = {}, image = `registry.example/${app}:1.1`): Json => ({
  metadata: { labels: { app, ...labels } },
  spec: {
    containers: [{
      name: 'app', image, ports: [{ name: 'http', containerPort: 8080 }],
      env: [{ name: 'LOG_LEVEL', valueFrom: { configMapKeyRef: { name: 'orders-config', key: 'LOG_LEVEL' } } }, { name: 'MODE', value: 'fast' }],
      envFrom: [{ secretRef: { name: 'orders-db' } }],
      resources: { requests: { cpu: '100m', memory: '128Mi' }, limits: { memory: '256Mi' } },
      readinessProbe: { httpGet: { path: '/ready', port: 8080 }, periodSeconds: 5 },
      livenessProbe: { tcpSocket: { port: 'http' }, initialDelaySeconds: 3 },
      volumeMounts: [{ name: 'config', mountPath: '/etc/app', readOnly: true }],
    }],
    volumes: [{ name: 'config', configMap: { name: 'orders-config' } }, { name: 'scratch', emptyDir: {} }],
  },
});

function pod(name: string, labels: Json, ownerReferences: Json[] | undefined, nodeName: string | undefined, status: Json): Json {
  const spec = (template('orders').spec as Json);
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace: 'shop', labels, ...(ownerReferences && { ownerReferences }) }, spec: { ...spec, ...(nodeName && { nodeName }) }, status };
}

const conditions = (ready: boolean, at: string): Json[] => [
  { type: 'PodReadyToStartContainers', status: 'True', lastTransitionTime: at }, { type: 'Initialized', status: 'True', lastTransitionTime: at },
  { type: 'Ready', status: ready ? 'True' : 'False', lastTransitionTime: at, ...(!ready && { reason: 'ContainersNotReady', message: 'containers with unready status: [app]' }) },
  { type: 'ContainersReady', status: ready ? 'True' : 'False', lastTransitionTime: at }, { type: 'PodScheduled', status: 'True', lastTransitionTime: at },
];
const container = (fields: Json): Json => ({ name: 'app', image: 'registry.example/orders:1.1', imageID: 'registry.example/orders@sha256:0123', containerID: 'containerd://abc', lastState: {}, ...fields });
const addresses = (ip: string, host: string, at: string): Json => ({ podIP: ip, podIPs: [{ ip }], hostIP: host, hostIPs: [{ ip: host }], startTime: at, qosClass: 'Burstable' });
const runningStatus = (ip: string, host: string, at: string): Json => ({ phase: 'Running', ...addresses(ip, host, at), conditions: conditions(true, at), containerStatuses: [container({ ready: true, started: true, restartCount: 0, state: { running: { startedAt: at } } })] });
const crashingStatus = (ip: string, host: string, at: string): Json => ({
  phase: 'Running', ...addresses(ip, host, at), conditions: conditions(false, at),
  containerStatuses: [container({
    ready: false, started: false, restartCount: 5, state: { waiting: { reason: 'CrashLoopBackOff', message: 'back-off 2m40s restarting failed container' } },
    lastState: { terminated: { exitCode: 1, reason: 'Error', startedAt: at, finishedAt: at, containerID: 'containerd://abc' } },
  })],
});
const pendingStatus = (at: string): Json => ({ phase: 'Pending', qosClass: 'Burstable', conditions: [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message: '0/2 nodes are available: 2 Insufficient cpu.', lastTransitionTime: at }] });
const finishedStatus = (ip: string, host: string, at: string): Json => ({ phase: 'Succeeded', ...addresses(ip, host, at), conditions: conditions(false, at), containerStatuses: [container({ ready: false, started: false, restartCount: 0, state: { terminated: { exitCode: 0, reason: 'Completed', startedAt: at, finishedAt: at } } })] });
const deploymentStatus = (at: string): Json => ({
  observedGeneration: 1, replicas: 3, updatedReplicas: 3, readyReplicas: 1, availableReplicas: 1, unavailableReplicas: 2,
  conditions: [{ type: 'Available', status: 'False', reason: 'MinimumReplicasUnavailable', message: 'Deployment does not have minimum availability.', lastTransitionTime: at, lastUpdateTime: at }, { type: 'Progressing', status: 'True', reason: 'ReplicaSetUpdated', message: 'ReplicaSet "orders-7d9c" is progressing.', lastTransitionTime: at, lastUpdateTime: at }],
});

function node(name: string, zone: string, ip: string, at: string): Json {
  const capacity = { cpu: '2', memory: '4Gi', pods: '29', 'ephemeral-storage': '20Gi' };
  return {
    apiVersion: 'v1', kind: 'Node',
    metadata: { name, labels: { 'kubernetes.io/hostname': name, 'topology.kubernetes.io/zone': `eu-${zone}`, 'kubernetes.io/os': 'linux', 'kubernetes.io/arch': 'amd64', 'node.kubernetes.io/instance-type': 't3.medium' } },
    spec: { podCIDR: '10.0.0.0/24', providerID: `aws:///eu-${zone}/i-${zone}`, ...(zone === 'b' && { taints: [{ key: 'dedicated', value: 'apps', effect: 'NoSchedule' }] }) },
    status: {
      capacity, allocatable: { ...capacity, cpu: '1930m', memory: '3388Mi' },
      conditions: [{ type: 'MemoryPressure', status: 'False', reason: 'KubeletHasSufficientMemory', message: 'kubelet has sufficient memory available', lastHeartbeatTime: at, lastTransitionTime: at }, { type: 'Ready', status: 'True', reason: 'KubeletReady', message: 'kubelet is posting ready status', lastHeartbeatTime: at, lastTransitionTime: at }],
      addresses: [{ type: 'InternalIP', address: ip }, { type: 'Hostname', address: name }],
      daemonEndpoints: { kubeletEndpoint: { Port: 10250 } },
      nodeInfo: { machineID: 'm', systemUUID: 's', bootID: 'b', kernelVersion: '6.1.0', osImage: 'Amazon Linux 2023', containerRuntimeVersion: 'containerd://1.7.27', kubeletVersion: 'v1.35.0', kubeProxyVersion: '', operatingSystem: 'linux', architecture: 'amd64' },
    },
  };
}

function event(create: (object: Json) => void, podName: string, type: string, reason: string, message: string, count: number, at: string, uid: string): void {
  create({
    apiVersion: 'v1', kind: 'Event', metadata: { name: `${podName}.${reason.toLowerCase()}`, namespace: 'shop' }, type, reason, message, count,
    firstTimestamp: at, lastTimestamp: at, source: reason === 'FailedScheduling' ? { component: 'default-scheduler' } : { component: 'kubelet', host: 'node-b' },
    involvedObject: { kind: 'Pod', apiVersion: 'v1', namespace: 'shop', name: podName, uid, ...(reason !== 'FailedScheduling' && { fieldPath: 'spec.containers{app}' }) }, reportingComponent: 'kubelet', reportingInstance: 'node-b',
  });
}
