import type { Task } from '../../kernel/task.ts';
import { FileError } from '../contract.ts';
import { ExpansionFailure, Interrupted, LoopExit, FunctionReturn, ShellExit } from './control-flow.ts';
import { expandTemplate } from './expand.ts';
import type { Shell } from './shell.ts';
import { parseShell } from './syntax.ts';
import { complainAboutSyntax } from './syntax-complaint.ts';

/** Where an interactive shell gets its lines from. `null` is the end (Ctrl-D). */
export interface LineSource {
  nextLine(state: { readonly continuation: boolean; readonly exitCode: number; readonly text: string }): Task<string | null>;
}

/** Prompts on standard error and reads from the terminal: what `sh` does inside `kubectl exec -it`. */
export function terminalLines(shell: Shell): LineSource {
  return {
    *nextLine({ continuation }) {
      const template = shell.variables.get(continuation ? 'PS2' : 'PS1') ?? (continuation ? '> ' : shell.dialect === 'bash' ? '\\u@\\h:\\w\\$ ' : '\\w \\$ ');
      yield* shell.process.write(2, yield* promptText(shell, template));
      return yield* readLine(shell);
    },
  };
}

function* readLine(shell: Shell): Task<string | null> {
  const descriptor = shell.process.descriptors.get(0);
  if (!descriptor) return null;
  const reading = descriptor.read();
  let next = reading.next();
  while (!next.done) {
    const start = next.value;
    const outcome = yield* shell.waitFor<{ value: unknown }>(resume => start(value => resume({ value })));
    if (outcome === undefined) { yield* shell.runPendingTraps(); continue; }
    next = reading.next(outcome.value as never);
  }
  return next.value === null ? null : next.value.replace(/\n$/, '');
}

/** A prompt template with bash's escapes. */
export function* promptText(shell: Shell, template: string): Task<string> {
  const home = shell.variables.get('HOME');
  const { cwd } = shell.process;
  const shown = home && home !== '/' && (cwd === home || cwd.startsWith(`${home}/`)) ? `~${cwd.slice(home.length)}` : cwd;
  const expanded = template.replace(/\\(u|h|H|w|W|\$|n|e|\[|\]|s|\\|033)/g, (_, letter: string) => {
    switch (letter) {
      case 'u': return shell.system.userName(shell.process.uid);
      case 'h': return shell.system.hostname.split('.')[0]!;
      case 'H': return shell.system.hostname;
      case 'w': return shown;
      case 'W': return shown === '~' ? '~' : cwd === '/' ? '/' : cwd.slice(cwd.lastIndexOf('/') + 1);
      case '$': return shell.process.uid === 0 ? '#' : '\\$';
      case 'n': return '\n';
      case 'e': case '033': return '\x1b';
      case 's': return shell.dialect === 'bash' ? 'bash' : 'sh';
      case '\\': return '\\\\';
      default: return '';
    }
  });
  return yield* expandTemplate(shell, expanded);
}

/** The dialogue: prompt, read a complete command, run it, tell of ended jobs, again. */
export function* interact(shell: Shell, lines: LineSource = terminalLines(shell)): Task<number> {
  const { process } = shell;
  shell.interactive = true;
  shell.origin = 'interactive';
  shell.shopt.set('expand_aliases', true);
  const { terminal } = shell;
  process.group = process.pid;
  if (terminal) terminal.foregroundGroup = process.group;
  process.onSignal('SIGINT', () => shell.interrupt());
  process.onSignal('SIGTSTP', 'ignore');
  process.onSignal('SIGTERM', 'ignore');
  process.onSignal('SIGQUIT', 'ignore');
  yield* readStartFile(shell);
  let code: number | undefined;
  while (code === undefined) code = yield* oneCommand(shell, lines);
  shell.status = code;
  yield* shell.runExitTrap();
  return shell.status;
}

function* readStartFile(shell: Shell): Task<void> {
  if (shell.dialect !== 'bash') return;
  const home = shell.variables.get('HOME');
  if (!home) return;
  let text: string;
  try {
    text = shell.system.files.read(`${home}/.bashrc`);
  } catch (thrown) {
    if (thrown instanceof FileError) return;
    throw thrown;
  }
  yield* guarded(shell, shell.interpreter.runText(shell, text));
}

/** @returns the exit code when the shell is to end */
function* oneCommand(shell: Shell, lines: LineSource): Task<number | undefined> {
  for (const line of shell.jobs.ended()) yield* shell.process.write(2, `${line}\n`);
  let text = '';
  for (;;) {
    let line: string | null;
    try {
      line = yield* lines.nextLine({ continuation: text !== '', exitCode: shell.status, text });
    } catch (thrown) {
      if (!(thrown instanceof Interrupted)) throw thrown;
      shell.status = 130;
      yield* shell.process.write(2, '\n');
      return undefined;
    }
    if (line === null) {
      if (text !== '') {
        yield* shell.process.write(2, 'bash: syntax error: unexpected end of file\n');
        shell.status = 2;
        return undefined;
      }
      if (shell.dialect === 'bash') yield* shell.process.write(2, 'exit\n');
      return shell.status;
    }
    text = text === '' ? line : `${text}\n${line}`;
    const parsed = parseShell(text);
    if (parsed.kind === 'incomplete') continue;
    if (text.trim() === '') return undefined;
    if (!/^\s/.test(text) && shell.history.at(-1) !== text) shell.history.push(text);
    if (parsed.kind === 'error') {
      yield* complainAboutSyntax(shell, parsed.error, text);
      shell.status = 2;
      return undefined;
    }
    return yield* guarded(shell, shell.interpreter.runScript(shell, parsed.script, text));
  }
}

function* guarded(shell: Shell, body: Task<number>): Task<number | undefined> {
  shell.clearInterrupt();
  shell.depth = 0;
  try {
    yield* body;
  } catch (thrown) {
    shell.loopDepth = 0;
    shell.conditionDepth = 0;
    shell.functionNames = [];
    if (thrown instanceof ShellExit) return thrown.code;
    if (thrown instanceof Interrupted) {
      shell.status = 130;
      yield* shell.process.write(2, '\n');
    } else if (thrown instanceof ExpansionFailure) shell.status = 1;
    else if (thrown instanceof RangeError) {
      yield* shell.complain('maximum nesting level exceeded');
      shell.status = 1;
    } else if (!(thrown instanceof LoopExit) && !(thrown instanceof FunctionReturn)) throw thrown;
  } finally {
    while (shell.variables.inFunction) shell.variables.leaveScope();
  }
  return undefined;
}
