import { formatDate } from './date-format.ts';

/** `echo -e` and `%b`: `stopped` when `\c` ends all output. */
export function echoEscapes(text: string): { text: string; stopped: boolean } {
  let stopped = false;
  let result = '';
  const pattern = /\\(?:([abefnrtvE\\])|c|0([0-7]{0,3})|x([0-9a-fA-F]{1,2})|u([0-9a-fA-F]{1,4})|U([0-9a-fA-F]{1,8}))/y;
  for (let at = 0; at < text.length;) {
    pattern.lastIndex = at;
    const match = text[at] === '\\' ? pattern.exec(text) : null;
    if (!match) { result += text[at]; at += 1; continue; }
    if (match[0] === '\\c') { stopped = true; break; }
    at += match[0].length;
    result += escaped(match[1], match[2], match[3] ?? match[4] ?? match[5]);
  }
  return { text: result, stopped };
}

const SINGLE: Readonly<Record<string, string>> = { a: '\x07', b: '\b', e: '\x1b', E: '\x1b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v', '\\': '\\' };

function escaped(letter: string | undefined, octal: string | undefined, hex: string | undefined): string {
  if (letter !== undefined) return SINGLE[letter]!;
  if (octal !== undefined) return String.fromCharCode(Number.parseInt(octal || '0', 8));
  return String.fromCodePoint(Number.parseInt(hex!, 16));
}

