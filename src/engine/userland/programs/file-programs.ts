import type { Task } from '../../kernel/task.ts';
import { FileError, type SystemProcess, type SystemProgram } from '../contract.ts';
import { credentialsOf, fileErrorWords } from '../files/open-file.ts';
import { directoryOf, joinPath, nameOf, resolvePath } from '../files/path.ts';
import { parseFlags } from './flags.ts';
import { formatDate } from './date-format.ts';
import { humanSize, modeText } from './ls.ts';
import { isBusybox } from './program-input.ts';

/** Runs one file operation; a refusal becomes the program's complaint. */
function* attempt(process: SystemProcess, act: () => void, complaint: (words: string) => string): Task<boolean> {
  try {
    act();
    return true;
  } catch (thrown) {
    if (!(thrown instanceof FileError)) throw thrown;
    yield* process.write(2, `${process.argv[0]}: ${complaint(fileErrorWords(thrown.code))}\n`);
    return false;
  }
}

function* missingOperand(process: SystemProcess, after?: string): Task<number> {
  const name = process.argv[0];
  const words = after === undefined ? (name === 'cp' || name === 'mv' || name === 'ln' ? 'missing file operand' : 'missing operand') : `missing destination file operand after '${after}'`;
  yield* process.write(2, `${name}: ${words}\nTry '${name} --help' for more information.\n`);
  return 1;
}

export function* mkdir(process: SystemProcess): Task<number> {
  const flags = yield* parseFlags(process, { short: 'pm:v', long: { parents: 'p', 'mode=': 'm', verbose: 'v' } });
  if (typeof flags === 'number') return flags;
  if (flags.operands.length === 0) return yield* missingOperand(process);
  let code = 0;
  for (const name of flags.operands) {
    const done = yield* attempt(process, () => process.system.files.makeDirectory(resolvePath(process.cwd, name), { recursive: flags.has('p'), as: credentialsOf(process), ...(flags.has('m') ? { mode: Number.parseInt(flags.value('m')!, 8) } : {}) }),
      words => (isBusybox(process) ? `can't create directory '${name}': ${words}` : `cannot create directory ‘${name}’: ${words}`));
    if (!done) code = 1;
    else if (flags.has('v')) yield* process.write(1, `mkdir: created directory '${name}'\n`);
  }
  return code;
}

export function* rmdir(process: SystemProcess): Task<number> {
  const flags = yield* parseFlags(process, { short: 'pv', long: { parents: 'p', verbose: 'v', 'ignore-fail-on-non-empty': 'ignore' } });
  if (typeof flags === 'number') return flags;
  if (flags.operands.length === 0) return yield* missingOperand(process);
  let code = 0;
  for (const name of flags.operands) {
    const path = resolvePath(process.cwd, name);
    const done = yield* attempt(process, () => {
      const stat = process.system.files.stat(path, { followLinks: false });
      if (stat && stat.type !== 'directory') throw new FileError('ENOTDIR', name);
      process.system.files.remove(path, { as: credentialsOf(process) });
    }, words => `failed to remove '${name}': ${words}`);
    if (!done) code = 1;
  }
  return code;
}

export function* rm(process: SystemProcess): Task<number> {
  const flags = yield* parseFlags(process, { short: 'rRfivdI', long: { recursive: 'r', force: 'f', verbose: 'v', dir: 'd' } });
  if (typeof flags === 'number') return flags;
  const recursive = flags.has('r') || flags.has('R');
  if (flags.operands.length === 0) return flags.has('f') ? 0 : yield* missingOperand(process);
  const { files } = process.system;
  let code = 0;
  for (const name of flags.operands) {
    const path = resolvePath(process.cwd, name);
    const stat = files.stat(path, { followLinks: false });
    if (!stat && flags.has('f')) continue;
    if (path === '/' && recursive) {
      yield* process.write(2, "rm: it is dangerous to operate recursively on '/'\nrm: use --no-preserve-root to override this failsafe\n");
      code = 1;
      continue;
    }
    const inside = flags.has('v') && stat ? removalLines(process, path, name) : [];
    const done = yield* attempt(process, () => {
      if (stat?.type === 'directory' && !recursive && !flags.has('d')) throw new FileError('EISDIR', name);
      files.remove(path, { recursive, as: credentialsOf(process) });
    }, words => (isBusybox(process) ? (words === 'Is a directory' ? `'${name}' is a directory` : `can't remove '${name}': ${words}`) : `cannot remove '${name}': ${words}`));
    if (!done) code = 1;
    else if (flags.has('v')) yield* process.write(1, inside.map(line => `${line}\n`).join(''));
  }
  return code;
}

