/** What a member makes of a directory that it is started on. */
import { fromText } from '../../core/base/bytes.ts';
import { keyRange } from '../../core/mvcc/index.ts';
import type { Member } from '../../core/server/member.ts';
import { type RunRequest, openRun } from '../../sim/run.ts';
import { eventsOfKind } from '../../sim/trace/trace.ts';
import type { ImportedMember } from './imports.ts';

export interface OpenedMember {
  /** Of the simulation: n1, n2, ... */
  readonly name: string;
  readonly member: bigint;
  readonly cluster: bigint;
  readonly term: number;
  readonly appliedIndex: number;
  readonly revision: number;
  readonly compactRevision: number;
  /** Of the present revision. */
  readonly keys: number;
  /** etcd's HashKV at the present revision. */
  readonly hashKv: number;
}

export type Opening =
  | { readonly kind: 'opened'; readonly members: readonly OpenedMember[] }
  /** A member did not start. */
  | { readonly kind: 'refused'; readonly sentence: string };

const stepNs = 5_000_000;
/** Longer than it takes to boot and to apply what the log knows to be committed; shorter than an election takes. */
const openingNs = 900_000_000;

/** Starts the members in a world of their own, until each has applied what its log knows to be committed. */
export function openDirectories(request: RunRequest, imports: readonly ImportedMember[]): Opening {
  const run = openRun({ ...request, interventions: [] });
  const { processes, world } = run.cluster;
  const opened: OpenedMember[] = [];
  for (let atNs = stepNs; atNs <= openingNs && opened.length < imports.length; atNs += stepNs) {
    run.runUntil(atNs);
    for (let position = opened.length; position < imports.length; position++) {
      const found = imports[position] as ImportedMember;
      const member = processes[position]?.member;
      if (!hasOpened(member, found)) break;
      opened.push(factsOf(`n${position + 1}`, member, found));
    }
  }
  if (opened.length === imports.length) return { kind: 'opened', members: opened };
  const { path } = imports[opened.length] as ImportedMember;
  const lane = opened.length + 1;
  const failures = eventsOfKind(world.trace, 'failed').filter((row) => world.trace.lanes[row] === lane);
  const why = failures.map((row) => world.trace.text(row, 0)).join('; ');
  const sentence = why === '' ? 'it did not apply what its log knows to be committed' : why;
  return { kind: 'refused', sentence: `${path}: ${sentence}` };
}

function hasOpened(member: Member | null | undefined, { examined }: ImportedMember): member is Member {
  if (member === null || member === undefined || member.store === null) return false;
  return member.appliedIndex >= examined.wal.hardState.commit;
}

function factsOf(name: string, member: Member, { directory }: ImportedMember): OpenedMember {
  const { store, term, appliedIndex } = member;
  if (store === null) throw new Error(`${name} has no store`);
  const { currentRevision: revision, compactRevision } = store;
  const everything = keyRange(fromText('\0'), fromText('\0'));
  return {
    name,
    member: directory.node,
    cluster: directory.cluster,
    term,
    appliedIndex,
    revision,
    compactRevision,
    keys: store.range(everything, { countOnly: true }).count,
    hashKv: store.hashKv().hash,
  };
}
