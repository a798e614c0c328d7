import { gzipSync } from 'node:zlib';
import { catalogue } from '../../scenarios/catalogue.ts';
import { mixedRegisters, registers } from '../../scenarios/workloads/registers.ts';
import { Cluster } from '../../sim/cluster.ts';
import { defaultLinks } from '../../sim/limits.ts';
import { runScenario } from '../../sim/run.ts';
import type { Scenario } from '../../sim/scenario.ts';
import { nsPerMs } from '../../sim/script.ts';
import { encodeRunFile } from '../../sim/trace/codec.ts';
import { benchFlatness } from './flatness.ts';
import { type Figure, cpuSecondsOf, leastCpuSeconds } from './measure.ts';

const members = 5;
const repeats = 4;
/** "Per core": divided by processor time, which other programs on the machine disturb least. */
const perSecond = 'per CPU s';

/** A cluster for the benchmark. A quarter of all seeds pass messages as bytes; these pass objects, unless they are to measure bytes. */
export function benchCluster(count: number, clients: number, seed: string): Cluster {
  return new Cluster({ seed, members: count, clients, links: defaultLinks, bugs: new Set() });
}

function idle(): Figure[] {
  const virtualSeconds = 600;
  return [
    { seed: 'objects', wire: false, bar: { bar: 5000 } },
    { seed: 'idle', wire: true, bar: {} },
  ].map(({ seed, wire, bar }) => {
    const seconds = leastCpuSeconds(repeats, () => {
      const world = benchCluster(members, 1, seed);
      if (world.world.wireMode !== wire) throw new Error(`seed ${seed}: wire mode is not ${wire}`);
      world.bootAll();
      world.run(virtualSeconds * 1000 * nsPerMs);
    });
    const name = `idle five-member cluster${wire ? ', messages as bytes' : ''}`;
    return { name, unit: `simulated s ${perSecond}`, value: virtualSeconds / seconds, ...bar };
  });
}

function loaded(): Figure[] {
  const virtualSeconds = 30;
  const clients = 20;
  const workload = registers({ ...mixedRegisters, keys: 50, pauseMeanMs: 5 });
  let traceEvents = 0;
  let schedulerEvents = 0;
  let committed = 0;
  const seconds = leastCpuSeconds(repeats, () => {
    const world = benchCluster(members, clients, 'loaded');
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
      unit: `trace events ${perSecond}`,
      value: traceEvents / seconds,
      bar: 500_000,
    },
    { name: 'the same', unit: `scheduler events ${perSecond}`, value: schedulerEvents / seconds },
    { name: 'the same', unit: `simulated s ${perSecond}`, value: virtualSeconds / seconds },
    { name: 'the same', unit: `committed operations ${perSecond}`, value: committed / seconds },
  ];
}

/** Five clients that pause for 95 ms on average and wait 5 ms for an answer ask for about 50 operations a second. */
const calm: Scenario = {
  name: 'bench',
  sentence: 'About 50 operations a second, and no faults.',
  members,
  clients: 5,
  durationMs: 60_000,
  workload: registers({ ...mixedRegisters, pauseMeanMs: 95 }),
  *nemesis() {},
  sometimes: [],
};

/** As many seeds as make every fourth one pass its messages as bytes, as in a swarm. */
const calmSeeds = ['1', '2', '3', '4'];

/** A calm cluster alone, then whole runs of it: boot, load, the end's agreement, all checkers, the digest. */
function calmRuns(): Figure[] {
  const virtualSeconds = calm.durationMs / 1000;
  const under = leastCpuSeconds(repeats, () => {
    const world = benchCluster(members, calm.clients, 'objects');
    world.bootAll();
    for (const client of world.clients) client.start(calm.workload(client.workloadClient));
    world.run(virtualSeconds * 1000 * nsPerMs);
  });
  let operations = 0;
  const whole = leastCpuSeconds(2, () => {
    for (const seed of calmSeeds) {
      const { info } = runScenario({ scenario: calm, seed });
      if (!info.verdict.passed) throw new Error(`seed ${seed} did not pass`);
      operations = info.summary.operations.ok + info.summary.operations.fail;
    }
  });
  return [
    {
      name: `five members under ${Math.round(operations / virtualSeconds)} client operations/s`,
      unit: `simulated s ${perSecond}`,
      value: virtualSeconds / under,
      bar: 200,
    },
    {
      name: 'whole runs of 60 s of that, judged',
      unit: `seeds ${perSecond}`,
      value: calmSeeds.length / whole,
      bar: 5,
    },
  ];
}

/** The whole catalogue as a swarm runs it, with the members, the load and the faults of each story; the compiler has seen all before. */
function swarm(): Figure[] {
  let virtualMs = 0;
  const runAll = (seed: string): void => {
    for (const scenario of catalogue) virtualMs += runScenario({ scenario, seed }).info.options.durationMs;
  };
  runAll('1');
  virtualMs = 0;
  const seconds = cpuSecondsOf(() => ['2', '3', '4'].forEach(runAll));
  return [
    {
      name: `whole runs of all ${catalogue.length} scenarios, judged, as sixty-second seeds`,
      unit: `seeds ${perSecond}`,
      value: virtualMs / 60_000 / seconds,
    },
  ];
}

/** The process' memory at its highest during ten minutes of that. First of all, so that nothing else's garbage is in it. */
function memory(): Figure[] {
  let bytes = 0;
  const look = (): void => {
    bytes = Math.max(bytes, process.memoryUsage.rss());
  };
  const file = runScenario({ scenario: calm, seed: '1', durationMs: 600_000 }, look);
  look();
  return [
    {
      name: `ten minutes of that, ${(file.trace.length / 1e6).toFixed(1)} million trace events, resident memory`,
      unit: 'MB',
      value: bytes / 1e6,
      bar: 500,
      lower: true,
    },
  ];
}

function traceFile(): Figure[] {
  const file = runScenario({ scenario: calm, seed: '1' });
  const bytes = encodeRunFile(file);
  return [
    { name: 'trace file', unit: 'bytes per event', value: bytes.length / file.trace.length },
    {
      name: 'trace file, gzipped',
      unit: 'bytes per event',
      value: gzipSync(bytes).length / file.trace.length,
    },
  ];
}

export function benchSim(): Figure[] {
  const peak = memory();
  return [
    ...idle(),
    ...loaded(),
    ...calmRuns(),
    ...swarm(),
    ...peak,
    ...benchFlatness(benchCluster),
    ...traceFile(),
  ];
}
