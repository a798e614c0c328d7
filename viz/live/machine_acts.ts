import type { InterventionAction } from '../../sim/trace/run_info.ts';
import type { Act } from './acts.ts';

type ActOf = (id: string, words: string, ...actions: InterventionAction[]) => Act;

const inGroup =
  (group: string): ActOf =>
  (id, words, ...actions) => ({ id, words, group, actions });

export function diskActs(member: number): Act[] {
  const act = inGroup('Disk');
  const sync = (meanMs: number, lyingSync = false): InterventionAction => ({
    kind: 'disk',
    member,
    syncMinNs: meanMs > 2 ? meanMs * 500_000 : 300_000,
    syncMeanNs: meanMs > 2 ? meanMs * 500_000 : 1_700_000,
    lyingSync,
  });
  return [
    act('slow-20', 'fsync takes 20 ms', sync(20)),
    act('slow-200', 'fsync takes 200 ms', sync(200)),
    act('disk-usual', 'fsync as usual (2 ms)', sync(2)),
    act('stall', 'stall: no fsync completes', { kind: 'diskStall', member }),
    act('release', 'end the stall', { kind: 'diskRelease', member }),
    act('lying', 'fsync lies: it says done and keeps nothing safe', sync(2, true)),
  ];
}

export function clockActs(member: number): Act[] {
  const act = inGroup('Clock');
  return [
    act('fast', 'runs 10 % fast', { kind: 'clockDrift', member, ppm: 100_000 }),
    act('slow-clock', 'runs 10 % slow', { kind: 'clockDrift', member, ppm: -100_000 }),
    act('right', 'runs as it should', { kind: 'clockDrift', member, ppm: 0 }),
    act('forward', 'set 10 s forward', { kind: 'clockStep', member, byNs: 10_000_000_000 }),
    act('back', 'set 10 s back', { kind: 'clockStep', member, byNs: -10_000_000_000 }),
    act('freeze', 'stands still', { kind: 'clockFreeze', member }),
    act('thaw', 'goes on', { kind: 'clockThaw', member }),
  ];
}
