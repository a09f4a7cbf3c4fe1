/** The options every command takes. */
import type { OptionSpec } from './arg-parser.ts';
import { parameterFailure, notModelled } from '../failure.ts';
import { compile, JmesPathError, type Query } from '../jmespath/query.ts';

export type OutputFormat = 'json' | 'text' | 'table' | 'yaml' | 'yaml-stream';

export const OUTPUT_FORMATS: readonly OutputFormat[] = ['json', 'text', 'table', 'yaml', 'yaml-stream'];

const one = (name: string, more: Partial<OptionSpec> = {}): OptionSpec => ({ name: `--${name}`, dest: name.replaceAll('-', '_'), takes: 'one', ...more });
const flag = (name: string, more: Partial<OptionSpec> = {}): OptionSpec => ({ name: `--${name}`, dest: name.replaceAll('-', '_'), takes: 'none', ...more });

/** In the order of the real program, which shows in its messages about ambiguous options. */
export const GLOBAL_OPTIONS: readonly OptionSpec[] = [
  flag('debug'), one('endpoint-url'), flag('no-verify-ssl'), flag('no-paginate', { dest: 'paginate', value: false }), one('output', { choices: OUTPUT_FORMATS }), one('query'),
  one('profile'), one('region'), flag('version'), one('color', { choices: ['on', 'off', 'auto'] }), flag('no-sign-request'), one('ca-bundle'), one('cli-read-timeout'),
  one('cli-connect-timeout'), one('cli-binary-format', { choices: ['base64', 'raw-in-base64-out'] }), flag('no-cli-pager'), flag('cli-auto-prompt'), flag('no-cli-auto-prompt'),
];

export interface Globals {
  readonly output: OutputFormat | undefined;
  readonly query: Query | undefined;
  readonly profile: string | undefined;
  readonly region: string | undefined;
  paginate: boolean;
}

const REFUSED: Readonly<Record<string, readonly [string, string]>> = {
  debug: ['--debug', 'aws cloudtrail lookup-events shows each call'],
  endpoint_url: ['--endpoint-url', "calls go to the region's own endpoints"],
  no_sign_request: ['--no-sign-request', '--profile chooses the credentials'],
  cli_auto_prompt: ['--cli-auto-prompt', 'the Tab key completes commands and options'],
};

/** @throws AwsFailure for a query that cannot be read, and for what is not modelled */
export function globalsOf(values: ReadonlyMap<string, unknown>): Globals {
  const text = (name: string): string | undefined => values.get(name) as string | undefined;
  const query = text('query');
  const compiled = query === undefined ? undefined : compiledQuery(query);
  const endpoint = text('endpoint_url');
  if (endpoint !== undefined && !/^[a-z][a-z0-9+.-]*:/i.test(endpoint)) {
    throw parameterFailure(`Bad value for --endpoint-url "${endpoint}": scheme is missing.  Must be of the form http://<hostname>/ or https://<hostname>/`);
  }
  for (const [name, [option, nearest]] of Object.entries(REFUSED)) if (values.has(name)) throw notModelled(option, nearest);
  return { output: text('output') as OutputFormat | undefined, query: compiled, profile: text('profile'), region: text('region'), paginate: values.get('paginate') !== false };
}

function compiledQuery(text: string): Query {
  try {
    return compile(text);
  } catch (failure) {
    if (failure instanceof JmesPathError) throw parameterFailure(`Bad value for --query ${text}: ${failure.message}`);
    throw failure;
  }
}
