import type { Task } from '../../kernel/task.ts';
import type { SystemProcess } from '../contract.ts';
import { joinPath, nameOf, resolvePath } from '../files/path.ts';
import { formatDate } from './date-format.ts';
import { parseFlags, type Flags } from './flags.ts';
import { readWhole } from './program-input.ts';

interface Edit {
  readonly kind: ' ' | '-' | '+';
  readonly text: string;
}

/** The shortest edit script between two lists of lines (Myers' greedy algorithm). */
export function editsBetween(before: readonly string[], after: readonly string[], same: (a: string, b: string) => boolean = (a, b) => a === b): Edit[] {
  let start = 0;
  while (start < before.length && start < after.length && same(before[start]!, after[start]!)) start += 1;
  let endBefore = before.length;
  let endAfter = after.length;
  while (endBefore > start && endAfter > start && same(before[endBefore - 1]!, after[endAfter - 1]!)) { endBefore -= 1; endAfter -= 1; }
  const a = before.slice(start, endBefore);
  const b = after.slice(start, endAfter);
  const kept = (text: string): Edit => ({ kind: ' ', text });
  return [...before.slice(0, start).map(kept), ...middle(a, b, same), ...before.slice(endBefore).map(kept)];
}

function middle(a: readonly string[], b: readonly string[], same: (a: string, b: string) => boolean): Edit[] {
  const max = a.length + b.length;
  if (a.length === 0 || b.length === 0 || max > 20_000) return [...a.map(text => ({ kind: '-' as const, text })), ...b.map(text => ({ kind: '+' as const, text }))];
  const history: Map<number, number>[] = [];
  const furthest = new Map<number, number>([[1, 0]]);
  search: for (let depth = 0; depth <= max; depth += 1) {
    history.push(new Map(furthest));
    for (let k = -depth; k <= depth; k += 2) {
      let x = k === -depth || (k !== depth && furthest.get(k - 1)! < furthest.get(k + 1)!) ? furthest.get(k + 1)! : furthest.get(k - 1)! + 1;
      let y = x - k;
      while (x < a.length && y < b.length && same(a[x]!, b[y]!)) { x += 1; y += 1; }
      furthest.set(k, x);
      if (x >= a.length && y >= b.length) break search;
    }
  }
  const edits: Edit[] = [];
  let x = a.length;
  let y = b.length;
  for (let depth = history.length - 1; depth >= 0 && (x > 0 || y > 0); depth -= 1) {
    const v = history[depth]!;
    const k = x - y;
    const down = k === -depth || (k !== depth && v.get(k - 1)! < v.get(k + 1)!);
    const beforeX = down ? v.get(k + 1)! : v.get(k - 1)!;
    const beforeY = beforeX - (down ? k + 1 : k - 1);
    while (x > beforeX && y > beforeY && x > 0 && y > 0) { edits.push({ kind: ' ', text: a[x - 1]! }); x -= 1; y -= 1; }
    if (depth === 0) break;
    if (down) { edits.push({ kind: '+', text: b[y - 1]! }); y -= 1; } else { edits.push({ kind: '-', text: a[x - 1]! }); x -= 1; }
  }
  return removalsFirst(edits.reverse());
}

/** Within one change, removed lines come before added ones, as diff prints them. */
function removalsFirst(edits: Edit[]): Edit[] {
  const result: Edit[] = [];
  let removed: Edit[] = [];
  let added: Edit[] = [];
  const flush = (): void => { result.push(...removed, ...added); removed = []; added = []; };
  for (const edit of edits) {
    if (edit.kind === '-') removed.push(edit);
    else if (edit.kind === '+') added.push(edit);
    else { flush(); result.push(edit); }
  }
  flush();
  return result;
}

interface Hunk {
  readonly from: number;
  readonly to: number;
  readonly lineBefore: number;
  readonly lineAfter: number;
}

