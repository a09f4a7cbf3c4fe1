import { rfc3339, rfc3339Micro } from '../kernel/calendar.ts';
import { awsTime } from './contract.ts';

/** A moment with its milliseconds, as the CLI prints it: `2026-11-23T09:00:00.082000+00:00`; whole seconds without a fraction. */
export function preciseTime(unixMs: number): string {
  const wholeMs = Math.floor(unixMs);
  return awsTime(wholeMs % 1000 === 0 ? rfc3339(wholeMs) : rfc3339Micro(wholeMs));
}

/** A moment cut to whole seconds. */
export const wholeSecond = (unixMs: number): string => awsTime(rfc3339(unixMs));
