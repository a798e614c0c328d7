import type { SessionLine } from '../../../scenarios/cli/swarm/results_file.ts';
import type { SwarmResult } from '../../../sim/swarm/result.ts';

export const session: SessionLine = {
  kind: 'detcd swarm',
  version: 1,
  build: '0.1.0',
  bugs: [],
  sources: {},
  goalRuns: 2,
  jobs: 2,
  shard: { number: 1, count: 1 },
};

export function result(change: Partial<SwarmResult>): SwarmResult {
  return {
    scenario: 'leader-isolated',
    seed: '1',
    canary: false,
    members: 5,
    clients: 4,
    durationMs: 20_000,
    bugs: [],
    passed: true,
    digest: '0123456789abcdef',
    virtualNs: 20_000_000_000,
    traceEvents: 1000,
    operations: 100,
    wallMs: 400,
    endedMs: 30_000,
    reached: ['it happened'],
    missed: ['it never did'],
    faults: { cut: 3 },
    failpoints: { walBeforeSync: 1, raftAfterSave: 0 },
    failures: [],
    ...change,
  };
}

const failure = {
  check: 'linearizability',
  signature: 'linearizability: get N',
  sentence: 'get(x) is stale',
  lines: ['a reason'],
  atNs: 5,
};

/** Two runs fail for one cause, one for another; one is of a scenario of somebody's own; the canary is found. */
export const results: readonly SwarmResult[] = [
  result({}),
  result({ seed: '2', passed: false, failures: [failure], endedMs: 70_000 }),
  result({
    seed: '3',
    passed: false,
    failures: [{ ...failure, sentence: 'get(y) is stale' }],
    bugs: ['local-reads'],
  }),
  result({
    scenario: 'my-own',
    passed: false,
    failures: [{ ...failure, check: 'state machine safety', signature: 'state machine safety: n' }],
  }),
  result({ scenario: 'power-failure', canary: true, passed: false, bugs: ['respond-before-fsync'] }),
];

export function resultsText(all: readonly SwarmResult[] = results): string {
  const lines = [session, ...all.map((each) => ({ kind: 'run', ...each }))];
  return lines.map((line) => `${JSON.stringify(line)}\n`).join('');
}
