/** Runs a parsed script. Long, over 500 lines, because a statement, a pipeline and a command call each other in turn and are read together. */
import { Pipe } from '../../kernel/pipe.ts';
import type { Task } from '../../kernel/task.ts';
import type { AndOr, Assignment, Case, Command, CommandNode, CompoundList, Function as FunctionNode, ParsedScript, Pipeline, PipelineNode, Redirection, Statement } from 'unbash';
import type { SystemProcess } from '../contract.ts';
import { FileError } from '../contract.ts';
import { InputDescriptor, fileErrorWords } from '../files/open-file.ts';
import { spliceAlias } from './aliases.ts';
import { assign } from './assignments.ts';
import { BUILTINS, SPECIAL_BUILTINS } from './builtins/index.ts';
import { ExpansionError, ExpansionFailure, FunctionReturn, LoopExit, ShellExit } from './control-flow.ts';
import { arithmeticValue, expandArguments, expandPattern, expandString } from './expand.ts';
import { matches } from './glob.ts';
import { forgetSaved, redirect, restore } from './redirect.ts';
import { runProgram, waitForeground } from './run-program.ts';
import type { Interpreter, Shell } from './shell.ts';
import { lineAt, parseShell } from './syntax.ts';
import { complainAboutSyntax } from './syntax-complaint.ts';
import { TestError, testExpression } from './test-expression.ts';
import { ReadonlyVariable, quoteWord } from './variables.ts';

/** Runs syntax trees: everything between a parsed line and the processes it starts. */
export const interpreter: Interpreter = { builtins: BUILTINS, runScript, runNode, runText, runWords, waitForeground };

/** Parses and runs a text in the current shell; a syntax error is printed and is status 2. */
function* runText(shell: Shell, text: string): Task<number> {
  const parsed = parseShell(text);
  if (parsed.kind === 'script') return yield* runScript(shell, parsed.script, text);
  const { error } = parsed;
  // Lines before the one where the broken command begins have been run by then.
  const statements = parsed.script.commands;
  const broken = parsed.kind === 'incomplete' ? statements.at(-1)?.pos ?? 0 : error.offset;
  const lineStart = text.lastIndexOf('\n', Math.max(0, broken - 1));
  const before = statements.filter(statement => statement.end <= lineStart);
  if (before.length > 0) yield* runScript(shell, { ...parsed.script, commands: before }, text);
  yield* complainAboutSyntax(shell, parsed.error, text);
  shell.status = 2;
  return 2;
}

/** A whole script: `runText`, with runaway recursion as the crash it is in a real shell. */
export function* runScriptText(shell: Shell, text: string): Task<number> {
  try {
    return yield* runText(shell, text);
  } catch (thrown) {
    if (!(thrown instanceof RangeError)) throw thrown;
    yield* shell.process.write(2, 'Segmentation fault\n');
    return 139;
  }
}

function* runScript(shell: Shell, script: ParsedScript, source: string): Task<number> {
  const outer = shell.source;
  shell.source = source;
  try {
    const { commands } = script;
    for (let i = 0; i < commands.length; i += 1) yield* runStatement(shell, commands[i]!);
  } finally {
    shell.source = outer;
  }
  return shell.status;
}

function* runList(shell: Shell, list: CompoundList): Task<number> {
  for (const statement of list.commands) yield* runStatement(shell, statement);
  return shell.status;
}

function* runStatement(shell: Shell, statement: Statement): Task<number> {
  yield* shell.step();
  if (shell.options.noexec) return 0;
  try {
    if (!statement.background) return yield* runNode(shell, statement.command);
    yield* runInBackground(shell, statement);
    return shell.status;
  } catch (thrown) {
    // A fork that failed outside any single command.
    return yield* afterFailure(shell, thrown, 'statement');
  }
}

function* runInBackground(shell: Shell, statement: Statement): Task<void> {
  const text = shell.source.slice(statement.pos, statement.end).replace(/\s*&$/, '').trim();
  const node = statement.command;
  const descriptors = new Map(shell.process.descriptors);
  if (!shell.interactive) descriptors.set(0, new InputDescriptor({ *read() { return null; }, *write() {}, retain() {}, release() {} }));
  const processes = node.type === 'Pipeline' && node.prefixes.length === 0
    ? startPipeline(shell, node, shell.interactive)
    : [shell.spawnCopy(copy => runForked(copy, node), { descriptors, group: shell.interactive ? 'own' : undefined, argv: textArgv(text) })];
  if (!shell.interactive) {
    for (const process of processes) { process.onSignal('SIGINT', 'ignore'); process.onSignal('SIGQUIT', 'ignore'); }
  }
  const job = shell.jobs.add(processes, text, 'Running');
  shell.lastBackground = processes.at(-1)!.pid;
  shell.status = 0;
  if (shell.interactive) yield* shell.process.write(2, `[${job.number}] ${shell.lastBackground}\n`);
}

