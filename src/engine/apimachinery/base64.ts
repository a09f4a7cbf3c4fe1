/** Base64 of UTF-8 text, without the platform's codecs. */

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

function utf8Bytes(text: string): number[] {
  const bytes: number[] = [];
  for (const char of text) {
    const code = char.codePointAt(0)!;
    if (code < 0x80) bytes.push(code);
    else if (code < 0x800) bytes.push(0xc0 | (code >> 6), 0x80 | (code & 63));
    else if (code < 0x10000) bytes.push(0xe0 | (code >> 12), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63));
    else bytes.push(0xf0 | (code >> 18), 0x80 | ((code >> 12) & 63), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63));
  }
  return bytes;
}

/** Standard base64 with padding. */
export function utf8Base64(text: string): string {
  const bytes = utf8Bytes(text);
  let result = '';
  for (let i = 0; i < bytes.length; i += 3) {
    const chunk = (bytes[i]! << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0);
    result += ALPHABET[chunk >> 18]! + ALPHABET[(chunk >> 12) & 63]! + (i + 1 < bytes.length ? ALPHABET[(chunk >> 6) & 63]! : '=') + (i + 2 < bytes.length ? ALPHABET[chunk & 63]! : '=');
  }
  return result;
}

/** The text that base64 stands for; bytes that are no UTF-8 become U+FFFD. `undefined` when it is not base64. */
export function base64Text(encoded: string): string | undefined {
  const body = encoded.replaceAll(/\s/g, '');
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(body) || body.length % 4 !== 0) return undefined;
  const bytes: number[] = [];
  for (let i = 0; i < body.length; i += 4) {
    const [a, b, c, d] = [0, 1, 2, 3].map(k => ALPHABET.indexOf(body[i + k]!)) as [number, number, number, number];
    bytes.push((a << 2) | (b >> 4));
    if (c >= 0) bytes.push(((b & 15) << 4) | (c >> 2));
    if (d >= 0) bytes.push(((c & 3) << 6) | d);
  }
  return utf8Text(bytes);
}

function utf8Text(bytes: readonly number[]): string {
  let text = '';
  for (let i = 0; i < bytes.length;) {
    const first = bytes[i]!;
    const size = first < 0x80 ? 1 : first >= 0xf0 && first < 0xf8 ? 4 : first >= 0xe0 && first < 0xf0 ? 3 : first >= 0xc2 && first < 0xe0 ? 2 : 0;
    const rest = bytes.slice(i + 1, i + size);
    if (size === 0 || rest.length !== Math.max(size - 1, 0) || rest.some(byte => (byte & 0xc0) !== 0x80)) {
      text += '\uFFFD';
      i += 1;
      continue;
    }
    let code = size === 1 ? first : first & (0xff >> (size + 1));
    for (const byte of rest) code = (code << 6) | (byte & 63);
    text += String.fromCodePoint(code);
    i += size;
  }
  return text;
}
