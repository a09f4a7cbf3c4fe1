import { writeFileSync } from 'node:fs';
import { parseDuration } from './world-choice.ts';
import type { World } from './world.ts';

/** What a line that begins with a colon asked of the host itself. */
export type OwnAnswer =
  | { readonly code: number; readonly text: string; readonly status?: unknown }
  | { readonly code: 0; readonly advanceMs: number };

const HELP = ':advance DURATION, :status, :hint, :answer OBJECTIVE TEXT, :trace-hash, :save FILE';

/** Carries out `:advance 5m`, `:status` and the like. */
export function ownCommand(world: World, line: string): OwnAnswer {
  const [name = '', ...words] = line.slice(1).trim().split(/\s+/);
  switch (name) {
    case 'advance': {
      const ms = parseDuration(words[0] ?? '');
      return ms === undefined ? { code: 2, text: ':advance needs a duration such as 30s, 5m or 1h\n' } : { code: 0, advanceMs: ms };
    }
    case 'trace-hash': return { code: 0, text: `${world.traceHash}\n` };
    case 'save': {
      if (words[0] === undefined) return { code: 2, text: ':save needs a file\n' };
      try {
        writeFileSync(words[0], `${JSON.stringify(world.save())}\n`);
        return { code: 0, text: `saved ${world.inputs.length} inputs to ${words[0]}\n` };
      } catch (thrown) {
        return { code: 1, text: `:save: ${thrown instanceof Error ? thrown.message : String(thrown)}\n` };
      }
    }
    case 'status': return status(world);
    case 'hint': {
      if (!world.scenario) return NO_SCENARIO;
      world.input({ type: 'hint' });
      const { shown, total } = world.scenarioState()!.hints;
      return { code: 0, text: `hint ${shown.length} of ${total}: ${shown.at(-1) ?? 'there is none'}\n` };
    }
    case 'answer': {
      if (!world.scenario) return NO_SCENARIO;
      const [objective, ...text] = words;
      if (objective === undefined || text.length === 0) return { code: 2, text: ':answer needs an objective and a text\n' };
      if (!world.scenarioState()!.objectives.some(one => one.id === objective)) return { code: 1, text: `there is no objective ${objective}\n` };
      world.input({ type: 'answer', objective, text: text.join(' ') });
      const after = world.scenarioState()!.objectives.find(one => one.id === objective)!;
      return { code: after.ask?.answered ? 0 : 1, text: after.ask?.answered ? 'accepted\n' : `${after.note || 'not accepted'}\n` };
    }
    default: return { code: 2, text: `:${name} is not one of the host's own commands: ${HELP}\n` };
  }
}

const NO_SCENARIO: OwnAnswer = { code: 1, text: 'no scenario is played here\n' };

function status(world: World): OwnAnswer {
  const state = world.scenarioState();
  if (!state) return NO_SCENARIO;
  const lines = [
    `${state.title} · ${state.solved ? 'solved' : 'not solved'}`,
    ...state.objectives.map(one => `  ${one.state.padEnd(7)} ${one.id}: ${one.title}${one.value ? ` (${one.value}${one.holdMs > 0 ? `, held ${Math.round(one.heldMs / 1000)} of ${Math.round(one.holdMs / 1000)} s` : ''})` : ''}${one.note ? ` · ${one.note}` : ''}`),
    ...state.guards.map(guard => `  ${guard.holds ? 'holds  ' : 'BROKEN '} ${guard.id}: ${guard.title}${guard.holds ? '' : ` · ${guard.reason}`}`),
    ...(state.remark ? [`  ${state.remark}`] : []),
  ];
  return { code: 0, text: `${lines.join('\n')}\n`, status: state };
}
