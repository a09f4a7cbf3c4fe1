/** Paginated operations: every page as one result, `--max-items` and the token to go on from. */
import { base64Text, utf8Base64 } from '../../engine/apimachinery/base64.ts';
import type { Task } from '../../engine/kernel/task.ts';
import { AwsFailure, serviceFailure } from './failure.ts';
import { compile } from './jmespath/query.ts';
import { itemLimit, type Paging, type Parameters } from './line/operation-options.ts';
import { PythonJsonError, pythonJson } from './line/python-json.ts';
import type { Operation } from './models/model.ts';
import { inModelOrder } from './output/model-order.ts';
import type { AwsSession } from './session.ts';

type Fields = Record<string, unknown>;

interface Token {
  readonly given: Readonly<Record<string, unknown>>;
  /** Items of the first page that were shown before. */
  readonly skip: number;
}

export interface Collected {
  /** All pages as one. */
  readonly whole: unknown;
  /** As they came. */
  readonly pages: readonly unknown[];
  /** Where to go on, when `--max-items` ended it. */
  readonly nextToken?: string;
}

/** @throws AwsFailure for what AWS refuses and for tokens that are none */
export function* collectPages(session: AwsSession, operation: Operation, parameters: Parameters, paging: Paging | undefined): Task<Collected> {
  const pages = operation.pages!;
  const inputs = [pages.input_token].flat();
  const outputs = [pages.output_token].flat().map(text => compile(text));
  const results = [pages.result_key ?? []].flat();
  const limit = itemLimit(paging);
  const start = paging?.startingToken === undefined ? { given: {}, skip: 0 } : readToken(paging.startingToken);
  const request: Parameters = { ...parameters, ...start.given, ...(pages.limit_key !== undefined && paging?.pageSize !== undefined && { [pages.limit_key]: paging.pageSize }) };
  const whole: Fields = {};
  const seen: Fields[] = [];
  let sent: Record<string, unknown> = Object.fromEntries(inputs.map(name => [name, start.given[name] ?? null]));
  let count = 0;
  let skip = start.skip;
  for (;;) {
    const answer = yield* session.call(operation.service, operation.name, request);
    if (!answer.ok) throw serviceFailure(operation.name, answer.error);
    const page = inModelOrder(answer.value, operation.output) as Fields;
    seen.push(page);
    const primary = (listAt(page, results[0]) ?? []).slice(skip);
    const room = limit === undefined ? Infinity : limit - count;
    results.forEach((key, index) => add(whole, key, valueAt(page, key), index === 0 ? { from: skip, to: skip + room } : { from: 0, to: Infinity }));
    for (const key of pages.non_aggregate_keys ?? []) if (valueAt(page, key) !== undefined) put(whole, key, valueAt(page, key));
    if (primary.length > room) {
      if (seen.length === 1) put(page, results[0]!, primary.slice(0, room));
      return { whole, pages: seen, nextToken: writeToken({ given: sent, skip: skip + room }) };
    }
    count += primary.length;
    skip = 0;
    const tokens = outputs.map(query => query.search(page));
    if (tokens.every(token => token === null || token === '' || token === false)) return { whole: results.length === 0 ? page : whole, pages: seen };
    sent = Object.fromEntries(inputs.map((name, at) => [name, tokens[at] ?? null]));
    Object.assign(request, sent);
    if (limit !== undefined && count >= limit) return { whole, pages: seen, nextToken: writeToken({ given: sent, skip: 0 }) };
  }
}

const valueAt = (page: Fields, path: string | undefined): unknown => (path === undefined ? undefined : path.split('.').reduce<unknown>((value, key) => (value as Fields | undefined)?.[key], page));

function listAt(page: Fields, path: string | undefined): readonly unknown[] | undefined {
  const value = valueAt(page, path);
  return Array.isArray(value) ? value : undefined;
}

function put(whole: Fields, path: string, value: unknown): void {
  const keys = path.split('.');
  let at = whole;
  for (const key of keys.slice(0, -1)) at = (at[key] ??= {}) as Fields;
  at[keys.at(-1)!] = value;
}

/** Lists are joined, anything else is what the first page said. */
function add(whole: Fields, path: string, value: unknown, { from, to }: { from: number; to: number }): void {
  if (value === undefined) return;
  const known = valueAt(whole, path);
  if (Array.isArray(value)) put(whole, path, [...(Array.isArray(known) ? known : []), ...value.slice(from, to)]);
  else if (known === undefined) put(whole, path, value);
}

function writeToken({ given, skip }: Token): string {
  const parts = Object.entries({ ...given, ...(skip > 0 && { boto_truncate_amount: skip }) }).map(([key, value]) => `${JSON.stringify(key)}: ${JSON.stringify(value)}`);
  return utf8Base64(`{${parts.join(', ')}}`);
}

function readToken(text: string): Token {
  try {
    const { boto_truncate_amount: skip = 0, ...given } = pythonJson(base64Text(text) ?? '') as Fields;
    return { given: Object.fromEntries(Object.entries(given).filter(([, value]) => value !== null)), skip: Number(skip) };
  } catch (failure) {
    if (failure instanceof PythonJsonError) throw new AwsFailure(`Bad starting token: ${text}`);
    throw failure;
  }
}
