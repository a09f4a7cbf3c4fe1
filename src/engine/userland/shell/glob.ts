import type { FileSystem } from '../contract.ts';
import { joinPath, resolvePath } from '../files/path.ts';

/**
 * Shell patterns as text: `*`, `?`, `[…]` and extended groups are special, a backslash makes the next character
 * ordinary. Expansion writes quoted characters with a backslash.
 */
export function escapePattern(text: string): string {
  return text.replace(/[\\*?[\]()|!+@]/g, '\\$&');
}

/** Whether a pattern holds anything special. */
export function isPattern(pattern: string): boolean {
  return /(?:^|[^\\])(?:\\\\)*[*?[]/.test(pattern) || /(?:^|[^\\])(?:\\\\)*[?*+@!]\(/.test(pattern);
}

/** The text a pattern without special characters stands for. */
export function unescapePattern(pattern: string): string {
  return pattern.replace(/\\([\s\S])/g, '$1');
}

const CLASSES: Readonly<Record<string, string>> = {
  alpha: 'a-zA-Z', digit: '0-9', alnum: 'a-zA-Z0-9', upper: 'A-Z', lower: 'a-z', space: '\\s', blank: ' \\t',
  punct: '!-\\/:-@\\[-`{-~', xdigit: '0-9A-Fa-f', word: '\\w', cntrl: '\\x00-\\x1f\\x7f', print: '\\x20-\\x7e', graph: '\\x21-\\x7e',
};

/** The source of a regular expression that matches what `pattern` matches, unanchored. */
export function patternSource(pattern: string, options: { path?: boolean; lazy?: boolean } = {}): string {
  const any = options.path ? '[^/]' : '[\\s\\S]';
  const star = `${any}*${options.lazy ? '?' : ''}`;
  let index = 0;
  const translate = (untilClose: boolean): string => {
    let source = '';
    while (index < pattern.length) {
      const char = pattern[index]!;
      if (untilClose && char === ')') return source;
      if (untilClose && char === '|') { source += '|'; index += 1; continue; }
      if ('?*+@!'.includes(char) && pattern[index + 1] === '(' && hasClose(pattern, index + 2)) {
        index += 2;
        const inner = translate(true);
        index += 1;
        if (char === '!') source += `(?:(?!(?:${inner})${untilClose ? '' : `${restSource(pattern.slice(index), options)}$`})${any}*)`;
        else source += `(?:${inner})${char === '@' ? '' : char}`;
        continue;
      }
      if (char === '*') { source += star; while (pattern[index] === '*') index += 1; continue; }
      if (char === '?') source += any;
      else if (char === '[') {
        const bracket = bracketSource(pattern, index);
        if (bracket) { source += bracket.source; index = bracket.end; continue; }
        source += '\\[';
      } else if (char === '\\' && index + 1 < pattern.length) {
        index += 1;
        source += escapeRegExp(pattern[index]!);
      } else source += escapeRegExp(char);
      index += 1;
    }
    return source;
  };
  return translate(false);
}

function restSource(rest: string, options: { path?: boolean; lazy?: boolean }): string {
  return patternSource(rest, options);
}

function hasClose(pattern: string, from: number): boolean {
  let depth = 1;
  for (let i = from; i < pattern.length; i += 1) {
    if (pattern[i] === '\\') i += 1;
    else if (pattern[i] === '(') depth += 1;
    else if (pattern[i] === ')' && (depth -= 1) === 0) return true;
  }
  return false;
}

function bracketSource(pattern: string, start: number): { source: string; end: number } | undefined {
  let index = start + 1;
  let source = '[';
  if (pattern[index] === '!' || pattern[index] === '^') { source += '^'; index += 1; }
  let first = true;
  for (; index < pattern.length; first = false) {
    const char = pattern[index]!;
    if (char === ']' && !first) return source === '[' || source === '[^' ? undefined : { source: `${source}]`, end: index + 1 };
    const named = /^\[:(\w+):\]/.exec(pattern.slice(index));
    if (named) {
      source += CLASSES[named[1]!] ?? '';
      index += named[0].length;
      continue;
    }
    if (char === '\\' && index + 1 < pattern.length) {
      index += 1;
      source += `\\${pattern[index]!.replace(/\w/, match => `x${match.charCodeAt(0).toString(16).padStart(2, '0')}`)}`;
    } else source += char === '[' || char === '\\' || char === '^' || char === ']' ? `\\${char}` : char;
    index += 1;
  }
  return undefined;
}

export function escapeRegExp(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
}

const compiled = new Map<string, RegExp>();

/** Whether the whole of `text` matches. */
export function matches(pattern: string, text: string, ignoreCase = false): boolean {
  const key = ignoreCase ? `i${pattern}` : `s${pattern}`;
  let regex = compiled.get(key);
  if (!regex) {
    try {
      regex = new RegExp(`^(?:${patternSource(pattern)})$`, ignoreCase ? 'iu' : 'u');
    } catch {
      regex = new RegExp(`^${escapeRegExp(unescapePattern(pattern))}$`);
    }
    if (compiled.size > 500) compiled.clear();
    compiled.set(key, regex);
  }
  return regex.test(text);
}

/** The paths that match, sorted; empty when none does. */
export function expandGlob(files: FileSystem, cwd: string, pattern: string): string[] {
  const absolute = pattern.startsWith('/');
  const parts = pattern.split('/').filter((part, index) => part !== '' || index > 0);
  let bases: { shown: string; path: string }[] = [{ shown: absolute ? '/' : '', path: absolute ? '/' : cwd }];
  parts.forEach((part, index) => {
    const last = index === parts.length - 1;
    const next: { shown: string; path: string }[] = [];
    for (const base of bases) {
      if (part === '') {
        if (files.stat(base.path)?.type === 'directory') next.push({ shown: `${base.shown}/`, path: base.path });
        continue;
      }
      const prefix = base.shown === '' || base.shown.endsWith('/') ? base.shown : `${base.shown}/`;
      if (!isPattern(part)) {
        const name = unescapePattern(part);
        const path = resolvePath(base.path, name);
        if (files.stat(path, { followLinks: !last })) next.push({ shown: prefix + name, path });
        continue;
      }
      if (files.stat(base.path)?.type !== 'directory') continue;
      let names: string[];
      try { names = files.list(base.path); } catch { names = []; }
      for (const name of names) {
        if (name.startsWith('.') && !part.startsWith('.') && !part.startsWith('\\.')) continue;
        if (matches(part, name)) next.push({ shown: prefix + name, path: joinPath(base.path, name) });
      }
    }
    bases = next;
  });
  return bases.map(base => base.shown).sort(compareNames);
}

/** The order of `ls` and of globs in the C locale. */
export function compareNames(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
