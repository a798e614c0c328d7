import { requestId } from '../../core/base/ids.ts';
import { isFailpointSite } from '../../core/server/failpoints.ts';
import { type AdminAction, adminEndpoint, adminRequest } from './admin.ts';
import { unreachable } from '../../core/base/assert.ts';
import type { Intervention, InterventionAction } from '../trace/run_info.ts';
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
  private readonly world: World;
  private readonly transport: Transport;
  private readonly processes: readonly MemberProcess[];

  constructor(world: World, transport: Transport, processes: readonly MemberProcess[]) {
    this.world = world;
    this.transport = transport;
    this.processes = processes;
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
    if (action.kind === 'restart') return this.disks.permitsStart(this.process(action.member).number);
    if (action.kind === 'failpoint') return isFailpointSite(action.site);
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
      if (isDiskAction(action)) this.disks.perform(action, row);
      else this.perform(action, row);
    }
  }

  private perform(action: Exclude<Fault, DiskAction>, cause: number): void {
    const { network } = this.world;
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
      case 'cut':
        this.eachLink(action, (from, to) => network.cut(from, to));
        return;
      case 'hold':
        this.eachLink(action, (from, to) => network.startHolding(from, to));
        return;
      case 'mend':
        this.eachLink(action, (from, to) => this.transport.releaseHeld(network.mend(from, to)));
        return;
      case 'heal':
        for (const [from, to] of network.disturbed()) this.transport.releaseHeld(network.mend(from, to));
        return;
      case 'links':
        network.setParameters(action);
        return;
      case 'failpoint':
        if (isFailpointSite(action.site)) {
          this.process(action.member).failpoints.arm(action.site, action.skip);
        }
        return;
      case 'admin':
        this.ask(action, cause);
        return;
      default:
        unreachable(action);
    }
  }

  private ask(action: AdminAction, cause: number): void {
    const call = requestId(this.world.admin.ask());
    const envelope = {
      client: adminEndpoint,
      call,
      operation: 0,
      request: adminRequest(action),
      token: undefined,
    };
    this.process(action.via).request(envelope, cause);
  }

  private process(member: number): MemberProcess {
    const process = this.processes[member - 1];
    if (process === undefined)
      throw new RangeError(`intervention on member ${member}: there is no such member`);
    return process;
  }

  private eachLink(
    links: { readonly from: readonly number[]; readonly to: readonly number[] },
    visit: (from: number, to: number) => void,
  ): void {
    for (const from of links.from) for (const to of links.to) if (from !== to) visit(from, to);
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