function textArgv(text: string): string[] {
  return text.split(/\s+/);
}

function* runNode(shell: Shell, node: PipelineNode | AndOr): Task<number> {
  if (node.type === 'AndOr') return yield* runAndOr(shell, node);
  if (node.type === 'Pipeline') return yield* runPipeline(shell, node);
  const status = yield* runCommandNode(shell, node);
  if (node.type !== 'Command' || shell.pipeStatus.length !== 1 || shell.pipeStatus[0] !== status) shell.pipeStatus = [status];
  yield* endIfFailed(shell, node, status);
  return status;
}

/** `set -e`. */
function* endIfFailed(shell: Shell, node: PipelineNode, status: number): Task<void> {
  if (status === 0 || shell.conditionDepth > 0) return;
  if (node.type !== 'Command' && node.type !== 'Pipeline' && node.type !== 'TestCommand' && node.type !== 'ArithmeticCommand' && node.type !== 'Subshell') return;
  const trap = shell.traps.get('ERR');
  if (trap) {
    const kept = shell.status;
    shell.traps.delete('ERR');
    yield* runText(shell, trap);
    if (!shell.traps.has('ERR')) shell.traps.set('ERR', trap);
    shell.status = kept;
  }
  if (shell.options.errexit) throw new ShellExit(status);
}

function* runAndOr(shell: Shell, node: AndOr): Task<number> {
  const last = node.commands.length - 1;
  let status = 0;
  for (let i = 0; i <= last; i += 1) {
    if (i > 0 && (node.operators[i - 1] === '&&') !== (status === 0)) continue;
    if (i > 0) yield* shell.step();
    if (i < last) status = yield* asCondition(shell, runNode(shell, node.commands[i]!));
    else status = yield* runNode(shell, node.commands[i]!);
  }
  return status;
}

function* asCondition(shell: Shell, task: Task<number>): Task<number> {
  shell.conditionDepth += 1;
  try {
    return yield* task;
  } finally {
    shell.conditionDepth -= 1;
  }
}

function* runPipeline(shell: Shell, node: Pipeline): Task<number> {
  const negated = node.prefixes.filter(prefix => prefix.type === 'Negation').length % 2 === 1;
  const timed = node.prefixes.find(prefix => prefix.type === 'Time');
  const startMs = shell.process.kernel.nowMs;
  let status: number;
  if (node.commands.length === 0) status = 0;
  else if (node.commands.length === 1) {
    status = negated ? yield* asCondition(shell, runCommandNode(shell, node.commands[0]!)) : yield* runCommandNode(shell, node.commands[0]!);
    shell.pipeStatus = [status];
  } else {
    const processes = startPipeline(shell, node, shell.interactive);
    const codes = yield* waitForeground(shell, processes, shell.source.slice(node.pos, node.end));
    shell.pipeStatus = codes;
    status = codes.at(-1)!;
    if (shell.options.pipefail) status = codes.findLast(code => code !== 0) ?? 0;
  }
  if (timed) {
    const seconds = (shell.process.kernel.nowMs - startMs) / 1000;
    const shown = timed.type === 'Time' && timed.posix ? [`real ${seconds.toFixed(2)}`, 'user 0.00', 'sys 0.00']
      : ['', `real\t${Math.floor(seconds / 60)}m${(seconds % 60).toFixed(3)}s`, 'user\t0m0.000s', 'sys\t0m0.000s'];
    yield* shell.process.write(2, `${shown.join('\n')}\n`);
  }
  if (negated) status = status === 0 ? 1 : 0;
  shell.status = status;
  if (!negated) yield* endIfFailed(shell, node, status);
  return status;
}

/** Starts every stage at once, joined by pipes. */
function startPipeline(shell: Shell, node: Pipeline, ownGroup: boolean): SystemProcess[] {
  const processes: SystemProcess[] = [];
  let input: Pipe | undefined;
  node.commands.forEach((command, index) => {
    const output = index < node.commands.length - 1 ? new Pipe() : undefined;
    const descriptors = new Map(shell.process.descriptors);
    if (input) descriptors.set(0, new InputDescriptor(input.readEnd));
    if (output) {
      descriptors.set(1, output.writeEnd);
      if (node.operators[index] === '|&') descriptors.set(2, output.writeEnd);
    }
    const group = !ownGroup ? undefined : processes[0]?.group ?? 'own';
    const text = shell.source.slice(command.pos, command.end);
    processes.push(shell.spawnCopy(copy => runForked(copy, command), { descriptors, ...(group === undefined ? {} : { group }), argv: textArgv(text) }));
    input = output;
  });
  return processes;
}

