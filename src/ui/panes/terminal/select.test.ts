import { describe, expect, test } from 'vitest';
import { marksOf, nameTable, type Names } from './select.ts';

const names: Names = new Map<string, string>([['orders-7c9d8f6b5-2xkqp', 'Pod/shop/orders-7c9d8f6b5-2xkqp'], ['orders', 'Deployment/shop/orders'], ['orders-7c9d8f6b5-old99', 'gone']]);
const shorthand = (line: string): string[] => marksOf(line, names).map(mark => `${mark.kind}${mark.tone ? `:${mark.tone}` : ''} ${line.slice(mark.x, mark.x + mark.width)}`);

describe('terminal decorations', () => {
  test.each([
    ['NAME                     READY   STATUS', ['header NAME                     READY   STATUS']],
    ['LAST SEEN   TYPE      REASON   OBJECT   MESSAGE', ['header LAST SEEN   TYPE      REASON   OBJECT   MESSAGE']],
    ['orders-7c9d8f6b5-2xkqp   0/1     CrashLoopBackOff   7 (2m ago)   14m', ['name orders-7c9d8f6b5-2xkqp', 'status:bad CrashLoopBackOff']],
    ['orders-7c9d8f6b5-old99   1/1     Running   0   2d', ['gone orders-7c9d8f6b5-old99']],
    ['deployment.apps/orders scaled', ['name orders']],
    ['      Reason:       OOMKilled', ['status:bad OOMKilled']],
    ['kfo-prod/shop $ kubectl delete pod orders-7c9d8f6b5-2xkqp Error', ['name orders-7c9d8f6b5-2xkqp']],   // what is typed is not coloured
    ['2m   Warning   BackOff   pod/orders-7c9d8f6b5-2xkqp', ['status:warn Warning', 'name orders-7c9d8f6b5-2xkqp']],
    ['', []],
    ['KeyError: \'DATABASE_HOST\'', []],
  ])('%s', (line, marks) => {
    expect(shorthand(line)).toEqual(marks);
  });

  test('a name that left the cluster is struck, one that is there wins', () => {
    const kinds = new Map([['Pod', new Map([['shop/a-1', { metadata: { name: 'a-1', namespace: 'shop' } }]])]]);
    const table = nameTable(kinds, new Set(['a-1', 'a-0']));
    expect([table.get('a-1'), table.get('a-0')]).toEqual(['Pod/shop/a-1', 'gone']);
  });
});
