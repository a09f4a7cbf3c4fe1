import { describe, expect, test } from 'vitest';
import { applyFrame, EMPTY_SNAPSHOT, type Snapshot } from '../snapshot.ts';
import { FAKE_NOW_MS, fakeObjects, object } from '../testing/fake-objects.ts';
import { lookOf } from '../theme/status.ts';
import { drawOwns, drawTalks, drawWhere } from './draw.ts';
import { filter } from './filter.ts';
import { berthsAfter, group } from './group.ts';
import { cardHeight, layoutWhere, levelOf } from './layout.ts';
import { cpuMillis, model, type PodMark } from './model.ts';
import { ownsGraph } from './owns.ts';
import { related } from './relations.ts';
import { tableOf } from './table.tsx';
import { layoutTalks, wireLabel, wireLines, ZOOM_MIN } from './talks-layout.ts';
import { talksGraph } from './talks.ts';

const { objects, podStatus } = fakeObjects();
const shop: Snapshot = applyFrame(EMPTY_SNAPSHOT, { reset: true, upserts: objects, deletes: [], podStatus });
const PANE = { width: 764, height: 314 };

const pod = (uid: string, status = 'Running', ready = '1/1'): PodMark => ({
  slug: `Pod/shop/${uid}`, uid, name: uid, namespace: 'shop', app: uid, short: uid, status, ready, restarts: 0, look: lookOf(status, ready), node: 'n', ip: '', daemon: false, createdAt: uid,
});

describe('model', () => {
  test('reads nodes with zone, group and state, and pods with the STATUS of kubectl', () => {
    const { nodes, pods } = model(shop);
    expect(nodes.map(node => `${node.zone.slice(-1)} ${node.short} ${node.group} ${node.status}`)).toEqual([
      'a ip-10-20-0-11 apps Ready', 'a ip-10-20-0-12 apps Ready', 'a ip-10-20-0-5 system Ready', 'b ip-10-20-1-21 apps Ready', 'b ip-10-20-1-5 system Ready', 'c ip-10-20-2-31 apps Ready',
    ]);
    const orders = pods.filter(mark => mark.app === 'orders');
    expect(orders.map(mark => `${mark.short} ${mark.status} ${mark.look.tone}`)).toEqual(['orders-2xkqp CrashLoopBackOff bad', 'orders-9hvtl CrashLoopBackOff bad', 'orders-rw6zd CrashLoopBackOff bad']);
  });

  test.each([['250m', 250], ['2', 2000], ['0.5', 500], [undefined, 0]])('cpu %s is %i millicores', (text, millis) => {
    expect(cpuMillis(text)).toBe(millis);
  });
});

describe('filter', () => {
  test('folds one-per-node pods and other namespaces, never trouble', () => {
    const marks = model(shop);
    const seen = (namespace: string): string[] => marks.pods.filter(mark => !filter(marks, { namespace }).folded.has(mark.uid)).map(mark => mark.app);
    expect(new Set(seen('shop'))).toContain('coredns');
    expect(seen('shop')).not.toContain('aws-node');
    expect(new Set(seen('default'))).toEqual(new Set(['orders', 'coredns', 'metrics-server']));
  });
});

describe('berths', () => {
  test.each([
    // before        pods now      after
    [[],             ['a', 'b'],   ['a', 'b']],
    [['a', 'b'],     ['a', 'b', 'c'], ['a', 'b', 'c']],     // a new pod takes the next berth
    [['a', 'b', 'c'], ['a', 'c'],  ['a', '', 'c']],         // nobody moves when one leaves
    [['a', '', 'c'], ['a', 'c', 'd'], ['a', 'd', 'c']],     // and the next one takes the free berth
    [['a', 'b'],     ['a'],        ['a']],                  // free berths at the end are given back
  ])('%j and pods %j: %j', (before, pods, after) => {
    expect(berthsAfter(before, pods.map(uid => pod(uid)))).toEqual(after);
  });

  test('trouble stands apart, the rest keeps its order', () => {
    const { zones } = group(filter(model(shop), { namespace: 'shop' }));
    const first = zones[0]?.nodes[0];
    expect(first?.trouble.map(mark => mark.short)).toEqual(['orders-2xkqp']);
    expect(first?.calm.map(mark => mark?.app)).toEqual(['catalog', 'checkout', 'media', 'storefront']);
    expect(first?.folded.length).toBe(2);
  });
});

