import type { NodeId } from '../../core/base/ids.ts';
import { describeCommitted, describeIndex, describeVoteResult } from '../../core/raft/quorum/describe.ts';
import {
  jointCommittedIndex,
  jointIds,
  jointVoteResult,
  type JointVoters,
} from '../../core/raft/quorum/joint.ts';
import { argumentOf, type Argument, type TranscriptCase } from './datadriven.ts';

/** Voters as they are written: sorted and without repetitions only where it matters. */
function idsOf(argument: Argument | undefined): NodeId[] {
  const words = (argument?.values ?? []).filter((value) => value !== 'zero');
  return words.map((word) => Number(word) as NodeId);
}

/**
 * Assigns the values of `idx` or `votes` to the voters, each once, in the order in which they are written.
 */
function assign<T>(
  written: readonly NodeId[],
  values: readonly string[],
  parse: (text: string) => T,
): Map<NodeId, T> {
  const order = [...new Set(written)];
  if (order.length !== values.length) {
    throw new Error(`error: mismatched input for voters ${order.join(' ')}: ${values.join(' ')}`);
  }
  const out = new Map<NodeId, T>();
  order.forEach((id, position) => {
    const text = values[position] as string;
    if (text !== '_') out.set(id, parse(text));
  });
  return out;
}

function sortedSet(ids: readonly NodeId[]): NodeId[] {
  return [...new Set(ids)].sort((a, b) => a - b);
}

export function isQuorumCommand(name: string): boolean {
  return name === 'committed' || name === 'vote';
}

export function runQuorum(one: TranscriptCase): string {
  const written = [...idsOf(argumentOf(one.args, 'cfg')), ...idsOf(argumentOf(one.args, 'cfgj'))];
  const joint: JointVoters = {
    voters: sortedSet(idsOf(argumentOf(one.args, 'cfg'))),
    outgoing: sortedSet(idsOf(argumentOf(one.args, 'cfgj'))),
  };
  if (one.command === 'vote') {
    const votes = assign(written, argumentOf(one.args, 'votes')?.values ?? [], (text) => text === 'y');
    return describeVoteResult(jointVoteResult(joint, votes));
  }
  const values = argumentOf(one.args, 'idx')?.values ?? [];
  const acked = assign(written, values, (text) => ({ match: Number(text) }));
  const isJoint = argumentOf(one.args, 'cfgj') !== undefined;
  const text = describeCommitted(isJoint ? jointIds(joint) : joint.voters, acked);
  return `${text}${describeIndex(jointCommittedIndex(joint, acked))}\n`;
}