function hunksOf(edits: readonly Edit[], context: number): Hunk[] {
  const hunks: Hunk[] = [];
  let before = 1;
  let after = 1;
  const starts: { before: number; after: number }[] = [];
  for (const edit of edits) {
    starts.push({ before, after });
    if (edit.kind !== '+') before += 1;
    if (edit.kind !== '-') after += 1;
  }
  for (let i = 0; i < edits.length; i += 1) {
    if (edits[i]!.kind === ' ') continue;
    let end = i;
    for (let j = i; j < edits.length && j - end <= context * 2 + 1; j += 1) if (edits[j]!.kind !== ' ') end = j;
    const from = Math.max(0, i - context);
    hunks.push({ from, to: Math.min(edits.length, end + 1 + context), lineBefore: starts[from]!.before, lineAfter: starts[from]!.after });
    i = end;
  }
  return hunks;
}

/** A unified diff without its two header lines; empty when nothing differs. */
export function unifiedDiff(before: string, after: string, context = 3): string {
  const edits = editsBetween(linesOf(before), linesOf(after));
  const range = (start: number, count: number): string => (count === 1 ? String(start) : `${count === 0 ? start - 1 : start},${count}`);
  return hunksOf(edits, context).map(hunk => {
    const part = edits.slice(hunk.from, hunk.to);
    const countBefore = part.filter(edit => edit.kind !== '+').length;
    const countAfter = part.filter(edit => edit.kind !== '-').length;
    const body = part.map(edit => `${edit.kind}${edit.text.endsWith('\n') ? edit.text : `${edit.text}\n\\ No newline at end of file\n`}`).join('');
    return `@@ -${range(hunk.lineBefore, countBefore)} +${range(hunk.lineAfter, countAfter)} @@\n${body}`;
  }).join('');
}

function linesOf(text: string): string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

function normalDiff(before: string, after: string): string {
  const edits = editsBetween(linesOf(before), linesOf(after));
  return hunksOf(edits, 0).map(hunk => {
    const part = edits.slice(hunk.from, hunk.to);
    const removed = part.filter(edit => edit.kind === '-');
    const added = part.filter(edit => edit.kind === '+');
    const range = (start: number, count: number): string => (count <= 1 ? String(count === 0 ? start - 1 : start) : `${start},${start + count - 1}`);
    const letter = removed.length === 0 ? 'a' : added.length === 0 ? 'd' : 'c';
    const show = (mark: string) => (edit: Edit): string => `${mark} ${edit.text.endsWith('\n') ? edit.text : `${edit.text}\n\\ No newline at end of file\n`}`;
    return `${range(hunk.lineBefore, removed.length)}${letter}${range(hunk.lineAfter, added.length)}\n${removed.map(show('<')).join('')}${letter === 'c' ? '---\n' : ''}${added.map(show('>')).join('')}`;
  }).join('');
}

/** `diff`, normal and `-u`, recursive with `-r`. */
export function* diff(process: SystemProcess): Task<number> {
  const flags = yield* parseFlags(process, { short: 'uU:NqrwbBisy', failure: 2, long: { unified: 'u', 'unified=?': 'u', brief: 'q', recursive: 'r', 'new-file': 'N', 'ignore-all-space': 'w', 'ignore-space-change': 'b', 'color=?': 'color', 'label=': 'label', 'side-by-side': 'y' } });
  if (typeof flags === 'number') return flags;
  if (flags.has('y')) { yield* process.write(2, 'diff: side by side is not modelled here; use -u\n'); return 2; }
  const [left, right] = flags.operands;
  if (left === undefined || right === undefined || flags.operands.length > 2) {
    yield* process.write(2, `diff: ${flags.operands.length > 2 ? `extra operand '${flags.operands[2]}'` : `missing operand after '${left ?? 'diff'}'`}\ndiff: Try 'diff --help' for more information.\n`);
    return 2;
  }
  return yield* compare(process, flags, left, right, false);
}

