/**
 * A vite plugin that reads `scenarios/` while the page is built: the catalogue's rows, the estates, and each scenario in a file of its
 * own, with their YAML parsed already. The worker then reads text and JSON, one scenario at a time.
 */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Plugin } from 'vite';
import type { BuiltFiles } from '../src/hosts/worker/content.ts';
import { contentFromFiles } from '../src/hosts/content-files.ts';
import { catalogueRows, findScenarios } from '../src/trainer/catalogue.ts';
import { yamlDocuments, type Content } from '../src/trainer/content.ts';

const NAME = 'virtual:drydock-content';
/** Vite's mark for modules that are no files. */
const MADE = '\0';

/** Wrong fixes and what does no harm are for the proof of a scenario only. */
const PROOF_ONLY = /^scenarios\/[^/]+\/[^/]+\/(shortcuts|safe)\//;

function builtFiles(content: Content, folder: string): BuiltFiles {
  const paths = content.list(folder).filter(path => !PROOF_ONLY.test(path));
  return {
    texts: Object.fromEntries(paths.map(path => [path, content.read(path)!])),
    documents: Object.fromEntries(paths.filter(path => path.endsWith('.yaml') && !path.includes('/home/')).map(path => [path, yamlDocuments(content, path)])),
  };
}

/** JSON in a string literal: engines read it several times faster than the same as code. */
const asModule = (value: unknown): string => `JSON.parse(${JSON.stringify(JSON.stringify(value))})`;

/** @param root the repository */
export function builtContent(root: string): Plugin {
  const read = (): { content: Content; scenarios: ReturnType<typeof findScenarios> } => {
    const content = contentFromFiles(root);
    return { content, scenarios: findScenarios(content) };
  };
  return {
    name: 'drydock-content',
    resolveId: id => (id === NAME || id.startsWith(`${NAME}/`) ? MADE + id : undefined),
    load(id) {
      if (!id.startsWith(MADE + NAME)) return undefined;
      const { content, scenarios } = read();
      for (const file of readdirSync(join(root, 'scenarios'), { recursive: true, withFileTypes: true })) if (file.isFile()) this.addWatchFile(join(file.parentPath, file.name));
      const key = id.slice(MADE.length + NAME.length + 1);
      if (key !== '') return `export default ${asModule(builtFiles(content, scenarios.find(entry => entry.key === key)!.folder))};`;
      return [
        `export const rows = ${asModule(catalogueRows(scenarios))};`,
        `export const estates = ${asModule(builtFiles(content, 'scenarios/estates'))};`,
        `export const scenarios = {${scenarios.map(entry => `${JSON.stringify(entry.key)}: () => import('${NAME}/${entry.key}')`).join(', ')}};`,
      ].join('\n');
    },
  };
}
