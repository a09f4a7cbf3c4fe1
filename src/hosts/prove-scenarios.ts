/**
 * Proves every scenario: it shows what it says it shows, is not solved at the start nor by waiting, every solution solves
 * it twice with the same trace (with the stars it states), no shortcut does, what is safe but open counts as that, and harmless extras do not stand in the way.
 */
import { spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { durationMs } from '../trainer/content.ts';
import { findScenarios, type FoundScenario } from '../trainer/catalogue.ts';
import { contentFromFiles } from './content-files.ts';
import { LineRunner } from './line-runner.ts';

const SEEDS = [1, 20] as const;
const IDLE_MS = 600_000;
const HARMLESS = [
  'kubectl create configmap notes -n shop --from-literal=who=me', 'kubectl create namespace scratch', 'kubectl run tmp -n scratch --image=busybox --restart=Never -- sleep 1',
];

const content = contentFromFiles();
const wanted = process.argv.slice(2);
let passed = 0;
let failed = 0;

function verdict(ok: boolean, what: string, detail = ''): void {
  if (ok) passed += 1;
  else failed += 1;
  console.log(`${ok ? '  ok  ' : 'FAILED'} ${what}${ok || detail === '' ? '' : `\n         ${detail.split('\n').slice(0, 12).join('\n         ')}`}`);
}

const open = (found: FoundScenario, seed: number): LineRunner => LineRunner.in({ kind: 'scenario', key: found.key }, seed, content);

/** Plays a script of terminal lines and `:answer`, `:advance`, `:hint` commands. */
async function play(runner: LineRunner, script: string): Promise<void> {
  for (const line of script.split('\n')) {
    if (line.trim() === '' || line.startsWith('#')) continue;
    const [command = '', ...words] = line.split(' ');
    if (command === ':advance') await runner.advance(durationMs(words[0]!));
    else if (command === ':answer') runner.world.input({ type: 'answer', objective: words[0]!, text: words.slice(1).join(' ') });
    else if (command === ':hint') runner.world.input({ type: 'hint' });
    else await runner.run(line);
  }
}

function progress(runner: LineRunner): string {
  const state = runner.world.scenarioState()!;
  return [...state.objectives.map(({ id, state: mark, value }) => `${id}: ${mark} (${value})`),
    ...state.guards.filter(guard => !guard.holds).map(guard => `${guard.id} broken: ${guard.reason}`)].join('\n');
}

const scripts = (found: FoundScenario, kind: string): [name: string, text: string][] =>
  content.list(`${found.folder}/${kind}`).map(path => [path.slice(path.lastIndexOf('/') + 1), content.read(path)!]);

async function prove(found: FoundScenario): Promise<void> {
  console.log(found.id);
  for (const seed of SEEDS) {
    const runner = open(found, seed);
    for (const { run, shows } of found.scenario.observe) {
      const { stdout, stderr } = await runner.run(run);
      for (const pattern of shows) verdict(new RegExp(pattern, 'm').test(stdout + stderr), `seed ${seed} observes ${pattern}`, `$ ${run}\n${stdout}${stderr}`);
    }
  }
  const idle = open(found, SEEDS[0]);
  verdict(!idle.world.scenario!.isSolved, 'is not solved at the start');
  await idle.advance(IDLE_MS);
  verdict(!idle.world.scenario!.isSolved, 'is not solved by waiting ten minutes', progress(idle));
  for (const [name, script] of scripts(found, 'solutions')) {
    const runs = [open(found, SEEDS[0]), open(found, SEEDS[0])];
    for (const runner of runs) await play(runner, script);
    verdict(runs.every(runner => runner.world.scenario!.isSolved), `solution ${name} solves it`, progress(runs[0]!));
    const stars = /^# stars: (\d)$/m.exec(script)?.[1];
    if (stars) verdict(runs[0]!.world.scenarioState()?.debrief?.stars === Number(stars), `solution ${name} earns ${stars} stars`, JSON.stringify(runs[0]!.world.scenarioState()?.debrief?.starNotes));
    verdict(runs[0]!.world.traceHash === runs[1]!.world.traceHash, `solution ${name} leaves the same trace twice`);
  }
  for (const [name, script] of scripts(found, 'safe')) {
    const runner = open(found, SEEDS[0]);
    await play(runner, script);
    const state = runner.world.scenarioState()!;
    verdict(!state.solved && state.partial !== undefined, `${name} leaves customers safe and the ticket open`, progress(runner));
  }
  for (const [name, script] of scripts(found, 'shortcuts')) {
    const runner = open(found, SEEDS[0]);
    await play(runner, script);
    verdict(!runner.world.scenario!.isSolved, `shortcut ${name} does not`, progress(runner));
  }
  const [first] = scripts(found, 'solutions');
  if (first) {
    const runner = open(found, SEEDS[1]);
    await play(runner, [...HARMLESS, first[1]].join('\n'));
    verdict(runner.world.scenario!.isSolved, 'harmless extras do not stand in the way', progress(runner));
  }
  const prose = [found.scenario.ticket, found.scenario.title, found.scenario.seen].join(' ');
  verdict(!prose.includes(found.id), 'ticket and title do not give the id away');
}

/** Each scenario in a process of its own, as many at a time as there are cores. */
async function proveSideBySide(ids: readonly string[]): Promise<void> {
  const waiting = [...ids];
  const next = async (): Promise<void> => {
    for (let id = waiting.shift(); id !== undefined; id = waiting.shift()) {
      const output = await new Promise<string>(resolve => {
        const child = spawn(process.execPath, [...process.execArgv, process.argv[1]!, id!], { stdio: ['ignore', 'pipe', 'inherit'] });
        let text = '';
        child.stdout.setEncoding('utf8').on('data', chunk => { text += chunk; });
        child.on('close', code => resolve(code === 0 || text.includes('FAILED') ? text : `${text}FAILED ${id} ended with ${code}\n`));
      });
      const lines = output.split('\n').filter(line => line !== '' && !line.startsWith('scenarios: '));
      passed += lines.filter(line => line.startsWith('  ok')).length;
      failed += lines.filter(line => line.startsWith('FAILED')).length;
      console.log(lines.join('\n'));
    }
  };
  await Promise.all(Array.from({ length: Math.min(availableParallelism(), ids.length) }, next));
}

const ids = findScenarios(content).map(({ id }) => id).filter(id => wanted.length === 0 || wanted.includes(id));
if (ids.length > 1) await proveSideBySide(ids);
else for (const found of findScenarios(content)) if (ids.includes(found.id)) await prove(found);
console.log(`scenarios: ${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 || passed === 0 ? 1 : 0;
