import { describe, expect, it } from 'vitest';
import type { ClientResponse } from '../../core/server/api/index.ts';
import { hasEtcd } from '../etcd_process.ts';
import { MemberSide } from './member_side.ts';
import { profiles } from './arbitraries/sequences.ts';
import { runDifferential } from './run.ts';

const seed = Number(process.env['DETCD_DIFFERENTIAL_SEED'] ?? 1);
const callsMin = 20_000;
/** Sequences of each profile; one holds half of `stepsMax` on average. */
const amount = { seed, runs: 38, stepsMax: 200 };

describe.runIf(hasEtcd)('the same calls to our member and to a real etcd', () => {
  it(`get the same answers, ${callsMin} times and more`, async () => {
    const started = performance.now();
    const tally = await runDifferential(amount);
    const perSecond = Math.round((tally.calls / (performance.now() - started)) * 1000);
    const kinds = [...tally.byKind].map(([kind, count]) => `${kind} ${count}`).join(', ');
    process.stderr.write(
      `${tally.calls} calls in ${profiles.length} profiles, ${perSecond} a second\n${kinds}\n`,
    );
    process.stderr.write(`documented differences:\n${tally.differences.lines.join('\n')}\n`);
    expect(tally.calls).toBeGreaterThanOrEqual(callsMin);
    expect(tally.differences.unused, 'a rule that explains nothing hides something').toEqual([]);
  }, 900_000);

  it('would find a member that forgets a deletion, and tells the shortest way there', async () => {
    const run = runDifferential({
      seed,
      runs: 20,
      stepsMax: 60,
      only: ['keys and values'],
      makeOurs: ({ self }) => {
        if (self === null) throw new Error('etcd is ready, so it knows itself');
        return new Forgetful(self);
      },
    });
    await expect(run).rejects.toThrow(/after [23] steps[^]*put [^]*delete_range [^]*ours: [^]*theirs: /);
  }, 300_000);
});

class Forgetful extends MemberSide {
  override async call(...[request, token]: Parameters<MemberSide['call']>): Promise<ClientResponse> {
    const answer = await super.call(request, token);
    if (answer.kind !== 'delete_range' || answer.delete_range.deleted === 0) return answer;
    return { kind: 'delete_range', delete_range: { ...answer.delete_range, deleted: 0 } };
  }
}
