/** The composition root: the only file that knows every part of a cluster. */
import type { Node } from 'kubernetes-types/core/v1.d.ts';
import type { WorkloadPolicies } from './api-server/admission/workload-policies.ts';
import { createApiServer, type RunningApiServer } from './api-server/api-server.ts';
import type { Change } from './api-server/contract.ts';
import { cronJobController } from './controllers/cronjob/cronjob.ts';
import { daemonSetController } from './controllers/daemonset/daemonset.ts';
import { deploymentController } from './controllers/deployment/deployment.ts';
import { disruptionController } from './controllers/disruption/disruption.ts';
import { endpointsController } from './controllers/endpointslice/endpoints.ts';
import { endpointSliceController } from './controllers/endpointslice/endpointslice.ts';
import { expireEvents } from './controllers/event-ttl/event-ttl.ts';
import { startControllers } from './controllers/framework.ts';
import { GarbageCollector } from './controllers/garbage-collector/garbage-collector.ts';
import { jobController } from './controllers/job/job.ts';
import { ttlAfterFinishedController } from './controllers/job/ttl.ts';
import { namespaceController, type NamespacedKind } from './controllers/namespace/namespace.ts';
import { cloudNodeLifecycleController } from './controllers/node-lifecycle/cloud-nodes.ts';
import { nodeLifecycleController } from './controllers/node-lifecycle/node-lifecycle.ts';
import { taintEvictionController } from './controllers/node-lifecycle/taint-eviction.ts';
import { claimController } from './controllers/persistent-volume/claims.ts';
import { claimProtectionController, volumeProtectionController } from './controllers/persistent-volume/protection.ts';
import { volumeProvisioner } from './controllers/persistent-volume/provisioner.ts';
import { volumeController } from './controllers/persistent-volume/volumes.ts';
import { podGarbageCollector } from './controllers/pod-gc/pod-gc.ts';
import { replicaSetController, replicationController } from './controllers/replicaset/replicaset.ts';
import { resourceQuotaController } from './controllers/resource-quota/resource-quota.ts';
import { rootCaPublisher, serviceAccountController } from './controllers/serviceaccount/serviceaccount.ts';
import { statefulSetController } from './controllers/statefulset/statefulset.ts';
import { WATCH_LATENCY_MS } from './facts/control-plane.ts';
import { INERT_KINDS } from './facts/inert-kinds.ts';
import { STATUS_SYNC_MS, VOLUME_REFRESH_MS } from './facts/kubelet.ts';
import { ImageCatalogue } from './images/catalogue.ts';
import type { ImageDefinition } from './images/contract.ts';
import { libraryImages } from './images/library.ts';
import { assert } from './kernel/assert.ts';
import type { Kernel } from './kernel/kernel.ts';
import type { Kubelet } from './kubelet/kubelet.ts';
import { nodeConnections } from './kubelet/node-connections.ts';
import { Machines, nodeNameOf } from './machines.ts';
import { NodeNetwork } from './node-network.ts';
import { ENI_CONFIG, VpcCni } from './addons/vpc-cni/vpc-cni.ts';
import type { StoredPod } from './kubelet/pod.ts';
import { volumeReads } from './kubelet/volumes.ts';
import { AwsAccount } from './aws/account.ts';
import type { AwsFoundation } from './aws/foundation.ts';
import { plainAccount } from './aws/plain-account.ts';
import { QueueService } from './aws/sqs/queue-service.ts';
import { openFrontDoor, type LoadBalancerSpec } from './front-door.ts';
import { LoadBalancerController } from './addons/load-balancer-controller/controller.ts';
import { readinessGateWebhook } from './addons/load-balancer-controller/readiness-gate-webhook.ts';
import { balancerNetwork } from './network/load-balancer.ts';
import { LoadGenerator, type LoadProfile } from './network/load-generator.ts';
import { Network } from './network/network.ts';
import type { Stack } from './network/stack.ts';
import { Scheduler } from './scheduler/scheduler.ts';

export interface ClusterOptions {
  readonly kernel: Kernel;
  /** Kubernetes version of control plane and nodes: `1.34.2`. */
  readonly version: string;
  /** The account around it. */
  readonly aws?: AwsFoundation;
  /** Zone → subnet, for a cluster without a declared account: a plain one is made around them. */
  readonly subnets?: Readonly<Record<string, string>>;
  readonly images?: readonly ImageDefinition[];
  readonly policies?: WorkloadPolicies;
}

