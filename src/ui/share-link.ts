/** A run as the fragment of an address: the one save format, deflated and in base64url. Nothing leaves the machine. */
import type { SavedRun } from '../hosts/protocol.ts';
import { ask } from './session.ts';

async function through(bytes: Uint8Array<ArrayBuffer>, stream: CompressionStream | DecompressionStream): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await new Response(new Blob([bytes]).stream().pipeThrough(stream)).arrayBuffer());
}

export async function encodeRun(run: SavedRun): Promise<string> {
  const packed = await through(new TextEncoder().encode(JSON.stringify(run)), new CompressionStream('deflate-raw'));
  let binary = '';
  for (const byte of packed) binary += String.fromCharCode(byte);
  return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
}

/** @returns `undefined` for anything that is not a run of this format. */
export async function decodeRun(text: string): Promise<SavedRun | undefined> {
  try {
    const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
    const bytes = Uint8Array.from(binary, character => character.charCodeAt(0));
    const run: unknown = JSON.parse(new TextDecoder().decode(await through(bytes, new DecompressionStream('deflate-raw'))));
    return isRun(run) ? run : undefined;
  } catch {
    return undefined;
  }
}

function isRun(value: unknown): value is SavedRun {
  const run = value as Partial<SavedRun> | null;
  return run !== null && typeof run === 'object' && run.format === 1 && typeof run.seed === 'number' && typeof run.untilMs === 'number' && Array.isArray(run.inputs) && typeof run.source?.kind === 'string';
}

export async function currentRun(): Promise<SavedRun> {
  const answer = await ask(request => ({ type: 'save', request }));
  if (answer.type !== 'saved') throw new Error('The world did not answer with a run.');
  return answer.run;
}

export async function runLink(run: SavedRun): Promise<string> {
  return `${location.href.split('#')[0] ?? ''}#/run/${await encodeRun(run)}`;
}
