/** Ours against the real kubectl: same state, same line, same text on both streams, same exit code. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { type Both, createBoth, whyNot } from './both.ts';
import { populate, STATE_AGE_MS } from './cluster-state.ts';
import { differences } from './differences.ts';
import type { Ran } from './laptop.ts';
import { operating, reading, usage, writing } from './lines.ts';
import { files } from './manifests.ts';

const obstacle = whyNot();
if (obstacle) console.warn(`differential tests skipped: ${obstacle}`);

/** What differs between any two runs: the clock and the process number of a log line. */
function normalised(text: string): string {
  return text.replace(/^([EWI])\d{4} [\d:.]+ +\d+ /gm, '$1<time> ');
}

describe.skipIf(obstacle).each([['usage', usage], ['reading', reading], ['writing', writing], ['operating', operating]] as const)('%s', (_, lines) => {
  let both: Both;
  beforeAll(async () => {
    both = await createBoth(STATE_AGE_MS, populate);
    for (const [path, content] of Object.entries(files)) both.file(path, content);
  });
  afterAll(() => both.close());

  test.each(lines.map(line => [line]))('%s', async line => {
    const shown = (ran: Ran): object => ({ stdout: normalised(ran.stdout), stderr: normalised(ran.stderr), code: ran.code });
    let { real, ours, secondPassed } = await both.run(line);
    // Only a difference that a new second can explain is looked at again.
    for (let again = 0; again < 3 && secondPassed && !isDeepStrictEqual(shown(ours), shown(real)); again += 1) ({ real, ours, secondPassed } = await both.run(line));
    if (differences[line] !== undefined) {
      expect(shown(ours), 'no longer differs: take it off the list').not.toEqual(shown(real));
      return;
    }
    expect(shown(ours)).toEqual(shown(real));
  }, 30_000);
});

describe.skipIf(obstacle)('help', () => {
  const catalogue = JSON.parse(readFileSync(join(import.meta.dirname, '../../src/terminal/kubectl/help/catalogue.json'), 'utf8')) as { commands: Record<string, unknown> };
  let both: Both;
  beforeAll(async () => { both = await createBoth(STATE_AGE_MS, () => {}); });
  afterAll(() => both.close());

  test('every command shows the text of the real one', async () => {
    const wrong: string[] = [];
    for (const path of Object.keys(catalogue.commands).filter(name => name !== 'options')) {
      const { real, ours } = await both.run(`kubectl ${path} --help`);
      if (real.stdout !== ours.stdout || real.code !== ours.code) wrong.push(path);
    }
    expect(wrong).toEqual([]);
  }, 120_000);
});

test('the list of differences stays short', () => {
  expect(Object.keys(differences).length).toBeLessThan(20);
  for (const line of Object.keys(differences)) expect([...usage, ...reading, ...writing, ...operating]).toContain(line);
});