/** What `rm -v` says of a tree, innermost first. */
function removalLines(process: SystemProcess, path: string, shown: string): string[] {
  const { files } = process.system;
  if (files.stat(path, { followLinks: false })?.type !== 'directory') return [`removed '${shown}'`];
  return [...files.list(path).flatMap(name => removalLines(process, joinPath(path, name), joinPath(shown, name))), `removed directory '${shown}'`];
}

export function* touch(process: SystemProcess): Task<number> {
  const flags = yield* parseFlags(process, { short: 'camd:t:r:', long: { 'no-create': 'c', 'date=': 'd', 'reference=': 'r' } });
  if (typeof flags === 'number') return flags;
  if (flags.operands.length === 0) { yield* process.write(2, "touch: missing file operand\nTry 'touch --help' for more information.\n"); return 1; }
  let code = 0;
  for (const name of flags.operands) {
    const path = resolvePath(process.cwd, name);
    const as = credentialsOf(process);
    const done = yield* attempt(process, () => {
      if (process.system.files.stat(path)) process.system.files.touch(path, process.kernel.nowMs, as);
      else if (!flags.has('c')) process.system.files.write(path, '', { as });
    }, words => (isBusybox(process) ? `${name}: ${words}` : words === 'Permission denied' || words === 'No such file or directory' || words === 'Read-only file system' ? `cannot touch '${name}': ${words}` : `setting times of '${name}': ${words}`));
    if (!done) code = 1;
  }
  return code;
}

function* copyTree(process: SystemProcess, from: string, to: string, shown: { from: string; to: string }, options: { recursive: boolean; preserve: boolean; verbose: boolean; keep: boolean }): Task<number> {
  const { files } = process.system;
  const as = credentialsOf(process);
  const stat = files.stat(from, { followLinks: !options.preserve });
  if (!stat) { yield* process.write(2, isBusybox(process) ? `cp: can't stat '${shown.from}': No such file or directory\n` : `cp: cannot stat '${shown.from}': No such file or directory\n`); return 1; }
  if (stat.type === 'directory') {
    if (!options.recursive) { yield* process.write(2, isBusybox(process) ? `cp: omitting directory '${shown.from}'\n` : `cp: -r not specified; omitting directory '${shown.from}'\n`); return 1; }
    if (!files.stat(to) && !(yield* attempt(process, () => files.makeDirectory(to, { as, mode: stat.mode }), words => `cannot create directory '${shown.to}': ${words}`))) return 1;
    let code = 0;
    for (const name of files.list(from)) code = (yield* copyTree(process, joinPath(from, name), joinPath(to, name), { from: joinPath(shown.from, name), to: joinPath(shown.to, name) }, options)) || code;
    return code;
  }
  if (from === to) { yield* process.write(2, `cp: '${shown.from}' and '${shown.to}' are the same file\n`); return 1; }
  if (options.keep && files.stat(to)) return 0;
  if (stat.type === 'symlink') {
    return (yield* attempt(process, () => { if (files.stat(to, { followLinks: false })) files.remove(to, { as }); files.symlink(stat.linkTarget!, to, as); }, words => `cannot create symbolic link '${shown.to}': ${words}`)) ? 0 : 1;
  }
  let content = '';
  if (!(yield* attempt(process, () => { content = files.read(from, as); }, words => `cannot open '${shown.from}' for reading: ${words}`))) return 1;
  const isNew = !files.stat(to);
  const written = yield* attempt(process, () => {
    files.write(to, content, { as, ...(isNew || options.preserve ? { mode: stat.mode } : {}) });
    if (stat.program !== undefined) files.setProgram(to, stat.program);
    if (options.preserve) files.touch(to, stat.modifiedAtMs);
  }, words => (isBusybox(process) ? `can't create '${shown.to}': ${words}` : `cannot create regular file '${shown.to}': ${words}`));
  if (!written) return 1;
  if (options.verbose) yield* process.write(1, `'${shown.from}' -> '${shown.to}'\n`);
  return 0;
}

