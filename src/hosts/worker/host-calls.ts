import type { HostCall } from '../../engine/kernel/kernel.ts';

/** What `jq` in the world asks for. */
interface JqCall {
  /** Flags and the filter, as typed, without file names. */
  readonly args: readonly string[];
  readonly input: string;
}

export interface JqAnswer {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number;
}

/** Real jq, loaded when it is first asked for. Its answer is an input of the world, so a replay never needs it. */
export async function answerJq(call: HostCall): Promise<JqAnswer> {
  const { args, input } = call.input as JqCall;
  const { loadJq } = await import('jq-wasm');
  const jq = await loaded(loadJq);
  const { flags, filter } = splitArguments(args);
  try {
    const { stdout, stderr, exitCode } = jq.raw(input, filter, flags);
    // The library drops the newline that ends jq's output.
    const whole = stdout === '' || stdout.endsWith('\n') || flags.some(flag => /^-[a-z]*j|^--join-output/.test(flag)) ? stdout : `${stdout}\n`;
    return { stdout: whole, stderr: stderr === '' || stderr.endsWith('\n') ? stderr : `${stderr}\n`, exitCode };
  } catch (failure) {
    return { stdout: '', stderr: `jq: error: ${failure instanceof Error ? failure.message : String(failure)}\n`, exitCode: 5 };
  }
}

let engine: Promise<import('jq-wasm').Jq> | undefined;

function loaded(load: () => Promise<import('jq-wasm').Jq>): Promise<import('jq-wasm').Jq> {
  engine ??= load();
  return engine;
}

const TAKES: Readonly<Record<string, number>> = { '--arg': 2, '--argjson': 2, '--slurpfile': 2, '--rawfile': 2, '--indent': 1, '-L': 1 };

/** The filter is the first word that is neither a flag nor a flag's value. */
export function splitArguments(args: readonly string[]): { flags: string[]; filter: string } {
  const flags: string[] = [];
  let filter: string | undefined;
  for (let at = 0; at < args.length; at += 1) {
    const word = args[at] ?? '';
    if (word === '--args' || word === '--jsonargs') {
      // What follows the filter from here on is data for it.
      if (filter === undefined) { filter = args[at + 1] ?? '.'; at += 1; }
      flags.push(word, ...args.slice(at + 1));
      break;
    }
    if (word.startsWith('-') && word.length > 1) {
      const values = TAKES[word] ?? 0;
      flags.push(word, ...args.slice(at + 1, at + 1 + values));
      at += values;
    } else filter ??= word;
  }
  return { flags, filter: filter ?? '.' };
}
