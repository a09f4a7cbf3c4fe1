import type { Task } from '../../kernel/task.ts';
import type { SystemProcess, SystemProgram } from '../contract.ts';
import { decodeBase64, utf8Base64, utf8Bytes } from '../../apimachinery/base64.ts';
import { parseFlags } from './flags.ts';
import { readWhole } from './program-input.ts';

function* base64Program(process: SystemProcess): Task<number> {
  const flags = yield* parseFlags(process, { short: 'dDw:i', long: { decode: 'd', 'wrap=': 'w', 'ignore-garbage': 'i' } });
  if (typeof flags === 'number') return flags;
  const read = yield* readWhole(process, flags.operands[0] ?? '-');
  if (typeof read === 'string') { yield* process.write(2, `base64: ${flags.operands[0]}: ${read}\n`); return 1; }
  if (flags.has('d') || flags.has('D')) {
    const { text, valid } = decodeBase64(read.text);
    yield* process.write(1, text);
    if (valid) return 0;
    yield* process.write(2, 'base64: invalid input\n');
    return 1;
  }
  const width = Number(flags.value('w') ?? 76);
  const encoded = utf8Base64(read.text);
  const lines = width === 0 ? encoded : (encoded.match(new RegExp(`.{1,${width}}`, 'g')) ?? []).map(line => `${line}\n`).join('');
  yield* process.write(1, lines);
  return 0;
}

function rotateLeft(value: number, by: number): number {
  return (value << by) | (value >>> (32 - by));
}

/** Pads a message to whole 64-byte blocks with its length in bits at the end. */
function padded(bytes: readonly number[], littleEndian: boolean): number[] {
  const result = [...bytes, 0x80];
  while (result.length % 64 !== 56) result.push(0);
  const bits = bytes.length * 8;
  const length = [Math.floor(bits / 2 ** 32), bits >>> 0].flatMap(word => [word >>> 24, (word >>> 16) & 255, (word >>> 8) & 255, word & 255]);
  return [...result, ...(littleEndian ? length.reverse() : length)];
}

/** MD5 (RFC 1321), hexadecimal. */
export function md5(bytes: readonly number[]): string {
  const shifts = [[7, 12, 17, 22], [5, 9, 14, 20], [4, 11, 16, 23], [6, 10, 15, 21]];
  const sines = Array.from({ length: 64 }, (_, i) => Math.floor(Math.abs(Math.sin(i + 1)) * 2 ** 32) >>> 0);
  let [a0, b0, c0, d0] = [0x67452301, 0xefcdab89 | 0, 0x98badcfe | 0, 0x10325476];
  const message = padded(bytes, true);
  for (let block = 0; block < message.length; block += 64) {
    const words = Array.from({ length: 16 }, (_, i) => message[block + i * 4]! | (message[block + i * 4 + 1]! << 8) | (message[block + i * 4 + 2]! << 16) | (message[block + i * 4 + 3]! << 24));
    let [a, b, c, d] = [a0, b0, c0, d0];
    for (let i = 0; i < 64; i += 1) {
      const round = i >> 4;
      const mixed = round === 0 ? (b & c) | (~b & d) : round === 1 ? (d & b) | (~d & c) : round === 2 ? b ^ c ^ d : c ^ (b | ~d);
      const index = round === 0 ? i : round === 1 ? (5 * i + 1) % 16 : round === 2 ? (3 * i + 5) % 16 : (7 * i) % 16;
      const sum = (a + mixed + sines[i]! + words[index]!) | 0;
      [a, d, c, b] = [d, c, b, (b + rotateLeft(sum, shifts[round]![i % 4]!)) | 0];
    }
    [a0, b0, c0, d0] = [(a0 + a) | 0, (b0 + b) | 0, (c0 + c) | 0, (d0 + d) | 0];
  }
  return [a0, b0, c0, d0].flatMap(word => [word & 255, (word >>> 8) & 255, (word >>> 16) & 255, word >>> 24]).map(byte => byte.toString(16).padStart(2, '0')).join('');
}

function primes(count: number): number[] {
  const found: number[] = [];
  for (let candidate = 2; found.length < count; candidate += 1) if (found.every(prime => candidate % prime !== 0)) found.push(candidate);
  return found;
}

const fractionBits = (value: number): number => Math.floor((value - Math.floor(value)) * 2 ** 32) >>> 0;
const SHA_CONSTANTS = primes(64).map(prime => fractionBits(Math.cbrt(prime)));
const SHA_START = primes(8).map(prime => fractionBits(Math.sqrt(prime)));

/** SHA-256 (FIPS 180-4), hexadecimal. */
export function sha256(bytes: readonly number[]): string {
  const rotate = (value: number, by: number): number => (value >>> by) | (value << (32 - by));
  const state = [...SHA_START];
  const message = padded(bytes, false);
  for (let block = 0; block < message.length; block += 64) {
    const words = Array.from({ length: 16 }, (_, i) => (message[block + i * 4]! << 24) | (message[block + i * 4 + 1]! << 16) | (message[block + i * 4 + 2]! << 8) | message[block + i * 4 + 3]!);
    for (let i = 16; i < 64; i += 1) {
      const [x, y] = [words[i - 15]!, words[i - 2]!];
      words.push((words[i - 16]! + (rotate(x, 7) ^ rotate(x, 18) ^ (x >>> 3)) + words[i - 7]! + (rotate(y, 17) ^ rotate(y, 19) ^ (y >>> 10))) | 0);
    }
    let [a, b, c, d, e, f, g, h] = state as [number, number, number, number, number, number, number, number];
    for (let i = 0; i < 64; i += 1) {
      const first = (h + (rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)) + ((e & f) ^ (~e & g)) + SHA_CONSTANTS[i]! + words[i]!) | 0;
      const second = ((rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))) | 0;
      [h, g, f, e, d, c, b, a] = [g, f, e, (d + first) | 0, c, b, a, (first + second) | 0];
    }
    [a, b, c, d, e, f, g, h].forEach((word, index) => { state[index] = (state[index]! + word) | 0; });
  }
  return state.map(word => (word >>> 0).toString(16).padStart(8, '0')).join('');
}

function sumProgram(digest: (bytes: readonly number[]) => string): SystemProgram {
  return function* run(process): Task<number> {
    const flags = yield* parseFlags(process, { short: 'bt', long: { binary: 'b', text: 't' } });
    if (typeof flags === 'number') return flags;
    let code = 0;
    for (const name of flags.operands.length > 0 ? flags.operands : ['-']) {
      const read = yield* readWhole(process, name);
      if (typeof read === 'string') { yield* process.write(2, `${process.argv[0]}: ${name}: ${read}\n`); code = 1; } else yield* process.write(1, `${digest(utf8Bytes(read.text))}  ${name}\n`);
    }
    return code;
  };
}

export const digestPrograms: [string, SystemProgram][] = [['base64', base64Program], ['md5sum', sumProgram(md5)], ['sha256sum', sumProgram(sha256)]];
