/**
 * A small world for transcripts: nodes, their disks, and the messages between them, moved only by commands.
 */
import { assert, assertDefined } from '../../core/base/assert.ts';
import type { NodeId } from '../../core/base/ids.ts';
import type { Random } from '../../core/ports.ts';
import {
  confChangeOf,
  describeEntries,
  describeMessage,
  describeReady,
  EntryType,
  isEmptyHardState,
  isLocalTarget,
  MemoryStorage,
  MessageType,
  RawNode,
  type ConfState,
  type Config,
  type Entry,
  type HardState,
  type Message,
  type RaftError,
  type Snapshot,
  type StorageAppendMessage,
  type StorageApplyMessage,
} from '../../core/raft/index.ts';
import { InteractionOutput } from './interaction_output.ts';

/** What a command answers when it can't do what it was asked: transcripts expect its text. */
export class CommandError extends Error {}

/** A disk whose snapshots are made by the state machine, not by the log. */
class HistoryStorage extends MemoryStorage {
  readonly history: Snapshot[];

  constructor(first: Snapshot) {
    super();
    this.history = [first];
  }

  override snapshot(): Snapshot | RaftError {
    return assertDefined(this.history.at(-1), 'snapshot');
  }
}

export interface InteractionNode {
  readonly id: NodeId;
  readonly raw: RawNode;
  readonly storage: HistoryStorage;
  readonly isAsync: boolean;
  readonly appendWork: StorageAppendMessage[];
  readonly applyWork: StorageApplyMessage[];
}

export interface Recipient {
  readonly id: NodeId;
  readonly drop: boolean;
}

/** Timeouts that matter are set by commands; this one is the shortest that may be drawn. */
const noRandom: Random = { below: () => 0 };

export class InteractionEnv {
  readonly output = new InteractionOutput();
  readonly nodes: InteractionNode[] = [];
  messages: Message[] = [];

  addNode(options: Partial<Config>, first: Snapshot): void {
    const id = (this.nodes.length + 1) as NodeId;
    const storage = new HistoryStorage(first);
    if (first.metadata.index > 0) {
      assert(first.metadata.index > 1, 'index must be specified as > 1 due to bootstrap');
      assert(storage.applySnapshot(first) === null, 'the first snapshot fits an empty storage');
    }
    const raw = new RawNode({
      electionTicks: 3,
      heartbeatTicks: 1,
      messageBytesMax: Infinity,
      inflightMessagesMax: 2 ** 31 - 1,
      ...options,
      id,
      storage,
      random: noRandom,
      log: this.output,
    });
    const isAsync = options.asyncStorageWrites ?? false;
    this.nodes.push({ id, raw, storage, isAsync, appendWork: [], applyWork: [] });
  }

  node(id: number): InteractionNode {
    return assertDefined(this.nodes[id - 1], `node ${id}`);
  }

  processReady(node: InteractionNode): void {
    const ready = node.raw.ready();
    this.output.write(describeReady(ready));
    if (!node.isAsync) {
      this.store(node, ready.hardState, ready.entries, ready.snapshot);
      this.apply(node, ready.committedEntries);
    }
    for (const message of [...ready.messages, ...ready.messagesAfterAppend]) {
      if (message.type === MessageType.storageAppend) node.appendWork.push(message);
      else if (message.type === MessageType.storageApply) node.applyWork.push(message);
      else this.messages.push(message);
    }
    if (!node.isAsync) node.raw.advance();
  }

  private store(
    node: InteractionNode,
    hardState: HardState | null,
    entries: readonly Entry[],
    snapshot: Snapshot | null,
  ): void {
    if (hardState !== null && !isEmptyHardState(hardState)) node.storage.setHardState(hardState);
    if (snapshot !== null) {
      if (entries.length > 0) throw new CommandError("can't apply snapshot and entries at the same time");
      const error = node.storage.applySnapshot(snapshot);
      if (error !== null) throw error;
      return;
    }
    node.storage.append(entries);
  }

  /** The state machine appends all data, and keeps a snapshot of each of its states. */
  private apply(node: InteractionNode, entries: readonly Entry[]): void {
    for (const entry of entries) {
      let update = entry.data;
      const last = assertDefined(node.storage.history.at(-1), 'snapshot');
      let confState: ConfState = last.metadata.confState;
      if (entry.type !== EntryType.normal) {
        const change = confChangeOf(entry);
        update = change.context;
        confState = node.raw.applyConfChange(change);
      }
      const data = new Uint8Array(last.data.length + update.length);
      data.set(last.data);
      data.set(update, last.data.length);
      const { index, term } = entry;
      node.storage.history.push({ data, metadata: { confState, index, term } });
    }
  }

