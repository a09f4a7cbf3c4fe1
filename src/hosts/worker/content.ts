import type { Content } from '../../trainer/content.ts';

/** Estates and scenarios as text in the worker's own bundle: nothing is fetched while one plays. */
const files: Readonly<Record<string, string>> = import.meta.glob<string>(['/scenarios/**/*', '!/scenarios/**/shortcuts/**', '!/scenarios/**/safe/**'], { query: '?raw', import: 'default', eager: true });

const paths = Object.keys(files).map(path => path.slice(1)).sort();

export const bundledContent: Content = {
  read: path => files[`/${path}`],
  list: directory => paths.filter(path => path.startsWith(`${directory}/`)),
};
