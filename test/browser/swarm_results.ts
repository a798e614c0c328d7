import type { SessionLine } from '../../scenarios/cli/swarm/results_file.ts';
import type { SwarmResult } from '../../sim/swarm/result.ts';

const session: SessionLine = {
  kind: 'detcd swarm',
  version: 1,
  build: 'test',
  bugs: [],
  sources: {},
  goalRuns: 2,
  jobs: 1,
  shard: { number: 1, count: 1 },
};

const passed: SwarmResult = {
  scenario: 'leader-isolated',
  seed: '1',
  canary: false,
  members: 3,
  clients: 2,
  durationMs: 4000,
  bugs: [],
  passed: true,
  digest: '0123456789abcdef',
  virtualNs: 4e9,
  traceEvents: 9000,
  operations: 80,
  wallMs: 90,
  endedMs: 100,
  reached: ['a new leader was elected'],
  missed: ['a snapshot was sent'],
  faults: { partition: 1, crash: 0 },
  failpoints: { 'raft before save': 2, 'raft after save': 0 },
  failures: [],
};

const failed: SwarmResult = {
  ...passed,
  seed: '2',
  endedMs: 61_000,
  bugs: ['local-reads'],
  canary: true,
  passed: false,
  failures: [
    {
      check: 'linearizability',
      signature: 'stale read',
      sentence: 'get(x) = 2 began after put(x, 4) had returned',
      lines: ['put(x, 4) returned at 286 ms', 'get(x) = 2 began at 300 ms'],
      atNs: 3e8,
    },
  ],
};

/** The file of a small swarm: a run that passed, one that failed, and one of a planted bug. */
export function swarmResults(): string {
  const runs = [
    passed,
    { ...failed, canary: false, bugs: [], seed: '3' },
    failed,
    { ...passed, seed: '4', endedMs: 62_000 },
  ];
  return [session, ...runs.map((run) => ({ kind: 'run', ...run }))]
    .map((line) => `${JSON.stringify(line)}\n`)
    .join('');
}
