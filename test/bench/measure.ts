/** One line of the benchmark. `bar` is what it must at least (or, if `lower`, at most) reach. */
export interface Figure {
  readonly name: string;
  readonly unit: string;
  readonly value: number;
  readonly bar?: number;
}

/** Runs `work` `times` times after one warm-up and returns the seconds of the fastest: the one least disturbed by others. */
export function fastestSeconds(times: number, work: () => void): number {
  work();
  let fastest = Infinity;
  for (let i = 0; i < times; i++) {
    const start = performance.now();
    work();
    fastest = Math.min(fastest, (performance.now() - start) / 1000);
  }
  return fastest;
}
