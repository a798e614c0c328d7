import { toText } from '../../core/base/bytes.ts';
import type { Lessor } from '../../core/lease/index.ts';
import type { KeyRange, MvccStore } from '../../core/mvcc/index.ts';
import type { Status } from '../../core/raft/index.ts';
import type { WatchStream, WatchableStore, Watcher } from '../../core/watch/index.ts';
import type { OpenRun } from '../../sim/run.ts';
import type {
  ClockLook,
  KeyLook,
  LeasesLook,
  MemberLook,
  RaftLook,
  StoreLook,
  WatcherLook,
  WatchesLook,
} from '../inspector/member_look.ts';
import { prefixSum } from '../model/prefix_sum.ts';

/** More would not be read, and a message of all of a large store would take long. */
const keysMax = 200;
const watchersMax = 200;
const leasesMax = 200;
const valueMax = 80;

type Process = OpenRun['cluster']['processes'][number];

/** What is in a member's memory where the run stands. `askedNs`: the virtual time that was asked for. */
export function stateAt({ cluster }: OpenRun, member: number, askedNs: number): MemberLook {
  const { trace, scheduler } = cluster.world;
  const process = cluster.processes[member - 1];
  if (process === undefined)
    throw new RangeError(`expected a member from 1 to ${cluster.processes.length}, got ${member}`);
  const present = process.member;
  const state = present?.state ?? null;
  const status = present?.status() ?? null;
  return {
    type: 'look',
    member,
    askedNs,
    atNs: scheduler.nowNs,
    events: trace.length,
    sum: prefixSum(trace, trace.length),
    process: processOf(process),
    clock: clockOf(process, scheduler.nowNs),
    raft: status === null ? null : raftOf(status),
    store: state === null ? null : storeOf(state.store),
    watches: state === null ? null : watchesOf(state.watches),
    leases: state === null ? null : leasesOf(state.lessor, process.clock.nowNs()),
  };
}

function processOf({ member, booting, paused }: Process): MemberLook['process'] {
  if (booting) return 'starting';
  if (member === null) return 'down';
  return paused ? 'paused' : 'up';
}

function clockOf({ clock }: Process, worldNs: number): ClockLook {
  const { driftPpm, frozen, steppedNs } = clock;
  return { offsetNs: clock.nowNs() - worldNs, driftPpm, frozen, steppedNs };
}

function raftOf({ role, term, vote, leader, config, ...status }: Status): RaftLook {
  return {
    role,
    term,
    vote,
    leader,
    transferee: status.transferee,
    commit: status.commitIndex,
    applied: status.appliedIndex,
    last: status.lastIndex,
    voters: [...config.voters],
    outgoing: [...config.outgoing],
    learners: [...config.learners, ...config.learnersNext],
    progress: status.progress.map((one) => ({
      member: one.id,
      state: one.state,
      match: one.match,
      next: one.next,
      inflight: one.inflights.count,
      paused: one.flowPaused,
      recentActive: one.recentActive,
      learner: one.isLearner,
    })),
  };
}

function storeOf(store: MvccStore): StoreLook {
  const keys: KeyLook[] = [];
  store.visitHistories((key, generations) => {
    const pair = generations.at(-1)?.ended === true ? undefined : store.pairAt(key, store.currentRevision);
    keys.push({
      key: toText(key),
      ...(pair === undefined
        ? {}
        : {
            now: {
              value: shortText(toText(pair.value)),
              version: pair.version,
              created: pair.create_revision,
              modified: pair.mod_revision,
              lease: pair.lease === 0n ? '' : pair.lease.toString(16),
            },
          }),
      generations: generations.map(({ revisions, ended }) => ({
        revisions: revisions.map(({ main, sub }) => (sub === 0 ? String(main) : `${main}.${sub}`)),
        ended,
      })),
    });
    return keys.length < keysMax;
  });
  return {
    revision: store.currentRevision,
    compacted: store.compactRevision,
    compactionDone: store.finishedCompactRevision,
    keyCount: store.keyCount,
    keys,
  };
}

function shortText(text: string): string {
  return text.length <= valueMax ? text : `${text.slice(0, valueMax)}\u2026`;
}

function watchesOf(watches: WatchableStore): WatchesLook {
  const streams: WatchStream[] = [...watches.openStreams];
  const groups = { synced: [] as WatcherLook[], unsynced: [] as WatcherLook[], victim: [] as WatcherLook[] };
  for (const watcher of watches.watchers()) {
    if (watcher.state === 'gone') continue;
    const group = groups[watcher.state];
    if (group.length < watchersMax) group.push(watcherOf(watcher, streams));
  }
  return {
    synced: groups.synced,
    unsynced: groups.unsynced,
    victims: groups.victim,
    streams: streams.map(({ waitingAnswers, waitingControls }) => ({
      answers: waitingAnswers,
      controls: waitingControls,
    })),
  };
}

function watcherOf(watcher: Watcher, streams: readonly WatchStream[]): WatcherLook {
  return {
    stream: streams.findIndex((stream) => stream === watcher.output) + 1,
    id: watcher.id,
    range: rangeText(watcher.range),
    start: watcher.startRevision,
    next: watcher.minRevision,
  };
}

function rangeText(range: KeyRange): string {
  if (range.kind === 'point') return toText(range.key);
  return `${toText(range.low)} to ${range.high === null ? 'the end' : toText(range.high)}`;
}

const nsPerMs = 1_000_000;

function leasesOf(lessor: Lessor, nowNs: number): LeasesLook {
  const list = lessor.list().slice(0, leasesMax);
  return {
    primary: lessor.isPrimary,
    list: list.map(({ id, ttl, expiryMs, keys }) => ({
      id: id.toString(16),
      grantedSeconds: ttl,
      leftMs: lessor.isPrimary ? expiryMs - Math.ceil(nowNs / nsPerMs) : null,
      keys: [...keys].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0)).map((key) => toText(key)),
    })),
  };
}