  processAppendThread(node: InteractionNode): void {
    const work = node.appendWork.shift();
    if (work === undefined) {
      this.output.write('no append work to perform');
      return;
    }
    this.writeWork({ ...work, responses: [] });
    const { term, vote, commit, entries, snapshot } = work;
    this.store(node, { term, vote, commit }, entries, snapshot);
    this.respond(work.responses);
  }

  processApplyThread(node: InteractionNode): void {
    const work = node.applyWork.shift();
    if (work === undefined) {
      this.output.write('no apply work to perform');
      return;
    }
    this.writeWork({ ...work, responses: [] });
    this.apply(node, work.entries);
    this.respond(work.responses);
  }

  private writeWork(work: Message): void {
    this.output.write(`Processing:\n${describeMessage(work)}\n`);
  }

  private respond(responses: readonly Message[]): void {
    this.output.write('Responses:\n');
    for (const response of responses) this.output.write(`${describeMessage(response)}\n`);
    this.messages.push(...responses);
  }

  private waitingFor(recipient: Recipient, type: MessageType | null): (message: Message) => boolean {
    return (message) =>
      message.to === recipient.id &&
      !(recipient.drop && isOwn(message)) &&
      (type === null || message.type === type);
  }

  hasMessagesFor(id: NodeId): boolean {
    return this.messages.some(this.waitingFor({ id, drop: false }, null));
  }

  /**
   * Delivers (or drops) what waits for the recipients, in their order; returns how many messages that were.
   */
  deliver(recipients: readonly Recipient[], type: MessageType | null): number {
    let count = 0;
    for (const recipient of recipients) {
      const isMeant = this.waitingFor(recipient, type);
      const chosen = this.messages.filter(isMeant);
      this.messages = this.messages.filter((message) => !isMeant(message));
      count += chosen.length;
      for (const message of chosen) this.deliverOne(message, recipient.drop);
    }
    return count;
  }

  private deliverOne(message: Message, drop: boolean): void {
    this.output.write(`${drop ? 'dropped: ' : ''}${describeMessage(message)}\n`);
    if (drop) return;
    const error = this.node(message.to).raw.step(message);
    if (error !== null) this.output.write(`${error.message}\n`);
  }

  /** Lets the nodes work and talk until nothing is left to do. */
  stabilize(nodes: readonly InteractionNode[]): void {
    let isDone = false;
    while (!isDone) {
      isDone = true;
      const work = (node: InteractionNode, title: string, run: () => void): void => {
        isDone = false;
        this.output.write(`> ${node.id} ${title}\n`);
        this.output.indented(run);
      };
      for (const node of nodes) {
        if (node.raw.hasReady()) work(node, 'handling Ready', () => this.processReady(node));
      }
      for (const node of nodes) {
        if (!this.hasMessagesFor(node.id)) continue;
        work(node, 'receiving messages', () => this.deliver([{ id: node.id, drop: false }], null));
      }
      for (const node of nodes) {
        if (node.appendWork.length === 0) continue;
        work(node, 'processing append thread', () => {
          while (node.appendWork.length > 0) this.processAppendThread(node);
        });
      }
      for (const node of nodes) {
        if (node.applyWork.length === 0) continue;
        work(node, 'processing apply thread', () => {
          while (node.applyWork.length > 0) this.processApplyThread(node);
        });
      }
    }
  }

  writeLog(node: InteractionNode): void {
    const { storage } = node;
    const first = storage.firstIndex();
    const last = storage.lastIndex();
    if (last < first) {
      this.output.write(`log is empty: first index=${first}, last index=${last}`);
      return;
    }
    const entries = storage.entries(first, last + 1, Infinity);
    assert(Array.isArray(entries), 'the log from its first index is kept');
    this.output.write(describeEntries(entries as readonly Entry[]));
  }
}

/** From or to the own disk, state machine or node: such messages can't be lost. */
function isOwn(message: Message): boolean {
  return message.from === message.to || isLocalTarget(message.from) || isLocalTarget(message.to);
}
