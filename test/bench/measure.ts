/** One line of the benchmark. `bar` is what it must at least (or, if `lower`, at most) reach. */
export interface Figure {
  readonly name: string;
  readonly unit: string;
  readonly value: number;
  readonly bar?: number;
  readonly lower?: boolean;
}

/** Whether the figure is as good as its bar, if it has one. */
export function isMet({ value, bar, lower = false }: Figure): boolean {
  return bar === undefined || (lower ? value <= bar : value >= bar);
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

/** Processor time of this process, the collector of garbage and the compiler included: others on the machine only blur it. */
export function cpuSecondsOf(work: () => void): number {
  const start = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1e6;
}

/** The least processor time of `times` runs of `work`, after one warm-up. */
export function leastCpuSeconds(times: number, work: () => void): number {
  work();
  let least = Infinity;
  for (let i = 0; i < times; i++) least = Math.min(least, cpuSecondsOf(work));
  return least;
}
