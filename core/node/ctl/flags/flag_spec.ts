/** How a flag's value is written; Go's names of the types. */
export type FlagKind = 'bool' | 'int' | 'int64' | 'string' | 'stringSlice' | 'duration';

export interface FlagSpec {
  readonly name: string;
  readonly kind: FlagKind;
  /** One letter, or none. */
  readonly short?: string;
  /** In the form of the command line. */
  readonly standard: string;
  readonly help: string;
}

function flag(kind: FlagKind, standardOf: string) {
  return (name: string, help: string, standard: string = standardOf): FlagSpec => ({
    name,
    kind,
    standard,
    help,
  });
}

export const boolFlag = flag('bool', 'false');
export const textFlag = flag('string', '');
export const int64Flag = flag('int64', '0');
export const intFlag = flag('int', '0');
export const durationFlag = flag('duration', '0s');
export const listFlag = flag('stringSlice', '');
