/** Elastic tab stops as Go's text/tabwriter sets them: a column is as wide as the widest cell of its consecutive lines. */

export interface TabStops {
  readonly minWidth: number;
  readonly padding: number;
  /** Widths of earlier flushes, by column; grown in place, so that a watch keeps its columns. */
  readonly remembered?: number[];
}

/** Stops of tables (`kubectl get`). */
export const TABLE_STOPS: TabStops = { minWidth: 6, padding: 3 };
/** Stops of descriptions. */
export const DESCRIBE_STOPS: TabStops = { minWidth: 0, padding: 2 };

/** Aligns text whose cells end in tabs. */
export function alignTabs(text: string, stops: TabStops): string {
  const lines = text.split('\n').map(line => line.split('\t'));
  const out: string[] = [];
  const widths: number[] = [];
  const lengths = lines.map(line => line.map(cell => [...cell].length));

  const write = (from: number, to: number): void => {
    for (let at = from; at < to; at += 1) {
      const line = lines[at]!;
      let written = '';
      line.forEach((cell, column) => {
        written += cell;
        const width = widths[column];
        if (width !== undefined && column < line.length - 1) written += ' '.repeat(Math.max(0, width - lengths[at]![column]!));
      });
      out.push(written);
    }
  };
  const format = (from: number, to: number): void => {
    const column = widths.length;
    let start = from;
    for (let at = from; at < to; at += 1) {
      if (column >= lines[at]!.length - 1) continue;
      write(start, at);
      start = at;
      let width = stops.minWidth;
      for (; at < to && column < lines[at]!.length - 1; at += 1) width = Math.max(width, lengths[at]![column]! + stops.padding);
      if (stops.remembered) {
        width = Math.max(width, stops.remembered[column] ?? 0);
        stops.remembered[column] = width;
      }
      widths.push(width);
      format(start, at);
      widths.pop();
      start = at;
    }
    write(start, to);
  };
  format(0, lines.length);
  return out.join('\n');
}
