import type { Builtin } from './builtin.ts';
import { controlBuiltins } from './control.ts';
import { inputOutputBuiltins } from './input-output.ts';
import { jobBuiltins } from './job-control.ts';
import { optionBuiltins } from './options.ts';
import { variableBuiltins } from './variable-builtins.ts';
import { directoryBuiltins } from './directories.ts';

/** Every command the shell runs itself, by name. */
export const BUILTINS: ReadonlyMap<string, Builtin> = new Map([
  ...controlBuiltins, ...inputOutputBuiltins, ...jobBuiltins, ...optionBuiltins, ...variableBuiltins, ...directoryBuiltins,
]);

/** Builtins before which assignments stay in effect, as POSIX wants. */
export const SPECIAL_BUILTINS: ReadonlySet<string> = new Set([':', '.', 'break', 'continue', 'eval', 'exit', 'export', 'readonly', 'return', 'set', 'shift', 'trap', 'unset']);