/** Where each operand goes: into the last one when that is a directory. */
function* destinations(process: SystemProcess, operands: readonly string[], directory: string | undefined): Task<{ from: string; to: string }[] | number> {
  const target = directory ?? operands.at(-1);
  const sources = directory === undefined ? operands.slice(0, -1) : operands;
  if (operands.length === 0) return yield* missingOperand(process);
  if (sources.length === 0) return yield* missingOperand(process, operands[0]);
  const isDirectory = process.system.files.stat(resolvePath(process.cwd, target!))?.type === 'directory';
  if (sources.length > 1 && !isDirectory) { yield* process.write(2, `${process.argv[0]}: target '${target}': ${process.system.files.stat(resolvePath(process.cwd, target!)) ? 'Not a directory' : 'No such file or directory'}\n`); return 1; }
  return sources.map(from => ({ from, to: isDirectory ? joinPath(target!, nameOf(from.replace(/\/+$/, '')) || from) : target! }));
}

export function* cp(process: SystemProcess): Task<number> {
  const flags = yield* parseFlags(process, { short: 'rRapfivnLPt:Td', long: { recursive: 'r', archive: 'a', force: 'f', verbose: 'v', 'no-clobber': 'n', 'preserve=?': 'p', 'target-directory=': 't', 'dereference': 'L' } });
  if (typeof flags === 'number') return flags;
  const pairs = yield* destinations(process, flags.operands, flags.value('t'));
  if (typeof pairs === 'number') return pairs;
  let code = 0;
  for (const pair of pairs) {
    code = (yield* copyTree(process, resolvePath(process.cwd, pair.from), resolvePath(process.cwd, pair.to), pair, {
      recursive: flags.has('r') || flags.has('R') || flags.has('a'), preserve: flags.has('a') || flags.has('p'), verbose: flags.has('v'), keep: flags.has('n'),
    })) || code;
  }
  return code;
}

export function* mv(process: SystemProcess): Task<number> {
  const flags = yield* parseFlags(process, { short: 'finvt:T', long: { force: 'f', 'no-clobber': 'n', verbose: 'v', 'target-directory=': 't' } });
  if (typeof flags === 'number') return flags;
  const pairs = yield* destinations(process, flags.operands, flags.value('t'));
  if (typeof pairs === 'number') return pairs;
  const { files } = process.system;
  let code = 0;
  for (const { from, to } of pairs) {
    const [source, target] = [resolvePath(process.cwd, from), resolvePath(process.cwd, to)];
    if (!files.stat(source, { followLinks: false })) { yield* process.write(2, isBusybox(process) ? `mv: can't rename '${from}': No such file or directory\n` : `mv: cannot stat '${from}': No such file or directory\n`); code = 1; continue; }
    if (flags.has('n') && files.stat(target)) continue;
    if (source === target) { yield* process.write(2, `mv: '${from}' and '${to}' are the same file\n`); code = 1; continue; }
    if (target.startsWith(`${source}/`)) { yield* process.write(2, `mv: cannot move '${from}' to a subdirectory of itself, '${to}'\n`); code = 1; continue; }
    const done = yield* attempt(process, () => files.rename(source, target, credentialsOf(process)), words => `cannot move '${from}' to '${to}': ${words}`);
    if (!done) code = 1;
    else if (flags.has('v')) yield* process.write(1, `renamed '${from}' -> '${to}'\n`);
  }
  return code;
}

export function* ln(process: SystemProcess): Task<number> {
  const flags = yield* parseFlags(process, { short: 'sfnvrT', long: { symbolic: 's', force: 'f', 'no-dereference': 'n', verbose: 'v', relative: 'r' } });
  if (typeof flags === 'number') return flags;
  const [target, given] = flags.operands;
  if (target === undefined) return yield* missingOperand(process);
  const { files } = process.system;
  const as = credentialsOf(process);
  let link = given ?? nameOf(target);
  if (files.stat(resolvePath(process.cwd, link))?.type === 'directory' && !flags.has('n')) link = joinPath(link, nameOf(target));
  const path = resolvePath(process.cwd, link);
  if (flags.has('f') && files.stat(path, { followLinks: false })) files.remove(path, { as });
  const done = yield* attempt(process, () => {
    if (flags.has('s')) files.symlink(target, path, as);
    else files.write(path, files.read(resolvePath(process.cwd, target), as), { as });
  }, words => `failed to create ${flags.has('s') ? 'symbolic' : 'hard'} link '${link}': ${words}`);
  return done ? 0 : 1;
}

