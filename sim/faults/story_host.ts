import type { BugId } from '../../core/bugs.ts';
import type { DiskFaultSettings, InterventionAction } from '../trace/run_info.ts';
import type { DurableFile } from './rot.ts';

/** What a nemesis may see of a member's disk. */
export interface DiskView {
  readonly faults: DiskFaultSettings;
  readonly stalled: boolean;
  readonly usedSpaceBytes: number;
  /** A sync failed, and the page cache still shows what it did not write. */
  readonly hidesLoss: boolean;
  /** It has said of something that it is durable, and it was not, since the last power loss. */
  readonly hasLied: boolean;
  hasUnsynced(): boolean;
  /** Files with something durable, in path order. */
  durableFiles(): readonly DurableFile[];
}

/** Changes of the cluster that a person asks for. */
export type AdminRequest = Extract<InterventionAction, { readonly kind: 'admin' }>['request'];

/** What a nemesis may see of the world and do to it. */
export interface StoryHost {
  /** Who is in the cluster now, voters and learners, ascending. */
  readonly members: readonly number[];
  /** Machines that were never members. */
  readonly spares: readonly number[];
  isLearner(member: number): boolean;
  /** A client's number on the network. */
  endpointOfClient(client: number): number;
  /** Asks a member to change the cluster; returns the call's number, 0 if it can't be asked now. */
  ask(request: AdminRequest, member: number, via: number): number;
  /** `ok`, an error's text, or null as long as there is no answer. */
  adminAnswer(call: number): string | null;
  readonly clientCount: number;
  /**
   * Applies the fault now and records it in the run's list. False if nothing was done: it makes no sense now, or the atlas forbids it.
   */
  intervene(action: InterventionAction): boolean;
  disk(member: number): DiskView;
  /** The running leader of the highest term, or 0. */
  leader(): number;
  /** Whether the member itself thinks it leads, rightly or not; a paused one may. */
  believesToLead(member: number): boolean;
  isUp(member: number): boolean;
  isPaused(member: number): boolean;
  commitIndex(member: number): number;
  /** Planted bugs that the member's program has from its next start on. */
  bugsOf(member: number): readonly BugId[];
  /** Where a member can be ended: etcd's names. */
  readonly failpointSites: readonly string[];
  reached(goal: string): void;
  note(text: string): void;
}