export interface NodeSpec {
  readonly zone: string;
  readonly instanceType: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly taints?: readonly { key: string; value?: string; effect: string }[];
  /** A fixed address; drawn from the subnet otherwise. The node is named after it. */
  readonly address?: string;
  /** The cluster's subnet in the zone otherwise. */
  readonly subnetId?: string;
  /** The node role; the first role that EC2 may assume otherwise. */
  readonly role?: string;
  readonly tags?: Readonly<Record<string, string>>;
}

const CLUSTER_DNS = '172.20.0.10';
const CLUSTER_DOMAIN = 'cluster.local';

export class Cluster {
  readonly kernel: Kernel;
  readonly api: RunningApiServer;
  readonly network: Network;
  readonly scheduler: Scheduler;
  readonly images: ImageCatalogue;
  readonly aws: AwsAccount;
  readonly machines: Machines;
  readonly vpcCni: VpcCni;
  readonly loads = new Map<string, LoadGenerator>();
  readonly queues: QueueService;
  private loadBalancerController: LoadBalancerController | undefined;

  constructor(private readonly options: ClusterOptions) {
    const { kernel, version } = options;
    this.kernel = kernel;
    this.queues = new QueueService(kernel);
    this.aws = new AwsAccount(kernel, options.aws ?? plainAccount('eu-west-1', options.subnets ?? {}));
    this.api = createApiServer({ kernel, version, clusterDomain: CLUSTER_DOMAIN, inertKinds: INERT_KINDS, ...(options.policies && { policies: options.policies }), webhooks: [readinessGateWebhook(() => this.loadBalancerController)] });
    this.aws.eks.connect(this.api, version);
    this.network = new Network(kernel, this.api, CLUSTER_DOMAIN);
    this.vpcCni = new VpcCni(() => this.api.reader, this.aws.foundation.cluster.name);
    this.images = new ImageCatalogue([...libraryImages, ...this.vpcCni.images(this.aws.foundation.region), ...options.images ?? []]);
    this.aws.ecr.stock(options.images ?? []);
    this.images.authority = this.aws.ecr;
    this.aws.elbv2.connect(balancerNetwork(this.network));
    const nodeNetwork = new NodeNetwork({ kernel, api: this.api, aws: this.aws, vpcCni: this.vpcCni });
    this.network.surroundings = nodeNetwork.surroundings();
    this.machines = new Machines({
      kernel, api: this.api, aws: this.aws, network: this.network, images: this.images, clusterDns: CLUSTER_DNS, clusterDomain: CLUSTER_DOMAIN,
      nodeNetwork,
    });
    this.api.serve(ENI_CONFIG);
    this.api.connectNodes(nodeConnections(kernel, this.kubelets));
    this.scheduler = new Scheduler(kernel, this.api, { minor: this.minor });
    new GarbageCollector(kernel, this.api);
    expireEvents(kernel, this.api);
    startControllers(kernel, this.api, [
      deploymentController, replicaSetController, replicationController, daemonSetController, statefulSetController({ minor: this.minor }), jobController, cronJobController, ttlAfterFinishedController, endpointSliceController, endpointsController, disruptionController,
      namespaceController(() => this.namespacedKinds()), resourceQuotaController(() => this.namespacedKinds()), serviceAccountController, rootCaPublisher(CLUSTER_CERTIFICATE),
      nodeLifecycleController(kernel), taintEvictionController, podGarbageCollector(),
      claimController, volumeController, claimProtectionController, volumeProtectionController, ...volumeProvisioner(`ebs-csi-controller-${kernel.random.nameSuffix()}_${kernel.random.uuid()}`),
      cloudNodeLifecycleController(providerId => this.machines.exists(providerId)),
    ]);
    this.api.onChange(change => this.tellKubelets(change));
    this.bootstrap();
  }

  get kubelets(): ReadonlyMap<string, Kubelet> {
    return this.machines.kubelets;
  }

  get minor(): number {
    return Number(this.options.version.split('.')[1]);
  }

  // ---- machines ---------------------------------------------------------------------------------------------------

