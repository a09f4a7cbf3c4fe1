import { calendarOf, unixMsOf } from '../../kernel/calendar.ts';

const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const MONTHS = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December'];

/** strftime(3) in the C locale, UTC. */
export function formatDate(format: string, unixMs: number): string {
  const t = calendarOf(unixMs);
  const two = (value: number): string => String(value).padStart(2, '0');
  const dayOfYear = Math.floor((unixMs - unixMsOf(t.year, 1, 1)) / 86_400_000) + 1;
  const hour12 = t.hour % 12 === 0 ? 12 : t.hour % 12;
  return format.replace(/%([-_0^]?)(:{0,3}z|\d?[A-Za-z%])/g, (whole, flag: string, letter: string) => {
    const text = ((): string | undefined => {
      switch (letter) {
        case 'Y': return String(t.year);
        case 'C': return two(Math.floor(t.year / 100));
        case 'y': return two(t.year % 100);
        case 'm': return two(t.month);
        case 'd': return two(t.day);
        case 'e': return String(t.day).padStart(2);
        case 'H': return two(t.hour);
        case 'I': return two(hour12);
        case 'k': return String(t.hour).padStart(2);
        case 'l': return String(hour12).padStart(2);
        case 'M': return two(t.minute);
        case 'S': return two(t.second);
        case 'N': return String(Math.floor((unixMs - Math.floor(unixMs / 1000) * 1000) * 1e6)).padStart(9, '0');
        case '3N': return String(t.millisecond).padStart(3, '0');
        case '6N': return String(Math.floor((unixMs - Math.floor(unixMs / 1000) * 1000) * 1e3)).padStart(6, '0');
        case 's': return String(Math.floor(unixMs / 1000));
        case 'j': return String(dayOfYear).padStart(3, '0');
        case 'p': return t.hour < 12 ? 'AM' : 'PM';
        case 'P': return t.hour < 12 ? 'am' : 'pm';
        case 'a': return DAYS[t.weekday]!.slice(0, 3);
        case 'A': return DAYS[t.weekday];
        case 'b': case 'h': return MONTHS[t.month - 1]!.slice(0, 3);
        case 'B': return MONTHS[t.month - 1];
        case 'u': return String(t.weekday === 0 ? 7 : t.weekday);
        case 'w': return String(t.weekday);
        case 'U': return two(Math.floor((dayOfYear + 6 - t.weekday) / 7));
        case 'Z': return 'UTC';
        case 'z': return '+0000';
        case ':z': return '+00:00';
        case 'F': return formatDate('%Y-%m-%d', unixMs);
        case 'T': case 'X': return formatDate('%H:%M:%S', unixMs);
        case 'R': return formatDate('%H:%M', unixMs);
        case 'r': return formatDate('%I:%M:%S %p', unixMs);
        case 'D': case 'x': return formatDate('%m/%d/%y', unixMs);
        case 'c': return formatDate('%a %b %e %H:%M:%S %Y', unixMs);
        case 'n': return '\n';
        case 't': return '\t';
        case '%': return '%';
        default: return undefined;
      }
    })();
    if (text === undefined) return whole;
    if (flag === '-') return text.replace(/^[0 ]+(?=\d)/, '');
    if (flag === '_') return text.replace(/^0+(?=\d)/, zeros => ' '.repeat(zeros.length));
    return flag === '^' ? text.toUpperCase() : text;
  });
}
