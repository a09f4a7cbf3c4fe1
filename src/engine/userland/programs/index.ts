import type { SystemProgram } from '../contract.ts';
import { shellProgram } from '../shell/program.ts';
import { grep } from './grep.ts';
import { smallPrograms } from './small-programs.ts';

const programs: ReadonlyMap<string, SystemProgram> = new Map<string, SystemProgram>([
  ['bash', shellProgram('bash')], ['sh', shellProgram('ash')],
  ['grep', grep], ['egrep', grep], ['fgrep', grep],
  ...smallPrograms,
]);

/** The programs of an ordinary Linux system, by name. What one of them is called by (`argv[0]`) is its own business. */
export function standardPrograms(): Map<string, SystemProgram> {
  return new Map(programs);
}