  /**
   * Launches an instance that joins the cluster. It boots, joins and turns Ready in the time an instance takes, or at once when `booted`.
   * @returns the node's name
   */
  addNode(spec: NodeSpec, options: { booted?: boolean } = {}): string {
    const { ec2, foundation } = this.aws;
    const subnetId = spec.subnetId ?? foundation.cluster.subnets.find(id => ec2.subnets.get(id)?.zone === spec.zone);
    assert(subnetId, `no subnet in zone ${spec.zone}`);
    const roleName = spec.role ?? Object.keys(foundation.roles).find(name => foundation.roles[name]!.trust === 'ec2.amazonaws.com');
    assert(roleName, 'the account has no role for nodes');
    const launched = ec2.launch({
      instanceType: spec.instanceType, imageId: NODE_IMAGE, subnetId, securityGroupIds: [foundation.cluster.securityGroup], roleName,
      tags: { [`kubernetes.io/cluster/${foundation.cluster.name}`]: 'owned', ...spec.tags },
      bootstrap: { clusterName: foundation.cluster.name, kubernetesVersion: this.options.version, labels: spec.labels, taints: spec.taints ?? [] },
      ...(spec.address !== undefined && { privateIp: spec.address }), ...(options.booted && { booted: true }),
    });
    assert(launched.ok, launched.ok ? '' : launched.error.message);
    return nodeNameOf(launched.value.privateIp);
  }

  /** The machine is terminated: it falls silent, and the cloud soon no longer knows it. */
  terminateNode(name: string): void {
    const kubelet = this.kubelets.get(name);
    if (kubelet?.isRunning) this.aws.ec2.terminate(kubelet.description.instanceId);
  }

  // ---- the world around -------------------------------------------------------------------------------------------

  /** Something outside the cluster that pods talk to: a database endpoint, a partner. */
  addExternal(spec: { readonly name: string; readonly addresses: readonly string[]; readonly ports: readonly number[]; readonly latencyMs?: number; readonly queues?: readonly string[] }): Stack {
    const stack = this.network.createStack({
      name: spec.name, group: spec.name, kind: 'external', addresses: spec.addresses, resolver: { nameservers: ['10.20.0.2'], search: [], ndots: 1 },
    });
    for (const name of spec.queues ?? []) this.queues.add(name);
    for (const port of spec.ports) {
      stack.listen(port, (request, respond) => {
        this.kernel.after(spec.latencyMs ?? 5, 'external/answer', spec.name,
          () => respond(spec.queues ? this.queues.answer(request) : { status: 200, body: '{}' }), { periodic: true });
      });
    }
    this.network.addName(spec.name, spec.addresses);
    return stack;
  }

  addLoadBalancer(spec: LoadBalancerSpec): void {
    this.loadBalancerController ??= new LoadBalancerController(this.kernel, this.api, this.aws.api.as(this.aws.serviceRole('AWSServiceRoleForElasticLoadBalancing', 'aws-load-balancer-controller')));
    openFrontDoor(this.aws, this.loadBalancerController, spec);
  }

  addLoad(profile: LoadProfile, address: string): LoadGenerator {
    const load = new LoadGenerator(this.kernel, this.network, profile, address);
    this.loads.set(profile.name, load);
    return load;
  }

  // ---- wiring -----------------------------------------------------------------------------------------------------

  /** A kubelet sees its pods a moment after they changed, and configuration in its volumes at its next full sync. */
  private tellKubelets({ object, before, type, user }: Change): void {
    const { kernel } = this;
    if (object.kind === 'Pod') {
      const nodeName = (object as StoredPod).spec?.nodeName;
      const kubelet = nodeName ? this.kubelets.get(nodeName) : undefined;
      const pod = object as StoredPod;
      const statusOnly = before && before['spec'] === object['spec'] && before.metadata.deletionTimestamp === object.metadata.deletionTimestamp
        && before.metadata.labels === object.metadata.labels && before.metadata.annotations === object.metadata.annotations && type === 'MODIFIED';
      // Others open readiness gates by writing the status.
      if (!kubelet) return;
      if (statusOnly && !pod.spec?.readinessGates?.length) {
        // What others write into a status that is the kubelet's own (a node was not ready for a while), it puts right again.
        if (user !== kubelet.client.user.name) kernel.after(STATUS_SYNC_MS, 'kubelet/status', pod.metadata.name, () => kubelet.restateStatus(pod.metadata.uid));
        return;
      }
      kernel.after(WATCH_LATENCY_MS.min + kernel.random.fraction() * WATCH_LATENCY_MS.spread, 'kubelet/observe', pod.metadata.name, () => {
        const current = this.api.reader.get<StoredPod>('Pod', pod.metadata.namespace ?? '', pod.metadata.name);
        if (current?.metadata.uid === pod.metadata.uid) kubelet.observe(current, false);
        else kubelet.observe(pod, true);
      });
    } else if ((object.kind === 'ConfigMap' || object.kind === 'Secret') && before) {
      for (const kubelet of this.kubelets.values()) for (const worker of kubelet.workers.values()) {
        if (worker.pod.metadata.namespace !== object.metadata.namespace || !volumeReads(worker.pod, object.kind, object.metadata.name)) continue;
        kernel.after(kernel.random.jitter(VOLUME_REFRESH_MS.period, VOLUME_REFRESH_MS.jitter), 'kubelet/volume', worker.pod.metadata.name, () => {
          for (const volume of worker.volumes.values()) volume.refresh?.();
        });
      }
    }
  }

