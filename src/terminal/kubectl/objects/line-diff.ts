/** Two texts as the hunks of a unified diff, three lines of context. */
export function unifiedDiff(before: string, after: string): string {
  const left = lines(before);
  const right = lines(after);
  const edits = compare(left, right);
  if (edits.every(edit => edit.sign === ' ')) return '';
  const CONTEXT = 3;
  let text = '';
  for (let at = 0; at < edits.length;) {
    const first = edits.findIndex((edit, index) => index >= at && edit.sign !== ' ');
    if (first < 0) break;
    const start = Math.max(at, first - CONTEXT);
    let end = first;
    for (let index = first; index < edits.length && index - end <= CONTEXT * 2; index += 1) if (edits[index]!.sign !== ' ') end = index;
    end = Math.min(edits.length, end + 1 + CONTEXT);
    const hunk = edits.slice(start, end);
    const range = (from: number, count: number): string => (count === 1 ? String(from) : `${count === 0 ? from - 1 : from},${count}`);
    const oldCount = hunk.filter(edit => edit.sign !== '+').length;
    const newCount = hunk.filter(edit => edit.sign !== '-').length;
    text += `@@ -${range(hunk[0]!.left + 1, oldCount)} +${range(hunk[0]!.right + 1, newCount)} @@\n${hunk.map(edit => `${edit.sign}${edit.line}\n`).join('')}`;
    at = end;
  }
  return text;
}

const lines = (text: string): string[] => (text === '' ? [] : text.replace(/\n$/, '').split('\n'));

interface Edit { readonly sign: ' ' | '-' | '+'; readonly line: string; readonly left: number; readonly right: number }

/** The longest common subsequence, as edits; removals come before additions. */
function compare(left: readonly string[], right: readonly string[]): Edit[] {
  const table: number[][] = Array.from({ length: left.length + 1 }, () => new Array<number>(right.length + 1).fill(0));
  for (let i = left.length - 1; i >= 0; i -= 1) {
    for (let j = right.length - 1; j >= 0; j -= 1) table[i]![j] = left[i] === right[j] ? table[i + 1]![j + 1]! + 1 : Math.max(table[i + 1]![j]!, table[i]![j + 1]!);
  }
  const edits: Edit[] = [];
  let i = 0;
  let j = 0;
  while (i < left.length || j < right.length) {
    if (i < left.length && j < right.length && left[i] === right[j]) { edits.push({ sign: ' ', line: left[i]!, left: i, right: j }); i += 1; j += 1; } else if (i < left.length && (j >= right.length || table[i + 1]![j]! >= table[i]![j + 1]!)) { edits.push({ sign: '-', line: left[i]!, left: i, right: j }); i += 1; } else { edits.push({ sign: '+', line: right[j]!, left: i, right: j }); j += 1; }
  }
  return edits;
}
