/** Field texts for `kubectl explain`, from the generated file beside the schema. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { SchemaTexts } from '../../engine/api-server/openapi.ts';

const FILE = fileURLToPath(new URL('../../engine/api-server/schema/texts.json', import.meta.url));

/** Reads them anew; the caller keeps what it needs. */
export const readSchemaTexts = (): SchemaTexts => JSON.parse(readFileSync(FILE, 'utf8')) as SchemaTexts;
