import type { RunInfo } from '../../sim/trace/run_info.ts';
import type { Trace } from '../../sim/trace/trace.ts';

/** A complete head for a trace made by a test. */
export function runInfoFor(trace: Trace): RunInfo {
  return {
    build: '0.0.0',
    scenario: 'made-by-a-test',
    sentence: 'Nothing happens.',
    seed: '1',
    options: { members: 1, clients: 1, durationMs: 1000, bugs: [] },
    interventions: [],
    lanes: [{ id: 0, kind: 'world', name: 'world' }],
    verdict: { passed: true, checks: [], violations: [] },
    summary: {
      virtualNs: trace.nowNs,
      schedulerEvents: trace.length,
      traceEvents: trace.length,
      operations: { ok: 0, fail: 0, unknown: 0 },
      messages: { sent: 0, delivered: 0, dropped: 0 },
      elections: 0,
      crashes: 0,
      revision: 1,
    },
    sometimes: [],
    linearizations: [],
    digest: trace.digestText,
  };
}
