/** Base64 of UTF-8 text, without the platform's codecs. */

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** The UTF-8 bytes of a text; half of a surrogate pair counts as U+FFFD. */
export function utf8Bytes(text: string): number[] {
  const bytes: number[] = [];
  for (const char of text) {
    const point = char.codePointAt(0)!;
    const code = point >= 0xd800 && point <= 0xdfff ? 0xfffd : point;
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
  const { text, valid } = decodeBase64(encoded.replaceAll(/\s/g, ''));
  return valid ? text : undefined;
}

/** As GNU `base64 -d` reads it: what comes before the first foreign character is decoded, and `valid` tells whether there was none. */
export function decodeBase64(encoded: string): { text: string; valid: boolean } {
  const clean = encoded.replaceAll(/[\r\n]/g, '');
  const bytes: number[] = [];
  let bits = 0;
  let held = 0;
  for (const character of clean) {
    const value = ALPHABET.indexOf(character);
    if (value < 0) break;
    held = ((held << 6) | value) & 0xffffff;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      bytes.push((held >> bits) & 255);
    }
  }
  return { text: utf8Text(bytes), valid: /^[A-Za-z0-9+/]*={0,2}$/.test(clean) && clean.length % 4 === 0 };
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
