import type { Task } from '../../kernel/task.ts';
import { FileError, type FileStat, type SystemProcess } from '../contract.ts';
import { credentialsOf, fileErrorWords } from '../files/open-file.ts';
import { joinPath, resolvePath } from '../files/path.ts';
import { compareNames } from '../shell/glob.ts';
import { formatDate } from './date-format.ts';
import { parseFlags, type Flags } from './flags.ts';
import { isBusybox } from './program-input.ts';

interface Entry {
  readonly name: string;
  readonly path: string;
  readonly stat: FileStat;
}

/** `-rw-r--r--`. */
export function modeText(stat: FileStat): string {
  const kind = stat.type === 'directory' ? 'd' : stat.type === 'symlink' ? 'l' : '-';
  let text = kind;
  for (let shift = 6; shift >= 0; shift -= 3) {
    const bits = stat.mode >> shift;
    text += `${bits & 4 ? 'r' : '-'}${bits & 2 ? 'w' : '-'}`;
    const special = shift === 6 ? stat.mode & 0o4000 : shift === 3 ? stat.mode & 0o2000 : stat.mode & 0o1000;
    const letter = shift === 0 ? 't' : 's';
    text += special ? (bits & 1 ? letter : letter.toUpperCase()) : bits & 1 ? 'x' : '-';
  }
  return text;
}

/** `1.2K` as `ls -h` and `du -h` round: upwards, one digit below ten. */
export function humanSize(bytes: number): string {
  if (bytes < 1024) return String(bytes);
  let value = bytes;
  let unit = '';
  for (const next of 'KMGTP') {
    if (value < 1024) break;
    value /= 1024;
    unit = next;
  }
  return value < 10 ? `${(Math.ceil(value * 10) / 10).toFixed(1)}${unit}` : `${Math.ceil(value)}${unit}`;
}

const HALF_YEAR_MS = 15_778_476_000;

/** `ls`. */
export function* ls(process: SystemProcess): Task<number> {
  const flags = yield* parseFlags(process, {
    short: 'laA1RhtrSdFinpgGoCxsUkmQT:w:I:', failure: 2,
    long: { all: 'a', 'almost-all': 'A', recursive: 'R', 'human-readable': 'h', reverse: 'r', directory: 'd', classify: 'F', 'numeric-uid-gid': 'n', size: 's', 'color=?': 'color', 'full-time': 'full-time', 'sort=': 'sort', 'time-style=': 'time-style' },
  });
  if (typeof flags === 'number') return flags;
  const { files } = process.system;
  let code = 0;
  const single: Entry[] = [];
  const directories: Entry[] = [];
  for (const name of flags.operands.length > 0 ? flags.operands : ['.']) {
    const path = resolvePath(process.cwd, name);
    const long = flags.has('l') || flags.has('d') || flags.has('n');
    const stat = files.stat(path, { followLinks: !long }) ?? files.stat(path, { followLinks: false });
    if (!stat) {
      code = isBusybox(process) ? 1 : 2;
      yield* process.write(2, isBusybox(process) ? `ls: ${name}: No such file or directory\n` : `ls: cannot access '${name}': No such file or directory\n`);
    } else if (stat.type === 'directory' && !flags.has('d')) directories.push({ name, path, stat });
    else single.push({ name, path, stat });
  }
  let first = true;
  if (single.length > 0) {
    yield* process.write(1, show(process, flags, sorted(flags, single), false));
    first = false;
  }
  const titled = flags.operands.length > 1 || flags.has('R');
  const queue = sorted(flags, directories);
  for (let at = 0; at < queue.length; at += 1) {
    const directory = queue[at]!;
    let names: string[];
    try {
      names = files.list(directory.path, credentialsOf(process));
    } catch (thrown) {
      if (!(thrown instanceof FileError)) throw thrown;
      yield* process.write(2, isBusybox(process) ? `ls: can't open '${directory.name}': ${fileErrorWords(thrown.code)}\n` : `ls: cannot open directory '${directory.name}': ${fileErrorWords(thrown.code)}\n`);
      code = Math.max(code, 1);
      continue;
    }
    if (flags.has('a')) names = ['.', '..', ...names];
    else if (!flags.has('A')) names = names.filter(name => !name.startsWith('.'));
    const entries = names.map(name => {
      const path = resolvePath(directory.path, name);
      return { name, path, stat: files.stat(path, { followLinks: false })! };
    }).filter(entry => entry.stat);
    const ordered = sorted(flags, entries);
    const heading = titled ? `${first ? '' : '\n'}${directory.name}:\n` : '';
    first = false;
    yield* process.write(1, heading + show(process, flags, ordered, true));
    if (flags.has('R')) {
      const inner = ordered.filter(entry => entry.stat.type === 'directory' && entry.name !== '.' && entry.name !== '..').map(entry => ({ ...entry, name: joinPath(directory.name, entry.name) }));
      queue.splice(at + 1, 0, ...inner);
    }
  }
  return code;
}

