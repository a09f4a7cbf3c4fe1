/** The faces are a quarter of what the first visit would load; a cluster and a prompt come first. */
import { useSession } from '../session.ts';

/** Where no world was asked for, the page is what there is to look at, real ms after its first paint. */
const NO_WORLD_MS = 100;
/** How long a prompt has to be drawn undisturbed, real ms. */
const PROMPT_FIRST_MS = 300;
/** A world that takes longer than this is not waited for, real ms. */
const LATEST_MS = 6_000;

/** Loads the faces once the first prompt stands. */
export function loadFontsAfterPrompt(): void {
  let asked = false;
  const load = (): void => {
    if (asked) return;
    asked = true;
    stop();
    void import('./fonts.css');
  };
  const stop = useSession.subscribe(({ prompts }) => { if (Object.keys(prompts).length > 0) setTimeout(load, PROMPT_FIRST_MS); });
  requestAnimationFrame(() => setTimeout(() => { if (useSession.getState().phase === 'idle') load(); }, NO_WORLD_MS));
  setTimeout(load, LATEST_MS);
}