function formatEscapes(format: string): string {
  return format.replace(/\\(?:([abefnrtvE\\"'])|([0-7]{1,3})|x([0-9a-fA-F]{1,2})|u([0-9a-fA-F]{1,4}))/g, (_, letter?: string, octal?: string, hex?: string, unicode?: string) =>
    (letter === '"' || letter === "'" ? letter : escaped(letter, octal, hex ?? unicode)));
}

/** A number as printf reads its arguments: decimal, 0x, 0 octal, or `'c`. */
function numberOf(text: string | undefined, problems: string[]): number {
  if (text === undefined || text === '') return 0;
  if (/^["']/.test(text)) return text.codePointAt(1) ?? 0;
  const match = /^\s*([-+]?)(0[xX][0-9a-fA-F]+|0[0-7]*(?![\d.])|\d*\.?\d+(?:[eE][-+]?\d+)?|\d+\.?)/.exec(text);
  if (!match) { problems.push(`${text}: invalid number`); return 0; }
  if (match[0].length < text.length) problems.push(`${text}: invalid number`);
  const digits = match[2]!;
  const value = /^0[0-7]+$/.test(digits) ? Number.parseInt(digits, 8) : Number(digits);
  return match[1] === '-' ? -value : value;
}

/** Formats as printf(1), using the format again while arguments are left. `problems` are its complaints. */
export function formatPrintf(format: string, args: readonly string[], nowMs: number): { text: string; problems: string[] } {
  const problems: string[] = [];
  let text = '';
  let next = 0;
  const source = formatEscapes(format);
  for (let round = 0; round === 0 || (next < args.length && next > 0); round += 1) {
    const before = next;
    const pattern = /%(?:%|([-+ 0#]*)(\*|\d+)?(?:\.(\*|\d*))?(?:\(([^)]*)\))?([diouxXeEfFgGcsbqT]))|[^%]+|%/g;
    for (let match = pattern.exec(source); match; match = pattern.exec(source)) {
      if (match[0] === '%%') { text += '%'; continue; }
      if (!match[0].startsWith('%')) { text += match[0]; continue; }
      const letter = match[5];
      if (letter === undefined) {
        problems.push(`\`${source[pattern.lastIndex] ?? '%'}': invalid format character`);
        return { text, problems };
      }
      let flags = match[1] ?? '';
      const star = (given: string | undefined): number | undefined => (given === '*' ? numberOf(args[next++], problems) : given === undefined ? undefined : Number(given || '0'));
      let width = star(match[2]) ?? 0;
      const precision = star(match[3]);
      if (width < 0) { flags += '-'; width = -width; }
      const argument = args[next];
      next += 1;
      if (letter === 'b') {
        const { text: plain, stopped } = echoEscapes(argument ?? '');
        text += pad(plain, flags.replace('0', ''), width);
        if (stopped) return { text, problems };
      } else if (letter === 'T') {
        const seconds = argument === undefined || argument === '-1' ? nowMs / 1000 : numberOf(argument, problems);
        text += pad(formatDate(match[4] || '%X', seconds * 1000), flags, width);
      } else text += pad(conversion(letter, flags, precision, argument, problems), /[diouxXeEfFgG]/.test(letter) && precision === undefined || /[eEfFgG]/.test(letter) ? flags : flags.replace('0', ''), width);
    }
    if (next === before) break;
  }
  return { text, problems };
}

function pad(text: string, flags: string, width: number): string {
  if (flags.includes('-')) return text.padEnd(width);
  if (!flags.includes('0')) return text.padStart(width);
  const sign = /^[-+ ]|^0[xX]/.exec(text)?.[0] ?? '';
  return sign + text.slice(sign.length).padStart(width - sign.length, '0');
}

/** One numeric or textual conversion, before padding; shared with awk. */
export function conversion(letter: string, flags: string, precision: number | undefined, argument: string | undefined, problems: string[]): string {
  const signed = (text: string, value: number): string => (value < 0 || Object.is(value, -0) ? `-${text}` : flags.includes('+') ? `+${text}` : flags.includes(' ') ? ` ${text}` : text);
  switch (letter) {
    case 's': return precision === undefined ? argument ?? '' : (argument ?? '').slice(0, precision);
    case 'q': return argument === undefined || argument === '' ? "''" : argument.replace(/[^\w@%+=:,./-]/g, '\\$&');
    case 'c': return (argument ?? '').slice(0, 1);
    case 'd': case 'i': {
      const value = Math.trunc(numberOf(argument, problems));
      return signed(BigInt(Math.abs(value)).toString().padStart(precision ?? 0, '0'), value);
    }
    case 'o': case 'u': case 'x': case 'X': {
      const value = Math.trunc(numberOf(argument, problems));
      const unsigned = BigInt.asUintN(64, BigInt(value));
      const digits = unsigned.toString(letter === 'o' ? 8 : letter === 'u' ? 10 : 16).padStart(precision ?? 0, '0');
      const prefix = flags.includes('#') && unsigned !== 0n ? (letter === 'o' ? '0' : letter === 'u' ? '' : `0${letter}`) : '';
      return prefix + (letter === 'X' ? digits.toUpperCase() : digits);
    }
    case 'f': case 'F': {
      const value = numberOf(argument, problems);
      return signed(Number.isFinite(value) ? Math.abs(value).toFixed(precision ?? 6) : 'inf', value);
    }
    case 'e': case 'E': {
      const value = numberOf(argument, problems);
      const text = signed(Math.abs(value).toExponential(precision ?? 6).replace(/e([-+])(\d)$/, 'e$10$2'), value);
      return letter === 'E' ? text.toUpperCase() : text;
    }
    default: {
      const value = numberOf(argument, problems);
      const text = signed(general(Math.abs(value), precision ?? 6), value);
      return letter === 'G' ? text.toUpperCase() : text;
    }
  }
}

/** `%g`: the shorter of fixed and exponential, without trailing zeros. */
export function general(value: number, precision: number): string {
  if (value === 0) return '0';
  if (!Number.isFinite(value)) return 'inf';
  const digits = Math.max(1, precision);
  const exponent = Math.floor(Math.log10(Number(value.toExponential(digits - 1))));
  if (exponent < -4 || exponent >= digits) {
    return value.toExponential(digits - 1).replace(/\.?0+e/, 'e').replace(/e([-+])(\d)$/, 'e$10$2');
  }
  const fixed = value.toFixed(Math.max(0, digits - 1 - exponent));
  return fixed.includes('.') ? fixed.replace(/\.?0+$/, '') : fixed;
}
