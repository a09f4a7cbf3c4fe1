import { parseRfc3339, unixMsOf } from '../../kernel/calendar.ts';
import { SIGNAL_NUMBERS, type SignalName } from '../../kernel/signal.ts';
import type { Task } from '../../kernel/task.ts';
import type { SystemProcess, SystemProgram } from '../contract.ts';
import { findOnPath } from '../executable.ts';
import { credentialsOf } from '../files/open-file.ts';
import { formatDate } from './date-format.ts';
import { parseFlags } from './flags.ts';
import { humanSize } from './ls.ts';
import { isBusybox } from './program-input.ts';

const WEEKDAYS = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'];

/** What `date -d` understands: RFC 3339, `YYYY-MM-DD [HH:MM[:SS]]`, `@seconds`, `now`, `yesterday`, `2 hours ago`, `+5 minutes`. */
export function parseDate(text: string, nowMs: number): number | undefined {
  const trimmed = text.trim();
  if (/^@-?\d+(\.\d+)?$/.test(trimmed)) return Number(trimmed.slice(1)) * 1000;
  const exact = parseRfc3339(trimmed.replace(' ', 'T'));
  if (exact !== undefined) return exact;
  let base = nowMs;
  let rest = trimmed.toLowerCase();
  const calendar = /^(\d{4})-(\d\d?)-(\d\d?)(?:[t ](\d\d?):(\d\d)(?::(\d\d))?)?(?:\s*(?:utc|z))?/.exec(rest);
  if (calendar) {
    base = unixMsOf(Number(calendar[1]), Number(calendar[2]), Number(calendar[3]), Number(calendar[4] ?? 0), Number(calendar[5] ?? 0), Number(calendar[6] ?? 0));
    rest = rest.slice(calendar[0].length);
  }
  const units: Record<string, number> = { second: 1000, sec: 1000, minute: 60_000, min: 60_000, hour: 3_600_000, day: 86_400_000, week: 604_800_000, fortnight: 1_209_600_000 };
  while (rest.trim() !== '') {
    rest = rest.trimStart();
    const word = /^(now|today|yesterday|tomorrow)/.exec(rest);
    if (word) { base += word[1] === 'yesterday' ? -86_400_000 : word[1] === 'tomorrow' ? 86_400_000 : 0; rest = rest.slice(word[0].length); continue; }
    const shift = /^([-+]?\s*\d+|next|last)\s*(second|sec|minute|min|hour|day|week|fortnight)s?(\s+ago)?/.exec(rest);
    if (!shift || WEEKDAYS.includes(rest)) return undefined;
    const count = shift[1] === 'next' ? 1 : shift[1] === 'last' ? -1 : Number(shift[1]!.replace(/\s/g, ''));
    base += count * units[shift[2]!]! * (shift[3] ? -1 : 1);
    rest = rest.slice(shift[0].length);
  }
  return base;
}

/** `date`, on the virtual clock, UTC. */
export function* date(process: SystemProcess): Task<number> {
  const flags = yield* parseFlags(process, { short: 'uRd:I::r:s:', long: { utc: 'u', universal: 'u', 'rfc-email': 'R', 'date=': 'd', 'iso-8601=?': 'I', 'rfc-3339=': 'rfc-3339', 'set=': 's' } });
  if (typeof flags === 'number') return flags;
  let atMs = process.kernel.nowMs;
  if (flags.has('s')) { yield* process.write(2, 'date: cannot set date: Operation not permitted\n'); return 1; }
  const given = flags.value('d');
  if (given !== undefined) {
    const parsed = parseDate(given, atMs);
    if (parsed === undefined) { yield* process.write(2, `date: invalid date ‘${given}’\n`); return 1; }
    atMs = parsed;
  }
  const reference = flags.value('r');
  if (reference !== undefined) {
    const stat = process.system.files.stat(reference.startsWith('/') ? reference : `${process.cwd}/${reference}`);
    if (!stat) { yield* process.write(2, `date: ${reference}: No such file or directory\n`); return 1; }
    atMs = stat.modifiedAtMs;
  }
  const format = flags.operands[0];
  if (format !== undefined && !format.startsWith('+')) { yield* process.write(2, `date: invalid date ‘${format}’\n`); return 1; }
  const iso = flags.has('I') ? { '': '%Y-%m-%d', date: '%Y-%m-%d', hours: '%Y-%m-%dT%H%:z', minutes: '%Y-%m-%dT%H:%M%:z', seconds: '%Y-%m-%dT%H:%M:%S%:z' }[flags.value('I') ?? ''] : undefined;
  const chosen = format?.slice(1) ?? iso ?? (flags.has('R') ? '%a, %d %b %Y %H:%M:%S %z' : flags.has('rfc-3339') ? '%Y-%m-%d %H:%M:%S%:z' : '%a %b %e %H:%M:%S UTC %Y');
  yield* process.write(1, `${formatDate(chosen, atMs)}\n`);
  return 0;
}

