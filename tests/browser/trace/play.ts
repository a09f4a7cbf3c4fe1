import { LineRunner } from '../../../src/hosts/line-runner.ts';
import { opaqueKey } from '../../../src/trainer/catalogue.ts';
import type { Content } from '../../../src/trainer/content.ts';

const LINES = [
  'kubectl get pods -o wide', 'kubectl delete pod -l app=catalog --wait=false', 'for i in 1 2 3; do kubectl get deploy catalog | tail -1; sleep 2; done',
  'kubectl get pods -o json | grep -c containerID', 'kubectl run probe --image=busybox --restart=Never -- sh -c "echo $RANDOM; date"', 'awk \'BEGIN { printf "%.3f %s\\n", 10 / 3, toupper("done") }\'',
];

export const SOURCE = { kind: 'scenario', key: opaqueKey('clbo-missing-env') } as const;

/** A fixed game: the same in Node and in every browser, or the law is broken. */
export async function play(content: Content): Promise<{ hash: string; nowMs: number; events: number }> {
  const runner = LineRunner.in(SOURCE, 42, content);
  for (const line of LINES) await runner.run(line);
  await runner.advance(120_000);
  const { traceHash, kernel } = runner.world;
  return { hash: traceHash, nowMs: kernel.nowMs, events: kernel.eventCount };
}