describe('layout', () => {
  const grouped = group(filter(model(shop), { namespace: 'shop' }));

  test.each([[0.3, 'crowd'], [0.5, 'structure'], [1, 'structure'], [1.3, 'detail']])('at zoom %f the level is %s', (zoom, level) => {
    expect(levelOf(zoom)).toBe(level);
  });

  test('cards lie inside their zone and never over each other', () => {
    for (const level of ['crowd', 'structure', 'detail'] as const) {
      const layout = layoutWhere(grouped, level, PANE);
      for (const zone of layout.zones) {
        for (const [index, { rect }] of zone.cards.entries()) {
          expect(rect.x + rect.width).toBeLessThanOrEqual(zone.rect.width);
          expect(rect.y + rect.height).toBeLessThanOrEqual(layout.height);
          for (const other of zone.cards.slice(index + 1)) {
            const apart = rect.x + rect.width <= other.rect.x || other.rect.x + other.rect.width <= rect.x || rect.y + rect.height <= other.rect.y || other.rect.y + other.rect.height <= rect.y;
            expect(apart).toBe(true);
          }
        }
      }
    }
  });

  test('a zone with more nodes gets more columns, and a wide pane is filled', () => {
    const layout = layoutWhere(grouped, 'structure', PANE);
    const columns = layout.zones.map(zone => new Set(zone.cards.map(card => card.rect.x)).size);
    expect(columns).toEqual([2, 1, 1]);
    expect(layoutWhere(grouped, 'structure', { width: 1180, height: 430 }).cardWidth).toBeGreaterThan(layout.cardWidth);
  });

  test('held columns stay, whatever the pane would ask for', () => {
    const held = layoutWhere(grouped, 'structure', PANE).columns;
    expect(layoutWhere(grouped, 'structure', { width: 3000, height: 100 }, held).columns).toEqual(held);
  });

  test('pods without a node wait in water of their own', () => {
    const pending = object('v1', 'Pod', 'shop', 'late-1', { spec: { containers: [] } }, { labels: { app: 'late' } });
    const snapshot = applyFrame(shop, { reset: false, upserts: [pending], deletes: [], podStatus: [{ uid: pending.metadata.uid, status: 'Pending', ready: '0/1', restarts: 0 }] });
    const layout = layoutWhere(group(filter(model(snapshot), { namespace: 'shop' })), 'structure', PANE);
    expect(layout.zones.at(-1)?.adrift.map(mark => mark.name)).toEqual(['late-1']);
    expect(drawWhere(layout, 'structure', 26).nodes.some(node => node.id === 'adrift')).toBe(true);
  });

  test('an empty pane still gives numbers', () => {
    const layout = layoutWhere(grouped, 'structure', { width: 0, height: 0 });
    expect([layout.width, layout.height, layout.cardWidth].every(Number.isFinite)).toBe(true);
  });

  test('a card has room for what it shows', () => {
    expect(cardHeight({ node: undefined, trouble: [pod('x', 'Error', '0/1')], calm: [pod('a'), pod('b'), pod('c')], folded: [pod('d')] }, 'structure')).toBe(36 + 14 + 39 + 2 * 22);
  });
});

describe('who owns', () => {
  const graph = ownsGraph(shop, 'shop');

  test('runs workload → ReplicaSet → Pod, trouble first', () => {
    const chain = graph.boxes.filter(box => box.title.startsWith('orders')).map(box => `${box.column} ${box.kind} ${box.title} ${box.note}`.trim());
    expect(chain).toContain('1 Deployment orders');
    expect(chain).toContain('2 ReplicaSet orders-7c9d8f6b5 0/3');
    expect(chain).toContain('3 Pod orders-7c9d8f6b5-2xkqp CrashLoopBackOff');
    expect(chain).toContain('0 ConfigMap orders-config');
    expect(chain).toContain('0 PodDisruptionBudget orders');
    expect(graph.boxes.find(box => box.kind === 'Deployment')?.title).toBe('orders');
  });

  test('trouble comes first, whatever its kind', () => {
    const labels = { labels: { app: 'ledger' } };
    const set = object('apps/v1', 'StatefulSet', 'shop', 'ledger', { spec: { replicas: 1 } }, labels);
    const pod = object('v1', 'Pod', 'shop', 'ledger-0', {}, { ...labels, ownerReferences: [{ apiVersion: 'apps/v1', kind: 'StatefulSet', name: 'ledger', uid: set.metadata.uid, controller: true }] });
    const { boxes } = ownsGraph(applyFrame(shop, { reset: false, upserts: [set, pod], deletes: [], podStatus: [{ uid: pod.metadata.uid, status: 'CrashLoopBackOff', ready: '0/1', restarts: 3 }] }), 'shop');
    const workloads = boxes.filter(box => box.column === 1).map(box => box.title);
    expect(workloads.slice(0, 2).sort()).toEqual(['ledger', 'orders']);
  });

  test('a reference to something missing ends in an open ring', () => {
    const without = applyFrame(shop, { reset: false, upserts: [], deletes: [{ apiVersion: 'v1', kind: 'ConfigMap', namespace: 'shop', name: 'media-config' }], podStatus: [] });
    expect(ownsGraph(without, 'shop').boxes.find(box => box.title === 'media-config')).toMatchObject({ glyph: 'missing', note: 'not found', slug: undefined });
  });

  test('every edge joins two boxes', () => {
    const drawing = drawOwns(graph);
    const ids = new Set(drawing.nodes.map(node => node.id));
    expect(drawing.edges.filter(edge => !ids.has(edge.source) || !ids.has(edge.target))).toEqual([]);
  });
});

