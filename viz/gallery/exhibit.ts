/** What the page and its worker say to each other about the known bugs. Plain data. */

/** Page to worker: which bugs are known? */
export interface GalleryRequest {
  readonly type: 'gallery';
}

/** A planted bug with its script, as `detcd bugs` knows it. */
export interface Exhibit {
  readonly id: string;
  /** B1, W1, L1, A1, R1, D1, J1 and on; null for one that nobody had. */
  readonly code: string | null;
  /** Where it happened; 'none' for one that is only planted. */
  readonly source: string;
  readonly versions: string;
  readonly title: string;
  readonly cause: string;
  readonly guarantee: string;
  readonly check: string;
  readonly missed: string;
  readonly lesson: string;
  /** Its script; null for one that has none. */
  readonly script: ExhibitScript | null;
  /** "3 runs (crash-storm, seed 2)": what chance needed without the script; null if nobody has looked. */
  readonly chance: string | null;
}

export interface ExhibitScript {
  readonly scenario: string;
  readonly seed: string;
  /** What happens, in order. */
  readonly schedule: readonly string[];
}

/** Worker to page, in the order of the list of known bugs. */
export interface Gallery {
  readonly type: 'gallery';
  readonly exhibits: readonly Exhibit[];
  readonly missing: readonly { readonly code: string; readonly title: string; readonly why: string }[];
  /** One sentence over all of them. */
  readonly totals: string;
}

/** Families by the first letter of a bug's code, in the order of the list. */
export const families: readonly (readonly [letter: string, name: string])[] = [
  ['B', 'storage'],
  ['W', 'watch'],
  ['L', 'leases'],
  ['A', 'auth'],
  ['R', 'raft'],
  ['D', 'disk'],
  ['J', 'Jepsen'],
  ['', 'only planted'],
];

export function familyOf({ code }: Pick<Exhibit, 'code'>): string {
  return code === null ? '' : code.charAt(0);
}
