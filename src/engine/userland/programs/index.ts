import type { SystemProgram } from '../contract.ts';
import { shellProgram } from '../shell/program.ts';
import { testProgram } from '../shell/test-program.ts';
import { awk } from './awk.ts';
import { chroot } from './chroot.ts';
import { cmp, diff } from './diff.ts';
import { digestPrograms } from './digests.ts';
import { filePrograms } from './file-programs.ts';
import { find } from './find.ts';
import { grep } from './grep.ts';
import { head, tail } from './head-tail.ts';
import { hostPrograms } from './host-programs.ts';
import { less } from './less.ts';
import { linePrograms } from './line-programs.ts';
import { ls } from './ls.ts';
import { networkPrograms } from './network-programs.ts';
import { runPrograms } from './run-commands.ts';
import { sed } from './sed.ts';
import { smallPrograms } from './small-programs.ts';
import { sort } from './sort.ts';
import { systemPrograms } from './system-programs.ts';
import { columnPrograms } from './text-columns.ts';

const programs: ReadonlyMap<string, SystemProgram> = new Map<string, SystemProgram>([
  ['bash', shellProgram('bash')], ['sh', shellProgram('ash')], ['ash', shellProgram('ash')],
  ['grep', grep], ['egrep', grep], ['fgrep', grep], ['sed', sed], ['awk', awk], ['gawk', awk], ['mawk', awk], ['sort', sort], ['head', head], ['tail', tail],
  ['diff', diff], ['cmp', cmp], ['ls', ls], ['find', find], ['chroot', chroot], ['less', less], ['more', less], ['test', testProgram], ['[', testProgram],
  ...smallPrograms, ...columnPrograms, ...linePrograms, ...filePrograms, ...runPrograms, ...systemPrograms, ...networkPrograms, ...digestPrograms, ...hostPrograms,
]);

/** Programs that only a laptop has: they need the page's editor or are refused there in one line. */
export const LAPTOP_ONLY: ReadonlySet<string> = new Set(hostPrograms.map(([name]) => name));

/** The programs of an ordinary Linux system, by name. What one of them is called by (`argv[0]`) is its own business. */
export function standardPrograms(): Map<string, SystemProgram> {
  return new Map(programs);
}
