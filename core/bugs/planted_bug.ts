/** A bug that somebody really had, or could have had, as a switch that inverts one condition of the right code. */
export interface PlantedBug {
  /** Lower-case words joined by '-': what `--bug` takes. */
  readonly id: string;
  /** Its place in the list of known bugs (B1, W1, L1, A1, R1, D1, J1 and on); null for one that is only planted. */
  readonly code: string | null;
  /** Where it really happened: an issue of etcd's (etcd #15220), of raft's, or a report; 'none' for one that is only planted. */
  readonly source: string;
  /** The versions that had it, in words; 'none' for one that is only planted. */
  readonly versions: string;
  readonly title: string;
  /** What goes wrong and how, in one paragraph. */
  readonly cause: string;
  /** The guarantee that breaks, with its source. */
  readonly guarantee: string;
  /** The check of a run's verdict that catches it, by name. */
  readonly check: string;
  /** Why whoever does not make that check sees nothing. */
  readonly missed: string;
  /** What to take home, in one sentence. */
  readonly lesson: string;
}

/** One of the list that this core can't have, and why. */
export interface MissingBug {
  readonly code: string;
  readonly source: string;
  readonly title: string;
  readonly why: string;
}
