import { fromBytes } from '../../core/base/bytes.ts';
import type { NodeId } from '../../core/base/ids.ts';
import type { Entry, HardState, Message } from '../../core/raft/index.ts';
import { Digest } from '../trace/digest.ts';
import type { ExploredNode } from './node.ts';
import type { ExploredState } from './state.ts';

/** New names of nodes: `names[id]`. */
type Names = readonly number[];

/**
 * One digest for all states that differ only in how members are numbered: the smallest over all numberings. Timers are left out, for
 * nobody's clock ticks.
 */
export function canonicalDigest(state: ExploredState, numberings: readonly Names[]): string {
  let least = '';
  for (const names of numberings) {
    const digest = new Digest();
    digest.foldText(described(state, names));
    if (least === '' || digest.text < least) least = digest.text;
  }
  return least;
}

/** All numberings of so many members; the first leaves every number as it is. */
export function numberingsOf(members: number): Names[] {
  const permuted = (items: readonly number[]): number[][] =>
    items.length === 0
      ? [[]]
      : items.flatMap((item) =>
          permuted(items.filter((other) => other !== item)).map((rest) => [item, ...rest]),
        );
  return permuted(Array.from({ length: members }, (_, i) => i + 1)).map((names) => [0, ...names]);
}

function described({ nodes, network, leaders, committed, spent }: ExploredState, names: Names): string {
  const members = nodes.map((node) => [names[node.id], nodeText(node, names)] as const);
  members.sort(([a = 0], [b = 0]) => a - b);
  const messages = network.map((message) => messageText(message, names)).sort(compareTexts);
  const terms = leaders.map((leader) => names[leader] ?? '-').join();
  const budget = `${spent.timeouts} ${spent.proposals} ${spent.crashes} ${spent.duplicates}`;
  return [...members.map(([, text]) => text), ...messages, terms, committed.join(), budget].join('\n');
}

function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function nodeText(node: ExploredNode, names: Names): string {
  const { raft } = node.raw;
  const name = (id: NodeId): number => names[id] ?? 0;
  const byName = (entries: Iterable<readonly [NodeId, string]>): string =>
    [...entries]
      .map(([id, text]) => `${name(id)}:${text}`)
      .sort(compareTexts)
      .join(' ');
  const { role } = raft;
  let detail = '';
  if (role.kind === 'follower') detail = String(name(role.leader));
  else if (role.kind !== 'leader')
    detail = byName([...role.votes].map(([id, granted]) => [id, String(granted)]));
  else {
    const progress = [...raft.progress].map(([id, each]): [NodeId, string] => {
      const { match, next, sentCommit, state, flowPaused, inflights } = each;
      return [id, `${match} ${next} ${sentCommit} ${state} ${String(flowPaused)} ${inflights.count}`];
    });
    detail = byName(progress);
  }
  const { committed, applied } = raft.raftLog;
  const { writing, platter } = node;
  const pending =
    writing === null
      ? ''
      : `${hardStateText(writing.hardState, name)} ${logText(writing.entries)} ${writing.messagesAfterAppend
          .map((each) => messageText(each, names))
          .sort(compareTexts)
          .join('/')}`;
  return [
    `${raft.term} ${name(raft.vote)} ${role.kind} ${detail} ${committed} ${applied}`,
    logText(node.log()),
    `${hardStateText(platter.hardState, name)} ${logText(platter.entries)}`,
    pending,
  ].join('|');
}

function hardStateText(state: HardState | null, name: (id: NodeId) => number): string {
  return state === null ? '-' : `${state.term} ${name(state.vote)} ${state.commit}`;
}

function logText(entries: readonly Entry[]): string {
  return entries.map(entryText).join();
}

export function entryText({ term, data }: Entry): string {
  return `${term}${data.length === 0 ? '' : `=${fromBytes(data)}`}`;
}

function messageText(message: Message, names: Names): string {
  const { to, from, type, term, ...rest } = message;
  const parts = Object.entries(rest).map(([key, value]) =>
    key === 'entries' ? logText(value as readonly Entry[]) : `${key}${String(value)}`,
  );
  return `${names[from] ?? 0}>${names[to] ?? 0} ${type} ${term} ${parts.join(' ')}`;
}
