import { useSession } from '../session.ts';
import { Glyph } from '../theme/glyph.tsx';
import { TONES, type StatusLook } from '../theme/status.ts';
import { filter } from './filter.ts';
import { model } from './model.ts';
import { groupNews } from './node-groups.ts';
import { useMemo } from 'react';

/** Counts by STATUS word, worst first; only what is there. */
export function Legend() {
  const snapshot = useSession(state => state.snapshot);
  const namespace = useSession(state => state.mapNamespace);
  const { entries, folded } = useMemo(() => {
    const marks = filter(model(snapshot), { namespace });
    const counts = new Map<string, { look: StatusLook; count: number }>();
    for (const pod of marks.pods) {
      const word = pod.look.glyph === 'ready' ? 'Ready' : pod.status;
      const entry = counts.get(word);
      if (entry) entry.count += 1;
      else counts.set(word, { look: pod.look, count: 1 });
    }
    const sorted = [...counts].sort(([, a], [, b]) => TONES.indexOf(a.look.tone) - TONES.indexOf(b.look.tone));
    return { entries: sorted, folded: marks.folded.size };
  }, [snapshot, namespace]);
  const news = useMemo(() => groupNews(snapshot), [snapshot]);
  if (entries.length + news.length === 0) return null;
  return (
    <div className="hud legend">
      {news.map(({ group, words, tone }) => <span className={`row c-${tone}`} key={group}><Glyph name={tone === 'bad' ? 'nodebad' : 'wait'} size={12} /><b className="mono">{group}</b> {words}</span>)}
      {entries.map(([word, { look, count }]) => (
        <span className="row" key={word}><Glyph name={look.glyph} size={12} />{word} <b className="mono">{count}</b></span>
      ))}
      {folded > 0 && <span className="row c-3"><Glyph name="ready" size={8} />small: {namespace ? 'one per node, other namespaces' : 'one per node'}</span>}
    </div>
  );
}
