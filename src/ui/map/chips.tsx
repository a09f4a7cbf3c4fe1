/** A pod's chip and a node's card: the same on the map, on the landing board and in Addresses. */
import { memo, useEffect, useRef } from 'react';
import { hover, select, useSession } from '../session.ts';
import { Glyph } from '../theme/glyph.tsx';
import { TONES } from '../theme/status.ts';
import { token } from '../theme/theme.ts';
import { plural } from '../words.ts';
import { useRelated } from './use-related.ts';
import { takesRow, type Level } from './layout.ts';
import type { NodeGroup } from './group.ts';
import type { NodeMark, PodMark } from './model.ts';

/** What a screen reader says: state in words, as the table does. */
export function podWords(pod: PodMark): string {
  return [pod.name, pod.status, pod.restarts > 0 ? plural(pod.restarts, 'restart') : '', pod.node ? `on ${pod.node.split('.')[0]}` : 'not placed'].filter(Boolean).join(', ');
}

export const PodChip = memo(function PodChip({ pod, wide = false, level = 'structure', full = false }: { pod: PodMark; wide?: boolean; level?: Level; full?: boolean }) {
  const selected = useSession(state => state.selected === pod.slug);
  const faded = useRelated(pod.slug);
  const trouble = pod.look.tone === 'bad' || pod.look.tone === 'warn';
  const named = full || level === 'detail';
  const classes = ['pod', trouble ? `tall ${pod.look.tone}` : '', pod.look.tone === 'gone' ? 'dim' : '', wide ? 'wide' : '', selected ? 'sel' : '', faded ? 'faded' : ''];
  return (
    <button type="button" className={classes.filter(Boolean).join(' ')} data-slug={pod.slug} tabIndex={-1} aria-label={podWords(pod)} aria-pressed={selected}
      title={pod.name} onClick={() => select(pod.slug)} onMouseEnter={() => hover(pod.slug)} onMouseLeave={() => hover(undefined)}>
      <Glyph name={pod.look.glyph} size={trouble ? 13 : 11} />
      <span>{named ? pod.name : trouble || pod.look.tone === 'wait' ? pod.short : pod.app}</span>
      {(trouble || pod.look.tone === 'wait') && <em>{pod.status}{pod.look.glyph === 'notready' && <i> not Ready</i>}{pod.look.glyph === 'noaddr' && <i> no address</i>}</em>}
    </button>
  );
});

/** One-per-node pods and pods of other namespaces: counted, not named. */
export function FoldedPods({ pods, wide = false }: { pods: readonly PodMark[]; wide?: boolean }) {
  if (pods.length === 0) return null;
  return (
    <span className={wide ? 'pod dim wide folded' : 'pod dim folded'} title={pods.map(pod => pod.name).join('\n')}>
      {pods.slice(0, 4).map(pod => <Glyph key={pod.uid} name={pod.look.glyph} size={8} />)}
      <i>+{pods.length}</i>
    </span>
  );
}

export function NodeHead({ node, note }: { node: NodeMark; /** Said instead of the node group. */ note?: string }) {
  const selected = useSession(state => state.selected === node.slug);
  return (
    <button type="button" className={selected ? 'nh sel' : 'nh'} data-slug={node.slug} tabIndex={-1} aria-label={`node ${node.short}, ${node.status}, ${node.group}${node.joined ? `, v${node.version}, ${node.podsUsed} of ${node.podsMax} pods` : ''}`} aria-pressed={selected} title={`${node.name}: ${node.status}`}
      onClick={() => select(node.slug)} onMouseEnter={() => hover(node.slug)} onMouseLeave={() => hover(undefined)}>
      <Glyph name={node.look.glyph} size={12} /><span>{node.short}</span>
      <em>{node.look.tone === 'ok' ? note ?? node.group : node.look.glyph === 'cordon' ? <i>cordoned</i> : node.status}</em>
    </button>
  );
}

