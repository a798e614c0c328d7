/** What was done, for a flag where there is room and one where there is little. */
export interface FlagWords {
  readonly long: string;
  readonly short: string;
}
