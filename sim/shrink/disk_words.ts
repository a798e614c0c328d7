import type { DiskFaultSettings, InterventionAction } from '../trace/run_info.ts';
import { type NameOf, milliseconds } from './words_base.ts';

export type DiskAction = Extract<
  InterventionAction,
  {
    readonly kind:
      'disk' | 'diskFaults' | 'diskStall' | 'diskRelease' | 'diskRot' | 'diskSwap' | 'diskWipe' | 'atlas';
  }
>;

/** What was done to a disk. */
export function diskWords(action: DiskAction, nameOf: NameOf): string {
  switch (action.kind) {
    case 'disk':
      return `fsync of ${nameOf(action.member)} takes from ${milliseconds(action.syncMinNs)}, on average ${milliseconds(
        action.syncMinNs + action.syncMeanNs,
      )}${action.lyingSync ? ', and lies' : ''}`;
    case 'diskFaults': {
      const words = switchWords(action.faults);
      return `disk of ${nameOf(action.member)}: ${words === '' ? 'no faults' : words}`;
    }
    case 'diskStall':
      return `disk of ${nameOf(action.member)} stands still`;
    case 'diskRelease':
      return `disk of ${nameOf(action.member)} goes on`;
    case 'diskRot':
      return `flip ${action.bits.length === 1 ? `bit ${action.bits.join('')}` : `bits ${action.bits.join(', ')}`} of ${action.file} on ${nameOf(action.member)}`;
    case 'diskSwap':
      return `swap the disks of ${action.members.map(nameOf).join(' and ')}`;
    case 'diskWipe':
      return `wipe the disk of ${nameOf(action.member)}`;
    case 'atlas':
      return action.mode === 'unrestricted'
        ? 'let any disk fault through from now on'
        : 'let only disk faults through that can be recovered from';
  }
}

function switchWords(faults: DiskFaultSettings): string {
  return Object.entries(faults)
    .map(([name, setting]) => (setting === true ? name : `${name} ${String(setting)}`))
    .join(', ');
}
