import type { Task } from '../../kernel/task.ts';
import type { SystemProcess } from '../contract.ts';
import { credentialsOf } from '../files/open-file.ts';
import { resolvePath } from '../files/path.ts';
import { parseFlags } from './flags.ts';
import { LineInput, openInput, readWhole } from './program-input.ts';
import { SedError, parseSed, replacementFor, type SedAddress, type SedCommand } from './sed-script.ts';

const USAGE = 'Usage: sed [OPTION]... {script-only-if-no-other-script} [input-file]...\n';

/** Turns a sed program may take on one line; more is a loop that would never end. */
const TURN_LIMIT = 100_000;

/** `sed`. */
export function* sed(process: SystemProcess): Task<number> {
  const flags = yield* parseFlags(process, {
    short: 'nrEe:f:i::szu', usage: USAGE,
    long: { quiet: 'n', silent: 'n', 'expression=': 'e', 'file=': 'f', 'in-place=?': 'i', 'regexp-extended': 'E', separate: 's', 'null-data': 'z', unbuffered: 'u', version: 'version', posix: 'posix' },
  });
  if (typeof flags === 'number') return flags;
  if (flags.has('version')) { yield* process.write(1, 'sed (GNU sed) 4.9\n'); return 0; }
  const scripts = flags.values('e');
  for (const name of flags.values('f')) {
    const read = yield* readWhole(process, name);
    if (typeof read === 'string') { yield* process.write(2, `sed: couldn't open file ${name}: ${read}\n`); return 1; }
    scripts.push(read.text);
  }
  const operands = [...flags.operands];
  if (!flags.has('e') && !flags.has('f')) {
    const first = operands.shift();
    if (first === undefined) { yield* process.write(2, USAGE); return 1; }
    scripts.push(first);
  }
  let commands: SedCommand[];
  try {
    commands = parseSed(scripts.join('\n'), flags.has('E') || flags.has('r'));
  } catch (thrown) {
    if (!(thrown instanceof SedError)) throw thrown;
    yield* process.write(2, `sed: ${thrown.message}\n`);
    return 1;
  }
  const inPlace = flags.has('i');
  const suffix = flags.value('i');
  let code = 0;
  const editor = new Editor(commands, flags.has('n'), process);
  const names = operands.length > 0 ? operands : ['-'];
  if (!inPlace) {
    editor.emit = text => process.write(1, text);
    for (let i = 0; i < names.length; i += 1) {
      const descriptor = openInput(process, names[i]!);
      if (typeof descriptor === 'string') {
        yield* process.write(2, descriptor === 'Is a directory' ? `sed: couldn't edit ${names[i]}: not a regular file\n` : `sed: can't read ${names[i]}: ${descriptor}\n`);
        code = 2;
        continue;
      }
      if (yield* editor.run(new LineInput(descriptor), i === names.length - 1)) return editor.exitCode;
    }
    yield* editor.finish();
    return code || editor.exitCode;
  }
  for (const name of names) {
    const path = resolvePath(process.cwd, name);
    const descriptor = openInput(process, name);
    if (typeof descriptor === 'string') {
      yield* process.write(2, descriptor === 'Is a directory' ? `sed: couldn't edit ${name}: not a regular file\n` : `sed: can't read ${name}: ${descriptor}\n`);
      code = descriptor === 'Is a directory' ? 4 : 2;
      continue;
    }
    const before = process.system.files.read(path, credentialsOf(process));
    const pieces: string[] = [];
    // eslint-disable-next-line require-yield
    editor.emit = function* (text) { pieces.push(text); };
    editor.reset();
    yield* editor.run(new LineInput(descriptor), true);
    yield* editor.finish();
    if (suffix) process.system.files.write(resolvePath(process.cwd, suffix.includes('*') ? suffix.replace('*', name) : name + suffix), before, { as: credentialsOf(process) });
    process.system.files.write(path, pieces.join(''), { as: credentialsOf(process) });
  }
  return code;
}

