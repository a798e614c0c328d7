import { fromText } from '../../core/base/bytes.ts';
import { requestId } from '../../core/base/ids.ts';
import type { ClientRequest } from '../../core/server/api/index.ts';
import { isFailpointSite } from '../../core/server/failpoints.ts';
import { type AdminAction, adminEndpoint, adminRequest } from './admin.ts';
import { unreachable } from '../../core/base/assert.ts';
import { isBugId } from '../../core/bugs.ts';
import type { ClientActor } from './client_actor.ts';
import type { Intervention, InterventionAction } from '../trace/run_info.ts';
import { type ClockAction, ClockInterventions, isClockAction } from './clock_interventions.ts';
import { type NetworkAction, NetworkInterventions, isNetworkAction } from './network_interventions.ts';
import { type DiskAction, DiskInterventions } from './disk_interventions.ts';
import type { MemberProcess } from './process.ts';
import type { Transport } from './transport.ts';
import type { World } from './world.ts';

/** What changes the world; notes and goals only say something about it. */
type Fault = Exclude<InterventionAction, { readonly kind: 'note' | 'goal' }>;

/** The only way faults enter a world: applies one, writes it into the trace, and keeps it in the run's list. */
export class Interventions {
  /** In the order they were applied. */
  readonly record: Intervention[] = [];
  readonly disks: DiskInterventions;
  readonly clocks: ClockInterventions;
  private readonly world: World;
  private readonly network: NetworkInterventions;
  private readonly processes: readonly MemberProcess[];
  private readonly clients: readonly ClientActor[];

  constructor(
    world: World,
    transport: Transport,
    processes: readonly MemberProcess[],
    clients: readonly ClientActor[],
  ) {
    this.world = world;
    this.network = new NetworkInterventions(world, transport);
    this.clocks = new ClockInterventions((member) => this.process(member).clock);
    this.processes = processes;
    this.clients = clients;
    this.disks = new DiskInterventions(world, processes);
  }

  /** False if it makes no sense now, or the atlas forbids it: then nothing happens and nothing is recorded. */
  apply(action: InterventionAction): boolean {
    if (!this.permits(action)) return false;
    this.record.push({ atNs: this.world.scheduler.nowNs, ...action });
    this.applyPermitted(action);
    return true;
  }

  /** Applies without recording: what the runner itself does at the end of every run. */
  applyUnrecorded(action: InterventionAction): boolean {
    if (!this.permits(action)) return false;
    this.applyPermitted(action);
    return true;
  }

  private permits(action: InterventionAction): boolean {
    if (isDiskAction(action)) return this.disks.permits(action);
    if (isClockAction(action)) return this.clocks.permits(action);
    if (action.kind === 'restart') return this.disks.permitsStart(this.process(action.member).number);
    if (action.kind === 'stop') return this.process(action.member).isUp;
    if (action.kind === 'disarm') return this.process(action.member).failpoints.isArmed;
    if (action.kind === 'failpoint') return isFailpointSite(action.site);
    if (action.kind === 'switchBug') return this.process(action.member).hasBug(action.bug) !== action.on;
    if (action.kind === 'slowClient') return this.client(action.client).takeEveryMs !== action.takeEveryMs;
    if (action.kind === 'call') return this.client(action.client).permits(action.request);
    if (action.kind === 'admin') {
      const { member, paused } = this.process(action.via);
      return member?.ready === true && !paused;
    }
    return true;
  }

  private applyPermitted(action: InterventionAction): void {
    if (action.kind === 'note') this.world.say('note', action.text);
    else if (action.kind === 'goal') this.world.reached(action.goal);
    else {
      const row = this.world.say('intervene', JSON.stringify(action));
      if (isNetworkAction(action)) this.network.perform(action);
      else if (isDiskAction(action)) this.disks.perform(action, row);
      else if (isClockAction(action)) this.clocks.perform(action);
      else this.perform(action, row);
    }
  }

  private perform(action: Exclude<Fault, DiskAction | NetworkAction | ClockAction>, cause: number): void {
    switch (action.kind) {
      case 'crash': {
        const process = this.process(action.member);
        // A machine whose process has stopped by itself still has a page cache to lose.
        const runs = process.isUp || process.booting || process.disk.hasUnsynced() || process.disk.hidesLoss;
        if (runs) process.crash(action.mode, cause);
        return;
      }
      case 'restart': {
        const process = this.process(action.member);
        if (!process.isUp && !process.booting) process.scheduleBoot();
        return;
      }
      case 'stop':
        this.process(action.member).terminate(cause);
        return;
      case 'pause': {
        const process = this.process(action.member);
        if (process.isUp && !process.paused) process.pause(cause);
        return;
      }
      case 'resume': {
        const process = this.process(action.member);
        if (process.paused) process.resume(cause);
        return;
      }
      case 'failpoint':
        if (isFailpointSite(action.site)) {
          this.process(action.member).failpoints.arm(action.site, action.skip);
        }
        return;
      case 'disarm':
        this.process(action.member).failpoints.disarm();
        return;
      case 'admin':
        this.ask(action, cause);
        return;
      case 'switchBug':
        if (isBugId(action.bug)) this.process(action.member).switchBug(action.bug, action.on);
        return;
      case 'slowClient':
        this.client(action.client).takeEvery(action.takeEveryMs);
        return;
      case 'call':
        this.client(action.client).ask(action.request, cause);
        return;
      default:
        unreachable(action);
    }
  }

  private ask(action: AdminAction, cause: number): void {
    this.send(action.via, adminRequest(action), cause);
  }

  /**
   * Asks a member for a linearizable read, which changes nothing and is no client's. Returns the call's number, 0 if it can't be asked
   * now.
   */
  askForRead(via: number, key: string): number {
    const { member, paused } = this.process(via);
    if (member?.ready !== true || paused) return 0;
    const cause = this.world.say('note', `n${via} is asked for a read that takes a quorum`);
    return this.send(via, { kind: 'range', range: { key: fromText(key) } }, cause);
  }

  private send(via: number, request: ClientRequest, cause: number): number {
    const call = this.world.admin.ask();
    const envelope = {
      client: adminEndpoint,
      call: requestId(call),
      operation: 0,
      request,
      token: undefined,
    };
    this.process(via).request(envelope, cause);
    return call;
  }

  private process(member: number): MemberProcess {
    const process = this.processes[member - 1];
    if (process === undefined)
      throw new RangeError(`intervention on member ${member}: there is no such member`);
    return process;
  }

  private client(client: number): ClientActor {
    const actor = this.clients[client - 1];
    if (actor === undefined)
      throw new RangeError(`intervention on client ${client}: there is no such client`);
    return actor;
  }
}

const diskKinds: readonly string[] = [
  'disk',
  'diskFaults',
  'diskStall',
  'diskRelease',
  'diskRot',
  'diskSwap',
  'diskWipe',
  'atlas',
] satisfies DiskAction['kind'][];

function isDiskAction(action: InterventionAction): action is DiskAction {
  return diskKinds.includes(action.kind);
}
