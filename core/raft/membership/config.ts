import type { NodeId } from '../../base/ids.ts';
import { emptyConfState, type ConfState } from '../entry.ts';
import type { Progress } from '../progress.ts';

/** Who takes part. The lists are sorted and never changed: a conf change makes a new configuration. */
export interface Configuration {
  readonly voters: readonly NodeId[];
  /** Not empty: the configuration is joint. */
  readonly outgoing: readonly NodeId[];
  readonly learners: readonly NodeId[];
  readonly learnersNext: readonly NodeId[];
  readonly autoLeave: boolean;
}

export const emptyConfiguration: Configuration = {
  voters: [],
  outgoing: [],
  learners: [],
  learnersNext: [],
  autoLeave: false,
};

/** Progress per member, inserted by ascending id: iterating it is deterministic. */
export type ProgressMap = ReadonlyMap<NodeId, Progress>;

/** A configuration together with a leader's view of its members. */
export interface Membership {
  readonly config: Configuration;
  readonly progress: ProgressMap;
}

export const emptyMembership: Membership = { config: emptyConfiguration, progress: new Map() };

export function isJoint(config: Configuration): boolean {
  return config.outgoing.length > 0;
}

export function toConfState(config: Configuration): ConfState {
  if (config === emptyConfiguration) return emptyConfState;
  const { voters, learners, outgoing, learnersNext, autoLeave } = config;
  return { voters, learners, votersOutgoing: outgoing, learnersNext, autoLeave };
}

function list(ids: readonly NodeId[]): string {
  return `(${ids.join(' ')})`;
}

/** As etcd prints it: voters=(1 2)&&(1) learners=(3) learners_next=(4) autoleave. */
export function describeConfiguration(config: Configuration): string {
  let out = `voters=${list(config.voters)}`;
  if (isJoint(config)) out += `&&${list(config.outgoing)}`;
  if (config.learners.length > 0) out += ` learners=${list(config.learners)}`;
  if (config.learnersNext.length > 0) out += ` learners_next=${list(config.learnersNext)}`;
  if (config.autoLeave) out += ' autoleave';
  return out;
}

/** The conf state in protobuf's text form, as etcd logs it. */
export function describeConfStateText(state: ConfState): string {
  const parts = [
    ...state.voters.map((id) => `voters:${id}`),
    ...state.learners.map((id) => `learners:${id}`),
    ...state.votersOutgoing.map((id) => `voters_outgoing:${id}`),
    ...state.learnersNext.map((id) => `learners_next:${id}`),
    `auto_leave:${state.autoLeave}`,
  ];
  return parts.join(' ');
}
