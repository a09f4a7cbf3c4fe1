import { estates, rows, scenarios } from 'virtual:drydock-content';
import type { Content } from '../../trainer/content.ts';
import type { WorldSource } from '../protocol.ts';

/** A folder of `scenarios/` as the page was built with it: text by path, and what the YAML among it says. */
export interface BuiltFiles {
  readonly texts: Readonly<Record<string, string>>;
  readonly documents: Readonly<Record<string, readonly unknown[]>>;
}

export const builtRows = rows;

/** The estates, and one scenario beside them: nothing more is fetched while it plays. */
function contentOf(folders: readonly BuiltFiles[]): Content {
  const texts = new Map(folders.flatMap(folder => Object.entries(folder.texts)));
  const documents = new Map(folders.flatMap(folder => Object.entries(folder.documents)));
  const paths = [...texts.keys()].sort();
  return {
    read: path => texts.get(path),
    list: directory => paths.filter(path => path.startsWith(`${directory}/`)),
    documents: path => documents.get(path),
  };
}

const known = new Map<string, Content>();

const keyOf = (source: WorldSource): string => (source.kind === 'scenario' && Object.hasOwn(scenarios, source.key) ? source.key : '');

/** @returns what a world of this source is made from, once it was loaded */
export function loadedContent(source: WorldSource): Content | undefined {
  return known.get(keyOf(source));
}

export async function loadContent(source: WorldSource): Promise<void> {
  const key = keyOf(source);
  if (known.has(key)) return;
  const own = key === '' ? [] : [(await scenarios[key]!()).default];
  known.set(key, contentOf([estates, ...own]));
}
