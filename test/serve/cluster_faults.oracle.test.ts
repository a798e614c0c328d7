import { describe, expect, it } from 'vitest';
import { hasEtcd } from '../etcd_process.ts';
import { killed, stoppedAndContinued, survives } from './chaos.ts';

/** The same for a minute each: cluster_faults.long.test.ts. */
const seconds = 15;

describe('three members of detcd', () => {
  it('lose nothing while their leader is killed again and again', async () => {
    const { faults, succeeded } = await survives(killed, seconds);
    expect(faults).toBeGreaterThanOrEqual(2);
    expect(succeeded).toBeGreaterThan(200);
  });

  it('stay linearizable while their leader stands still again and again', async () => {
    const { faults, succeeded } = await survives(stoppedAndContinued, seconds);
    expect(faults).toBeGreaterThanOrEqual(2);
    expect(succeeded).toBeGreaterThan(200);
  });
});

describe.skipIf(!hasEtcd)('two members of detcd and one of a real etcd', () => {
  it('lose nothing while their leader is killed again and again', async () => {
    const { faults, succeeded } = await survives(killed, seconds, ['detcd', 'etcd', 'detcd']);
    expect(faults).toBeGreaterThanOrEqual(2);
    expect(succeeded).toBeGreaterThan(200);
  });
});
