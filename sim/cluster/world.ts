import type { BugSwitches } from '../../core/bugs.ts';
import { Invariants } from '../checkers/invariants.ts';
import type { ImportedDirectory } from '../disk/image.ts';
import { type LinkParameters, VirtualNetwork } from '../network/network.ts';
import { RandomStream } from '../random.ts';
import type { ClientNote, MemberSettings } from '../scenario.ts';
import { Scheduler } from '../scheduler.ts';
import { Kind } from '../trace/kinds.ts';
import type { Lane } from '../trace/run_info.ts';
import { Trace } from '../trace/trace.ts';
import { AdminAnswers } from './admin.ts';
import { FactCounter } from './facts.ts';
import { Roster } from './roster.ts';
import { V2Calls } from './v2_calls.ts';
import { V2Watches } from './v2_watches.ts';

export interface WorldOptions {
  readonly seed: string;
  readonly members: number;
  readonly clients: number;
  /** Machines, numbered after the members, that run nothing until they are added. */
  readonly spares?: number;
  /** See `Scenario`. */
  readonly sparesTakeOver?: boolean;
  readonly links: LinkParameters;
  readonly bugs: BugSwitches;
  readonly member?: MemberSettings;
  /** Directories that the first members start on, instead of starting as new. */
  readonly imported?: readonly ImportedDirectory[];
}

/** A quarter of all runs send every message through its wire encoding. */
const wireModeShare = [1, 4] as const;

/**
 * What everything in a run shares. Endpoints are numbered: members from 1, then the clients; an endpoint's number is also its
 * lane in the trace, and lane 0 is the world's.
 */
export class World {
  readonly options: WorldOptions;
  readonly random: RandomStream;
  readonly scheduler = new Scheduler();
  readonly trace = new Trace();
  readonly network: VirtualNetwork;
  readonly facts = new FactCounter();
  readonly invariants: Invariants;
  readonly roster: Roster;
  readonly admin = new AdminAnswers();
  readonly v2 = new V2Calls(this);
  readonly v2Watches = new V2Watches(this);
  readonly wireMode: boolean;
  readonly reachedGoals = new Set<string>();
  /** What the clients' scripts wrote down. */
  readonly notes: ClientNote[] = [];

  constructor(options: WorldOptions) {
    this.options = options;
    this.random = new RandomStream(`detcd/${options.seed}`);
    this.wireMode = this.random.fork('wire').chance(...wireModeShare);
    this.network = new VirtualNetwork(
      this.machines + options.clients,
      options.links,
      this.random,
      (endpoint) => this.nameOf(endpoint),
    );
    const first = Array.from({ length: options.members }, (_, i) => i + 1);
    this.roster = new Roster(first);
    this.invariants = new Invariants(this.machines, (member) => this.nameOf(member));
  }

  /** Members and those that may become members. */
  get machines(): number {
    return this.options.members + (this.options.spares ?? 0);
  }

  /** The machine that has a member's address when the member is down; 0: none. */
  standInOf(member: number): number {
    const { members, sparesTakeOver = false } = this.options;
    const machine = members + member;
    return sparesTakeOver && member <= members && machine <= this.machines ? machine : 0;
  }

  nameOf(endpoint: number): string {
    if (endpoint === 0) return 'world';
    const { machines } = this;
    return endpoint <= machines ? `n${endpoint}` : `c${endpoint - machines}`;
  }

  endpointOfClient(client: number): number {
    return this.machines + client;
  }

  lanes(): Lane[] {
    const lanes: Lane[] = [];
    for (let id = 0; id <= this.machines + this.options.clients; id++) {
      const kind = id === 0 ? 'world' : id <= this.machines ? 'member' : 'client';
      lanes.push({ id, kind, name: this.nameOf(id) });
    }
    return lanes;
  }

  /** Leaves a row with a text on the world's lane. */
  say(kind: 'intervene' | 'sometimes' | 'violation' | 'note', text: string, cause = -1): number {
    return this.trace.add(Kind[kind], 0, cause, this.trace.string(text));
  }

  noteOf(client: number, topic: string, data: unknown): void {
    this.notes.push({ client, ns: this.scheduler.nowNs, topic, data });
    this.say('note', `c${client} ${topic} ${JSON.stringify(data)}`);
  }

  reached(goal: string): void {
    if (this.reachedGoals.has(goal)) return;
    this.reachedGoals.add(goal);
    this.say('sometimes', goal);
  }
}
