/** Writes recorded/api/known-differences.json anew: the cases our API server answers differently, by reason. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { replays } from '../tests/recorded/replays.ts';

/** A few reasons rather than a thousand: which way the two disagree. */
function reasonOf(found: string): string {
  if (found.startsWith('code 201 instead of 4') || found.startsWith('code 200 instead of 4')) return 'ours accepts it';
  if (/^code 4\d\d instead of 20/.test(found)) return 'ours refuses it';
  if (found.startsWith('other words')) return 'refused in other words';
  return found.startsWith('code') ? 'another code' : 'another object';
}

const all: Record<string, Record<string, string[]>> = {};
for (const [file, replay] of Object.entries(replays)) {
  const byReason: Record<string, string[]> = {};
  const results = replay();
  for (const [id, found] of results) if (found !== '') (byReason[reasonOf(found)] ??= []).push(id);
  all[file] = byReason;
  const differing = Object.values(byReason).flat().length;
  console.log(`${file}: ${results.size - differing} of ${results.size} equal`);
}
writeFileSync(join(import.meta.dirname, '../recorded/api/known-differences.json'), `${JSON.stringify(all, undefined, 1)}\n`);
