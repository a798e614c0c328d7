import type { SwarmResult } from '../../sim/swarm/result.ts';
import { signatureOf } from '../../sim/swarm/signature.ts';

/** A green run. */
export function result(scenario: string, seed: number, changed: Partial<SwarmResult> = {}): SwarmResult {
  return {
    scenario,
    seed: String(seed),
    canary: false,
    members: 3,
    clients: 2,
    durationMs: 1000,
    bugs: [],
    passed: true,
    digest: `${scenario}-${seed}`,
    virtualNs: 1_000_000_000,
    traceEvents: 1000,
    operations: 10,
    wallMs: 20,
    endedMs: 20 * seed,
    reached: [],
    missed: [],
    faults: {},
    failures: [],
    ...changed,
  };
}

export function failing(scenario: string, seed: number, check: string, sentence: string): SwarmResult {
  const failure = { check, signature: signatureOf(check, sentence), sentence, lines: ['because'], atNs: 1 };
  return result(scenario, seed, { passed: false, failures: [failure] });
}
