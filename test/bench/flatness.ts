import { mixedRegisters, registers } from '../../scenarios/workloads/registers.ts';
import type { Cluster } from '../../sim/cluster.ts';
import { nsPerMs } from '../../sim/script.ts';
import { cpuSecondsOf, type Figure } from './measure.ts';

type MakeCluster = (members: number, clients: number, seed: string) => Cluster;

/** More than this many times the cost of the small one is not flat: more state is more cache misses, and no more than that. */
const ratioMax = 1.5;
const minuteMs = 60_000;

/** Processor time per trace event, in µs, while the world goes on for so long. */
function eventMicros(cluster: Cluster, virtualMs: number): number {
  const { scheduler, trace } = cluster.world;
  const before = trace.length;
  const seconds = cpuSecondsOf(() => cluster.run(scheduler.nowNs + virtualMs * nsPerMs));
  return (seconds * 1e6) / (trace.length - before);
}

function started(cluster: Cluster, pauseMeanMs: number): Cluster {
  const workload = registers({ ...mixedRegisters, keys: 50, pauseMeanMs });
  cluster.bootAll();
  for (const client of cluster.clients) client.start(workload(client.workloadClient));
  return cluster;
}

/** Under load, after the start: that every member learns of every other is work of its own. */
function overMembers(make: MakeCluster): Figure[] {
  const settleMs = 5000;
  const measuredMs = 2000;
  const cost = (members: number, times: number): number => {
    let least = Infinity;
    for (let i = 0; i < times; i++) {
      const cluster = started(make(members, 20, 'loaded'), 5);
      cluster.run(settleMs * nsPerMs);
      least = Math.min(least, eventMicros(cluster, measuredMs));
    }
    return least;
  };
  const [few, many] = [cost(3, 6), cost(51, 2)];
  return [
    { name: 'cost of a trace event under load, 3 members', unit: 'µs of CPU', value: few },
    { name: 'cost of a trace event under load, 51 members', unit: 'µs of CPU', value: many },
    { name: '51 members to 3', unit: 'times the cost', value: many / few, bar: ratioMax, lower: true },
  ];
}

/** Two minutes of one run an hour apart, under ten operations a second. */
function overMinutes(make: MakeCluster): Figure[] {
  const cluster = started(make(5, 5, 'objects'), 495);
  cluster.run(minuteMs * nsPerMs);
  const minute = (): number => eventMicros(cluster, minuteMs);
  const early = Math.min(minute(), minute(), minute());
  cluster.run(57 * minuteMs * nsPerMs);
  const late = Math.min(minute(), minute(), minute());
  return [
    { name: 'cost of a trace event in the first minutes', unit: 'µs of CPU', value: early },
    { name: 'cost of a trace event after an hour', unit: 'µs of CPU', value: late },
    { name: 'an hour to a minute', unit: 'times the cost', value: late / early, bar: ratioMax, lower: true },
  ];
}

export function benchFlatness(make: MakeCluster): Figure[] {
  return [...overMembers(make), ...overMinutes(make)];
}
