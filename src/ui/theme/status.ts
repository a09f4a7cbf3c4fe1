/** The status grammar: a word of the STATUS column → shape and colour. The word itself is never made here. */
import type { GlyphName } from './glyph.tsx';

export type Tone = 'bad' | 'warn' | 'wait' | 'gone' | 'ok';

export interface StatusLook {
  readonly glyph: GlyphName;
  readonly tone: Tone;
}

/** Worst first: how glyphs are grouped, and which is drawn last. */
export const TONES: readonly Tone[] = ['bad', 'warn', 'wait', 'gone', 'ok'];

const WORDS: Record<string, StatusLook> = {
  Completed: { glyph: 'done', tone: 'gone' },
  Succeeded: { glyph: 'done', tone: 'gone' },
  Terminating: { glyph: 'term', tone: 'gone' },
  Pending: { glyph: 'pending', tone: 'wait' },
  SchedulingGated: { glyph: 'pending', tone: 'wait' },
  ContainerCreating: { glyph: 'creating', tone: 'wait' },
  PodInitializing: { glyph: 'creating', tone: 'wait' },
  CrashLoopBackOff: { glyph: 'crash', tone: 'bad' },
  Error: { glyph: 'crash', tone: 'bad' },
  Failed: { glyph: 'crash', tone: 'bad' },
  OOMKilled: { glyph: 'crash', tone: 'bad' },
  StartError: { glyph: 'crash', tone: 'bad' },
  ContainerCannotRun: { glyph: 'crash', tone: 'bad' },
  RunContainerError: { glyph: 'crash', tone: 'bad' },
  Evicted: { glyph: 'term', tone: 'bad' },
  ImagePullBackOff: { glyph: 'image', tone: 'bad' },
  ErrImagePull: { glyph: 'image', tone: 'bad' },
  ErrImageNeverPull: { glyph: 'image', tone: 'bad' },
  InvalidImageName: { glyph: 'image', tone: 'bad' },
  CreateContainerConfigError: { glyph: 'image', tone: 'bad' },
  CreateContainerError: { glyph: 'image', tone: 'bad' },
  Ready: { glyph: 'node', tone: 'ok' },
  NotReady: { glyph: 'nodebad', tone: 'bad' },
};

/**
 * @param status the STATUS text of `kubectl get pods`
 * @param ready the READY text (`1/1`); decides between a solid and a half hull
 */
export function lookOf(status: string, ready = ''): StatusLook {
  const known = WORDS[status];
  if (known) return known;
  if (status === 'Running') {
    const [up, all] = ready.split('/');
    return up === all ? { glyph: 'ready', tone: 'ok' } : { glyph: 'notready', tone: 'warn' };
  }
  if (status.startsWith('Init:')) {
    return WORDS[status.slice(5)]?.tone === 'bad' ? { glyph: 'crash', tone: 'bad' } : { glyph: 'creating', tone: 'wait' };
  }
  if (/^(ExitCode|Signal):/.test(status)) return { glyph: 'crash', tone: 'bad' };
  return { glyph: 'unknown', tone: 'gone' };
}

/** The tone of any word that stands in a terminal table, or `undefined` when it is not a status. */
export function toneOfWord(word: string): Tone | undefined {
  if (word === 'Running' || word === 'Active' || word === 'Bound') return undefined;
  if (word === 'Warning' || word.startsWith('SchedulingDisabled')) return 'warn';
  const parts = word.split(',');
  if (parts.includes('NotReady')) return 'bad';
  if (parts.includes('SchedulingDisabled')) return 'warn';
  if (word === 'Ready' || word === 'Completed' || word === 'Succeeded') return undefined;
  return WORDS[word]?.tone ?? (word.startsWith('Init:') ? lookOf(word).tone : undefined);
}

export function worstTone(tones: Iterable<Tone>): Tone {
  let worst = TONES.length - 1;
  for (const tone of tones) worst = Math.min(worst, TONES.indexOf(tone));
  return TONES[worst] ?? 'ok';
}