function groupsOf(process: SystemProcess): string {
  const name = process.system.userName(process.gid);
  return /^\d+$/.test(name) ? String(process.gid) : `${process.gid}(${name})`;
}

export function* id(process: SystemProcess): Task<number> {
  const flags = yield* parseFlags(process, { short: 'ugnGr', long: { user: 'u', group: 'g', name: 'n', groups: 'G' } });
  if (typeof flags === 'number') return flags;
  const name = process.system.userName(process.uid);
  const shown = (id: number): string => (flags.has('n') ? process.system.userName(id) : String(id));
  if (flags.has('u')) yield* process.write(1, `${shown(process.uid)}\n`);
  else if (flags.has('g') || flags.has('G')) yield* process.write(1, `${shown(process.gid)}\n`);
  else yield* process.write(1, `uid=${process.uid}${/^\d+$/.test(name) ? '' : `(${name})`} gid=${groupsOf(process)} groups=${groupsOf(process)}\n`);
  return 0;
}

export function* whoami(process: SystemProcess): Task<number> {
  const name = process.system.userName(process.uid);
  if (/^\d+$/.test(name)) { yield* process.write(2, isBusybox(process) ? `whoami: unknown uid ${name}\n` : `whoami: cannot find name for user ID ${name}\n`); return 1; }
  yield* process.write(1, `${name}\n`);
  return 0;
}

export function* hostname(process: SystemProcess): Task<number> {
  const flags = yield* parseFlags(process, { short: 'siIfd', long: { short: 's', 'ip-address': 'i', fqdn: 'f', 'all-ip-addresses': 'I' } });
  if (typeof flags === 'number') return flags;
  if (flags.operands.length > 0) { yield* process.write(2, 'hostname: you must be root to change the host name\n'); return 1; }
  const text = flags.has('i') || flags.has('I') ? process.system.network.addresses.join(' ') : flags.has('s') ? process.system.hostname.split('.')[0]! : process.system.hostname;
  yield* process.write(1, `${text}\n`);
  return 0;
}

export function* uname(process: SystemProcess): Task<number> {
  const flags = yield* parseFlags(process, { short: 'asnrvmpio', long: { all: 'a', 'kernel-name': 's', nodename: 'n', 'kernel-release': 'r', machine: 'm', 'operating-system': 'o' } });
  if (typeof flags === 'number') return flags;
  const all = flags.has('a');
  const parts = [['s', 'Linux'], ['n', process.system.hostname], ['r', '6.12.46-66.121.amzn2023.x86_64'], ['v', '#1 SMP PREEMPT_DYNAMIC'], ['m', 'x86_64'], ['o', 'GNU/Linux']]
    .filter(([flag]) => all || flags.has(flag!)).map(([, text]) => text);
  yield* process.write(1, `${parts.length > 0 ? parts.join(' ') : 'Linux'}\n`);
  return 0;
}

export function* printenv(process: SystemProcess): Task<number> {
  const names = process.argv.slice(1);
  if (names.length === 0) { yield* process.write(1, [...process.env].map(([name, value]) => `${name}=${value}\n`).join('')); return 0; }
  let code = 0;
  for (const name of names) {
    const value = process.env.get(name);
    if (value === undefined) code = 1;
    else yield* process.write(1, `${value}\n`);
  }
  return code;
}

