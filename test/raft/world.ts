/**
 * A world for properties: nodes with disks that lose what was not synced, and a network that loses, repeats
 * and reorders. One number is one decision, so that fast-check can shrink a history that went wrong.
 */
import { assert, assertDefined } from '../../core/base/assert.ts';
import { fromText, toBytes } from '../../core/base/bytes.ts';
import type { NodeId } from '../../core/base/ids.ts';
import type { Log } from '../../core/ports.ts';
import {
  ConfChangeTransition,
  ConfChangeType,
  emptyConfState,
  makeConfChangeV2,
  type ConfChangeSingle,
  type Message,
} from '../../core/raft/index.ts';
import { RandomStream } from '../../sim/random.ts';
import { SafetyJudge } from './safety.ts';
import { WorldNode } from './world_node.ts';

export interface WorldOptions {
  readonly async: boolean;
  readonly preVote: boolean;
  readonly checkQuorum: boolean;
  readonly stepDownOnRemoval: boolean;
  /** Small ones make flow control and paging happen. */
  readonly messageBytesMax: number;
  readonly inflightMessagesMax: number;
  readonly committedBytesPerReadyMax: number;
  /**
   * No conf change removes or demotes the leader that proposes it, or leaves fewer than three voters. A conf
   * change takes effect when it is applied (etcd), not when it is appended (paper): so those who know that
   * they are no voters, and those who don't know that they would be enough, can wait for each other forever.
   * etcd documents it for two members.
   */
  readonly gentle: boolean;
}

const silent: Log = { enabled: () => false, line: () => undefined };
const initialVoters = 3;
const nodesCount = 5;
const messagesMax = 200;

type Action = (world: World, node: WorldNode, extra: number) => unknown;

/** Actions with their weights. */
const actions: readonly (readonly [number, Action])[] = [
  [42, (world, _, extra) => world.deliver(extra, 'once')],
  [2, (world, _, extra) => world.deliver(extra, 'again')],
  [3, (world, _, extra) => world.deliver(extra, 'never')],
  [32, (world, node) => world.work(node)],
  [6, (_, node) => node.raw.tick()],
  [8, (world, node) => world.propose(node)],
  [3, (world, node, extra) => world.proposeConfChange(node, extra)],
  [1, (_, node, extra) => extra % 3 === 0 && node.crash()],
  [3, (_, node) => node.compact()],
  [1, (_, node, extra) => node.raw.transferLeader(((extra % nodesCount) + 1) as NodeId)],
  [1, (_, node) => node.raw.campaign()],
  [1, (_, node, extra) => node.raw.reportUnreachable(((extra % nodesCount) + 1) as NodeId)],
];
const weights = actions.reduce((sum, [weight]) => sum + weight, 0);

export class World {
  readonly nodes: readonly WorldNode[];
  readonly judge = new SafetyJudge();
  private readonly messages: Message[] = [];
  private readonly gentle: boolean;
  private proposals = 0;
  private turn = 0;

  constructor(options: WorldOptions, seed: number) {
    const voters = Array.from({ length: initialVoters }, (_, i) => (i + 1) as NodeId);
    const { async: asyncStorageWrites, gentle, ...rest } = options;
    this.gentle = gentle;
    this.nodes = Array.from({ length: nodesCount }, (_, i) => {
      const id = (i + 1) as NodeId;
      const parts = { judge: this.judge, send: (message: Message) => this.send(message) };
      const random = new RandomStream(`world/${seed}/${id}`);
      const config = { ...rest, asyncStorageWrites, random, log: silent };
      // Nodes beyond the first voters are empty: they join by a conf change and a snapshot.
      const confState = i < initialVoters ? { ...emptyConfState, voters } : null;
      return new WorldNode(id, config, confState, parts);
    });
  }

  decide(decision: number): void {
    let kind = decision % weights;
    const rest = Math.floor(decision / weights);
    const node = this.nodes[rest % nodesCount] as WorldNode;
    const extra = Math.floor(rest / nodesCount);
    for (const [weight, action] of actions) {
      kind -= weight;
      if (kind >= 0) continue;
      action(this, node, extra);
      break;
    }
    this.judge.observe(this.nodes);
  }

  /**
   * Nothing fails: who has something to do does it, all messages arrive but those of a node that is cut off,
   * clocks tick.
   */
  calmTurn(cut: NodeId | null = null): void {
    this.turn++;
    if (this.turn % 30 === 0) this.reportSnapshots();
    for (const node of this.nodes) {
      while (node.hasWork()) node.workOnce();
      const isSlow = this.turn % 3 !== 0;
      if (!isSlow) node.raw.tick();
    }
    for (const message of this.messages.splice(0)) {
      const isLost = message.to === cut || message.from === cut;
      if (!isLost) this.nodeOf(message.to).raw.step(message);
    }
    this.judge.observe(this.nodes);
  }

  /** A transport that gave up: without its report a leader would wait for a lost snapshot forever. */
  private reportSnapshots(): void {
    for (const { raw } of this.nodes) {
      for (const { id, state } of raw.status().progress) {
        if (state === 'snapshot') raw.reportSnapshot(id, 'failure');
      }
    }
  }

  private nodeOf(id: NodeId): WorldNode {
    return assertDefined(this.nodes[id - 1], `node ${id}`);
  }

  private send(message: Message): void {
    this.messages.push(message);
    // A full network loses its oldest message.
    if (this.messages.length > messagesMax) this.messages.shift();
  }

  /** Mostly in order, now and then any message of those that are under way. */
  deliver(extra: number, how: 'once' | 'again' | 'never'): void {
    if (this.messages.length === 0) return;
    const position = extra % 4 === 0 ? Math.floor(extra / 4) % this.messages.length : 0;
    const message = this.messages[position] as Message;
    if (how !== 'again') this.messages.splice(position, 1);
    if (how !== 'never') this.nodeOf(message.to).raw.step(message);
  }

  work(node: WorldNode): void {
    if (node.hasWork()) node.workOnce();
  }

  propose(node: WorldNode): void {
    node.raw.propose(toBytes(fromText(`p${this.proposals++}`)));
  }

  /**
   * A change that the leader's configuration allows: no node that is there is added, and one voter always
   * stays.
   */
  proposeConfChange(node: WorldNode, extra: number): void {
    const { raw } = node;
    if (raw.role !== 'leader') return;
    const { config } = raw.status();
    if (config.outgoing.length > 0) {
      raw.proposeConfChange(makeConfChangeV2([]));
      return;
    }
    const count = 1 + (extra % 3);
    const changes: ConfChangeSingle[] = [];
    let voters = new Set(config.voters);
    for (let i = 0; i < count; i++) {
      const pick = Math.floor(extra / 3 ** (i + 1));
      const nodeId = ((pick % nodesCount) + 1) as NodeId;
      const type = [ConfChangeType.addNode, ConfChangeType.removeNode, ConfChangeType.addLearnerNode][
        pick % 3
      ];
      assert(type !== undefined, 'one of three');
      const next = new Set(voters);
      if (type === ConfChangeType.addNode) next.add(nodeId);
      else next.delete(nodeId);
      const isSelf = nodeId === node.id && type !== ConfChangeType.addNode;
      if (next.size < (this.gentle ? 3 : 1) || (isSelf && this.gentle)) continue;
      voters = next;
      changes.push({ type, nodeId });
    }
    if (changes.length === 0) return;
    const explicit = extra % 5 === 0;
    const transition = explicit ? ConfChangeTransition.jointExplicit : ConfChangeTransition.auto;
    raw.proposeConfChange(makeConfChangeV2(changes, transition));
  }
}