/** The body of a forked stage: its last program takes the process over. */
function* runForked(copy: Shell, node: PipelineNode | AndOr): Task<number> {
  copy.interactive = false;
  if (node.type === 'Command') return yield* runSimple(copy, node, true);
  return yield* runNode(copy, node);
}

function* runCommandNode(shell: Shell, node: CommandNode): Task<number> {
  try {
    switch (node.type) {
      case 'Command': return yield* runSimple(shell, node, false);
      case 'Function':
        shell.functions.set(node.name.value, withSource(node, shell.source));
        return (shell.status = 0);
      case 'Redirected': return yield* withRedirections(shell, node.redirects, runCommandNode(shell, node.command));
      case 'BraceGroup': return yield* runList(shell, node.body);
      case 'Subshell': {
        const child = shell.spawnCopy(copy => {
          copy.interactive = false;
          return runList(copy, node.body);
        }, { ...(shell.interactive ? { group: 'own' as const } : {}) });
        const codes = yield* waitForeground(shell, [child], shell.source.slice(node.pos, node.end));
        return (shell.status = codes[0]!);
      }
      case 'If': return yield* runIf(shell, node);
      case 'While': return yield* runLoop(shell, function* () {
        const status = yield* asCondition(shell, runList(shell, node.clause));
        return (status === 0) === (node.kind === 'while');
      }, node.body);
      case 'For': return yield* runFor(shell, node.name.value, node.wordlist ? yield* expandArguments(shell, node.wordlist) : [...shell.positional], node.body);
      case 'ArithmeticFor': return yield* runArithmeticFor(shell, node);
      case 'Case': return yield* runCase(shell, node);
      case 'TestCommand': return (shell.status = (yield* testExpression(shell, node.expression)) ? 0 : 1);
      case 'ArithmeticCommand': return (shell.status = (yield* arithmeticValue(shell, node.body)) !== 0n ? 0 : 1);
      case 'Select': return yield* refuse(shell, 'select', 'a while loop with read');
      case 'Coproc': return yield* refuse(shell, 'coproc', 'a pipeline or &');
    }
  } catch (thrown) {
    return yield* afterFailure(shell, thrown, node.type);
  }
}

function* refuse(shell: Shell, what: string, instead: string): Task<number> {
  yield* shell.complain(`${what}: not modelled here; use ${instead}`);
  return (shell.status = 2);
}

/** Turns a failed expansion, assignment or redirection into the words and the status of the shell. */
function* afterFailure(shell: Shell, thrown: unknown, where: string): Task<number> {
  if (thrown instanceof ExpansionError) {
    yield* shell.complain(where === 'ArithmeticCommand' ? `((: ${thrown.message}` : thrown.message);
    shell.status = thrown.code === 127 && shell.interactive ? 1 : thrown.code;
    if (where === 'ArithmeticCommand') return (shell.status = 1);
    if (!thrown.fatal) return (shell.status = 1);
    if (shell.interactive) throw new ExpansionFailure();
    throw new ShellExit(shell.status);
  }
  if (thrown instanceof ReadonlyVariable) {
    yield* shell.complain(`${thrown.name}: readonly variable`);
    shell.status = 1;
    if (shell.interactive) throw new ExpansionFailure();
    if (where === 'assignment') throw new ShellExit(1);
    return 1;
  }
  if (thrown instanceof TestError) {
    yield* shell.complain(thrown.message);
    return (shell.status = 2);
  }
  if (thrown instanceof FileError) {
    yield* shell.complain(`${thrown.path}: ${fileErrorWords(thrown.code)}`);
    return (shell.status = 1);
  }
  throw thrown;
}

const sources = new WeakMap<FunctionNode, string>();

function withSource(node: FunctionNode, source: string): FunctionNode {
  sources.set(node, source);
  return node;
}

function* withRedirections(shell: Shell, redirections: readonly Redirection[], body: Task<number>): Task<number> {
  const saved = yield* redirect(shell, redirections);
  if (typeof saved === 'string') {
    yield* shell.complain(saved);
    return (shell.status = 1);
  }
  try {
    return yield* body;
  } finally {
    restore(shell, saved);
  }
}

function* runIf(shell: Shell, node: Extract<CommandNode, { type: 'If' }>): Task<number> {
  for (const branch of [node, ...node.elif]) {
    if ((yield* asCondition(shell, runList(shell, branch.clause))) === 0) return yield* runList(shell, branch.then);
  }
  if (node.else) return yield* runList(shell, node.else);
  return (shell.status = 0);
}

