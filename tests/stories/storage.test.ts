import type { PersistentVolume, PersistentVolumeClaim } from 'kubernetes-types/core/v1.d.ts';
import { describe, expect, test } from 'vitest';
import { aPod, ClusterDriver } from '../../src/testing/cluster-driver.ts';

const ZONE = 'topology.kubernetes.io/zone';

function aClass(name: string, options: { provisioner?: string; mode?: string; reclaimPolicy?: string; isDefault?: boolean } = {}): object {
  return {
    apiVersion: 'storage.k8s.io/v1', kind: 'StorageClass', provisioner: options.provisioner ?? 'ebs.csi.aws.com', volumeBindingMode: options.mode ?? 'WaitForFirstConsumer',
    metadata: { name, annotations: options.isDefault ? { 'storageclass.kubernetes.io/is-default-class': 'true' } : {} },
    ...(options.reclaimPolicy && { reclaimPolicy: options.reclaimPolicy }),
  };
}

function aClaim(name: string, options: { storageClass?: string; size?: string; modes?: string[]; volume?: string } = {}): object {
  return {
    apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: { name, namespace: 'default' },
    spec: {
      accessModes: options.modes ?? ['ReadWriteOnce'], resources: { requests: { storage: options.size ?? '1Gi' } },
      ...(options.storageClass !== undefined && { storageClassName: options.storageClass }), ...(options.volume && { volumeName: options.volume }),
    },
  };
}

function aVolume(name: string, options: { storageClass?: string; size?: string; modes?: string[] } = {}): object {
  return {
    apiVersion: 'v1', kind: 'PersistentVolume', metadata: { name },
    spec: { capacity: { storage: options.size ?? '2Gi' }, accessModes: options.modes ?? ['ReadWriteOnce'], storageClassName: options.storageClass ?? 'manual', hostPath: { path: `/data/${name}` } },
  };
}

const mounting = (claim: string): object => ({ volumes: [{ name: 'v', persistentVolumeClaim: { claimName: claim } }] });
const claimOf = (world: ClusterDriver, name = 'data') => world.get<PersistentVolumeClaim>('PersistentVolumeClaim', name);
const phaseOf = (world: ClusterDriver, name = 'data') => claimOf(world, name)?.status?.phase;
const volumesOf = (world: ClusterDriver) => world.cluster.api.reader.list<PersistentVolume>('PersistentVolume');

describe('what a claim says while it has no volume', () => {
  const waitsForVolume = (provisioner: string): string => `ExternalProvisioning: Waiting for a volume to be created either by the external provisioner '${provisioner}' or manually by the system administrator. If volume creation is delayed, please verify that the provisioner is running and correctly registered.`;
  test.each([
    // the world beside it                                                       the claim                                       event
    ['nothing', [], aClaim('data'), 'FailedBinding: no persistent volumes available for this claim and no storage class is set'],
    ['no such class', [], aClaim('data', { storageClass: 'gp4' }), 'ProvisioningFailed: storageclass.storage.k8s.io "gp4" not found'],
    ['an EBS class', [aClass('gp3')], aClaim('data', { storageClass: 'gp3' }), 'WaitForFirstConsumer: waiting for first consumer to be created before binding'],
    ['a class nobody provisions for', [aClass('x', { provisioner: 'x.example.com', mode: 'Immediate' })], aClaim('data', { storageClass: 'x' }), waitsForVolume('x.example.com')],
    ['a volume of another class', [aVolume('a', { storageClass: 'fast' })], aClaim('data', { storageClass: '', volume: 'a' }), 'VolumeMismatch: Cannot bind to requested volume "a": storageClassName does not match'],
    ['a volume that is too small', [aVolume('a')], aClaim('data', { storageClass: 'manual', size: '5Gi', volume: 'a' }), 'VolumeMismatch: Cannot bind to requested volume "a": requested PV is too small'],
    ['a volume with other modes', [aVolume('a')], aClaim('data', { storageClass: 'manual', modes: ['ReadWriteMany'], volume: 'a' }), 'VolumeMismatch: Cannot bind to requested volume "a": incompatible accessMode'],
  ])('%s', (_, beside, claim, event) => {
    const world = new ClusterDriver();
    for (const object of beside) world.create(object);
    world.pass(1);
    world.create(claim);
    world.pass(5);
    expect(world.events('data')).toEqual([event]);
    expect(phaseOf(world)).toBe('Pending');
  });

  test('EBS volumes are not shared: ReadWriteMany fails in the driver', () => {
    const world = new ClusterDriver();
    world.create(aClass('gp3', { mode: 'Immediate' }));
    world.create(aClaim('data', { storageClass: 'gp3', modes: ['ReadWriteMany'] }));
    world.pass(5);
    expect(world.events('data')).toContain('ProvisioningFailed: failed to provision volume with StorageClass "gp3": rpc error: code = InvalidArgument desc = Volume capabilities MULTI_NODE_MULTI_WRITER not supported. Only AccessModes[ReadWriteOnce] supported.');
  });
});

