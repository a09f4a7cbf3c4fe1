import type { CatalogueRow } from './contract.ts';
import { once, readYaml, type Content } from './content.ts';
import { scenarioSchema, type Scenario } from './staging/scenario-schema.ts';

/** Where a scenario lies and what it says. */
export interface FoundScenario {
  /** The folder's name. It tells the cause, so the page sees it only once solved. */
  readonly id: string;
  /** Opaque; stands in addresses and links. */
  readonly key: string;
  readonly folder: string;
  readonly scenario: Scenario;
}

/** Every scenario there is, in the order of tracks and folders. */
export function findScenarios(content: Content): readonly FoundScenario[] {
  return once(content, 'scenarios', () => content.list('scenarios').filter(path => path.endsWith('/scenario.yaml')).map(path => {
    const folder = path.slice(0, path.lastIndexOf('/'));
    const id = folder.slice(folder.lastIndexOf('/') + 1);
    return { id, key: opaqueKey(id), folder, scenario: scenarioSchema.parse(readYaml(content, path)) };
  }));
}

export function catalogueRows(scenarios: readonly FoundScenario[]): CatalogueRow[] {
  return scenarios.map(({ key, scenario: { title, seen, symptom, level, minutes } }) => ({ key, title, seen, symptom, level, minutes }));
}

/** Six letters that stay the same for an id and tell nothing about it (FNV-1a). */
export function opaqueKey(id: string): string {
  let hash = 0x811c9dc5;
  for (let i = 0; i < id.length; i += 1) hash = Math.imul(hash ^ id.charCodeAt(i), 0x01000193);
  return (hash >>> 0).toString(36).padStart(7, '0').slice(-6);
}
