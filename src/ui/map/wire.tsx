import { BaseEdge, EdgeLabelRenderer, getBezierPath, type EdgeProps } from '@xyflow/react';
import { useSession } from '../session.ts';
import { wireLabel, wireWidth, type TalkEdge } from './draw.ts';

/** A wire of Who talks: width is rate; a failing one is dashed and ends in a cross at the hop that refused. */
export function WireEdge({ sourceX, sourceY, targetX, targetY, sourcePosition, targetPosition, data }: EdgeProps<TalkEdge>) {
  const moving = useSession(state => state.speed > 0);
  const [path, labelX, labelY] = getBezierPath({ sourceX, sourceY, targetX, targetY, sourcePosition, targetPosition });
  const wire = data?.wire;
  if (!wire) return null;
  const bad = wire.failed > 0;
  return (
    <>
      <BaseEdge path={path} style={{ stroke: bad ? 'var(--bad-fill)' : 'var(--ink-3)', strokeWidth: wireWidth(wire.perSecond), strokeDasharray: bad ? '6 5' : undefined, opacity: bad ? 1 : 0.55 }} />
      {moving && wire.perSecond > 0 && (
        <path className="request" d="M-5 -4 4 0-5 4Z" fill={bad ? 'var(--bad-fill)' : 'var(--ink)'}>
          <animateMotion dur={`${Math.max(0.8, 2.4 - wire.perSecond / 40)}s`} repeatCount="indefinite" rotate="auto" path={path} {...(bad ? { keyPoints: '0;.92', keyTimes: '0;1', calcMode: 'linear' } : {})} />
        </path>
      )}
      {bad && wire.refusedHere && (
        <g transform={`translate(${targetX - 9} ${targetY})`} stroke="var(--bad-fill)" strokeWidth="2.4">
          <circle r="8" fill="var(--water)" stroke="none" /><path d="M-5 -5 5 5M5 -5-5 5" />
        </g>
      )}
      <EdgeLabelRenderer>
        <div className={bad ? 'wire-label bad' : 'wire-label'} style={{ transform: `translate(-50%, -50%) translate(${labelX}px, ${labelY}px)` }}>{wireLabel(wire)}</div>
      </EdgeLabelRenderer>
    </>
  );
}
