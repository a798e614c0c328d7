import type { RandomStream } from '../random.ts';
import { nsPerMs } from '../script.ts';
import type { Intervention } from '../trace/run_info.ts';

export interface MutationWorld {
  readonly members: number;
  readonly endNs: number;
}

/** Changes a list of faults in one to three places. `other` is a list to take a piece from. */
export function mutated(
  list: readonly Intervention[],
  other: readonly Intervention[],
  world: MutationWorld,
  random: RandomStream,
): Intervention[] {
  let next: readonly Intervention[] = list;
  for (let times = random.between(1, 3); times > 0; times--) {
    next = random.pick([removed, moved, retargeted, repeated, spliced])(next, random, world, other);
  }
  return [...next].filter(({ atNs }) => atNs <= world.endNs).sort((a, b) => a.atNs - b.atNs);
}

type Mutation = (
  list: readonly Intervention[],
  random: RandomStream,
  world: MutationWorld,
  other: readonly Intervention[],
) => readonly Intervention[];

const removed: Mutation = (list, random) => {
  if (list.length === 0) return list;
  const start = random.below(list.length);
  return [...list.slice(0, start), ...list.slice(start + random.between(1, 3))];
};

/** One fault comes up to half a second earlier or later: the order of faults and messages changes. */
const moved: Mutation = (list, random) => {
  if (list.length === 0) return list;
  const at = random.below(list.length);
  const byNs = (random.below(1001) - 500) * nsPerMs;
  return list.map((each, i) => (i === at ? { ...each, atNs: Math.max(0, each.atNs + byNs) } : each));
};

const retargeted: Mutation = (list, random, { members }) => {
  if (list.length === 0) return list;
  const at = random.below(list.length);
  const member = 1 + random.below(members);
  return list.map((each, i) => (i === at && 'member' in each ? { ...each, member } : each));
};

/** A piece happens once more, later. */
const repeated: Mutation = (list, random, { endNs }) => {
  if (list.length === 0) return list;
  const piece = pieceOf(list, random);
  const byNs = random.below(Math.max(1, Math.floor(endNs / nsPerMs / 4))) * nsPerMs;
  return [...list, ...piece.map((each) => ({ ...each, atNs: each.atNs + byNs }))];
};

const spliced: Mutation = (list, random, _, other) =>
  other.length === 0 ? list : [...list, ...pieceOf(other, random)];

function pieceOf(list: readonly Intervention[], random: RandomStream): readonly Intervention[] {
  const start = random.below(list.length);
  return list.slice(start, start + random.between(1, 6));
}
