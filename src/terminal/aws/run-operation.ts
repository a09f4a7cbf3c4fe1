/** Runs one operation of a service from the words after its name. */
import type { Task } from '../../engine/kernel/task.ts';
import { parseWords } from './line/arg-parser.ts';
import { AwsFailure, parameterFailure, serviceFailure, unknownOptions } from './failure.ts';
import type { OutputFormat } from './line/global-options.ts';
import { checkPaging, operationOptions, pagesByHand, takePaging, type Parameters } from './line/operation-options.ts';
import { PythonJsonError, pythonJson } from './line/python-json.ts';
import { validateParameters } from './line/validate.ts';
import type { Operation } from './models/model.ts';
import { inModelOrder } from './output/model-order.ts';
import { present } from './output/print.ts';
import { type Collected, collectPages } from './pages.ts';
import type { AwsSession } from './session.ts';
import { inputSkeleton, outputSkeleton } from './skeleton.ts';
import { parseYaml } from '../kubectl/objects/yaml.ts';

const EXTRA = [
  { name: '--cli-input-json', dest: 'cli_input_json', takes: 'one' },
  { name: '--cli-input-yaml', dest: 'cli_input_yaml', takes: 'one' },
  { name: '--generate-cli-skeleton', dest: 'generate_cli_skeleton', takes: '?', bare: 'input', choices: ['input', 'output', 'yaml-input'] },
] as const;

export interface PreparedCall {
  readonly parameters: Parameters;
  readonly paging: ReturnType<typeof takePaging>;
  /** What `--generate-cli-skeleton` asks for. */
  readonly skeleton: string | undefined;
  readonly wantsHelp: boolean;
}

/** Reads the words. @throws AwsFailure for mistakes in them; parameters are not validated yet */
export function prepareCall(session: AwsSession, operation: Operation, words: readonly string[]): PreparedCall {
  const skeletonAt = words.indexOf('--generate-cli-skeleton');
  const relaxed = words.includes('--cli-input-json') || words.includes('--cli-input-yaml') || (skeletonAt >= 0 && words[skeletonAt + 1] !== 'output');
  const options = operationOptions(operation, relaxed);
  const { values, rest } = parseWords(words, [...options.map(({ spec }) => spec), ...EXTRA], [{ dest: 'help', optional: true }]);
  const help = values.get('help') as string | undefined;
  if (help === 'help') return { parameters: {}, paging: undefined, skeleton: undefined, wantsHelp: true };
  const unknown = help === undefined ? rest : [...rest, help];
  if (unknown.length > 0) throw unknownOptions(unknown);
  const parameters: Parameters = {};
  const seen = new Set<string>();
  for (const { spec, apply } of options) {
    if (!values.has(spec.dest) || seen.has(spec.dest)) continue;
    seen.add(spec.dest);
    apply(parameters, values.get(spec.dest), session.readFile);
  }
  const paging = takePaging(parameters);
  fillFromFile(session, values, parameters);
  const skeleton = values.get('generate_cli_skeleton') as string | undefined;
  return { parameters, paging, skeleton, wantsHelp: false };
}

/** `--cli-input-json` and `--cli-input-yaml`: what the line itself says wins. */
function fillFromFile(session: AwsSession, values: ReadonlyMap<string, unknown>, parameters: Parameters): void {
  const given = (['json', 'yaml'] as const).filter(format => values.has(`cli_input_${format}`));
  if (given.length > 1) throw parameterFailure('Only one --cli-input- parameter may be specified.');
  const format = given[0];
  if (!format) return;
  const option = `cli-input-${format}`;
  const word = values.get(`cli_input_${format}`) as string;
  const text = /^fileb?:\/\//.test(word) ? session.readFile(word, `--${option}`) : word;
  const loaded = format === 'json' ? loadedJson(text, option) : loadedYaml(text, option);
  if (typeof loaded !== 'object' || loaded === null || Array.isArray(loaded)) {
    const kind = Array.isArray(loaded) ? 'list' : loaded === null ? 'NoneType' : typeof loaded === 'string' ? 'str' : typeof loaded === 'boolean' ? 'bool' : Number.isInteger(loaded) ? 'int' : 'float';
    throw parameterFailure(`Error parsing parameter '--${option}': Invalid type: expecting map, received <class '${kind}'>`);
  }
  for (const [key, value] of Object.entries(loaded)) if (!Object.hasOwn(parameters, key)) parameters[key] = value;
}

function loadedJson(text: string, option: string): unknown {
  try {
    return pythonJson(text);
  } catch (failure) {
    if (failure instanceof PythonJsonError) throw parameterFailure(`Error parsing parameter '${option}': Invalid JSON received.`);
    throw failure;
  }
}

function loadedYaml(text: string, option: string): unknown {
  const parsed = parseYaml(text);
  if (!parsed.ok) throw parameterFailure(`Error parsing parameter '${option}': Invalid YAML received.`);
  return parsed.values[0];
}

/** @returns the exit code. @throws AwsFailure */
export function* runOperation(session: AwsSession, operation: Operation, words: readonly string[]): Task<number | 'help'> {
  const { parameters, paging, skeleton, wantsHelp } = prepareCall(session, operation, words);
  if (wantsHelp) return 'help';
  if (skeleton === 'input') {
    yield* session.out(`${JSON.stringify(operation.input ? inputSkeleton(operation.input) : {}, null, 4)}\n`);
    return 0;
  }
  if (skeleton === 'yaml-input') throw new AwsFailure('--generate-cli-skeleton yaml-input is not modelled; --generate-cli-skeleton input prints the same as JSON');
  const paged = operation.pages !== undefined && session.globals.paginate && !pagesByHand(parameters, operation.pages);
  if (operation.pages && !paged) checkPaging(paging);
  validateParameters(parameters, operation.input);
  const format = session.output;
  const show = (value: unknown): string => present(value, { format, query: session.globals.query, operation: operation.name, columns: session.columns });
  if (skeleton === 'output') yield* session.out(show(operation.output ? outputSkeleton(operation.output) : {}));
  else if (paged) yield* session.out(shownPages(yield* collectPages(session, operation, parameters, paging), format, show));
  else {
    const answer = yield* session.call(operation.service, operation.name, parameters);
    if (!answer.ok) throw serviceFailure(operation.name, answer.error);
    yield* session.out(show(inModelOrder(answer.value, operation.output)));
  }
  return 0;
}

/** Text shows the token to go on with apart, a stream the pages as they came, everything else one result. */
function shownPages({ whole, pages, nextToken }: Collected, format: OutputFormat, show: (value: unknown) => string): string {
  if (format === 'yaml-stream') return pages.map(show).join('');
  if (format === 'text') return show(whole) + (nextToken === undefined ? '' : show({ NextToken: { NextToken: nextToken } }));
  return show(nextToken === undefined ? whole : { ...(whole as object), NextToken: nextToken });
}
