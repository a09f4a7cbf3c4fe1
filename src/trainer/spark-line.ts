const SAMPLES_MAX = 120;

/** A whole run in a bounded number of samples: when it is full, every second one goes and the rate halves. */
export class SparkLine {
  private readonly samples: number[] = [];
  private every = 1;
  private since = 0;

  add(level: number): void {
    this.since += 1;
    if (this.since < this.every) return;
    this.since = 0;
    this.samples.push(level);
    if (this.samples.length <= SAMPLES_MAX) return;
    for (let i = 0; i < this.samples.length; i += 1) this.samples.splice(i + 1, 1);
    this.every *= 2;
  }

  list(): readonly number[] {
    return [...this.samples];
  }
}