class Editor {
  emit: (text: string) => Task<void>;
  exitCode = 0;
  private hold = '';
  private line = 0;
  private queue: string[] = [];
  private lookAhead: string | undefined;
  private input!: LineInput;
  private isLastFile = true;
  private lastPattern: RegExp | undefined;
  private quit = false;
  private space = '';
  private deleted = false;
  private restarted = false;
  private appended: string[] = [];
  private batch: string[] = [];
  private missingNewline = false;
  private readonly commands: readonly SedCommand[];
  private readonly silent: boolean;
  private readonly process: SystemProcess;

  constructor(commands: readonly SedCommand[], silent: boolean, process: SystemProcess) {
    this.commands = commands;
    this.silent = silent;
    this.process = process;
    this.emit = text => process.write(1, text);
  }

  reset(): void {
    this.line = 0;
    this.hold = '';
    this.quit = false;
  }

  /** Edits one file. @returns whether `q` ended everything */
  *run(input: LineInput, isLastFile: boolean): Task<boolean> {
    this.input = input;
    this.isLastFile = isLastFile;
    yield* this.fill();
    for (;;) {
      const line = this.lookAhead;
      if (line === undefined) break;
      yield* this.fill();
      this.line += 1;
      this.space = line;
      yield* this.cycle();
      if (this.quit) { yield* this.flush(); return true; }
    }
    return false;
  }

  *finish(): Task<void> {
    yield* this.flush();
  }

  private *fill(): Task<void> {
    if (this.queue.length === 0) {
      if (this.batch.length > 0) yield* this.flush();
      const lines = yield* this.input.next();
      this.queue = lines ? lines.reverse() : [];
    }
    this.lookAhead = this.queue.pop();
    if (this.lookAhead !== undefined && this.queue.length === 0 && this.isLastFile) {
      // Only the very last line may lack its newline, and `$` has to know it.
      const lines = yield* this.input.next();
      if (lines) this.queue = lines.reverse();
      else this.missingNewline = !this.input.endedWithNewline;
    }
  }

  private *flush(): Task<void> {
    if (this.batch.length === 0) return;
    const atEnd = this.lookAhead === undefined && this.missingNewline && !this.quit;
    const text = this.batch.join('\n') + (atEnd ? '' : '\n');
    this.batch = [];
    yield* this.emit(text);
  }

  private print(text: string): void {
    this.batch.push(text);
  }

  private *cycle(): Task<void> {
    for (let turn = 0; ; turn += 1) {
      this.deleted = false;
      this.restarted = false;
      yield* this.runBlock(this.commands);
      if (!this.deleted && !this.silent) this.print(this.space);
      for (const text of this.appended.splice(0)) this.print(text);
      if (!this.restarted || turn > TURN_LIMIT) return;
    }
  }

  /** @returns the label to go to, `''` to end the cycle, or `undefined` to go on */
  private *runBlock(commands: readonly SedCommand[]): Task<string | undefined> {
    let substituted = false;
    for (let i = 0, turns = 0; i < commands.length; i += 1) {
      const command = commands[i]!;
      if (this.selected(command) === command.negated) continue;
      turns += 1;
      if (turns > TURN_LIMIT) return '';
      let jump: string | undefined;
      switch (command.name) {
        case '{': jump = yield* this.runBlock(command.block!); break;
        case 's': if (this.substitute(command)) substituted = true; break;
        case 'y': this.space = [...this.space].map(character => command.table!.get(character) ?? character).join(''); break;
        case 'd': this.deleted = true; return '';
        case 'D': {
          this.deleted = true;
          const at = this.space.indexOf('\n');
          if (at < 0) return '';
          this.space = this.space.slice(at + 1);
          this.restarted = true;
          return '';
        }
        case 'p': this.print(this.space); break;
        case 'P': this.print(this.space.split('\n')[0]!); break;
        case 'n':
          if (!this.silent) this.print(this.space);
          if (this.lookAhead === undefined) { this.quit = true; this.deleted = true; return ''; }
          for (const text of this.appended.splice(0)) this.print(text);
          this.space = this.lookAhead;
          this.line += 1;
          yield* this.fill();
          break;
        case 'N':
          if (this.lookAhead === undefined) { this.quit = true; return ''; }
          this.space += `\n${this.lookAhead}`;
          this.line += 1;
          yield* this.fill();
          break;
        case 'g': this.space = this.hold; break;
        case 'G': this.space += `\n${this.hold}`; break;
        case 'h': this.hold = this.space; break;
        case 'H': this.hold += `\n${this.space}`; break;
        case 'x': [this.space, this.hold] = [this.hold, this.space]; break;
        case 'z': this.space = ''; break;
        case '=': this.print(String(this.line)); break;
        case 'l': this.print(`${this.space.replace(/\\/g, '\\\\').replace(/\t/g, '\\t').replace(/\n/g, '\\n')}$`); break;
        case 'a': this.appended.push(command.text); break;
        case 'i': this.print(command.text); break;
        case 'c':
          this.deleted = true;
          if (!command.to || command.negated || !command.active) this.print(command.text);
          return '';
        case 'q': this.quit = true; this.exitCode = Number(command.text || 0); return '';
        case 'Q': this.quit = true; this.deleted = true; this.exitCode = Number(command.text || 0); return '';
        case 'r': {
          const read = yield* readWhole(this.process, command.text);
          if (typeof read !== 'string') this.appended.push(read.text.replace(/\n$/, ''));
          break;
        }
        case 'w': this.writeFile(command.text); break;
        case 'b': jump = command.text; break;
        case 't': if (substituted) { substituted = false; jump = command.text; } break;
        case 'T': if (!substituted) jump = command.text; else substituted = false; break;
        default: break;
      }
      if (jump === undefined) continue;
      if (jump === '') return '';
      const target = commands.findIndex(candidate => candidate.name === ':' && candidate.text === jump);
      if (target < 0) return jump;
      i = target;
    }
    return undefined;
  }