/** Version and places: what differs between nodes while an update runs, and what fills before CPU does. */
function NodeRoom({ node }: { node: NodeMark }) {
  const full = node.podsMax > 0 && node.podsUsed >= node.podsMax;
  return <p className="nm"><span>{node.version && `v${node.version}`}</span>{node.look.tone !== 'ok' && <span>{node.group}</span>}{node.podsMax > 0 && <span className={full ? 'c-bad' : ''}>{full && 'full: '}{node.podsUsed} of {node.podsMax} pods</span>}</p>;
}

export const Card = memo(function Card({ group, level, onCanvas }: { group: NodeGroup; level: Level; onCanvas: boolean }) {
  const { node, trouble, calm, folded } = group;
  const selected = useSession(state => node !== undefined && state.selected === node.slug);
  const all = [...trouble, ...calm.filter(pod => pod !== undefined), ...folded];
  const classes = ['node', node?.look.tone === 'warn' ? 'cordoned' : '', node && !node.joined ? 'booting' : '', node?.look.tone === 'bad' ? 'down' : '', selected ? 'sel' : '', level];
  return (
    <div className={classes.filter(Boolean).join(' ')}>
      {node ? <><NodeHead node={node} /><NodeRoom node={node} /></> : <div className="nh"><Glyph name="pending" size={12} />no node yet</div>}
      {onCanvas ? <Dots pods={all} crowd={level === 'crowd'} /> : (
        <div className="pods">
          {trouble.map(pod => <PodChip key={pod.uid} pod={pod} level={level} />)}
          {calm.map((pod, index) => (pod ? <PodChip key={pod.uid} pod={pod} level={level} wide={takesRow(pod)} /> : <span key={`free${index}`} className="pod" />))}
          {level === 'detail' ? folded.map(pod => <PodChip key={pod.uid} pod={pod} level={level} />) : <FoldedPods pods={folded} />}
        </div>
      )}
      {level === 'detail' && node && node.cpuMillis > 0 && (
        <div className="room" title="CPU asked for by pods, of what the node can give">
          <span style={{ inlineSize: `${Math.min(100, (node.cpuAskedMillis / node.cpuMillis) * 100)}%` }} />
          <b>cpu {node.cpuAskedMillis}m of {node.cpuMillis}m asked for</b>
        </div>
      )}
    </div>
  );
});

/** Pods as dots in fixed order; trouble is drawn last, as diamonds. */
function Dots({ pods, crowd }: { pods: readonly PodMark[]; crowd: boolean }) {
  const ref = useRef<HTMLCanvasElement>(null);
  const theme = document.documentElement.dataset['theme'];
  useEffect(() => {
    const canvas = ref.current;
    const pen = canvas?.getContext('2d');
    if (!canvas || !pen) return;
    const { clientWidth: width, clientHeight: height } = canvas;
    const scale = Math.min(3, devicePixelRatio);
    canvas.width = width * scale;
    canvas.height = height * scale;
    pen.setTransform(scale, 0, 0, scale, 0, 0);
    pen.clearRect(0, 0, width, height);
    const step = crowd ? 14 : 12;
    const columns = Math.max(1, Math.floor(width / step));
    const order = pods.map((pod, index) => ({ pod, index })).sort((a, b) => TONES.indexOf(b.pod.look.tone) - TONES.indexOf(a.pod.look.tone));
    for (const { pod, index } of order) {
      const x = (index % columns) * step + step / 2;
      const y = Math.floor(index / columns) * step + step / 2;
      pen.fillStyle = token(`--${pod.look.tone}-fill`);
      pen.beginPath();
      if (pod.look.tone === 'bad' || pod.look.tone === 'warn') {
        const r = crowd ? 9 : 5;
        pen.moveTo(x, y - r); pen.lineTo(x + r, y); pen.lineTo(x, y + r); pen.lineTo(x - r, y);
      } else pen.arc(x, y, crowd ? 4.5 : 3, 0, 7);
      pen.fill();
    }
  }, [pods, crowd, theme]);
  const bad = pods.filter(pod => pod.look.tone === 'bad').length;
  return <canvas ref={ref} className="dots" role="img" aria-label={`${plural(pods.length, 'pod')}${bad > 0 ? `, ${bad} in trouble` : ''}`} />;
}
