import { Kind } from '../../sim/trace/kinds.ts';
import type { SyntheticCluster } from './synthetic_cluster.ts';
import type { EventQueue } from './synthetic_queue.ts';

const ms = 1_000_000;

/** A rota of troubles, each lasting a second or two, that goes on for as long as the run does. */
export function scheduleFaults(cluster: SyntheticCluster, queue: EventQueue): void {
  const rota = [isolateLeader, crashFollower, badLinks, pauseOne, oneWay];
  let turn = 0;
  const next = (): void => {
    rota[turn++ % rota.length]?.(cluster, queue);
    queue.after((3800 + cluster.random(900)) * ms, next);
  };
  queue.after(2300 * ms, next);
}

function cut(cluster: SyntheticCluster, from: number[], to: number[]): void {
  for (const a of from) for (const b of to) cluster.cuts.add(`${a}>${b}`);
  cluster.intervene({ kind: 'cut', from, to });
}

function heal(cluster: SyntheticCluster): void {
  cluster.cuts.clear();
  cluster.intervene({ kind: 'heal' });
}

function isolateLeader(cluster: SyntheticCluster, queue: EventQueue): void {
  const leader = cluster.leader()?.number ?? 1;
  const others = cluster.members.map((member) => member.number).filter((number) => number !== leader);
  cut(cluster, [leader], others);
  cut(cluster, others, [leader]);
  cluster.trace.add(Kind.note, 0, -1, cluster.trace.string(`n${leader} is alone now`));
  queue.after(2200 * ms, () => heal(cluster));
}

function crashFollower(cluster: SyntheticCluster, queue: EventQueue): void {
  const victim = cluster.members.find((member) => member.up && member.role === 0);
  if (victim === undefined) return;
  cluster.crash(victim, cluster.intervene({ kind: 'crash', member: victim.number, mode: 'drop' }));
  queue.after(1500 * ms, () => {
    cluster.intervene({ kind: 'restart', member: victim.number });
    cluster.boot(victim);
  });
}

function badLinks(cluster: SyntheticCluster, queue: EventQueue): void {
  const links = { duplicatePer10k: 100, reorderPer10k: 500, delayMinNs: 200_000, delayMeanNs: 800_000 };
  cluster.lossPer10k = 900;
  cluster.intervene({ kind: 'links', lossPer10k: 900, ...links });
  queue.after(1800 * ms, () => {
    cluster.lossPer10k = 20;
    cluster.intervene({ kind: 'links', lossPer10k: 20, ...links });
  });
}

function pauseOne(cluster: SyntheticCluster, queue: EventQueue): void {
  const victim = cluster.leader() ?? cluster.members[0];
  if (victim === undefined) return;
  victim.paused = true;
  const cause = cluster.intervene({ kind: 'pause', member: victim.number });
  cluster.trace.add(Kind.pause, victim.number, cause);
  queue.after(1700 * ms, () => {
    victim.paused = false;
    const resume = cluster.intervene({ kind: 'resume', member: victim.number });
    cluster.trace.add(Kind.resume, victim.number, resume);
  });
}

function oneWay(cluster: SyntheticCluster, queue: EventQueue): void {
  const numbers = cluster.members.map((member) => member.number);
  cut(cluster, numbers.slice(0, 1), numbers.slice(1, 3));
  queue.after(1500 * ms, () => heal(cluster));
}