function* runLoop(shell: Shell, next: () => Task<boolean>, body: CompoundList, afterEach?: () => Task<void>): Task<number> {
  let status = 0;
  shell.loopDepth += 1;
  try {
    for (;;) {
      yield* shell.step();
      try {
        if (!(yield* next())) break;
        status = yield* runList(shell, body);
      } catch (thrown) {
        if (!(thrown instanceof LoopExit)) throw thrown;
        if (thrown.levels > 1) { thrown.levels -= 1; throw thrown; }
        status = 0;
        if (thrown.kind === 'break') break;
      }
      if (afterEach) yield* afterEach();
    }
  } finally {
    shell.loopDepth -= 1;
  }
  return (shell.status = status);
}

function* runFor(shell: Shell, name: string, values: readonly string[], body: CompoundList): Task<number> {
  let index = 0;
  if (values.length === 0) return (shell.status = 0);
  return yield* runLoop(shell, function* () {
    if (index >= values.length) return false;
    shell.variables.set(name, values[index]!);
    index += 1;
    if (shell.options.xtrace) yield* trace(shell, `for ${name} in ${values.map(quoteWord).join(' ')}`);
    return true;
  }, body);
}

function* runArithmeticFor(shell: Shell, node: Extract<CommandNode, { type: 'ArithmeticFor' }>): Task<number> {
  const text = (part: { pos: number; end: number } | undefined): string => (part ? shell.source.slice(part.pos, part.end) : '');
  const { source } = shell;
  const [first, test, update] = [node.initialize, node.test, node.update].map(part => (part ? source.slice(part.pos, part.end) : text(undefined))) as [string, string, string];
  if (first) yield* arithmeticValue(shell, first);
  return yield* runLoop(shell, function* () { return test === '' || (yield* arithmeticValue(shell, test)) !== 0n; }, node.body,
    function* () { if (update) yield* arithmeticValue(shell, update); });
}

function* runCase(shell: Shell, node: Case): Task<number> {
  const subject = yield* expandString(shell, node.word);
  let falling = false;
  shell.status = 0;
  for (const item of node.items) {
    let chosen = falling;
    for (const word of item.pattern) {
      if (chosen) break;
      chosen = matches(yield* expandPattern(shell, word), subject, shell.shopt.get('nocasematch'));
    }
    if (!chosen) continue;
    yield* runList(shell, item.body);
    if (item.terminator === ';&') falling = true;
    else if (item.terminator === ';;&') falling = false;
    else return shell.status;
  }
  return shell.status;
}

function* trace(shell: Shell, text: string): Task<void> {
  const ps4 = shell.variables.get('PS4') ?? '+ ';
  yield* shell.process.write(2, `${ps4}${text}\n`);
}

function* runSimple(shell: Shell, original: Command, tail: boolean): Task<number> {
  let node: Command = original;
  if (shell.aliases.size > 0 && shell.shopt.get('expand_aliases')) {
    const spliced = spliceAlias(shell, original);
    if (spliced) {
      if (spliced.type !== 'Command') return yield* runNode(shell, spliced);
      node = spliced;
    }
  }
  shell.line = lineAt(shell.source, original.pos);
  shell.substitutionStatus = undefined;
  const firstTemporary = shell.temporaryDescriptors.length;
  try {
    return yield* runSimpleInner(shell, node, tail);
  } catch (thrown) {
    return yield* afterFailure(shell, thrown, node.name ? 'command' : 'assignment');
  } finally {
    for (const fd of shell.temporaryDescriptors.splice(firstTemporary)) shell.process.closeDescriptor(fd);
  }
}

function* runSimpleInner(shell: Shell, node: Command, tail: boolean): Task<number> {
  const assignments = node.prefix.filter((entry): entry is Assignment => entry.type === 'Assignment');
  const words = node.name ? [node.name, ...node.args] : [];
  const declares = node.name && /^(?:declare|typeset|export|readonly|local)$/.test(node.name.text);
  const argv = declares ? [node.name!.text, ...(yield* declarationArguments(shell, node))] : yield* expandArguments(shell, words);
  if (argv.length === 0) {
    const saved = yield* redirect(shell, node.redirects);
    if (typeof saved === 'string') { yield* shell.complain(saved); return (shell.status = 1); }
    try {
      for (const assignment of assignments) {
        const shown = yield* assign(shell, assignment);
        if (shell.options.xtrace) yield* trace(shell, shown);
      }
    } finally {
      restore(shell, saved);
    }
    return (shell.status = shell.substitutionStatus ?? 0);
  }
  if (shell.options.xtrace) yield* trace(shell, argv.map(quoteTraced).join(' '));
  const name = argv[0]!;
  const isExec = name === 'exec';
  const saved = yield* redirect(shell, node.redirects);
  if (typeof saved === 'string') {
    yield* shell.complain(saved);
    shell.status = 1;
    if (isExec && !shell.interactive) throw new ShellExit(1);
    return 1;
  }
  try {
    return (shell.status = yield* runWords(shell, argv, assignments, { tail: tail || shell.execNext, text: shell.source.slice(node.pos, node.end) }));
  } finally {
    if (isExec && argv.length === 1) forgetSaved(saved);
    else restore(shell, saved);
  }
}

