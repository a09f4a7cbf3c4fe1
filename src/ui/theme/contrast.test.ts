import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';

const css = readFileSync(new URL('./tokens.css', import.meta.url), 'utf8');

/** The values of one theme: its own block over the light one. */
function theme(selector: string): Map<string, string> {
  const values = new Map<string, string>();
  for (const wanted of [':root', selector]) {
    const start = css.indexOf(`${wanted} {`);
    for (const [, name = '', value = ''] of css.slice(start, css.indexOf('\n}', start)).matchAll(/(--[\w-]+):\s*(#[0-9a-f]{3,6})\b/gi)) values.set(name, value);
  }
  return values;
}

function luminance(hex: string): number {
  const digits = hex.length === 4 ? [...hex.slice(1)].map(digit => digit + digit).join('') : hex.slice(1);
  const [r = 0, g = 0, b = 0] = [0, 2, 4].map(at => {
    const channel = Number.parseInt(digits.slice(at, at + 2), 16) / 255;
    return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function ratio(a: string, b: string): number {
  const [low = 0, high = 0] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (high + 0.05) / (low + 0.05);
}

const SURFACES = ['--paper', '--sheet', '--sheet-2', '--sunk', '--water', '--water-2', '--land'];
const VOICES = ['--ink', '--ink-2', '--ink-3', '--act', '--note', '--ok', '--warn', '--bad', '--wait', '--gone'];
const SIGNALS = ['ok', 'warn', 'bad', 'wait', 'gone'];

describe.each([['light', ':root'], ['dark', '[data-theme="dark"]'], ['contrast', '[data-theme="contrast"]']])('tokens of the %s theme', (_, selector) => {
  const values = theme(selector);
  const of = (name: string): string => {
    const value = values.get(name);
    if (!value) throw new Error(`${name} is not a colour in ${selector}`);
    return value;
  };

  test('every voice reads on every surface (4.5:1)', () => {
    const weak = VOICES.flatMap(voice => SURFACES.map(surface => [voice, surface, ratio(of(voice), of(surface))] as const)).filter(([, , value]) => value < 4.5);
    expect(weak).toEqual([]);
  });

  test('signals, act and note read on their own wash (4.5:1)', () => {
    const weak = [...SIGNALS, 'act', 'note'].map(name => [name, ratio(of(`--${name}`), of(`--${name}-wash`))] as const).filter(([, value]) => value < 4.5);
    expect(weak).toEqual([]);
  });

  test('shapes stand out on sheet, water and land (3:1)', () => {
    const weak = SIGNALS.flatMap(name => ['--sheet', '--water', '--land'].map(surface => [name, surface, ratio(of(`--${name}-fill`), of(surface))] as const)).filter(([, , value]) => value < 3);
    expect(weak).toEqual([]);
  });

  test('all terminal colours read on the terminal (4.5:1)', () => {
    const names = [...Array.from({ length: 16 }, (_, index) => `--term-${index}`), '--term-fg', '--term-dim'];
    expect(names.map(name => [name, ratio(of(name), of('--term-bg'))] as const).filter(([, value]) => value < 4.5)).toEqual([]);
  });

  test('text on the filled button reads (4.5:1)', () => {
    expect(ratio(of('--on-solid'), of('--act'))).toBeGreaterThanOrEqual(4.5);
  });
});
