import { describeProgress } from '../../core/raft/index.ts';
import {
  changeSimply,
  enterJoint,
  leaveJoint,
  type ChangeResult,
} from '../../core/raft/membership/change.ts';
import {
  describeConfiguration,
  emptyMembership,
  type Membership,
} from '../../core/raft/membership/config.ts';
import type { ProgressLimits } from '../../core/raft/membership/draft.ts';
import { argumentOf, type TranscriptCase } from './datadriven.ts';
import { parseConfChanges } from './interaction_commands.ts';

export function isConfChangeCommand(name: string): boolean {
  return name === 'simple' || name === 'enter-joint' || name === 'leave-joint';
}

/**
 * A membership under change. Each command counts as one more log entry, which shows in the next index of new
 * members.
 */
export class ConfChangeEnv {
  private current: Membership = emptyMembership;
  private lastIndex = 0;

  run(one: TranscriptCase): string {
    const limits = { lastIndex: this.lastIndex, inflightMessagesMax: 10, inflightBytesMax: Infinity };
    this.lastIndex++;
    const result = this.change(one, limits);
    if (typeof result === 'string') return `${result}\n`;
    this.current = result;
    let out = `${describeConfiguration(result.config)}\n`;
    for (const progress of result.progress.values()) {
      out += `${progress.id}: ${describeProgress(progress)}\n`;
    }
    return out;
  }

  private change(one: TranscriptCase, limits: ProgressLimits): ChangeResult {
    const changes = parseConfChanges(one.input);
    if (one.command === 'simple') return changeSimply(this.current, limits, changes);
    if (one.command === 'leave-joint') return leaveJoint(this.current, limits);
    const autoLeave = argumentOf(one.args, 'autoleave')?.values[0] === 'true';
    return enterJoint(this.current, limits, autoLeave, changes);
  }
}