function* compare(process: SystemProcess, flags: Flags, left: string, right: string, inDirectory: boolean): Task<number> {
  const { files } = process.system;
  const typeOf = (name: string): string | undefined => (name === '-' ? 'file' : files.stat(resolvePath(process.cwd, name))?.type);
  if (typeOf(left) === 'directory' && typeOf(right) === 'directory') return yield* directories(process, flags, left, right);
  const [a, b] = typeOf(left) === 'directory' ? [joinPath(left, nameOf(right)), right] : typeOf(right) === 'directory' ? [left, joinPath(right, nameOf(left))] : [left, right];
  const texts: string[] = [];
  for (const name of [a, b]) {
    const read = yield* readWhole(process, name);
    if (typeof read === 'string') {
      if (flags.has('N') && read === 'No such file or directory') { texts.push(''); continue; }
      yield* process.write(2, `diff: ${name}: ${read}\n`);
      return 2;
    }
    texts.push(flags.has('w') ? read.text.replace(/[ \t]+/g, '') : flags.has('b') ? read.text.replace(/[ \t]+/g, ' ').replace(/ $/gm, '') : read.text);
  }
  const [before, after] = texts as [string, string];
  if (before === after) { if (flags.has('s')) yield* process.write(1, `Files ${a} and ${b} are identical\n`); return 0; }
  if (flags.has('q')) { yield* process.write(1, `Files ${a} and ${b} differ\n`); return 1; }
  const unified = flags.has('u') || flags.has('U');
  if (inDirectory) yield* process.write(1, `diff ${[...(unified ? ['-u'] : []), ...(flags.has('r') ? ['-r'] : [])].join(' ')}${unified || flags.has('r') ? ' ' : ''}${a} ${b}\n`);
  if (!unified) { yield* process.write(1, normalDiff(before, after)); return 1; }
  const labels = flags.values('label');
  const stamp = (name: string): string => formatDate('%Y-%m-%d %H:%M:%S.%N %z', name === '-' ? process.kernel.nowMs : files.stat(resolvePath(process.cwd, name))?.modifiedAtMs ?? 0);
  yield* process.write(1, `--- ${labels[0] ?? `${a}\t${stamp(a)}`}\n+++ ${labels[1] ?? `${b}\t${stamp(b)}`}\n${unifiedDiff(before, after, Number(flags.value('U') ?? flags.value('u') ?? 3))}`);
  return 1;
}

function* directories(process: SystemProcess, flags: Flags, left: string, right: string): Task<number> {
  const { files } = process.system;
  const [before, after] = [left, right].map(name => files.list(resolvePath(process.cwd, name))) as [string[], string[]];
  let code = 0;
  for (const name of [...new Set([...before, ...after])].sort()) {
    const [a, b] = [joinPath(left, name), joinPath(right, name)];
    if ((!before.includes(name) || !after.includes(name)) && !flags.has('N')) {
      yield* process.write(1, `Only in ${before.includes(name) ? left : right}: ${name}\n`);
      code = Math.max(code, 1);
      continue;
    }
    const bothDirectories = [a, b].every(path => files.stat(resolvePath(process.cwd, path))?.type === 'directory');
    if (bothDirectories && !flags.has('r')) { yield* process.write(1, `Common subdirectories: ${a} and ${b}\n`); continue; }
    code = Math.max(code, yield* compare(process, flags, a, b, true));
  }
  return code;
}

/** `cmp`. */
export function* cmp(process: SystemProcess): Task<number> {
  const flags = yield* parseFlags(process, { short: 'sl', failure: 2, long: { silent: 's', quiet: 's' } });
  if (typeof flags === 'number') return flags;
  const texts: string[] = [];
  for (const name of flags.operands.slice(0, 2)) {
    const read = yield* readWhole(process, name);
    if (typeof read === 'string') { yield* process.write(2, `cmp: ${name}: ${read}\n`); return 2; }
    texts.push(read.text);
  }
  const [a = '', b = ''] = texts;
  if (a === b) return 0;
  if (!flags.has('s')) {
    let at = 0;
    while (at < a.length && a[at] === b[at]) at += 1;
    if (at === a.length || at === b.length) yield* process.write(2, `cmp: EOF on ${at === a.length ? flags.operands[0] : flags.operands[1]} after byte ${at}, line ${a.slice(0, at).split('\n').length - 1}\n`);
    else yield* process.write(1, `${flags.operands[0]} ${flags.operands[1]} differ: byte ${at + 1}, line ${a.slice(0, at).split('\n').length}\n`);
  }
  return 1;
}
