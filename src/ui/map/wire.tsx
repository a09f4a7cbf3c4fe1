import { BaseEdge, type EdgeProps } from '@xyflow/react';
import { useSession } from '../session.ts';
import { wireWidth, type TalkEdge } from './draw.ts';

/** A wire of Who talks: width is rate; a failing one is dashed and ends in a cross at the hop that refused. Its words stand in the box it ends at. */
export function WireEdge({ data }: EdgeProps<TalkEdge>) {
  const moving = useSession(state => state.speed > 0);
  if (!data) return null;
  const { wire, from, to } = data.run;
  const bend = Math.max(12, Math.abs(to.x - from.x) / 2);
  const path = `M${from.x} ${from.y}C${from.x + bend} ${from.y} ${to.x - bend} ${to.y} ${to.x} ${to.y}`;
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
        <g transform={`translate(${to.x - 8} ${to.y})`} stroke="var(--bad-fill)" strokeWidth="2.4">
          <circle r="8" fill="var(--water)" stroke="none" /><path d="M-5 -5 5 5M5 -5-5 5" />
        </g>
      )}
    </>
  );
}
