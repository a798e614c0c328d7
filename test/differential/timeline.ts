interface Due {
  readonly atNs: number;
  readonly act: () => void;
}

/** Virtual time: what is due is done in the order of time, what is due together in the order in which it was asked for. */
export class Timeline {
  nowNs = 0;
  /** Sorted by time; few at a time. */
  private readonly due: Due[] = [];

  at(atNs: number, act: () => void): void {
    let position = this.due.length;
    while (position > 0 && (this.due[position - 1] as Due).atNs > atNs) position--;
    this.due.splice(position, 0, { atNs, act });
  }

  /** Goes on until the condition holds, at most so far. Returns whether it holds. */
  run(forNs: number, until: () => boolean): boolean {
    const endNs = this.nowNs + forNs;
    for (;;) {
      if (until()) return true;
      const next = this.due[0];
      if (next === undefined || next.atNs > endNs) break;
      this.due.shift();
      this.nowNs = Math.max(this.nowNs, next.atNs);
      next.act();
    }
    this.nowNs = endNs;
    return until();
  }
}
