export interface Engine {
  readonly name: string;
  readonly package: string;
  readonly version: string;
  readonly binary: string;
}

/** Digests by scenario, of three seeds. */
export type Digests = Readonly<Record<string, readonly string[]>>;

export const engines: readonly Engine[];
export const defaultFolder: string;
export function binaryOf(engine: Engine, folder?: string): string | null;
export function digestsWith(binary: string): Digests;
export function differences(
  found: Digests,
  pinned: Digests,
): { readonly scenario: string; readonly found: readonly string[]; readonly pinned: readonly string[] }[];
export function pinnedDigests(): Digests;
