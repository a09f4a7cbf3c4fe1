import { memo } from 'react';
import sprite from './glyphs.svg?raw';

/** The shapes of the status grammar; each is a symbol of `glyphs.svg`. */
export type GlyphName =
  | 'ready' | 'notready' | 'pending' | 'creating' | 'crash' | 'image' | 'term' | 'done' | 'noaddr' | 'pdb'
  | 'node' | 'nodebad' | 'cordon' | 'svc' | 'svcok' | 'page' | 'exit' | 'wait' | 'pencil' | 'tick' | 'open' | 'guard'
  | 'guardbad' | 'unknown' | 'orphan' | 'missing' | 'sheet' | 'set' | 'client';

/** Put once at the top of the page; every glyph refers to it. */
export const GlyphSprite = memo(() => (
  <div hidden dangerouslySetInnerHTML={{ __html: sprite }} />
));

/** A shape without a voice: the words beside it say the same. */
export function Glyph({ name, size = 12 }: { name: GlyphName; size?: number }) {
  return (
    <svg className="g" width={size} height={size} viewBox="0 0 16 16" aria-hidden="true">
      <use href={`#g-${name}`} />
    </svg>
  );
}

export function Brand() {
  return (
    <svg width="24" height="20" viewBox="0 0 24 20" aria-hidden="true">
      <path d="M1.2 3.5H4V14.5H20V3.5H22.8" fill="none" stroke="currentColor" strokeWidth="2" strokeLinejoin="round" />
      <path d="M6.6 4.5H17.4L15.6 10.2H8.4Z" fill="currentColor" />
      <path d="M9 11.2V14M12 11.2V14M15 11.2V14" stroke="currentColor" strokeWidth="1.4" />
      <path d="M1 18.4q2.75-2 5.5 0t5.5 0 5.5 0 5.5 0" fill="none" stroke="var(--note)" strokeWidth="1.6" />
    </svg>
  );
}
