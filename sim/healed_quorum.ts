import type { Cluster } from './cluster.ts';
import type { Intervention } from './trace/run_info.ts';

/**
 * A random quorum of the voters, for a time in which only they are well: the others stay as they are, and are cut off, so that what they
 * lack or still say helps and hinders nobody (TigerBeetle's simulator ends its runs so). Null where that asks nothing: all is well
 * already, a quorum is everybody, or too few copies are whole.
 *
 * Neither is it asked after the members were changed: a change that is in somebody's log, and not known yet, may need more of them.
 */
export function drawQuorum(cluster: Cluster): readonly number[] | null {
  const { world, interventions } = cluster;
  const { voters } = world.roster;
  const size = Math.floor(voters.length / 2) + 1;
  if (size === voters.length || isWell(cluster) || interventions.record.some(changesMembers)) return null;
  const { atlas } = interventions.disks;
  const whole = voters.filter((voter) => atlas.harmAt(voter) === null && !interventions.disks.isWiped(voter));
  if (atlas.exceeded || whole.length < size) return null;
  const drawn = world.random.fork('healed quorum').shuffle(whole).slice(0, size);
  return drawn.sort((a, b) => a - b);
}

/** Everybody runs, and everybody reaches everybody. */
function isWell({ world, processes, members }: Cluster): boolean {
  if (world.network.disturbed().length > 0) return false;
  return processes.every(
    ({ number, member, paused, disk }) =>
      !members.includes(number) || (member !== null && !paused && !disk.stalled),
  );
}

function changesMembers(intervention: Intervention): boolean {
  return intervention.kind === 'admin' && intervention.request !== 'moveLeader';
}
