import type { NodeId } from '../../base/ids.ts';
import { compareNumbers } from '../../base/bytes.ts';
import type { MatchIndexes } from './majority.ts';

interface Row {
  readonly id: NodeId;
  readonly index: number;
  readonly known: boolean;
}

/**
 * Draws who has acknowledged what: one row per voter, its bar as long as the number of voters that are behind
 * it, so that the committed index is the one whose bar is one short of a majority.
 */
export function describeCommitted(voters: readonly NodeId[], acked: MatchIndexes): string {
  const count = voters.length;
  if (count === 0) return '<empty majority quorum>';
  const rows = [...voters].sort(compareNumbers).map((id): Row => {
    const match = acked.get(id)?.match;
    return { id, index: match ?? 0, known: match !== undefined };
  });
  let out = `${' '.repeat(count)}    idx\n`;
  for (const row of rows) {
    const behind = rows.filter((other) => other.index < row.index).length;
    const bar = row.known ? `${'x'.repeat(behind)}>${' '.repeat(count - behind)}` : `?${' '.repeat(count)}`;
    out += `${bar} ${String(row.index).padStart(5)}    (id=${row.id})\n`;
  }
  return out;
}

/** A committed index for people: the empty majority commits without end. */
export function describeIndex(index: number): string {
  return index === Infinity ? '∞' : String(index);
}

const resultNames = { pending: 'VotePending', lost: 'VoteLost', won: 'VoteWon' } as const;

export function describeVoteResult(result: keyof typeof resultNames): string {
  return resultNames[result];
}
