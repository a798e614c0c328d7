import type { InterventionAction } from '../../sim/trace/run_info.ts';
import { durationText } from '../scale/time_format.ts';
import type { FlagWords } from './flag_words.ts';

type ClockAction = Extract<
  InterventionAction,
  { kind: 'clockDrift' | 'clockFreeze' | 'clockThaw' | 'clockStep' }
>;

/** What was done to a clock; `members` are the names of those concerned by all such interventions of the moment. */
export function clockWords(action: ClockAction, members: string): FlagWords {
  switch (action.kind) {
    case 'clockDrift': {
      if (action.ppm === 0) return { long: `clock of ${members} runs true`, short: 'true clock' };
      const words = `${Math.abs(action.ppm)} ppm ${action.ppm > 0 ? 'fast' : 'slow'}`;
      return { long: `clock of ${members} runs ${words}`, short: `${words} ${members}` };
    }
    case 'clockFreeze':
      return { long: `clock of ${members} stands still`, short: `freeze clock ${members}` };
    case 'clockThaw':
      return { long: `clock of ${members} goes on`, short: `thaw clock ${members}` };
    case 'clockStep': {
      const words = `${durationText(Math.abs(action.byNs))} ${action.byNs > 0 ? 'forward' : 'back'}`;
      return { long: `time of day of ${members} is set ${words}`, short: `clock ${words}` };
    }
  }
}
