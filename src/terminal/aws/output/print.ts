/** A result in the format the learner chose. */
import type { OutputFormat } from '../line/global-options.ts';
import type { Query } from '../jmespath/query.ts';
import { formatTable } from './table.ts';
import { formatText } from './text.ts';
import { formatYaml } from './yaml.ts';

export interface Presentation {
  readonly format: OutputFormat;
  readonly query: Query | undefined;
  /** Titles a table. */
  readonly operation: string;
  /** Where a table must fit. */
  readonly columns: number;
}

/** @throws JmesPathError from the query, AwsFailure from a table that cannot be drawn */
export function present(result: unknown, { format, query, operation, columns }: Presentation): string {
  const value = query ? query.search(result) : result;
  const nothing = typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).length === 0;
  switch (format) {
    case 'json': return nothing ? '' : `${JSON.stringify(value ?? null, null, 4)}\n`;
    case 'text': return formatText(value);
    case 'table': return formatTable(operation, value, columns);
    case 'yaml': return nothing ? '' : formatYaml(value);
    case 'yaml-stream': return nothing ? '' : formatYaml([value]);
  }
}
