import { useSession } from '../session.ts';
import type { Slug, Snapshot } from '../snapshot.ts';
import { related } from './relations.ts';

let memo: { snapshot: Snapshot; slug: Slug; set: ReadonlySet<Slug> } | undefined;

/** Every chip asks for the same set, so the last answer is kept. */
function relatedOnce(snapshot: Snapshot, slug: Slug): ReadonlySet<Slug> {
  if (memo?.snapshot !== snapshot || memo.slug !== slug) memo = { snapshot, slug, set: related(snapshot, slug) };
  return memo.set;
}

/** Whether this object stands back because another one is pointed at. */
export function useRelated(slug: Slug | undefined): boolean {
  return useSession(state => {
    if (!slug || !state.hovered || state.hovered === slug) return false;
    return !relatedOnce(state.snapshot, state.hovered).has(slug);
  });
}