function parentOf(process: SystemProcess, processes: readonly SystemProcess[]): number {
  return processes.find(candidate => candidate.children.has(process))?.pid ?? 0;
}

function stateLetter(process: SystemProcess, self: SystemProcess): string {
  return process.state === 'stopped' ? 'T' : process === self ? 'R' : 'S';
}

/** `ps`: own processes, `aux`, `-ef`, `-o`; busybox's columns in a busybox image. */
export function* ps(process: SystemProcess): Task<number> {
  const words = process.argv.slice(1);
  const { nowMs } = process.kernel;
  const all = process.system.processes.list();
  const user = (one: SystemProcess): string => process.system.userName(one.uid);
  if (isBusybox(process)) {
    yield* process.write(1, `PID   USER     TIME  COMMAND\n${all.map(one => `${String(one.pid).padStart(5)} ${user(one).padEnd(8)}  0:00 ${one.argv.join(' ')}\n`).join('')}`);
    return 0;
  }
  const letters = words.filter(word => /^-?[a-zA-Z]+$/.test(word) && word !== '-o').join('').replace(/-/g, '');
  const wrong = /[^aefuxwHlAT]/.exec(letters.replace(/o.*/, ''));
  if (wrong || words.some(word => word.startsWith('--') && !word.startsWith('--sort') && word !== '--no-headers')) {
    yield* process.write(2, `error: ${words[0]?.startsWith('-') ? 'unsupported SysV option' : 'unsupported option (BSD syntax)'}\n\nUsage:\n ps [options]\n\n Try 'ps --help <simple|list|output|threads|misc|all>'\n  or 'ps --help <s|l|o|t|m|a>'\n for additional help text.\n\nFor more details see ps(1).\n`);
    return 1;
  }
  const columnsAt = words.findIndex(word => word === '-o' || word === 'o');
  const started = (one: SystemProcess): string => formatDate(nowMs - one.startedAtMs < 86_400_000 ? '%H:%M' : '%b%d', one.startedAtMs);
  if (columnsAt >= 0) {
    const names = (words[columnsAt + 1] ?? '').split(',');
    const cell = (one: SystemProcess, name: string): string | undefined => ({
      pid: String(one.pid), ppid: String(parentOf(one, all)), user: user(one), uid: String(one.uid), comm: one.argv[0] ?? '', cmd: one.argv.join(' '), args: one.argv.join(' '), command: one.argv.join(' '),
      stat: stateLetter(one, process), state: stateLetter(one, process), etime: elapsed(nowMs - one.startedAtMs), time: '00:00:00', pgid: String(one.group), tty: '?', '%cpu': '0.0', '%mem': '0.0', rss: '3072', vsz: '4352',
    } as Record<string, string>)[name];
    const rows = [names.map(name => (name === 'comm' || name === 'args' || name === 'cmd' ? (name === 'comm' ? 'COMMAND' : name === 'args' ? 'COMMAND' : 'CMD') : name.toUpperCase())), ...all.map(one => names.map(name => cell(one, name)))];
    const unknown = names.find(name => cell(process, name) === undefined);
    if (unknown !== undefined) { yield* process.write(2, `error: unknown user-defined format specifier "${unknown}"\n`); return 1; }
    const widths = names.map((_, index) => Math.max(...rows.map(row => row[index]!.length)));
    yield* process.write(1, rows.map(row => `${row.map((text, index) => (index === names.length - 1 ? text : /^\d/.test(rows[1]?.[index] ?? '') ? text!.padStart(widths[index]!) : text!.padEnd(widths[index]!))).join(' ')}\n`).join(''));
    return 0;
  }
  if (letters.includes('u')) {
    yield* process.write(1, `USER         PID %CPU %MEM    VSZ   RSS TTY      STAT START   TIME COMMAND\n${all.map(one => `${user(one).padEnd(8)} ${String(one.pid).padStart(7)}  0.0  0.0   4352  3072 ${(one.terminal ? 'pts/0' : '?').padEnd(8)} ${`${stateLetter(one, process)}${one.terminal ? '+' : 's'}`.padEnd(4)} ${started(one)}   0:00 ${one.argv.join(' ')}\n`).join('')}`);
    return 0;
  }
  if (letters.includes('f')) {
    yield* process.write(1, `UID          PID    PPID  C STIME TTY          TIME CMD\n${(letters.includes('e') || letters.includes('A') ? all : all.filter(one => one.terminal)).map(one => `${user(one).padEnd(8)} ${String(one.pid).padStart(7)} ${String(parentOf(one, all)).padStart(7)}  0 ${started(one)} ${(one.terminal ? 'pts/0' : '?').padEnd(8)} 00:00:00 ${one.argv.join(' ')}\n`).join('')}`);
    return 0;
  }
  const selected = /[eAax]/.test(letters) ? all : all.filter(one => one.uid === process.uid);
  yield* process.write(1, `    PID TTY          TIME CMD\n${selected.map(one => `${String(one.pid).padStart(7)} ${(one.terminal ? 'pts/0' : '?').padEnd(8)} 00:00:00 ${one.argv[0]}\n`).join('')}`);
  return 0;
}

