import { assert } from '../../core/base/assert.ts';
import type { NodeId } from '../../core/base/ids.ts';
import { noBugs } from '../../core/bugs.ts';
import type { Log } from '../../core/ports.ts';
import { emptyConfState, MemoryStorage, RawNode, type Message } from '../../core/raft/index.ts';
import { RandomStream } from '../../sim/random.ts';
import { fastestSeconds, type Figure } from './measure.ts';

const silent: Log = { enabled: () => false, line: () => undefined };
const payload = new Uint8Array(64);
/** Entries that stay in the log, as a member keeps some for slow followers. */
const keptEntries = 1000;
const compactEvery = 4096;

/** Nodes with their logs in memory and a network that loses nothing: what is measured is raft alone. */
class Cluster {
  readonly nodes: RawNode[] = [];
  private readonly storages: MemoryStorage[] = [];
  private inbox: Message[] = [];
  steps = 0;

  constructor(size: number) {
    const voters = Array.from({ length: size }, (_, i) => (i + 1) as NodeId);
    const random = new RandomStream('bench/raft');
    for (const id of voters) {
      const storage = new MemoryStorage();
      storage.applySnapshot({
        data: payload,
        metadata: { confState: { ...emptyConfState, voters }, index: 1, term: 1 },
      });
      const ticks = { electionTicks: 10, heartbeatTicks: 1 };
      const guards = { checkQuorum: true, preVote: true, bugs: noBugs };
      const start = { id, storage, appliedIndex: 1, random, log: silent };
      this.nodes.push(new RawNode({ ...ticks, ...guards, ...start }));
      this.storages.push(storage);
    }
    this.leader().campaign();
    this.settle();
    assert(this.leader().role === 'leader', 'the campaign is won');
  }

  leader(): RawNode {
    return this.nodes[0] as RawNode;
  }

  /** Writes, sends and applies until nobody has anything to do. */
  settle(): void {
    let isBusy = true;
    while (isBusy) {
      isBusy = false;
      for (let i = 0; i < this.nodes.length; i++) {
        const node = this.nodes[i] as RawNode;
        if (!node.hasReady()) continue;
        isBusy = true;
        this.handle(node, this.storages[i] as MemoryStorage);
      }
      const messages = this.inbox;
      this.inbox = [];
      for (const message of messages) (this.nodes[message.to - 1] as RawNode).step(message);
      this.steps += messages.length;
    }
  }

  private handle(node: RawNode, storage: MemoryStorage): void {
    const ready = node.ready();
    if (ready.hardState !== null) storage.setHardState(ready.hardState);
    storage.append(ready.entries);
    for (const message of ready.messages) this.inbox.push(message);
    for (const message of ready.messagesAfterAppend) this.inbox.push(message);
    node.advance();
    const spare = node.appliedIndex - keptEntries;
    if (spare > storage.firstIndex() + compactEvery) storage.compact(spare);
  }
}

/** Proposes in groups of `together` and waits for each group to commit everywhere. */
function commitAll(cluster: Cluster, proposals: number, together: number): void {
  for (let done = 0; done < proposals; done += together) {
    for (let i = 0; i < together; i++) cluster.leader().propose(payload);
    cluster.settle();
  }
}

const proposals = 20_000;

function measure(size: number, together: number): { committed: number; steps: number } {
  const cluster = new Cluster(size);
  const before = cluster.leader().commitIndex;
  let runs = 0;
  let steps = 0;
  const seconds = fastestSeconds(3, () => {
    const first = cluster.steps;
    commitAll(cluster, proposals, together);
    steps = cluster.steps - first;
    runs++;
  });
  const committed = cluster.leader().commitIndex - before;
  assert(committed === runs * proposals, 'every proposal is committed');
  return { committed: proposals / seconds, steps: steps / seconds };
}

/** Proposals one after the other, and in groups of 16 as concurrent clients make them. */
export function benchRaft(): Figure[] {
  const figures: Figure[] = [];
  for (const size of [3, 5]) {
    for (const together of [1, 16]) {
      const { committed, steps } = measure(size, together);
      const name = `raft: ${size} nodes, ${together} ${together === 1 ? 'proposal' : 'proposals'} at once`;
      figures.push({ name: `${name}, committed`, unit: '1/s', value: Math.round(committed) });
      figures.push({ name: `${name}, steps`, unit: '1/s', value: Math.round(steps) });
    }
  }
  return figures;
}
