import { gzipSync } from 'node:zlib';
import { mixedRegisters, registers } from '../../scenarios/workloads/registers.ts';
import { Cluster } from '../../sim/cluster.ts';
import { defaultLinks } from '../../sim/limits.ts';
import { runScenario } from '../../sim/run.ts';
import type { Scenario } from '../../sim/scenario.ts';
import { nsPerMs } from '../../sim/script.ts';
import { encodeRunFile } from '../../sim/trace/codec.ts';
import { type Figure, fastestSeconds } from './measure.ts';

const members = 5;
const repeats = 3;

/** A cluster for the benchmark; `wireMode` differs by seed, so the seed is fixed to one that passes objects. */
function cluster(clients: number, seed: string): Cluster {
  return new Cluster({ seed, members, clients, links: defaultLinks, bugs: new Set() });
}

function idle(): Figure[] {
  const virtualSeconds = 600;
  const seconds = fastestSeconds(repeats, () => {
    const world = cluster(1, 'idle');
    world.bootAll();
    world.run(virtualSeconds * 1000 * nsPerMs);
  });
  return [
    {
      name: 'idle five-member cluster',
      unit: 'simulated s per s',
      value: virtualSeconds / seconds,
      bar: 1000,
    },
  ];
}

function loaded(): Figure[] {
  const virtualSeconds = 30;
  const clients = 20;
  const workload = registers({ ...mixedRegisters, keys: 50, pauseMeanMs: 5 });
  let traceEvents = 0;
  let schedulerEvents = 0;
  let committed = 0;
  const seconds = fastestSeconds(repeats, () => {
    const world = cluster(clients, 'loaded');
    world.bootAll();
    for (const client of world.clients) client.start(workload(client.workloadClient));
    world.run(virtualSeconds * 1000 * nsPerMs);
    traceEvents = world.world.trace.length;
    schedulerEvents = world.world.scheduler.processed;
    committed = Math.max(...world.processes.map((process) => process.member?.appliedIndex ?? 0));
  });
  return [
    {
      name: 'five members under load, trace and invariants on',
      unit: 'trace events per s',
      value: traceEvents / seconds,
      bar: 300_000,
    },
    { name: 'the same', unit: 'scheduler events per s', value: schedulerEvents / seconds },
    { name: 'the same', unit: 'simulated s per s', value: virtualSeconds / seconds },
    { name: 'the same', unit: 'committed operations per s', value: committed / seconds },
  ];
}

const quiet: Scenario = {
  name: 'bench',
  sentence: 'Load without faults.',
  members,
  clients: 5,
  durationMs: 30_000,
  workload: registers(mixedRegisters),
  *nemesis() {},
  sometimes: [],
};

function whole(): Figure[] {
  const run = () => runScenario({ scenario: quiet, seed: '1' });
  const seconds = fastestSeconds(repeats, run);
  const file = run();
  const bytes = encodeRunFile(file);
  return [
    { name: 'whole 30 s run with 5 clients, checked', unit: 'runs per s', value: 1 / seconds },
    { name: 'trace file', unit: 'bytes per event', value: bytes.length / file.trace.length },
    {
      name: 'trace file, gzipped',
      unit: 'bytes per event',
      value: gzipSync(bytes).length / file.trace.length,
    },
  ];
}

export function benchSim(): Figure[] {
  return [...idle(), ...loaded(), ...whole()];
}