function quoteTraced(word: string): string {
  return word === '' ? "''" : quoteWord(word);
}

function* declarationArguments(shell: Shell, node: Command): Task<string[]> {
  const args: string[] = [];
  const declarations: Assignment[] = [];
  for (const argument of node.args) {
    if (argument.type === 'Word') args.push(...(yield* expandArguments(shell, [argument])));
    else {
      args.push(`${argument.name}=\u0000${declarations.length}`);
      declarations.push(argument);
    }
  }
  shell.declarations = declarations;
  return args;
}

/** Runs an expanded command: function, builtin or program. */
export function* runWords(
  shell: Shell, argv: readonly string[], assignments: readonly Assignment[],
  options: { tail: boolean; text: string; skipFunctions?: boolean; skipBuiltins?: boolean },
): Task<number> {
  const name = argv[0]!;
  const definition = options.skipFunctions ? undefined : shell.functions.get(name);
  if (definition) return yield* withTemporary(shell, assignments, callFunction(shell, definition, argv));
  const builtin = options.skipBuiltins ? undefined : BUILTINS.get(name);
  if (builtin && (shell.dialect === 'bash' || builtin.everywhere)) {
    if (SPECIAL_BUILTINS.has(name) || name === 'exec') {
      for (const assignment of assignments) yield* assign(shell, assignment);
      return yield* builtin.run(shell, argv, options.text);
    }
    return yield* withTemporary(shell, assignments, builtin.run(shell, argv, options.text));
  }
  const env = shell.variables.environment();
  if (assignments.length > 0) {
    const values = yield* temporaryValues(shell, assignments);
    for (const [key, value] of values) env.set(key, value);
  }
  env.set('_', name);
  return yield* runProgram(shell, argv, env, options);
}

function* temporaryValues(shell: Shell, assignments: readonly Assignment[]): Task<Map<string, string>> {
  const values = new Map<string, string>();
  for (const assignment of assignments) {
    const before = shell.variables.find(assignment.name);
    const kept = before ? { ...before } : undefined;
    yield* assign(shell, assignment);
    values.set(assignment.name, shell.variables.get(assignment.name) ?? '');
    if (kept) Object.assign(shell.variables.declare(assignment.name), { scalar: undefined }, kept);
    else shell.variables.unset(assignment.name);
  }
  return values;
}

function* withTemporary(shell: Shell, assignments: readonly Assignment[], body: Task<number>): Task<number> {
  if (assignments.length === 0) return yield* body;
  const before = new Map(assignments.map(({ name }) => {
    const variable = shell.variables.find(name);
    return [name, variable ? { ...variable } : undefined] as const;
  }));
  for (const assignment of assignments) {
    yield* assign(shell, assignment);
    shell.variables.declare(assignment.name).exported = true;
  }
  try {
    return yield* body;
  } finally {
    for (const [name, variable] of before) {
      if (variable) Object.assign(shell.variables.declare(name), { scalar: undefined }, variable);
      else shell.variables.unset(name);
    }
  }
}

function* callFunction(shell: Shell, definition: FunctionNode, argv: readonly string[]): Task<number> {
  const { positional, source, loopDepth } = shell;
  shell.positional = argv.slice(1);
  shell.source = sources.get(definition) ?? source;
  shell.functionNames.push(argv[0]!);
  shell.loopDepth = 0;
  shell.variables.enterScope();
  try {
    const { body } = definition;
    return yield* shell.deeper(body.type === 'CompoundList' ? runList(shell, body) : runNode(shell, body));
  } catch (thrown) {
    if (!(thrown instanceof FunctionReturn)) throw thrown;
    return (shell.status = thrown.code);
  } finally {
    shell.variables.leaveScope();
    shell.functionNames.pop();
    shell.loopDepth = loopDepth;
    shell.positional = positional;
    shell.source = source;
  }
}
