/** How answers are made, and how parameters are read. */
import type { Refusal } from '../apimachinery/status.ts';
import type { ApiRequest, ApiResponse } from './contract.ts';

/** The first value of a query parameter. */
export function queryValue(request: ApiRequest, name: string): string | undefined {
  const value = request.query?.[name];
  return typeof value === 'string' || value === undefined ? value : value[0];
}

export const isTrue = (text: string | undefined): boolean => text !== undefined && ['true', '1', 't', 'T', 'TRUE', 'True'].includes(text);

const JSON_HEADERS = { 'content-type': 'application/json' };

/** A JSON answer. */
export function answer(code: number, body: unknown, headers: Readonly<Record<string, string>> = {}): ApiResponse {
  return { code, headers: { ...JSON_HEADERS, ...headers }, body };
}

export const refusalAnswer = (refusal: Refusal): ApiResponse => answer(refusal.status.code, refusal.status,
  refusal.status.details?.retryAfterSeconds ? { 'retry-after': String(refusal.status.details.retryAfterSeconds) } : {});

/** Plain text. */
export const textAnswer = (code: number, text: string): ApiResponse => ({ code, headers: { 'content-type': 'text/plain; charset=utf-8' }, body: text });

/** What the mux says of a path nobody registered. */
export const pathNotFound = (): ApiResponse => textAnswer(404, '404 page not found\n');
