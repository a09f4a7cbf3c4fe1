/** The parts of kubectl that need no cluster, as tables. */
import { describe, expect, test } from 'vitest';
import { completeKubectl, type CompletionSources } from './complete.ts';
import { humanDuration, parseDuration } from './flags/duration.ts';
import { parseLine } from './flags/parse.ts';
import { parseYaml, printYaml } from './objects/yaml.ts';
import { strategicPatch, threeWayStrategicPatch } from './objects/patches.ts';
import { parseJsonPath, renderJsonPath } from './printers/jsonpath.ts';
import { parseTemplate, renderTemplate } from './printers/go-template.ts';
import { alignTabs, DESCRIBE_STOPS, TABLE_STOPS } from './printers/tabwriter.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

describe('ages', () => {
  test.each([
    [-500, '0s'], [-3000, '<invalid>'], [59_000, '59s'], [119_000, '119s'], [2 * MINUTE, '2m'], [3 * MINUTE + 20_000, '3m20s'], [12 * MINUTE + 20_000, '12m'],
    [3 * HOUR, '3h'], [3 * HOUR + 5 * MINUTE, '3h5m'], [9 * HOUR + 5 * MINUTE, '9h'], [50 * HOUR, '2d2h'], [24 * 9 * HOUR, '9d'], [24 * 365 * 3 * HOUR, '3y'],
  ])('%i ms is %s', (ms, text) => { expect(humanDuration(ms)).toBe(text); });
});

describe('durations', () => {
  test.each([['90s', 90_000], ['1h2m', 3_720_000], ['1.5s', 1500], ['-1s', -1000]])('%s', (text, ms) => { expect(parseDuration(text)).toBe(ms); });
  test.each([['5', 'time: missing unit in duration "5"'], ['x', 'time: invalid duration "x"'], ['5x', 'time: unknown unit "x" in duration "5x"']])('%s is refused', (text, error) => {
    expect(parseDuration(text)).toEqual({ error });
  });
});

describe('command lines', () => {
  test.each([
    ['get pods -n shop', 'get', ['pods']],
    ['-n shop get pods', 'get', ['pods']],
    ['create cm x --from-literal=a=b', 'create configmap', ['x']],
    ['rollout status deploy/web', 'rollout status', ['deploy/web']],
    ['exec web -- ls -l', 'exec', ['web', 'ls', '-l']],
  ])('%s', (line, path, args) => {
    const parsed = parseLine(line.split(' '));
    expect(parsed.error).toBeUndefined();
    expect([parsed.spec.path, parsed.args]).toEqual([path, args]);
  });
  test('short flags may be joined, lists split at commas', () => {
    const { flags } = parseLine('get pods -Aowide -L a,b -L c'.split(' '));
    expect([flags.bool('all-namespaces'), flags.str('output'), flags.list('label-columns')]).toEqual([true, 'wide', ['a', 'b', 'c']]);
  });
});

describe('YAML out', () => {
  test.each([
    ['plain', 'plain'], ['', '""'], ['true', '"true"'], ['12', '"12"'], ['1.35', '"1.35"'], ['a: b', "'a: b'"], ['* * * * *', "'* * * * *'"], ['yes', '"yes"'],
    ['2026-01-01T00:00:00Z', '"2026-01-01T00:00:00Z"'], ['it\'s', "it's"], ['- x', "'- x'"], ['12:30:45', '"12:30:45"'], ['a #b', "'a #b'"],
  ])('%j', (value, shown) => { expect(printYaml({ v: value })).toBe(`v: ${shown}\n`); });
  test('keys are sorted, lists are not indented, text of several lines is a block', () => {
    expect(printYaml({ b: [{ y: 1, x: 2 }, 'z'], a: { c: 'one\ntwo\n' }, e: {}, l: [] })).toBe('a:\n  c: |\n    one\n    two\nb:\n- x: 2\n  "y": 1\n- z\ne: {}\nl: []\n');
  });
  test('what is printed reads back', () => {
    const value = { a: ['0777', 'null', ' lead', 'trail ', 'tab\there', 'x'.repeat(50).replaceAll('xx', 'x x')], n: [1, 0.5, true, null] };
    expect(parseYaml(printYaml(value))).toEqual({ ok: true, values: [value] });
  });
});

