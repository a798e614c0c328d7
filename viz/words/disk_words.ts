import type { DiskFaultSettings, InterventionAction } from '../../sim/trace/run_info.ts';
import type { FlagWords } from './flag_words.ts';

type DiskAction = Extract<
  InterventionAction,
  { kind: 'diskFaults' | 'diskStall' | 'diskRelease' | 'diskRot' | 'diskSwap' | 'diskWipe' | 'atlas' }
>;

/** What was done to a disk; `members` are the names of those concerned by all such interventions of the moment. */
export function diskWords(action: DiskAction, members: string): FlagWords {
  switch (action.kind) {
    case 'diskFaults': {
      const words = faultWords(action.faults);
      if (words.length === 0) return { long: `disk of ${members} is good again`, short: 'good disk' };
      return { long: `disk of ${members}: ${words.join(', ')}`, short: words[0] ?? '' };
    }
    case 'diskStall':
      return { long: `disk of ${members} stands still`, short: `stall ${members}` };
    case 'diskRelease':
      return { long: `disk of ${members} goes on`, short: `release ${members}` };
    case 'diskRot': {
      const { bits, file } = action;
      const what = bits.length === 1 ? `a bit of ${file} flips` : `${bits.length} bits of ${file} flip`;
      return { long: `${what} on ${members}`, short: `bit rot ${members}` };
    }
    case 'diskSwap': {
      const [one, two] = action.members;
      return { long: `disks of n${one} and n${two} change places`, short: `swap n${one} n${two}` };
    }
    case 'diskWipe':
      return { long: `disk of ${members} is replaced by an empty one`, short: `wipe ${members}` };
    case 'atlas': {
      const words =
        action.mode === 'unrestricted' ? 'any disk fault from now on' : 'only disk faults to recover from';
      return { long: words, short: action.mode };
    }
  }
}

function chance(per10k: number | undefined, words: string): string[] {
  return per10k === undefined ? [] : [`${per10k / 100} % ${words}`];
}

function faultWords(faults: DiskFaultSettings): string[] {
  return [
    ...(faults.lyingSync === true ? ['fsync lies'] : []),
    ...(faults.syncError === true ? ['fsync fails'] : []),
    ...(faults.readError === true ? ['reads fail'] : []),
    ...(faults.fullAtBytes === undefined ? [] : [`full at ${faults.fullAtBytes} bytes`]),
    ...(faults.lostDirectorySync === true ? ['directory syncs are lost'] : []),
    ...(faults.lostRename === true ? ['renames are lost'] : []),
    ...chance(faults.writeErrorPer10k, 'of writes fail'),
    ...chance(faults.misdirectPer10k, 'of syncs misdirected'),
    ...chance(faults.staleReadPer10k, 'of reads stale'),
    ...chance(faults.bitRotPer10k, 'bit rot per sync'),
    ...(faults.bytesPerSecond === undefined ? [] : [`${faults.bytesPerSecond} bytes per second`]),
  ];
}
