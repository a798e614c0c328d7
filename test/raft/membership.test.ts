import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { NodeId } from '../../core/base/ids.ts';
import {
  asV2,
  confChangesToString,
  ConfChangeTransition,
  ConfChangeType,
  describeConfChange,
  jointEntry,
  leavesJoint,
  makeConfChange,
  makeConfChangeV2,
  type ConfChangeSingle,
} from '../../core/raft/conf_change.ts';
import {
  changeSimply,
  enterJoint,
  leaveJoint,
  type ChangeResult,
} from '../../core/raft/membership/change.ts';
import { emptyMembership, toConfState, type Membership } from '../../core/raft/membership/config.ts';
import { restoreMembership } from '../../core/raft/membership/restore.ts';

const limits = { lastIndex: 10, inflightMessagesMax: 4, inflightBytesMax: Infinity };
const single = fc.record({ type: fc.constantFrom(0, 1, 2, 3), nodeId: fc.nat({ max: 5 }) });
const changes = fc.array(single, { maxLength: 4 }) as fc.Arbitrary<ConfChangeSingle[]>;
const step = fc.record({ kind: fc.constantFrom('simple', 'enter', 'leave'), auto: fc.boolean(), changes });

function take(
  current: Membership,
  one: { kind: string; auto: boolean; changes: ConfChangeSingle[] },
): ChangeResult {
  if (one.kind === 'simple') return changeSimply(current, limits, one.changes);
  if (one.kind === 'enter') return enterJoint(current, limits, one.auto, one.changes);
  return leaveJoint(current, limits);
}

function voterDifference(a: readonly NodeId[], b: readonly NodeId[]): number {
  return a.filter((id) => !b.includes(id)).length + b.filter((id) => !a.includes(id)).length;
}

describe('a membership', () => {
  it('changes by one voter at most, or through a joint configuration', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 20 }), (steps) => {
        let current = emptyMembership;
        for (const one of steps) {
          const before = JSON.stringify(current.config);
          const next = take(current, one);
          // What is refused leaves no trace.
          expect(JSON.stringify(current.config)).toBe(before);
          if (typeof next === 'string') continue;
          const { config, progress } = next;
          expect(config.voters.length).toBeGreaterThan(0);
          if (one.kind === 'simple') {
            expect(voterDifference(current.config.voters, config.voters)).toBeLessThanOrEqual(1);
          } else if (one.kind === 'enter') {
            expect(config.outgoing).toEqual(current.config.voters);
            expect(config.autoLeave).toBe(one.auto);
          } else {
            expect(config.voters).toEqual(current.config.voters);
            expect(config.outgoing).toEqual([]);
          }
          const members = new Set([
            ...config.voters,
            ...config.outgoing,
            ...config.learners,
            ...config.learnersNext,
          ]);
          expect([...progress.keys()]).toEqual([...members].sort((a, b) => a - b));
          for (const [id, { isLearner }] of progress) expect(isLearner).toBe(config.learners.includes(id));
          current = next;
        }
      }),
    );
  });

  it('comes back from the conf state that a snapshot holds', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 20 }), (steps) => {
        let current = emptyMembership;
        for (const one of steps) {
          const next = take(current, one);
          if (typeof next !== 'string') current = next;
        }
        const restored = restoreMembership(toConfState(current.config), limits);
        expect(restored.config).toEqual(current.config);
        expect([...restored.progress.keys()]).toEqual([...current.progress.keys()]);
        for (const [id, { isLearner, next, match }] of restored.progress) {
          expect([isLearner, next, match]).toEqual([
            current.progress.get(id)?.isLearner,
            limits.lastIndex,
            0,
          ]);
        }
      }),
    );
  });

  it('keeps what a leader knows of a member that stays, and forgets one that is removed and added again', () => {
    const added = changeSimply(emptyMembership, limits, [
      { type: ConfChangeType.addNode, nodeId: 1 as NodeId },
    ]);
    if (typeof added === 'string') throw new Error(added);
    const own = added.progress.get(1 as NodeId);
    if (own !== undefined) own.match = 7;
    const more = changeSimply(added, limits, [{ type: ConfChangeType.addLearnerNode, nodeId: 2 as NodeId }]);
    if (typeof more === 'string') throw new Error(more);
    expect(more.progress.get(1 as NodeId)?.match).toBe(7);
    const learner = more.progress.get(2 as NodeId);
    if (learner !== undefined) learner.match = 5;
    const again = changeSimply(more, limits, [
      { type: ConfChangeType.removeNode, nodeId: 2 as NodeId },
      { type: ConfChangeType.addNode, nodeId: 2 as NodeId },
    ]);
    if (typeof again === 'string') throw new Error(again);
    expect(again.progress.get(2 as NodeId)).toMatchObject({ match: 0, isLearner: false, recentActive: true });
  });
});

describe('a conf change', () => {
  const add = { type: ConfChangeType.addNode, nodeId: 4 as NodeId };
  const demote = { type: ConfChangeType.addLearnerNode, nodeId: 5 as NodeId };

  it('is simple only if one change is asked for without more', () => {
    expect(jointEntry(makeConfChangeV2([add]))).toBe('simple');
    expect(jointEntry(makeConfChangeV2([add, demote]))).toBe('autoLeave');
    expect(jointEntry(makeConfChangeV2([add], ConfChangeTransition.jointImplicit))).toBe('autoLeave');
    expect(jointEntry(makeConfChangeV2([add], ConfChangeTransition.jointExplicit))).toBe('explicitLeave');
  });

  it('without content leaves a joint configuration', () => {
    expect(leavesJoint(makeConfChangeV2([]))).toBe(true);
    expect(leavesJoint(makeConfChangeV2([add]))).toBe(false);
  });

  it('of the first form is one of the second', () => {
    const context = new Uint8Array([104, 105]);
    const change = asV2(makeConfChange(ConfChangeType.removeNode, 3 as NodeId, context));
    expect(confChangesToString(change.changes)).toBe('r3');
    expect(describeConfChange(change)).toBe(
      'transition:ConfChangeTransitionAuto changes:{type:ConfChangeRemoveNode node_id:3} context:"hi"',
    );
  });
});
