import type { CatalogueRow, Level, Symptom } from '../../trainer/contract.ts';
import type { GlyphName } from '../theme/glyph.tsx';

/** The glyph is that of the symptom group, never of a scenario's own state. */
export const SYMPTOMS: readonly { id: Symptom; title: string; glyph: GlyphName | undefined }[] = [
  { id: 'restarting', title: 'Restarting', glyph: 'crash' },
  { id: 'never-starts', title: 'Never starts', glyph: 'creating' },
  { id: 'image', title: 'Image', glyph: 'image' },
  { id: 'unreachable', title: 'Unreachable', glyph: 'svc' },
  { id: 'stuck-change', title: 'Stuck change', glyph: 'notready' },
  { id: 'slow-or-flapping', title: 'Slow or flapping', glyph: 'wait' },
  { id: 'denied', title: 'Denied', glyph: 'guardbad' },
  { id: 'build', title: 'Build', glyph: 'set' },
];

/** Every word must be found in what the row shows; nothing hidden is searched. */
export function filterRows(rows: readonly CatalogueRow[], wanted: { symptom: Symptom | ''; level: Level | ''; text: string; without?: ReadonlySet<string> }): CatalogueRow[] {
  const words = wanted.text.toLowerCase().split(/\s+/).filter(Boolean);
  return rows.filter(row => (wanted.symptom === '' || row.symptom === wanted.symptom) && (wanted.level === '' || row.level === wanted.level) && !wanted.without?.has(row.key)
    && words.every(word => `${row.title} ${row.seen} ${SYMPTOMS.find(({ id }) => id === row.symptom)?.title ?? ''} ${row.level}`.toLowerCase().includes(word)));
}

const LEVEL_ORDER: readonly Level[] = ['junior', 'mid', 'senior'];

/** By symptom in the order of the filters, then by level, then by how long it takes: never by cause. */
export function groupRows(rows: readonly CatalogueRow[]): { symptom: (typeof SYMPTOMS)[number]; rows: CatalogueRow[] }[] {
  return SYMPTOMS.map(symptom => ({
    symptom,
    rows: rows.filter(row => row.symptom === symptom.id).sort((a, b) => LEVEL_ORDER.indexOf(a.level) - LEVEL_ORDER.indexOf(b.level) || a.minutes - b.minutes || a.title.localeCompare(b.title)),
  })).filter(group => group.rows.length > 0);
}