describe('JSONPath', () => {
  const data = { items: [{ name: 'a', n: 1, tags: { x: 'y' } }, { name: 'b', n: 2 }], 'dotted.key': 'v' };
  test.each([
    ['{.items[*].name}', 'a b'], ['{range .items[*]}{.name}={.n}{"\\n"}{end}', 'a=1\nb=2\n'], ['{.items[?(@.n>1)].name}', 'b'], ['{.items[-1].name}', 'b'],
    ['{.items[0].tags}', '{"x":"y"}'], ['{..name}', 'a b'], ['{.dotted\\.key}', 'v'], ['{.nothing}', ''], ['{.items[0:1].name}', 'a'],
  ])('%s', (template, text) => { expect(renderJsonPath(parseJsonPath(template), data, { allowMissing: true })).toBe(text); });
});

test('Go templates', () => {
  const template = parseTemplate('{{range $i, $e := .items}}{{if $i}}, {{end}}{{printf "%s:%d" $e.name (len $e.list)}}{{else}}none{{end}}');
  expect(renderTemplate(template, { items: [{ name: 'a', list: [1] }, { name: 'b', list: [] }] }, { allowMissing: true })).toBe('a:1, b:0');
  expect(renderTemplate(template, { items: [] }, { allowMissing: true })).toBe('none');
});

describe('strategic patches', () => {
  const pod = (...containers: object[]): Record<string, unknown> => ({ spec: { containers } });
  test('a changed container is named by its key', () => {
    expect(strategicPatch('Pod', pod({ name: 'a', image: 'x' }, { name: 'b', image: 'y' }), pod({ name: 'a', image: 'x' }, { name: 'b', image: 'z' })))
      .toEqual({ spec: { containers: [{ name: 'b', image: 'z' }], '$setElementOrder/containers': [{ name: 'a' }, { name: 'b' }] } });
  });
  test('apply removes only what it had applied', () => {
    const live = { metadata: { labels: { mine: '1', theirs: '2' } } };
    expect(threeWayStrategicPatch('Pod', { metadata: { labels: { mine: '1' } } }, { metadata: {} }, live)).toEqual({ metadata: { labels: null } });
    expect(threeWayStrategicPatch('Pod', { metadata: { labels: { mine: '1', old: '0' } } }, { metadata: { labels: { mine: '3' } } }, live)).toEqual({ metadata: { labels: { mine: '3', old: null } } });
  });
});

test('tab stops: a column ends with the block of lines that have it', () => {
  expect(alignTabs('a\tb\nlong one\tc\n', TABLE_STOPS)).toBe('a          b\nlong one   c\n');
  expect(alignTabs('Name:\tx\nplain\nA:\ty\n', DESCRIBE_STOPS)).toBe('Name:  x\nplain\nA:  y\n');
});

describe('completion', () => {
  const sources: CompletionSources = {
    types: () => [{ plural: 'pods', shortNames: ['po'], kind: 'Pod', namespaced: true }, { plural: 'deployments', shortNames: ['deploy'], kind: 'Deployment', namespaced: true }],
    names: (type, namespace) => (type === 'pods' && namespace === 'shop' ? ['orders-1', 'orders-2'] : []),
    containers: () => ['app', 'sidecar'], namespaces: () => ['default', 'shop'], contexts: () => ['dev'], namespace: 'shop', paths: () => [],
  };
  const offered = (line: string): string[] => {
    const words = line.split(' ');
    return completeKubectl(words, words.length - 1, sources).candidates.map(each => each.text);
  };
  test.each([
    ['kubectl ro', ['rollout']], ['kubectl rollout un', ['undo']], ['kubectl get de', ['deployments']], ['kubectl get pods ', ['orders-1', 'orders-2']],
    ['kubectl -n default get pods ', []], ['kubectl logs orders-1 -c ', ['app', 'sidecar']], ['kubectl get pods -n sh', ['shop']], ['kubectl get pods --sort', ['--sort-by=']],
    ['kubectl config use-context ', ['dev']], ['kubectl get pods -o y', ['yaml']], ['kubectl describe pods/ord', ['orders-1', 'orders-2']],
  ])('%s', (line, texts) => { expect(offered(line)).toEqual(texts); });
});