  private writeFile(name: string): void {
    const path = resolvePath(this.process.cwd, name);
    this.process.system.files.write(path, `${this.space}\n`, { append: true, as: credentialsOf(this.process) });
  }

  private substitute(command: SedCommand): boolean {
    const { pattern, replacement, global, occurrence, print, file } = command.substitute!;
    const regex = pattern ?? this.lastPattern;
    if (!regex) return false;
    this.lastPattern = regex;
    let count = 0;
    let changed = false;
    regex.lastIndex = 0;
    let afterMatch = -1;
    this.space = this.space.replace(regex, (...found: unknown[]) => {
      const groupEnd = found.findIndex((value, index) => index > 0 && typeof value === 'number');
      const groups = found.slice(0, groupEnd) as (string | undefined)[];
      const at = found[groupEnd] as number;
      // POSIX: no empty match right behind another match.
      if (groups[0] === '' && at === afterMatch) return '';
      afterMatch = at + groups[0]!.length;
      count += 1;
      if (count < occurrence || (!global && count > occurrence)) return groups[0]!;
      changed = true;
      return replacementFor(replacement, groups);
    });
    if (changed && print) this.print(this.space);
    if (changed && file !== undefined) this.writeFile(file);
    return changed;
  }

  private matches(address: SedAddress): boolean {
    switch (address.kind) {
      case 'line': return this.line === address.line;
      case 'last': return this.lookAhead === undefined && this.isLastFile;
      case 'step': return address.step === 0 ? this.line === address.first : this.line >= address.first && (this.line - address.first) % address.step === 0;
      case 'pattern': {
        const regex = address.pattern ?? this.lastPattern;
        if (!regex) return false;
        this.lastPattern = regex;
        regex.lastIndex = 0;
        return regex.test(this.space);
      }
      default: return false;
    }
  }

  private selected(command: SedCommand): boolean {
    const { from, to } = command;
    if (!from) return true;
    if (!to) return this.matches(from);
    if (command.active) {
      if (to.kind === 'offset') { if (this.line >= command.endLine!) command.active = false; return true; }
      if (to.kind === 'line') {
        if (this.line >= to.line) command.active = false;
        return this.line <= to.line || this.line === to.line;
      }
      if (this.matches(to)) command.active = false;
      return true;
    }
    const zeroStart = from.kind === 'line' && from.line === 0 && this.line === 1;
    if (!zeroStart && !this.matches(from)) return false;
    if (to.kind === 'offset') { command.endLine = this.line + to.count; command.active = to.count > 0; }
    else if (to.kind === 'line') command.active = to.line > this.line;
    else if (zeroStart) command.active = !this.matches(to);
    else command.active = true;
    return true;
  }
}