describe('who talks', () => {
  const sample = (from: string, to: string, ok: number, failed: number) => ({ atMs: FAKE_NOW_MS - 1000, from, to, ok, failed, failure: failed > 0 ? '502' : '', at: failed > 0 ? to : '', latencyMsP95: 20 });
  const graph = talksGraph(shop, [sample('load/checkout', 'shop/checkout', 34, 6), sample('shop/checkout', 'shop/orders', 0, 6), sample('load/checkout', 'shop/checkout', 0, 0)], FAKE_NOW_MS, 'shop');

  test('one column a hop', () => {
    expect(Object.fromEntries(graph.boxes.filter(box => ['checkout', 'orders', 'media'].includes(box.title)).map(box => [box.id, box.column]))).toEqual({ 'load/checkout': 0, 'shop/checkout': 1, 'shop/orders': 2, 'shop/media': 1 });
  });

  test('a wire says how many fail and with what', () => {
    expect(graph.wires.map(wireLabel)).toEqual(['6 of 40 fail · 502', '6 of 6 fail · 502']);
    expect(graph.wires.every(wire => wire.refusedHere)).toBe(true);
  });

  test('the cross stands at the hop that refused, not at those that passed it on', () => {
    const passed = { ...sample('load/checkout', 'shop/checkout', 0, 6), at: '' };
    const { wires } = talksGraph(shop, [passed, sample('shop/checkout', 'shop/orders', 0, 6)], FAKE_NOW_MS, 'shop');
    expect(wires.map(wire => wire.refusedHere)).toEqual([false, true]);
  });

  test('a load balancer and a host outside are no missing Services', () => {
    const { boxes } = talksGraph(shop, [sample('load/browse', 'alb/front', 1, 0), sample('shop/orders', 'db.example.com', 1, 0), sample('kube-system/x', 'kube-system/y', 1, 0)], FAKE_NOW_MS, 'shop');
    expect(boxes.filter(box => box.kind === 'outside').map(box => `${box.title}: ${box.note}`)).toEqual(['front: load balancer', 'db.example.com: outside']);
  });

  test('a Service without ready addresses says so', () => {
    expect(graph.boxes.find(box => box.id === 'shop/orders')).toMatchObject({ ready: 0, note: '3 pods, 0 ready' });
  });

  test.each([[760], [1160], [366]])('in a pane of %i px every wire ends in a row of its own and no boxes overlap', width => {
    const { places, runs } = layoutTalks(graph, width);
    expect(new Set(runs.map(run => `${run.to.x} ${run.to.y}`)).size).toBe(graph.wires.length);
    const overlaps = places.flatMap(a => places.filter(b => a !== b && a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height));
    expect(overlaps).toEqual([]);
    for (const run of runs) expect(run.from.x).toBeLessThan(run.to.x);
  });

  test('all columns of a chain of six fit beside brief and inspector', () => {
    const chain = ['load/browse', 'alb/front', 'shop/storefront', 'shop/checkout', 'shop/orders', 'db.example.com'];
    const six = talksGraph(shop, chain.slice(1).map((to, index) => sample(chain[index] ?? '', to, 0, 74)), FAKE_NOW_MS, 'shop');
    expect(layoutTalks(six, 794).width * ZOOM_MIN).toBeLessThan(794.5);
  });

  test('words that are too long for their row take two', () => {
    const wire = { ...graph.wires[0]!, failed: 74, total: 74, failure: 'refused' };
    expect([wireLines(wire, 200), wireLines(wire, 90)]).toEqual([['74 of 74 fail · refused'], ['74 of 74 fail', 'refused']]);
  });

  test('callers that call each other do not run away', () => {
    const circle = talksGraph(shop, [sample('shop/a', 'shop/b', 1, 0), sample('shop/b', 'shop/a', 1, 0)], FAKE_NOW_MS, 'shop');
    expect(drawTalks(circle, 800).nodes.every(node => Number.isFinite(node.position.x))).toBe(true);
  });
});

describe('relations', () => {
  test('a pod belongs to its owners, its siblings, its node and its Service', () => {
    expect([...related(shop, 'Pod/shop/orders-7c9d8f6b5-2xkqp')].sort()).toEqual([
      'Deployment/shop/orders', 'Node//ip-10-20-0-11', 'Pod/shop/orders-7c9d8f6b5-2xkqp', 'Pod/shop/orders-7c9d8f6b5-9hvtl', 'Pod/shop/orders-7c9d8f6b5-rw6zd', 'ReplicaSet/shop/orders-7c9d8f6b5', 'Service/shop/orders',
    ]);
  });

  test('a Deployment reaches down to its pods', () => {
    expect([...related(shop, 'Deployment/shop/orders')].filter(slug => slug.startsWith('Pod/')).length).toBe(3);
  });
});

describe('table', () => {
  test.each([['where'], ['owns'], ['talks']] as const)('%s has as many rows as its picture has marks', view => {
    const { headers, rows } = tableOf(view, shop, 'shop', [], FAKE_NOW_MS);
    expect(rows.every(row => row.cells.length === headers.length)).toBe(true);
    const marks = { where: model(shop).pods.length, owns: ownsGraph(shop, 'shop').boxes.length, talks: talksGraph(shop, [], FAKE_NOW_MS, 'shop').boxes.length };
    expect(rows.length).toBe(marks[view]);
  });
});
