import type { TrafficBucket } from '../../trainer/contract.ts';

/** A headline in its two beats: a line each. */
export function beats(headline: string): string[] {
  return headline.trim().split(/(?<=[.?])\s+/).filter(Boolean);
}

export interface StoryPart { readonly title: string; readonly body: string }

/** What stands before the first heading is the lede; each heading opens a part. */
export function sections(story: string): { lede: string; parts: StoryPart[] } {
  const [lede = '', ...rest] = `\n${story}`.split(/\n#{1,3}\s+/);
  return {
    lede: lede.trim(),
    parts: rest.map(text => {
      const end = text.indexOf('\n');
      return { title: (end < 0 ? text : text.slice(0, end)).trim(), body: end < 0 ? '' : text.slice(end + 1).trim() };
    }),
  };
}

/** Width of a letter of a flag, about. */
const LETTER = 6;
const ROWS = 4;

/** A row for each flag so that no label runs into the next; `undefined` when there is no room for its words. */
export function flagRows(flags: readonly { readonly x: number; readonly words: string }[]): (number | undefined)[] {
  const ends: number[] = [];
  return flags.map(({ x, words }) => {
    for (let row = 0; row < ROWS; row += 1) {
      if ((ends[row] ?? Number.NEGATIVE_INFINITY) > x - 6) continue;
      ends[row] = x + 10 + words.length * LETTER;
      return row;
    }
    return undefined;
  });
}

/** The share of requests that were answered, 0 to 1. */
export const availability = ({ total, failed }: Pick<TrafficBucket, 'total' | 'failed'>): number => (total === 0 ? 1 : 1 - failed / total);

/** The stretch in which customers fared worst; of equals the first. */
export function worstStretch(traffic: readonly TrafficBucket[]): TrafficBucket | undefined {
  let worst: TrafficBucket | undefined;
  for (const bucket of traffic) if (!worst || availability(bucket) < availability(worst)) worst = bucket;
  return worst;
}

/** `97.3 %`, and never 100 % where something was lost. */
export function shareText(share: number): string {
  return `${share === 1 ? '100' : share === 0 ? '0' : (Math.floor(share * 1000) / 10).toFixed(1)} %`;
}
