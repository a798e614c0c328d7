/** Names of endpoints: n1 for members, c1 for clients. */
export type NameOf = (endpoint: number) => string;

export function milliseconds(ns: number): string {
  return `${ns / 1_000_000} ms`;
}

export function percent(per10k: number): string {
  return `${per10k / 100} %`;
}