function sorted(flags: Flags, entries: readonly Entry[]): Entry[] {
  const result = [...entries];
  if (!flags.has('U')) result.sort((a, b) => compareNames(a.name, b.name));
  if (flags.has('t')) result.sort((a, b) => b.stat.modifiedAtMs - a.stat.modifiedAtMs);
  if (flags.has('S')) result.sort((a, b) => b.stat.sizeBytes - a.stat.sizeBytes);
  return flags.has('r') ? result.reverse() : result;
}

function show(process: SystemProcess, flags: Flags, entries: readonly Entry[], withTotal: boolean): string {
  const { terminal } = process.descriptors.get(1) ?? {};
  const mark = (entry: Entry): string => (!flags.has('F') && !flags.has('p') ? '' : entry.stat.type === 'directory' ? '/' : !flags.has('F') ? '' : entry.stat.type === 'symlink' ? '@' : entry.stat.mode & 0o111 ? '*' : '');
  const colour = flags.value('color') === 'always';
  const shownName = (entry: Entry): string => {
    const quoted = terminal && /[\s'"$*?&;|<>()\\]/.test(entry.name) ? (entry.name.includes("'") ? `"${entry.name}"` : `'${entry.name}'`) : entry.name;
    const painted = colour && entry.stat.type === 'directory' ? `\x1b[01;34m${quoted}\x1b[0m` : quoted;
    return painted + mark(entry);
  };
  if (flags.has('l') || flags.has('n') || flags.has('g') || flags.has('o')) return longText(process, flags, entries, withTotal, shownName);
  if (entries.length === 0) return '';
  if (flags.has('m')) return `${entries.map(shownName).join(', ')}\n`;
  if (flags.has('1') || (!terminal && !flags.has('C'))) return `${entries.map(shownName).join('\n')}\n`;
  return inColumns(entries.map(shownName), terminal?.columns ?? 80);
}

function longText(process: SystemProcess, flags: Flags, entries: readonly Entry[], withTotal: boolean, shownName: (entry: Entry) => string): string {
  const { nowMs } = process.kernel;
  const rows = entries.map(entry => {
    const { stat } = entry;
    const age = nowMs - stat.modifiedAtMs;
    const time = flags.has('full-time') ? formatDate('%Y-%m-%d %H:%M:%S.%N %z', stat.modifiedAtMs) : formatDate(age >= 0 && age < HALF_YEAR_MS ? '%b %e %H:%M' : '%b %e  %Y', stat.modifiedAtMs);
    const named = (uid: number): string => (flags.has('n') ? String(uid) : process.system.userName(uid));
    return {
      mode: modeText(stat), links: stat.type === 'directory' ? '2' : '1', owner: named(stat.uid), group: named(stat.gid),
      size: flags.has('h') ? humanSize(stat.sizeBytes) : String(stat.sizeBytes), time,
      name: shownName(entry) + (stat.linkTarget === undefined ? '' : ` -> ${stat.linkTarget}`), blocks: stat.type === 'symlink' ? 0 : Math.ceil(stat.sizeBytes / 4096) * 4,
    };
  });
  const width = (column: 'links' | 'owner' | 'group' | 'size'): number => Math.max(0, ...rows.map(row => row[column].length));
  const widths = { links: width('links'), owner: width('owner'), group: width('group'), size: width('size') };
  const lines = rows.map(row => [row.mode, row.links.padStart(widths.links), ...(flags.has('g') ? [] : [row.owner.padEnd(widths.owner)]), ...(flags.has('o') ? [] : [row.group.padEnd(widths.group)]), row.size.padStart(widths.size), row.time, row.name].join(' '));
  const blocks = rows.reduce((sum, row) => sum + row.blocks, 0);
  const total = withTotal ? [`total ${flags.has('h') ? humanSize(blocks * 1024) : blocks}`] : [];
  return [...total, ...lines].map(line => `${line}\n`).join('');
}

function inColumns(names: readonly string[], columns: number): string {
  for (let rows = 1; rows <= names.length; rows += 1) {
    const widths: number[] = [];
    for (let start = 0; start < names.length; start += rows) widths.push(Math.max(...names.slice(start, start + rows).map(name => name.length)));
    if (widths.reduce((sum, width) => sum + width + 2, -2) > columns && rows < names.length) continue;
    return Array.from({ length: rows }, (_, row) => {
      const cells = widths.map((_, column) => names[column * rows + row]).filter(cell => cell !== undefined);
      return `${cells.map((cell, column) => (column === cells.length - 1 ? cell : cell.padEnd(widths[column]! + 2))).join('')}\n`;
    }).join('');
  }
  return '';
}
