/** How links behave, for all of them at once. Chances are per message, in parts per 10,000. */
export interface LinkParameters {
  readonly delayMinNs: number;
  /** Mean of the exponential part above the minimum. */
  readonly delayMeanNs: number;
  readonly lossPer10k: number;
  readonly duplicatePer10k: number;
  /** A message that is not reordered never overtakes an earlier one on its link (as on one TCP stream). */
  readonly reorderPer10k: number;
}

/** How one directed link differs from all others: what is left out is as everywhere. */
export interface LinkSettings extends Partial<LinkParameters> {
  /** Of messages: one bit flips on the way. */
  readonly corruptPer10k?: number;
  /** Messages leave the sender one after the other at this speed. */
  readonly bytesPerSecond?: number;
  /** What would make the sender's queue longer than this is dropped; only with `bytesPerSecond`. */
  readonly queueBytes?: number;
}

/** The settings' names, each with the least that it may be. */
export const linkSettingsMin: Readonly<Record<keyof LinkSettings, number>> = {
  delayMinNs: 0,
  delayMeanNs: 0,
  lossPer10k: 0,
  duplicatePer10k: 0,
  reorderPer10k: 0,
  corruptPer10k: 0,
  bytesPerSecond: 1,
  queueBytes: 0,
};
