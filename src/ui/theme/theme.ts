/** The three themes; the attribute on `<html>` decides, and the choice is remembered on this machine. */
export type Theme = 'light' | 'dark' | 'contrast';

const ORDER: readonly Theme[] = ['light', 'dark', 'contrast'];

export const THEME_NAMES: Record<Theme, string> = { light: 'chart', dark: 'night watch', contrast: 'storm glass' };

export function currentTheme(): Theme {
  const name = document.documentElement.dataset['theme'];
  return ORDER.find(theme => theme === name) ?? 'light';
}

export function setTheme(theme: Theme): void {
  document.documentElement.dataset['theme'] = theme;
  try {
    localStorage.setItem('drydock.theme', theme);
  } catch {
    // Private mode: the theme holds for this visit.
  }
}

export function nextTheme(theme: Theme): Theme {
  return ORDER[(ORDER.indexOf(theme) + 1) % ORDER.length] ?? 'light';
}

/** A token's value as the page has computed it, for canvas and xterm, which do not read CSS. */
export function token(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}
