/** `npm run bench`: the rows of DESIGN section 5 that can run today, measured on this machine. Nothing here passes or fails. */
import { contentFromFiles } from '../../src/hosts/content-files.ts';
import { LineRunner } from '../../src/hosts/line-runner.ts';
import { World } from '../../src/hosts/world.ts';
import { aDeployment, ClusterDriver } from '../../src/testing/cluster-driver.ts';
import { firstVisit } from './first-visit.ts';

interface Row { readonly what: string; readonly measured: string; readonly target: string }

const content = contentFromFiles();
const rows: Row[] = [];

/** CPU milliseconds of `act`: the median of `times` runs, each with a fresh setup. */
async function cpu<T>(times: number, setUp: () => T | Promise<T>, act: (subject: T) => unknown): Promise<number> {
  const figures: number[] = [];
  for (let run = 0; run < times; run += 1) {
    const subject = await setUp();
    const before = process.cpuUsage();
    await act(subject);
    const { user, system } = process.cpuUsage(before);
    figures.push((user + system) / 1000);
  }
  return figures.sort((a, b) => a - b)[Math.floor(times / 2)]!;
}

const ms = (value: number): string => (value >= 1000 ? `${(value / 1000).toFixed(2)} s` : `${value.toFixed(value < 10 ? 1 : 0)} ms`);
const scenario = { kind: 'scenario', key: 'clbo-missing-env' } as const;

/** Ten nodes, two hundred pods with probes, and a client that asks one of their Services fifty times a second. */
function estate(): ClusterDriver {
  const world = new ClusterDriver({ nodes: 10 });
  for (let index = 0; index < 20; index += 1) {
    world.create(aDeployment(`app-${index}`, {
      replicas: 10,
      container: { image: 'nginx', command: undefined, ports: [{ containerPort: 80 }], livenessProbe: { httpGet: { path: '/', port: 80 } }, readinessProbe: { httpGet: { path: '/', port: 80 } } },
    }));
    world.create({ apiVersion: 'v1', kind: 'Service', metadata: { name: `app-${index}`, namespace: 'default' }, spec: { selector: { app: `app-${index}` }, ports: [{ port: 80 }] } });
  }
  world.pass(60);
  world.cluster.addLoadBalancer({ name: 'bench', host: 'bench.example', address: '203.0.113.9', routes: [{ pathPrefix: '/', service: 'default/app-0', port: 80 }] });
  world.cluster.addLoad({ name: 'bench', ratePerSecond: 50, method: 'GET', host: 'bench.example', port: 80, path: '/' }, '198.51.100.9').start();
  return world;
}

/** Four nodes of 1.34 in three zones with forty pods under budgets, and a control plane of 1.35. */
function outdatedGroup(): ClusterDriver {
  const world = new ClusterDriver({ version: '1.35.6', nodes: 0 });
  const { eks, ec2 } = world.cluster.aws;
  const nodes = [['a', '10.20.0.11'], ['a', '10.20.0.12'], ['b', '10.20.1.21'], ['c', '10.20.2.31']].map(([zone, address]) => ({ zone: `eu-west-1${zone}`, address: address! }));
  ec2.setAside(nodes.map(({ address }) => address));
  eks.found('apps', { instanceType: 'm5.large', role: 'drydock-node', labels: {}, subnets: ['a', 'b', 'c'].map(zone => `subnet-eu-west-1${zone}`), scaling: { min: 3, max: 8, desired: 4 }, version: '1.34.2', nodes });
  ec2.setAside([]);
  for (let index = 0; index < 10; index += 1) {
    world.create(aDeployment(`app-${index}`, { replicas: 4 }));
    world.create({ apiVersion: 'policy/v1', kind: 'PodDisruptionBudget', metadata: { name: `app-${index}`, namespace: 'default' }, spec: { maxUnavailable: 1, selector: { matchLabels: { app: `app-${index}` } } } });
  }
  return world.pass(60);
}

async function main(): Promise<void> {
  rows.push({ what: 'a broken cluster staged from nothing', measured: ms(await cpu(5, () => undefined, () => new World(scenario, 1, content))), target: '–' });

  const half = await (async () => {
    const runner = LineRunner.in(scenario, 1, content);
    for (let minute = 0; minute < 30; minute += 1) {
      await runner.run('kubectl get pods');
      await runner.advance(60_000);
    }
    return runner.save();
  })();
  rows.push({ what: 'rewind to the end of a 30-minute session (replay)', measured: ms(await cpu(3, () => undefined, () => World.restore(half, content))), target: '< 1 s' });

  const busy = estate();
  const get = await cpu(25, () => undefined, () => {
    busy.cluster.api.handle({ method: 'GET', path: '/api/v1/namespaces/default/pods', headers: { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' }, user: busy.client.user });
  });
  rows.push({ what: 'the table of 200 pods, in the API server', measured: ms(get), target: '< 30 ms with kubectl and screen' });
  rows.push({ what: 'one virtual hour: 10 nodes, 200 pods, probes, 50 requests a second', measured: ms(await cpu(1, estate, world => world.pass(3600))), target: '< 1 s' });

  rows.push({
    what: 'one virtual hour of the net slice under its load',
    measured: ms(await cpu(1, () => new World({ kind: 'estate', estate: 'kubeflow-ops', slice: 'net' }, 1, content), world => world.advance(world.kernel.nowMs + 3_600_000))),
    target: '< 1 s',
  });

  rows.push({
    what: '1,000 pods from apply to all Ready',
    measured: ms(await cpu(3, () => new ClusterDriver({ nodes: 40, subnetPrefix: 18 }), world => {
      world.create(aDeployment('many', { replicas: 1000 }));
      world.pass(60);
      const ready = world.pods().filter(pod => pod.status?.phase === 'Running').length;
      if (ready !== 1000) throw new Error(`only ${ready} of 1000 run`);
    })),
    target: '< 0.8 s',
  });

  rows.push({
    what: 'one node group update: 4 nodes, 40 pods under budgets, to the end',
    measured: ms(await cpu(3, outdatedGroup, world => {
      const { aws } = world.cluster;
      const learner = aws.roleSession('drydock-admin', 'admin');
      const started = aws.api.call(learner, 'eks', 'UpdateNodegroupVersion', { clusterName: 'drydock', nodegroupName: 'apps' });
      if (!started.ok) throw new Error(started.error.message);
      const { id } = started.value['update'] as { id: string };
      for (let minute = 0; minute < 120 && aws.eks.updates.get(id)!.status === 'InProgress'; minute += 1) world.pass(60);
      if (aws.eks.updates.get(id)!.status !== 'Successful') throw new Error('the update did not succeed');
    })),
    target: '–',
  });

  rows.push(...await firstVisit());

  const width = Math.max(...rows.map(row => row.what.length));
  console.log(`\n${'what'.padEnd(width)}  ${'measured'.padStart(12)}  target`);
  for (const { what, measured, target } of rows) console.log(`${what.padEnd(width)}  ${measured.padStart(12)}  ${target}`);
  console.log('\nnot measured yet: 5,000 nodes and 150,000 pods; map frame rates; typing echo under load');
}

void main();
