/** The link for a class: whoever opens it stands in this very state, with fresh terminals and nothing typed. */
import type { SavedRun } from '../../hosts/protocol.ts';
import { say } from '../session.ts';

/** The run as others get it: it begins where it stands, and cannot be taken back beyond that. */
export function startingHere(run: SavedRun): SavedRun {
  return { ...run, inputs: [...run.inputs, { atMs: run.untilMs, input: { type: 'begin' } }] };
}

export function shareStart(): void {
  void import('../share-link.ts').then(async ({ currentRun, runLink }) => {
    const run = await currentRun();
    const link = await runLink(startingHere(run));
    try {
      await navigator.clipboard.writeText(link);
      say(`The link for the class is on your clipboard, seed ${run.seed}. Everyone starts here, with an empty terminal.`);
    } catch {
      location.hash = link.split('#')[1] ?? '';
      say('The address bar now holds the link for the class.');
    }
  });
}
