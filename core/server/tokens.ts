import type { Token } from '../ports.ts';

/**
 * Who gets a disk completion: the token's remainder by `owners`. Numbers, not callbacks, so that what is under way stays plain
 * data.
 */
export const Owner = {
  wal: 0,
  publisher: 1,
  nobody: 2,
  raftLoop: 3,
  snapshot: 4,
  receipt: 5,
  backend: 6,
  answer: 7,
} as const;
export type Owner = (typeof Owner)[keyof typeof Owner];

const owners = 8;

export function ownerOf(token: Token): number {
  return token % owners;
}

/** The rooms with one step at a time use the same token again and again. */
export const walStepToken: Token = Owner.wal;
export const publisherStepToken: Token = Owner.publisher;
/** For what nobody waits for. */
export const nobodyToken: Token = Owner.nobody;

/** Gives out tokens, each once. */
export class Tokens {
  private issued = 0;

  next(owner: Owner): Token {
    this.issued++;
    return this.issued * owners + owner;
  }
}

/** What a timer is for. */
export const Timer = {
  tick: 0,
  commit: 1,
  compaction: 2,
  watchSync: 3,
  watchVictims: 4,
  leases: 5,
  versions: 6,
  autoCompaction: 7,
  corruption: 8,
  v2Sync: 9,
} as const;
