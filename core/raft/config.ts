import { noNode, type NodeId } from '../base/ids.ts';
import type { NodeIdTable } from '../base/node_ids.ts';
import { noBugs, type BugSwitches } from '../bugs.ts';
import { inflightMessagesMax, messageBytesMax } from '../limits.ts';
import type { Log, Random } from '../ports.ts';
import type { Storage } from './storage.ts';

/**
 * 'safe': a read is confirmed by a majority's heartbeats. 'leaseBased': a leader answers reads from its
 * lease, which is only right while clocks don't drift or pause (thesis 6.4.1).
 */
export type ReadOnlyOption = 'safe' | 'leaseBased';

export interface Config {
  readonly id: NodeId;
  /**
   * A follower that hears nothing campaigns after a random number of ticks in [electionTicks, 2 *
   * electionTicks - 1].
   */
  readonly electionTicks: number;
  readonly heartbeatTicks: number;
  readonly storage: Storage;
  /**
   * The last index that the state machine applied before a restart; nothing up to it is handed out again.
   * Default 0.
   */
  readonly appliedIndex?: number;
  /**
   * The disk and the state machine are peers that answer by message; `advance` is not used. Default false.
   */
  readonly asyncStorageWrites?: boolean;
  /** Bytes of entries in one append; 0 sends one entry at a time. Default 1 MiB. */
  readonly messageBytesMax?: number;
  /** Bytes of committed entries that are being applied. Default: messageBytesMax. */
  readonly committedBytesPerReadyMax?: number;
  /**
   * Payload bytes that a leader has appended and not applied, above which it drops proposals. Default: no
   * limit.
   */
  readonly uncommittedBytesMax?: number;
  /** Appends on their way to one follower. Default 512. */
  readonly inflightMessagesMax?: number;
  /** Their bytes; at least messageBytesMax. Default: no limit. */
  readonly inflightBytesMax?: number;
  /**
   * A leader that hears of no majority for an election timeout steps down; followers of a live leader ignore
   * votes.
   */
  readonly checkQuorum?: boolean;
  /** A candidate first asks whether it could win, before it raises the term (thesis 9.6). */
  readonly preVote?: boolean;
  readonly readOnlyOption?: ReadOnlyOption;
  /** A follower drops proposals instead of passing them to its leader. */
  readonly disableProposalForwarding?: boolean;
  /** A leader appends conf changes without checking that none is pending: for those who check elsewhere. */
  readonly disableConfChangeValidation?: boolean;
  /** A leader that is removed or demoted becomes a follower at once. */
  readonly stepDownOnRemoval?: boolean;
  /** Maps the ids in conf changes. Default null: they are all below 2^53. */
  readonly ids?: NodeIdTable | null;
  readonly random: Random;
  readonly log: Log;
  readonly bugs?: BugSwitches;
}

/** A checked configuration in which nothing is left open. */
export type Settings = { readonly [Name in keyof Required<Config>]: Required<Config>[Name] };

function check(condition: boolean, what: string): void {
  if (!condition) throw new RangeError(`raft config: ${what}`);
}

/** Fills in the defaults. Throws RangeError for values that can't work. */
export function resolveConfig(config: Config): Settings {
  const bytesMax = config.messageBytesMax ?? messageBytesMax;
  const settings: Settings = {
    id: config.id,
    electionTicks: config.electionTicks,
    heartbeatTicks: config.heartbeatTicks,
    storage: config.storage,
    appliedIndex: config.appliedIndex ?? 0,
    asyncStorageWrites: config.asyncStorageWrites ?? false,
    messageBytesMax: bytesMax,
    committedBytesPerReadyMax: config.committedBytesPerReadyMax ?? Math.max(bytesMax, 1),
    uncommittedBytesMax: config.uncommittedBytesMax ?? Infinity,
    inflightMessagesMax: config.inflightMessagesMax ?? inflightMessagesMax,
    inflightBytesMax: config.inflightBytesMax ?? Infinity,
    checkQuorum: config.checkQuorum ?? false,
    preVote: config.preVote ?? false,
    readOnlyOption: config.readOnlyOption ?? 'safe',
    disableProposalForwarding: config.disableProposalForwarding ?? false,
    disableConfChangeValidation: config.disableConfChangeValidation ?? false,
    stepDownOnRemoval: config.stepDownOnRemoval ?? false,
    ids: config.ids ?? null,
    random: config.random,
    log: config.log,
    bugs: config.bugs ?? noBugs,
  };
  check(settings.id > noNode, 'a node needs an id above 0');
  check(settings.heartbeatTicks > 0, 'heartbeatTicks must be above 0');
  check(settings.electionTicks > settings.heartbeatTicks, 'electionTicks must be above heartbeatTicks');
  check(settings.inflightMessagesMax > 0, 'inflightMessagesMax must be above 0');
  check(settings.messageBytesMax >= 0, 'messageBytesMax must not be negative');
  check(settings.committedBytesPerReadyMax > 0, 'committedBytesPerReadyMax must be above 0');
  check(settings.uncommittedBytesMax > 0, 'uncommittedBytesMax must be above 0');
  check(
    settings.inflightBytesMax >= settings.messageBytesMax,
    'inflightBytesMax must be at least messageBytesMax',
  );
  check(
    settings.readOnlyOption !== 'leaseBased' ||
      settings.checkQuorum ||
      settings.bugs.has('lease-without-check-quorum'),
    'lease-based reads need checkQuorum: without it a deposed leader keeps its lease',
  );
  return settings;
}