/** The mode that `text` (octal, or `u+x,g-w`) makes of `mode`; `undefined` when it is neither. */
export function changedMode(text: string, mode: number, isDirectory: boolean): number | undefined {
  if (/^[0-7]{1,4}$/.test(text)) return Number.parseInt(text, 8);
  let result = mode;
  for (const clause of text.split(',')) {
    const match = /^([ugoa]*)((?:[-+=][rwxXst]*)+)$/.exec(clause);
    if (!match) return undefined;
    const who = match[1] === '' || match[1]!.includes('a') ? 'ugo' : match[1]!;
    for (const change of match[2]!.match(/[-+=][rwxXst]*/g)!) {
      let bits = 0;
      for (const letter of change.slice(1)) bits |= letter === 'r' ? 4 : letter === 'w' ? 2 : letter === 'x' || (letter === 'X' && (isDirectory || (mode & 0o111) !== 0)) ? 1 : 0;
      for (const one of who) {
        const shift = one === 'u' ? 6 : one === 'g' ? 3 : 0;
        if (change[0] === '+') result |= bits << shift;
        else if (change[0] === '-') result &= ~(bits << shift);
        else result = (result & ~(7 << shift)) | (bits << shift);
      }
      if (change.includes('t')) result = change[0] === '-' ? result & ~0o1000 : result | 0o1000;
    }
  }
  return result;
}

function below(process: SystemProcess, path: string): string[] {
  const { files } = process.system;
  const found = [path];
  if (files.stat(path, { followLinks: false })?.type === 'directory') for (const name of files.list(path)) found.push(...below(process, joinPath(path, name)));
  return found;
}

export function* chmod(process: SystemProcess): Task<number> {
  const text = process.argv[1] ?? '';
  const symbolic = /^-[rwxXst]/.test(text);
  if (symbolic) process.argv = [process.argv[0]!, '--', ...process.argv.slice(1)];
  const flags = yield* parseFlags(process, { short: 'Rvfc', long: { recursive: 'R', verbose: 'v' } });
  if (typeof flags === 'number') return flags;
  const [mode, ...names] = flags.operands;
  if (mode === undefined) return yield* missingOperand(process);
  if (names.length === 0) { yield* process.write(2, `chmod: missing operand after ‘${mode}’\nTry 'chmod --help' for more information.\n`); return 1; }
  let code = 0;
  for (const name of names) {
    const top = resolvePath(process.cwd, name);
    if (!process.system.files.stat(top)) { yield* process.write(2, isBusybox(process) ? `chmod: ${name}: No such file or directory\n` : `chmod: cannot access '${name}': No such file or directory\n`); code = 1; continue; }
    for (const path of flags.has('R') ? below(process, top) : [top]) {
      const stat = process.system.files.stat(path)!;
      const changed = changedMode(mode, stat.mode, stat.type === 'directory');
      if (changed === undefined) { yield* process.write(2, `chmod: invalid mode: ‘${mode}’\nTry 'chmod --help' for more information.\n`); return 1; }
      if (!(yield* attempt(process, () => process.system.files.chmod(path, changed, credentialsOf(process)), words => `changing permissions of '${name}': ${words}`))) code = 1;
    }
  }
  return code;
}

function userId(process: SystemProcess, name: string): number | undefined {
  if (/^\d+$/.test(name)) return Number(name);
  for (const uid of [0, 1000, 65_534, 101, 999]) if (process.system.userName(uid) === name) return uid;
  return undefined;
}

export function* chown(process: SystemProcess): Task<number> {
  const flags = yield* parseFlags(process, { short: 'Rvfh', long: { recursive: 'R', verbose: 'v', 'no-dereference': 'h' } });
  if (typeof flags === 'number') return flags;
  const [owner, ...names] = flags.operands;
  if (owner === undefined) return yield* missingOperand(process);
  if (names.length === 0) { yield* process.write(2, `${process.argv[0]}: missing operand after ‘${owner}’\nTry '${process.argv[0]} --help' for more information.\n`); return 1; }
  const isGroup = process.argv[0] === 'chgrp';
  const [user = '', group] = isGroup ? ['', owner] : owner.split(/[:.]/);
  const uid = user === '' ? undefined : userId(process, user);
  const gid = group === undefined || group === '' ? undefined : userId(process, group);
  if (user !== '' && uid === undefined) { yield* process.write(2, `chown: invalid user: ‘${owner}’\n`); return 1; }
  if (group && gid === undefined) { yield* process.write(2, `${process.argv[0]}: invalid group: ‘${owner}’\n`); return 1; }
  let code = 0;
  for (const name of names) {
    const top = resolvePath(process.cwd, name);
    if (!process.system.files.stat(top)) { yield* process.write(2, `${process.argv[0]}: cannot access '${name}': No such file or directory\n`); code = 1; continue; }
    for (const path of flags.has('R') ? below(process, top) : [top]) {
      const stat = process.system.files.stat(path)!;
      if (!(yield* attempt(process, () => process.system.files.chown(path, uid ?? stat.uid, gid ?? stat.gid, credentialsOf(process)), words => `changing ${isGroup ? 'group' : 'ownership'} of '${name}': ${words}`))) code = 1;
    }
  }
  return code;
}

