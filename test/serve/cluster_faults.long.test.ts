import { describe, expect, it } from 'vitest';
import { killed, stoppedAndContinued, survives } from './chaos.ts';

describe('three members of detcd, for a minute', () => {
  it('lose nothing while their leader is killed again and again', async () => {
    const { faults, succeeded } = await survives(killed, 60);
    expect(faults).toBeGreaterThanOrEqual(8);
    expect(succeeded).toBeGreaterThan(1000);
  });

  it('stay linearizable while their leader stands still again and again', async () => {
    const { faults, succeeded } = await survives(stoppedAndContinued, 60);
    expect(faults).toBeGreaterThanOrEqual(8);
    expect(succeeded).toBeGreaterThan(1000);
  });
});