describe('binding', () => {
  test('a claim takes the smallest volume that fits, and both know each other', () => {
    const world = new ClusterDriver();
    for (const [name, size] of [['big', '10Gi'], ['small', '500Mi'], ['right', '2Gi']]) world.create(aVolume(name!, { size }));
    world.pass(1);
    world.create(aClaim('data', { storageClass: 'manual' }));
    world.pass(2);
    expect(claimOf(world)).toMatchObject({ spec: { volumeName: 'right' }, status: { phase: 'Bound', capacity: { storage: '2Gi' } } });
    expect(volumesOf(world).map(volume => `${volume.metadata.name} ${volume.status!.phase}`)).toEqual(['big Available', 'right Bound', 'small Available']);
  });

  test('WaitForFirstConsumer: the pod chooses the node, the volume is made in its zone, the pod starts', () => {
    const world = new ClusterDriver();
    world.create(aClass('gp3', { isDefault: true }));
    world.create(aClaim('data'));
    world.pass(60);
    expect(phaseOf(world)).toBe('Pending');
    world.create(aPod('app', { spec: mounting('data') }));
    world.pass(20);
    expect(phaseOf(world)).toBe('Bound');
    const [volume] = volumesOf(world);
    const node = world.get('Node', world.pods()[0]!.spec!.nodeName!, '')!;
    expect(volume!.spec!.nodeAffinity!.required!.nodeSelectorTerms[0]!.matchExpressions![0]!.values).toEqual([node.metadata.labels![ZONE]]);
    expect(world.podWords()).toEqual(['Running 1/1 r0']);
    expect(world.events('data').map(event => event.split(':')[0])).toEqual(expect.arrayContaining(['WaitForFirstConsumer', 'ExternalProvisioning', 'Provisioning', 'ProvisioningSucceeded']));
  });

  test('an EBS volume ties its pod to one zone', () => {
    const world = new ClusterDriver();
    world.create(aClass('gp3'));
    world.create(aClaim('data', { storageClass: 'gp3' }));
    world.create(aPod('app', { spec: mounting('data') }));
    world.pass(20);
    const home = world.pods()[0]!.spec!.nodeName!;
    world.delete('Pod', 'app');
    world.pass(10);
    world.client.patch('Node', { namespace: '', name: home }, 'merge', { spec: { unschedulable: true } });
    world.create(aPod('app', { spec: mounting('data') }));
    world.pass(10);
    expect(world.events('app').at(-1)).toContain("0/3 nodes are available: 1 node(s) were unschedulable, 2 node(s) didn't match PersistentVolume's node affinity.");
  });

  test('a StatefulSet with a claim template: one volume a pod, kept when it scales down and found again', () => {
    const world = new ClusterDriver();
    world.create(aClass('gp3', { isDefault: true }));
    world.create({
      apiVersion: 'apps/v1', kind: 'StatefulSet', metadata: { name: 'db', namespace: 'default' },
      spec: {
        serviceName: 'db', replicas: 2, selector: { matchLabels: { app: 'db' } },
        template: { metadata: { labels: { app: 'db' } }, spec: { terminationGracePeriodSeconds: 1, containers: [{ name: 'app', image: 'busybox:1.37', command: ['sleep', '100000'], volumeMounts: [{ name: 'data', mountPath: '/data' }] }] } },
        volumeClaimTemplates: [{ metadata: { name: 'data' }, spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } } }],
      },
    });
    world.pass(40);
    expect(world.podWords()).toEqual(['Running 1/1 r0', 'Running 1/1 r0']);
    const bound = claimOf(world, 'data-db-1')!.spec!.volumeName;
    world.patch('StatefulSet', 'db', { spec: { replicas: 0 } });
    world.pass(30);
    world.patch('StatefulSet', 'db', { spec: { replicas: 2 } });
    world.pass(40);
    expect(claimOf(world, 'data-db-1')!.spec!.volumeName).toBe(bound);
    expect(world.podWords()).toEqual(['Running 1/1 r0', 'Running 1/1 r0']);
  });

  test('a claim with nobody to serve it keeps its pod Pending, and room on the node is kept while volumes are made', () => {
    const world = new ClusterDriver({ nodes: 1 });
    world.create(aClass('gp3'));
    world.create(aClaim('data', { storageClass: 'gp3' }));
    const asks = { container: { resources: { requests: { cpu: '1500m' } } } };
    world.create(aPod('a', { ...asks, spec: mounting('data') }));
    world.pass(1);
    world.create(aPod('b', asks));
    world.pass(20);
    expect(world.pods().map(pod => `${pod.metadata.name} ${pod.status!.phase}`)).toEqual(['a Running', 'b Pending']);
  });
});

describe('letting go', () => {
  test('a claim in use is Terminating until its pod is gone; then the volume goes with it', () => {
    const world = new ClusterDriver();
    world.create(aClass('gp3'));
    world.create(aClaim('data', { storageClass: 'gp3' }));
    world.create(aPod('app', { spec: mounting('data') }));
    world.pass(20);
    world.delete('PersistentVolumeClaim', 'data');
    world.pass(10);
    expect(claimOf(world)!.metadata.deletionTimestamp).toBeDefined();
    world.delete('Pod', 'app');
    world.pass(20);
    expect(claimOf(world)).toBeUndefined();
    expect(volumesOf(world)).toEqual([]);
  });

  test('Retain: the volume is Released and no new claim gets it', () => {
    const world = new ClusterDriver();
    world.create(aVolume('a'));
    world.create(aClaim('data', { storageClass: 'manual' }));
    world.pass(20);
    world.delete('PersistentVolumeClaim', 'data');
    world.pass(5);
    expect(volumesOf(world)[0]!.status!.phase).toBe('Released');
    world.create(aClaim('data', { storageClass: 'manual' }));
    world.pass(20);
    expect(phaseOf(world)).toBe('Pending');
  });

  test('a bound claim whose volume is removed is Lost', () => {
    const world = new ClusterDriver();
    world.create(aVolume('a'));
    world.create(aClaim('data', { storageClass: 'manual' }));
    world.pass(20);
    world.client.patch('PersistentVolume', { namespace: '', name: 'a' }, 'merge', { metadata: { finalizers: null } });
    world.client.delete('PersistentVolume', { namespace: '', name: 'a' });
    world.pass(20);
    expect(phaseOf(world)).toBe('Lost');
    expect(world.events('data')).toContain('ClaimLost: Bound claim has lost its PersistentVolume. Data on the volume is lost!');
  });
});