export function* readlink(process: SystemProcess): Task<number> {
  const flags = yield* parseFlags(process, { short: 'femn', long: { canonicalize: 'f' } });
  if (typeof flags === 'number') return flags;
  let code = 0;
  for (const name of flags.operands) {
    const path = resolvePath(process.cwd, name);
    if (flags.has('f') || process.argv[0] === 'realpath') {
      try {
        yield* process.write(1, `${process.system.files.realPath(path)}\n`);
      } catch (thrown) {
        if (!(thrown instanceof FileError)) throw thrown;
        if (process.system.files.stat(directoryOf(path)) && process.argv[0] !== 'realpath') yield* process.write(1, `${path}\n`);
        else { code = 1; if (process.argv[0] === 'realpath') yield* process.write(2, `realpath: ${name}: No such file or directory\n`); }
      }
      continue;
    }
    const stat = process.system.files.stat(path, { followLinks: false });
    if (stat?.linkTarget === undefined) code = 1;
    else yield* process.write(1, stat.linkTarget + (flags.has('n') ? '' : '\n'));
  }
  return code;
}

export function* dirname(process: SystemProcess): Task<number> {
  const words = process.argv.slice(1);
  if (words.length === 0) return yield* missingOperand(process);
  for (const word of words) {
    const trimmed = word.replace(/\/+$/, '') || (word.startsWith('/') ? '/' : '');
    const slash = trimmed.lastIndexOf('/');
    yield* process.write(1, `${slash < 0 ? '.' : slash === 0 ? '/' : trimmed.slice(0, slash).replace(/\/+$/, '') || '/'}\n`);
  }
  return 0;
}

export function* basename(process: SystemProcess): Task<number> {
  const flags = yield* parseFlags(process, { short: 'as:', long: { multiple: 'a', 'suffix=': 's' } });
  if (typeof flags === 'number') return flags;
  if (flags.operands.length === 0) return yield* missingOperand(process);
  const several = flags.has('a') || flags.has('s');
  const suffix = flags.value('s') ?? (several ? undefined : flags.operands[1]);
  for (const word of several ? flags.operands : flags.operands.slice(0, 1)) {
    const name = nameOf(word.replace(/\/+$/, '')) || '/';
    yield* process.write(1, `${suffix && name.endsWith(suffix) && name !== suffix ? name.slice(0, -suffix.length) : name}\n`);
  }
  return 0;
}

export function* stat(process: SystemProcess): Task<number> {
  const flags = yield* parseFlags(process, { short: 'c:Lf', long: { 'format=': 'c', dereference: 'L', 'printf=': 'printf' } });
  if (typeof flags === 'number') return flags;
  if (flags.operands.length === 0) return yield* missingOperand(process);
  let code = 0;
  for (const name of flags.operands) {
    const found = process.system.files.stat(resolvePath(process.cwd, name), { followLinks: flags.has('L') });
    if (!found) { yield* process.write(2, isBusybox(process) ? `stat: can't stat '${name}': No such file or directory\n` : `stat: cannot statx '${name}': No such file or directory\n`); code = 1; continue; }
    const kind = found.type === 'directory' ? 'directory' : found.type === 'symlink' ? 'symbolic link' : found.sizeBytes === 0 ? 'regular empty file' : 'regular file';
    const time = formatDate('%Y-%m-%d %H:%M:%S.%N %z', found.modifiedAtMs);
    const [user, group] = [process.system.userName(found.uid), process.system.userName(found.gid)];
    const format = flags.value('c') ?? flags.value('printf');
    const octal = (found.mode & 0o7777).toString(8);
    if (format !== undefined) {
      const text = format.replace(/%([anNsAFuUgGyYh])/g, (_, letter: string) => ({ a: octal, n: name, N: `'${name}'`, s: String(found.sizeBytes), A: modeText(found), F: kind, u: String(found.uid), U: user, g: String(found.gid), G: group, y: time, Y: String(Math.floor(found.modifiedAtMs / 1000)), h: '1' })[letter]!);
      yield* process.write(1, flags.has('printf') ? text.replace(/\\n/g, '\n').replace(/\\t/g, '\t') : `${text}\n`);
      continue;
    }
    yield* process.write(1, `  File: ${name}${found.linkTarget === undefined ? '' : ` -> ${found.linkTarget}`}\n  Size: ${String(found.sizeBytes).padEnd(10)}\tBlocks: ${String(Math.ceil(found.sizeBytes / 4096) * 8).padEnd(10)} IO Block: 4096   ${kind}\nAccess: (${octal.padStart(4, '0')}/${modeText(found)})  Uid: (${String(found.uid).padStart(5)}/${user.padStart(8)})   Gid: (${String(found.gid).padStart(5)}/${group.padStart(8)})\nModify: ${time}\n`);
  }
  return code;
}