  private namespacedKinds(): readonly NamespacedKind[] {
    return this.api.namespacedKinds();
  }

  /** What every cluster starts with. Source: recorded bootstrap objects. */
  private bootstrap(): void {
    const client = this.api.as({ name: 'system:apiserver', groups: ['system:masters'] });
    for (const name of ['default', 'kube-node-lease', 'kube-public', 'kube-system']) client.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
    for (const [name, value, description] of [
      ['system-cluster-critical', 2_000_000_000, 'Used for system critical pods that must run in the cluster, but can be moved to another node if necessary.'],
      ['system-node-critical', 2_000_001_000, 'Used for system critical pods that must not be moved from their current node.'],
    ] as const) client.create({ apiVersion: 'scheduling.k8s.io/v1', kind: 'PriorityClass', metadata: { name }, value, description });
    client.create({
      apiVersion: 'v1', kind: 'Service', metadata: { name: 'kubernetes', namespace: 'default', labels: { component: 'apiserver', provider: 'kubernetes' } },
      spec: { clusterIP: '172.20.0.1', type: 'ClusterIP', ports: [{ name: 'https', port: 443, protocol: 'TCP', targetPort: 443 }] },
    });
    const addresses = this.aws.ec2.interfaces.list().filter(owner => owner.description === `Amazon EKS ${this.aws.foundation.cluster.name}`).map(owner => owner.privateIp);
    client.create({
      apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice', addressType: 'IPv4',
      metadata: { name: 'kubernetes', namespace: 'default', labels: { 'kubernetes.io/service-name': 'kubernetes' } },
      endpoints: addresses.map(address => ({ addresses: [address], conditions: { ready: true } })), ports: [{ name: 'https', port: 443, protocol: 'TCP' }],
    });
    client.create({
      apiVersion: 'v1', kind: 'Endpoints', metadata: { name: 'kubernetes', namespace: 'default', labels: { 'endpointslice.kubernetes.io/skip-mirror': 'true' } },
      subsets: [{ addresses: addresses.map(ip => ({ ip })), ports: [{ name: 'https', port: 443, protocol: 'TCP' }] }],
    });
    const stack = this.network.createStack({ name: 'control-plane', group: 'control-plane', kind: 'external', addresses, resolver: { nameservers: ['10.20.0.2'], search: [], ndots: 1 } });
    stack.listen(443, (request, respond) => respond({
      status: 401, headers: { 'content-type': 'application/json' },
      body: `${JSON.stringify({ kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message: 'Unauthorized', reason: 'Unauthorized', code: 401 }, null, 2)}\n${request.path === '' ? '\n' : ''}`,
    }));
  }

  /** Ready nodes by name, for staging. */
  readyNodes(): string[] {
    return this.api.reader.list<Node>('Node').filter(node => node.status?.conditions?.find(condition => condition.type === 'Ready')?.status === 'True').map(node => node.metadata.name);
  }
}

/** The AMI of EKS' AL2023 nodes. */
const NODE_IMAGE = 'ami-0f5a3b8c1d2e4f607';

/** A certificate in form only: nothing in the world verifies it. */
const CLUSTER_CERTIFICATE = '-----BEGIN CERTIFICATE-----\nMIIBdjCCAR2gAwIBAgIBADAKBggqhkjOPQQDAjAjMSEwHwYDVQQDDBhkcnlkb2Nr\nLXNlcnZlci1jYUAxNzk1NDI0NDAwMB4XDTI2MTEyMzA5MDAwMFoXDTM2MTEyMDA5\n-----END CERTIFICATE-----\n';
