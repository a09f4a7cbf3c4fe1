/** `aws` against recordings of the real program (scripts/record-aws-lines.py): same line, same answers from AWS, same text and exit code. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { AwsResult } from '../../engine/aws/contract.ts';
import { recordAws, recordedHome } from './testing/aws-laptop.ts';

interface Recording {
  readonly line: string;
  readonly answer?: Record<string, unknown>;
  readonly answers?: readonly Record<string, unknown>[];
  readonly error?: { readonly Code: string; readonly Message: string };
  readonly call?: { readonly operation: string; readonly parameters: unknown };
  readonly stdout: string;
  readonly stderr: string;
  readonly code: number;
}

const recordings = readFileSync(new URL('../../../recorded/aws/lines.jsonl', import.meta.url), 'utf8').trim().split('\n').map(text => JSON.parse(text) as Recording);

/** Lines whose text differs for a reason. */
const KNOWN: Readonly<Record<string, string>> = {
  'ec2 describe-subnets --generate-cli-skeleton': 'members of a newer service model',
  'ec2 describe-subnets --generate-cli-skeleton output': 'members of a newer service model',
  'eks update-nodegroup-config --generate-cli-skeleton': 'members of a newer service model',
  'ec2 describe-subnets --cli-input-json \'{"Colour":"red"}\'': 'members of a newer service model',
};

function answersOf({ answer, answers = [], error }: Recording): () => AwsResult {
  const left = [...answers];
  return () => (error ? { ok: false, error: { code: error.Code, message: error.Message, status: 400 } } : { ok: true, value: left.shift() ?? answer ?? {} });
}

/** The lists of commands differ between releases of the CLI; what it makes of a wrong word does not. */
const withoutChoices = (text: string): string => text.replace(/(valid choices are:\n)[^]*?(?=\n\n\nInvalid choice|$)/, '$1');

describe('the same line says the same', () => {
  test.each(recordings.map((recording, at) => [at, recording.line, recording] as const).filter(([, line]) => !(line in KNOWN)))('%i: aws %s', (_, line, recording) => {
    const { stdout, stderr, code, calls } = recordAws(line, recordedHome, answersOf(recording));
    expect({ stdout, stderr: withoutChoices(stderr), code }).toEqual({ stdout: recording.stdout, stderr: withoutChoices(recording.stderr), code: recording.code });
    if (recording.call && calls.length > 0) expect(calls[0]).toEqual({ operation: recording.call.operation, parameters: recording.call.parameters });
  });
});