function elapsed(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  const two = (value: number): string => String(value).padStart(2, '0');
  const days = Math.floor(seconds / 86_400);
  const hours = Math.floor(seconds / 3600) % 24;
  return `${days > 0 ? `${days}-` : ''}${days > 0 || hours > 0 ? `${two(hours)}:` : ''}${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
}

/** `top`, refreshed until `q` or Ctrl-C; `-b` prints. */
export function* top(process: SystemProcess): Task<number> {
  const flags = yield* parseFlags(process, { short: 'bn:d:cHo:u:p:i1' });
  if (typeof flags === 'number') return flags;
  const rounds = Number(flags.value('n') ?? Number.POSITIVE_INFINITY);
  const { terminal } = process.descriptors.get(1) ?? {};
  const interactive = terminal !== undefined && !flags.has('b');
  for (let round = 0; round < rounds; round += 1) {
    const all = process.system.processes.list();
    const lines = [
      `top - ${formatDate('%H:%M:%S', process.kernel.nowMs)} up 1 day,  0 users,  load average: 0.10, 0.12, 0.09`,
      `Tasks: ${String(all.length).padStart(3)} total,   1 running, ${String(all.length - 1).padStart(3)} sleeping,   0 stopped,   0 zombie`,
      '%Cpu(s):  1.0 us,  0.5 sy,  0.0 ni, 98.5 id,  0.0 wa,  0.0 hi,  0.0 si,  0.0 st', '',
      '    PID USER      PR  NI    VIRT    RES    SHR S  %CPU  %MEM     TIME+ COMMAND',
      ...all.map(one => `${String(one.pid).padStart(7)} ${process.system.userName(one.uid).padEnd(8)}  20   0    4352   3072   2816 ${stateLetter(one, process)}   0.0   0.0   0:00.00 ${one.argv[0]}`),
    ];
    yield* process.write(1, `${interactive ? '\x1b[H\x1b[2J' : round > 0 ? '\n' : ''}${lines.join('\n')}\n`);
    if (round + 1 < rounds) yield* process.sleep(Number(flags.value('d') ?? 3) * 1000);
  }
  return 0;
}

export function* kill(process: SystemProcess): Task<number> {
  let words = process.argv.slice(1);
  let signal: SignalName = 'SIGTERM';
  const given = words[0] === '-s' ? words[1] : /^-[A-Za-z0-9]/.test(words[0] ?? '') ? words[0]!.slice(1) : undefined;
  if (given !== undefined) {
    const wanted = given.toUpperCase().replace(/^SIG/, '');
    const found = Object.entries(SIGNAL_NUMBERS).find(([name, number]) => name === `SIG${wanted}` || String(number) === wanted)?.[0];
    if (!found && wanted !== '0') { yield* process.write(2, `kill: unknown signal ${given}\n`); return 1; }
    signal = (found ?? 'SIGCONT') as SignalName;
    words = words.slice(words[0] === '-s' ? 2 : 1);
  }
  if (words.length === 0) { yield* process.write(2, '\nUsage:\n kill [options] <pid> [...]\n'); return 1; }
  let code = 0;
  for (const word of words) {
    const target = process.system.processes.get(Number(word));
    if (!target) { yield* process.write(2, `kill: (${word}): No such process\n`); code = 1; } else if (process.uid !== 0 && target.uid !== process.uid) { yield* process.write(2, `kill: (${word}): Operation not permitted\n`); code = 1; } else if (given !== '0') target.signal(signal);
  }
  return code;
}

/** `pkill` and `killall` and `pgrep`, by name. */
export function* byName(process: SystemProcess): Task<number> {
  const flags = yield* parseFlags(process, { short: 'flxao', long: { full: 'f', exact: 'x', 'list-name': 'l' } });
  if (typeof flags === 'number') return flags;
  const pattern = new RegExp(flags.operands[0] ?? '');
  const all = process.system.processes.list().filter(one => one !== process && pattern.test(flags.has('f') ? one.argv.join(' ') : one.argv[0] ?? ''));
  if (process.argv[0] === 'pgrep') for (const one of all) yield* process.write(1, `${one.pid}${flags.has('l') || flags.has('a') ? ` ${flags.has('a') ? one.argv.join(' ') : one.argv[0]}` : ''}\n`);
  else for (const one of all) one.signal('SIGTERM');
  if (all.length === 0 && process.argv[0] === 'killall') yield* process.write(2, `${flags.operands[0]}: no process found\n`);
  return all.length > 0 ? 0 : 1;
}

export function* which(process: SystemProcess): Task<number> {
  let code = 0;
  for (const name of process.argv.slice(1).filter(word => word !== '-a')) {
    const path = findOnPath(process.system, name, { cwd: process.cwd, pathVariable: process.env.get('PATH'), as: credentialsOf(process) });
    if (path && process.system.files.stat(path)?.type === 'file') yield* process.write(1, `${name.includes('/') ? name : path}\n`);
    else code = 1;
  }
  return code;
}

const DISK_KIB = 20_961_280;

export function* df(process: SystemProcess): Task<number> {
  const flags = yield* parseFlags(process, { short: 'hkTiPa', long: { 'human-readable': 'h', 'print-type': 'T' } });
  if (typeof flags === 'number') return flags;
  const rows = process.system.files.mounts().map(mount => {
    const usedKib = mount.type === 'tmpfs' ? 8 : 4_812_344;
    const size = mount.type === 'tmpfs' ? 65_536 : DISK_KIB;
    const shown = (kib: number): string => (flags.has('h') ? humanSize(kib * 1024) : String(kib));
    return [mount.source, ...(flags.has('T') ? [mount.type] : []), shown(size), shown(usedKib), shown(size - usedKib), `${Math.ceil((usedKib / size) * 100)}%`, mount.path];
  });
  const table = [['Filesystem', ...(flags.has('T') ? ['Type'] : []), flags.has('h') ? 'Size' : '1K-blocks', 'Used', flags.has('h') ? 'Avail' : 'Available', 'Use%', 'Mounted on'], ...rows];
  const widths = table[0]!.map((_, index) => Math.max(...table.map(row => row[index]!.length)));
  const last = widths.length - 1;
  yield* process.write(1, table.map(row => `${row.map((cell, index) => (index === last ? cell : index === 0 || (flags.has('T') && index === 1) ? cell.padEnd(Math.max(widths[index]!, index === 0 ? 14 : 0)) : cell.padStart(widths[index]!))).join(' ')}\n`).join(''));
  return 0;
}

export function* free(process: SystemProcess): Task<number> {
  const flags = yield* parseFlags(process, { short: 'hmgkb', long: { human: 'h', mebi: 'm' } });
  if (typeof flags === 'number') return flags;
  const totalKib = 7_934_000;
  const usedKib = 1_201_000;
  const shown = (kib: number): string => (flags.has('h') ? `${(kib / 1_048_576).toFixed(1)}Gi` : String(flags.has('m') ? Math.floor(kib / 1024) : flags.has('g') ? Math.floor(kib / 1_048_576) : kib)).padStart(12);
  yield* process.write(1, `               total        used        free      shared  buff/cache   available\nMem:    ${shown(totalKib)}${shown(usedKib)}${shown(totalKib - usedKib - 900_000)}${shown(1200)}${shown(900_000)}${shown(totalKib - usedKib)}\nSwap:   ${shown(0)}${shown(0)}${shown(0)}\n`);
  return 0;
}

export function* mount(process: SystemProcess): Task<number> {
  if (process.argv.length > 1 && !/^-[lt]/.test(process.argv[1]!)) { yield* process.write(2, `mount: ${process.argv.at(-1)}: must be superuser to use mount.\n`); return 32; }
  for (const one of process.system.files.mounts()) yield* process.write(1, `${one.source} on ${one.path} type ${one.type} (${one.readOnly ? 'ro' : 'rw'},relatime)\n`);
  return 0;
}

export function* uptime(process: SystemProcess): Task<number> {
  yield* process.write(1, ` ${formatDate('%H:%M:%S', process.kernel.nowMs)} up 1 day,  0 users,  load average: 0.10, 0.12, 0.09\n`);
  return 0;
}

export function* pwd(process: SystemProcess): Task<number> {
  yield* process.write(1, `${process.cwd}\n`);
  return 0;
}

export function* nproc(process: SystemProcess): Task<number> {
  yield* process.write(1, '2\n');
  return 0;
}

export function* clear(process: SystemProcess): Task<number> {
  yield* process.write(1, process.argv[0] === 'reset' ? '\x1bc' : '\x1b[H\x1b[2J\x1b[3J');
  return 0;
}

/** `sync`, `stty`: nothing to do here that shows. */
export function* nothing(process: SystemProcess): Task<number> {
  yield* process.sleep(1);
  return 0;
}

export function* tty(process: SystemProcess): Task<number> {
  yield* process.write(1, process.terminal ? '/dev/pts/0\n' : 'not a tty\n');
  return process.terminal ? 0 : 1;
}

export function* mktemp(process: SystemProcess): Task<number> {
  const flags = yield* parseFlags(process, { short: 'dup:t', long: { directory: 'd' } });
  if (typeof flags === 'number') return flags;
  const template = flags.operands[0] ?? 'tmp.XXXXXXXXXX';
  const name = template.replace(/X{3,}$/, marks => process.kernel.random.nameSuffix(marks.length));
  if (name === template) { yield* process.write(2, `mktemp: too few X's in template ‘${template}’\n`); return 1; }
  const path = name.startsWith('/') ? name : flags.operands.length > 0 && !flags.has('t') && !flags.has('p') ? `${process.cwd}/${name}` : `${flags.value('p') ?? '/tmp'}/${name}`;
  const as = credentialsOf(process);
  if (flags.has('d')) process.system.files.makeDirectory(path, { mode: 0o700, as });
  else process.system.files.write(path, '', { mode: 0o600, as });
  yield* process.write(1, `${flags.operands.length > 0 && !name.startsWith('/') && !flags.has('t') && !flags.has('p') ? name : path}\n`);
  return 0;
}

export const systemPrograms: [string, SystemProgram][] = [
  ['date', date], ['id', id], ['whoami', whoami], ['hostname', hostname], ['uname', uname], ['printenv', printenv], ['ps', ps], ['top', top], ['kill', kill],
  ['pgrep', byName], ['pkill', byName], ['killall', byName], ['which', which], ['df', df], ['free', free], ['mount', mount], ['uptime', uptime], ['pwd', pwd],
  ['nproc', nproc], ['clear', clear], ['reset', clear], ['sync', nothing], ['stty', nothing], ['tty', tty], ['mktemp', mktemp],
];
