import type { Task } from '../../kernel/task.ts';
import { FileError, type FileStat, type SystemProcess } from '../contract.ts';
import { spawnCommand } from '../executable.ts';
import { credentialsOf, fileErrorWords } from '../files/open-file.ts';
import { joinPath, nameOf, resolvePath } from '../files/path.ts';
import { matches } from '../shell/glob.ts';
import { modeText } from './ls.ts';

interface Found {
  readonly shown: string;
  readonly path: string;
  readonly stat: FileStat;
  readonly depth: number;
}

type Test = (found: Found) => Task<boolean>;

class FindError {
  readonly message: string;

  constructor(message: string) {
    this.message = message;
  }
}

/** `find`. */
export function* find(process: SystemProcess): Task<number> {
  const words = process.argv.slice(1);
  const starts: string[] = [];
  while (words[0] !== undefined && !/^[-(!]/.test(words[0])) starts.push(words.shift()!);
  const expression = new FindExpression(process, words);
  let test: Test;
  try {
    test = expression.parse();
  } catch (thrown) {
    if (!(thrown instanceof FindError)) throw thrown;
    yield* process.write(2, `find: ${thrown.message}\n`);
    return 1;
  }
  let code = 0;
  const { files } = process.system;
  const walk = function* (found: Found): Task<void> {
    if (found.depth > expression.maxDepth) return;
    expression.pruned = false;
    const act = found.depth >= expression.minDepth;
    if (act && !expression.depthFirst) yield* test(found);
    if (found.stat.type === 'directory' && !expression.pruned && found.depth < expression.maxDepth) {
      let names: string[] = [];
      try {
        names = files.list(found.path, credentialsOf(process));
      } catch (thrown) {
        if (!(thrown instanceof FileError)) throw thrown;
        yield* process.write(2, `find: ‘${found.shown}’: ${fileErrorWords(thrown.code)}\n`);
        code = 1;
      }
      for (const name of names) {
        const path = joinPath(found.path, name);
        const stat = files.stat(path, { followLinks: false });
        if (stat) yield* walk({ shown: joinPath(found.shown, name), path, stat, depth: found.depth + 1 });
      }
    }
    if (act && expression.depthFirst) yield* test(found);
  };
  for (const start of starts.length > 0 ? starts : ['.']) {
    const path = resolvePath(process.cwd, start);
    const stat = files.stat(path, { followLinks: false });
    if (!stat) { yield* process.write(2, `find: ‘${start}’: No such file or directory\n`); code = 1; continue; }
    yield* walk({ shown: start, path, stat, depth: 0 });
  }
  yield* expression.finish();
  return code;
}

class FindExpression {
  maxDepth = Number.POSITIVE_INFINITY;
  minDepth = 0;
  depthFirst = false;
  pruned = false;
  private acts = false;
  private at = 0;
  private readonly batches: { command: string[]; paths: string[] }[] = [];
  private readonly process: SystemProcess;
  private readonly words: readonly string[];

  constructor(process: SystemProcess, words: readonly string[]) {
    this.process = process;
    this.words = words;
  }

  parse(): Test {
    const test = this.words.length === 0 ? always : this.or();
    if (this.at < this.words.length) throw new FindError(`paths must precede expression: \`${this.words[this.at]}'`);
    if (this.acts) return test;
    const { process } = this;
    return function* (found) {
      if (!(yield* test(found))) return false;
      yield* process.write(1, `${found.shown}\n`);
      return true;
    };
  }

  /** Runs what `-exec … +` gathered. */
  *finish(): Task<void> {
    for (const batch of this.batches) if (batch.paths.length > 0) yield* this.runCommand([...batch.command, ...batch.paths]);
  }

  private or(): Test {
    let left = this.and();
    while (this.words[this.at] === '-o' || this.words[this.at] === '-or') {
      this.at += 1;
      const [first, second] = [left, this.and()];
      left = function* (found) { return (yield* first(found)) || (yield* second(found)); };
    }
    return left;
  }

  private and(): Test {
    let left = this.not();
    for (;;) {
      const word = this.words[this.at];
      if (word === undefined || word === ')' || word === '-o' || word === '-or') return left;
      if (word === '-a' || word === '-and') this.at += 1;
      const [first, second] = [left, this.not()];
      left = function* (found) { return (yield* first(found)) && (yield* second(found)); };
    }
  }

  private not(): Test {
    if (this.words[this.at] !== '!' && this.words[this.at] !== '-not') return this.primary();
    this.at += 1;
    const inner = this.not();
    return function* (found) { return !(yield* inner(found)); };
  }

  private value(name: string): string {
    const value = this.words[this.at];
    if (value === undefined) throw new FindError(`missing argument to \`${name}'`);
    this.at += 1;
    return value;
  }

  private primary(): Test {
    const word = this.words[this.at];
    if (word === undefined) throw new FindError('invalid expression');
    this.at += 1;
    const { process } = this;
    const plain = (check: (found: Found) => boolean): Test => function* (found) { return check(found); };
    switch (word) {
      case '(': {
        const inner = this.or();
        if (this.words[this.at] !== ')') throw new FindError("invalid expression; I was expecting to find a ')' somewhere but did not see one.");
        this.at += 1;
        return inner;
      }
      case '-name': case '-iname': { const pattern = this.value(word); return plain(found => matches(pattern, nameOf(found.shown) || found.shown, word === '-iname')); }
      case '-path': case '-wholename': case '-ipath': { const pattern = this.value(word); return plain(found => matches(pattern, found.shown, word === '-ipath')); }
      case '-regex': { const regex = new RegExp(`^(?:${this.value(word)})$`); return plain(found => regex.test(found.shown)); }
      case '-type': {
        const kinds = this.value(word);
        if (!/^[fdlbcps](,[fdlbcps])*$/.test(kinds)) throw new FindError(`Unknown argument to -type: ${kinds}`);
        return plain(found => kinds.includes(found.stat.type === 'directory' ? 'd' : found.stat.type === 'symlink' ? 'l' : 'f'));
      }
      case '-maxdepth': case '-mindepth': {
        const value = this.value(word);
        if (!/^\d+$/.test(value)) throw new FindError(`Expected a positive decimal integer argument to ${word}, but got ‘${value}’`);
        if (word === '-maxdepth') this.maxDepth = Number(value);
        else this.minDepth = Number(value);
        return always;
      }
      case '-size': {
        const match = /^([-+]?)(\d+)([cwbkMG]?)$/.exec(this.value(word));
        if (!match) throw new FindError(`invalid -size type`);
        const unit = { c: 1, w: 2, b: 512, '': 512, k: 1024, M: 1_048_576, G: 1_073_741_824 }[match[3]!]!;
        return plain(found => compareSigned(match[1]!, Math.ceil(found.stat.sizeBytes / unit), Number(match[2])));
      }
      case '-mtime': case '-mmin': {
        const match = /^([-+]?)(\d+)$/.exec(this.value(word));
        if (!match) throw new FindError(`invalid argument \`${this.words[this.at - 1]}' to \`${word}'`);
        const unit = word === '-mtime' ? 86_400_000 : 60_000;
        return plain(found => compareSigned(match[1]!, Math.floor((process.kernel.nowMs - found.stat.modifiedAtMs) / unit), Number(match[2])));
      }
      case '-newer': {
        const other = process.system.files.stat(resolvePath(process.cwd, this.value(word)));
        return plain(found => other !== undefined && found.stat.modifiedAtMs > other.modifiedAtMs);
      }
      case '-perm': {
        const match = /^([-/]?)([0-7]+)$/.exec(this.value(word));
        if (!match) throw new FindError(`invalid mode ‘${this.words[this.at - 1]}’`);
        const bits = Number.parseInt(match[2]!, 8);
        return plain(found => (match[1] === '-' ? (found.stat.mode & bits) === bits : match[1] === '/' ? (found.stat.mode & bits) !== 0 : (found.stat.mode & 0o7777) === bits));
      }
      case '-user': { const user = this.value(word); return plain(found => process.system.userName(found.stat.uid) === user || String(found.stat.uid) === user); }
      case '-empty': return plain(found => (found.stat.type === 'directory' ? process.system.files.list(found.path).length === 0 : found.stat.type === 'file' && found.stat.sizeBytes === 0));
      case '-depth': this.depthFirst = true; return always;
      case '-true': return always;
      case '-false': return plain(() => false);
      case '-prune': return plain(() => { this.pruned = true; return true; });
      case '-print': this.acts = true; return function* (found) { yield* process.write(1, `${found.shown}\n`); return true; };
      case '-print0': this.acts = true; return function* (found) { yield* process.write(1, `${found.shown}\0`); return true; };
      case '-ls': this.acts = true; return function* (found) { yield* process.write(1, `${modeText(found.stat)} 1 ${process.system.userName(found.stat.uid)} ${found.stat.sizeBytes} ${found.shown}\n`); return true; };
      case '-printf': {
        this.acts = true;
        const format = this.value(word);
        return function* (found) {
          yield* process.write(1, format.replace(/\\n/g, '\n').replace(/\\t/g, '\t').replace(/\\0/g, '\0').replace(/%([pfsmyhd%])/g, (_, letter: string) => ({ p: found.shown, f: nameOf(found.shown), s: String(found.stat.sizeBytes), m: (found.stat.mode & 0o7777).toString(8), y: found.stat.type === 'directory' ? 'd' : found.stat.type === 'symlink' ? 'l' : 'f', h: found.shown.slice(0, Math.max(0, found.shown.lastIndexOf('/'))) || '.', d: String(found.depth), '%': '%' })[letter]!));
          return true;
        };
      }
      case '-delete': {
        this.acts = true;
        this.depthFirst = true;
        return function* (found) {
          try {
            process.system.files.remove(found.path, { as: credentialsOf(process) });
            return true;
          } catch (thrown) {
            if (!(thrown instanceof FileError)) throw thrown;
            yield* process.write(2, `find: cannot delete ‘${found.shown}’: ${fileErrorWords(thrown.code)}\n`);
            return false;
          }
        };
      }
      case '-exec': case '-execdir': return this.exec(word);
      default:
        if (word.startsWith('-')) throw new FindError(`unknown predicate \`${word}'`);
        throw new FindError(`paths must precede expression: \`${word}'`);
    }
  }

  private exec(word: string): Test {
    this.acts = true;
    const command: string[] = [];
    for (;;) {
      const next = this.words[this.at];
      if (next === undefined) throw new FindError(`missing argument to \`${word}'`);
      this.at += 1;
      if (next === ';') break;
      if (next === '+' && command.at(-1) === '{}') {
        const batch = { command: command.slice(0, -1), paths: [] as string[] };
        this.batches.push(batch);
        return function* (found) { batch.paths.push(found.shown); return true; };
      }
      command.push(next);
    }
    const self = this;
    return function* (found) { return (yield* self.runCommand(command.map(part => part.replaceAll('{}', found.shown)))) === 0; };
  }

  private *runCommand(argv: readonly string[]): Task<number> {
    const child = spawnCommand(this.process, argv);
    if ('refused' in child) { yield* this.process.write(2, `find: ${child.refused}\n`); return child.code; }
    yield* this.process.wait(child);
    return child.exitCode!;
  }
}

function compareSigned(sign: string, value: number, wanted: number): boolean {
  return sign === '+' ? value > wanted : sign === '-' ? value < wanted : value === wanted;
}

// eslint-disable-next-line require-yield
function* always(): Task<boolean> {
  return true;
}