export function* du(process: SystemProcess): Task<number> {
  const flags = yield* parseFlags(process, { short: 'shad:ckbmx', long: { summarize: 's', 'human-readable': 'h', all: 'a', 'max-depth=': 'd', total: 'c' } });
  if (typeof flags === 'number') return flags;
  const { files } = process.system;
  let code = 0;
  const limit = flags.has('s') ? 0 : Number(flags.value('d') ?? Number.POSITIVE_INFINITY);
  const lines: string[] = [];
  const walk = (path: string, shown: string, depth: number): number => {
    const found = files.stat(path, { followLinks: false })!;
    let bytes = flags.has('b') ? found.sizeBytes : Math.ceil(found.sizeBytes / 4096) * 4096;
    if (found.type === 'directory') for (const name of files.list(path)) bytes += walk(joinPath(path, name), joinPath(shown, name), depth + 1);
    if (depth <= limit && (found.type === 'directory' || flags.has('a') || depth === 0)) lines.push(`${flags.has('h') ? humanSize(bytes) : flags.has('b') ? bytes : Math.ceil(bytes / 1024)}\t${shown}`);
    return bytes;
  };
  for (const name of flags.operands.length > 0 ? flags.operands : ['.']) {
    const path = resolvePath(process.cwd, name);
    if (files.stat(path)) walk(path, name, 0);
    else { yield* process.write(2, `du: cannot access '${name}': No such file or directory\n`); code = 1; }
  }
  yield* process.write(1, lines.map(line => `${line}\n`).join(''));
  return code;
}

export function* tree(process: SystemProcess): Task<number> {
  const flags = yield* parseFlags(process, { short: 'aL:dFI:', long: { dirsfirst: 'dirsfirst', noreport: 'noreport' } });
  if (typeof flags === 'number') return flags;
  const { files } = process.system;
  let [directories, plain] = [0, 0];
  const lines: string[] = [];
  const walk = (path: string, indent: string, depth: number): void => {
    if (depth > Number(flags.value('L') ?? Number.POSITIVE_INFINITY)) return;
    const names = files.list(path).filter(name => (flags.has('a') || !name.startsWith('.')) && (!flags.has('d') || files.stat(joinPath(path, name))?.type === 'directory'));
    names.forEach((name, index) => {
      const last = index === names.length - 1;
      const found = files.stat(joinPath(path, name), { followLinks: false })!;
      lines.push(`${indent}${last ? '└── ' : '├── '}${name}${found.linkTarget === undefined ? '' : ` -> ${found.linkTarget}`}`);
      if (found.type === 'directory') { directories += 1; walk(joinPath(path, name), indent + (last ? '    ' : '│   '), depth + 1); } else plain += 1;
    });
  };
  for (const name of flags.operands.length > 0 ? flags.operands : ['.']) {
    const path = resolvePath(process.cwd, name);
    lines.push(files.stat(path)?.type === 'directory' ? name : `${name}  [error opening dir]`);
    if (files.stat(path)?.type === 'directory') walk(path, '', 1);
  }
  const report = `\n${directories} director${directories === 1 ? 'y' : 'ies'}${flags.has('d') ? '' : `, ${plain} file${plain === 1 ? '' : 's'}`}`;
  yield* process.write(1, `${lines.join('\n')}\n${flags.has('noreport') ? '' : `${report}\n`}`);
  return 0;
}

export const filePrograms: [string, SystemProgram][] = [
  ['mkdir', mkdir], ['rmdir', rmdir], ['rm', rm], ['touch', touch], ['cp', cp], ['mv', mv], ['ln', ln], ['chmod', chmod], ['chown', chown], ['chgrp', chown],
  ['readlink', readlink], ['realpath', readlink], ['dirname', dirname], ['basename', basename], ['stat', stat], ['du', du], ['tree', tree],
];
