import { emptyBytes } from '../base/bytes.ts';
import type { NodeId } from '../base/ids.ts';
import { quoteBytes } from './quote.ts';

/** The numbers are raftpb's. */
export const ConfChangeType = { addNode: 0, removeNode: 1, updateNode: 2, addLearnerNode: 3 } as const;
export type ConfChangeType = (typeof ConfChangeType)[keyof typeof ConfChangeType];

/** How a change goes through a joint configuration; raftpb's numbers. */
export const ConfChangeTransition = {
  /** Simple if one change allows it, else joint and left by itself. */
  auto: 0,
  /** Always joint, left by itself. */
  jointImplicit: 1,
  /** Always joint, left only by an empty change that somebody proposes. */
  jointExplicit: 2,
} as const;
export type ConfChangeTransition = (typeof ConfChangeTransition)[keyof typeof ConfChangeTransition];

export interface ConfChangeSingle {
  readonly type: ConfChangeType;
  readonly nodeId: NodeId;
}

/** The first form: one change, never joint. `id` and `context` mean something to the application only. */
export interface ConfChange {
  readonly id: number;
  readonly type: ConfChangeType;
  readonly nodeId: NodeId;
  readonly context: Uint8Array;
}

/** Any number of changes at once. Without changes it leaves a joint configuration. */
export interface ConfChangeV2 {
  readonly transition: ConfChangeTransition;
  readonly changes: readonly ConfChangeSingle[];
  readonly context: Uint8Array;
}

export function makeConfChange(
  type: ConfChangeType,
  nodeId: NodeId,
  context: Uint8Array = emptyBytes,
  id = 0,
): ConfChange {
  // `id` may be wide and comes last: V8 gives objects that begin alike one hidden class, and nodes' ids would become doubles.
  return { type, nodeId, context, id };
}

export function makeConfChangeV2(
  changes: readonly ConfChangeSingle[],
  transition: ConfChangeTransition = ConfChangeTransition.auto,
  context: Uint8Array = emptyBytes,
): ConfChangeV2 {
  return { transition, changes, context };
}

export function isV2(change: ConfChange | ConfChangeV2): change is ConfChangeV2 {
  return 'changes' in change;
}

/** The second form can express all of the first. */
export function asV2(change: ConfChange | ConfChangeV2): ConfChangeV2 {
  if (isV2(change)) return change;
  return makeConfChangeV2(
    [{ type: change.type, nodeId: change.nodeId }],
    ConfChangeTransition.auto,
    change.context,
  );
}

/** An empty change asks to leave the joint configuration. */
export function leavesJoint(change: ConfChangeV2): boolean {
  return change.changes.length === 0;
}

export type JointEntry = 'simple' | 'autoLeave' | 'explicitLeave';

/**
 * Whether a change with content goes through a joint configuration. More than one change is always joint,
 * although two learners could be added simply: whether that is safe would depend on the configuration it
 * meets.
 */
export function jointEntry(change: ConfChangeV2): JointEntry {
  if (change.transition === ConfChangeTransition.jointExplicit) return 'explicitLeave';
  if (change.transition === ConfChangeTransition.jointImplicit || change.changes.length > 1) {
    return 'autoLeave';
  }
  return 'simple';
}

const letters = ['v', 'r', 'u', 'l'] as const;

/** The short notation of transcripts: v1 adds a voter, l2 a learner, r3 removes, u4 updates. */
export function confChangesToString(changes: readonly ConfChangeSingle[]): string {
  return changes.map((change) => `${letters[change.type]}${change.nodeId}`).join(' ');
}

const typeNames = [
  'ConfChangeAddNode',
  'ConfChangeRemoveNode',
  'ConfChangeUpdateNode',
  'ConfChangeAddLearnerNode',
] as const;
const transitionNames = [
  'ConfChangeTransitionAuto',
  'ConfChangeTransitionJointImplicit',
  'ConfChangeTransitionJointExplicit',
] as const;

/** The change in protobuf's text form, as etcd logs it. */
export function describeConfChange(change: ConfChangeV2): string {
  const parts = [`transition:${transitionNames[change.transition]}`];
  for (const single of change.changes) {
    parts.push(`changes:{type:${typeNames[single.type]} node_id:${single.nodeId}}`);
  }
  if (change.context.length > 0) parts.push(`context:${quoteBytes(change.context)}`);
  return parts.join(' ');
}
