import { unreachable } from '../../core/base/assert.ts';
import { trafficOf } from '../network/traffic.ts';
import { messageTypeNames } from '../trace/message_types.ts';
import type { InterventionAction } from '../trace/run_info.ts';
import type { Held, Transport } from './transport.ts';
import type { World } from './world.ts';

export type NetworkAction = Extract<
  InterventionAction,
  {
    readonly kind: 'cut' | 'hold' | 'letThrough' | 'repeat' | 'mend' | 'heal' | 'links' | 'link' | 'clog';
  }
>;

const networkKinds: readonly string[] = [
  'cut',
  'hold',
  'letThrough',
  'repeat',
  'mend',
  'heal',
  'links',
  'link',
  'clog',
] satisfies NetworkAction['kind'][];

export function isNetworkAction(action: InterventionAction): action is NetworkAction {
  return networkKinds.includes(action.kind);
}

/** Faults of links: does them. */
export class NetworkInterventions {
  private readonly world: World;
  private readonly transport: Transport;

  constructor(world: World, transport: Transport) {
    this.world = world;
    this.transport = transport;
  }

  perform(action: NetworkAction): void {
    const { network, scheduler } = this.world;
    switch (action.kind) {
      case 'cut':
        eachLink(action, (from, to) => network.cut(from, to, trafficOf(action.only)));
        return;
      case 'hold':
        eachLink(action, (from, to) => network.startHolding(from, to, trafficOf(action.only)));
        return;
      case 'letThrough':
        this.letThrough(action);
        return;
      case 'repeat': {
        const type = messageTypeNames.indexOf(action.type);
        eachLink(action, (from, to) => this.transport.repeat(from, to, type, action.last));
        return;
      }
      case 'mend':
        eachLink(action, (from, to) => this.transport.releaseHeld(network.mend(from, to)));
        return;
      case 'heal':
        for (const [from, to] of network.disturbed()) this.transport.releaseHeld(network.mend(from, to));
        return;
      case 'links':
        network.setParameters(action);
        return;
      case 'link':
        eachLink(action, (from, to) => network.setLink(from, to, action.settings));
        return;
      case 'clog':
        eachLink(action, (from, to) => network.clog(from, to, scheduler.nowNs + action.forNs));
        return;
      default:
        unreachable(action);
    }
  }

  private letThrough(action: Extract<NetworkAction, { readonly kind: 'letThrough' }>): void {
    const { network } = this.world;
    const choice = { traffic: trafficOf(action.only), first: action.first ?? Infinity };
    eachLink(action, (from, to) => {
      const taken = network.takeHeld(from, to, choice) as readonly Held[];
      if (action.how === 'lost') this.transport.lose(taken, 'loss');
      else this.transport.releaseHeld(action.how === 'reversed' ? taken.toReversed() : taken);
    });
  }
}

function eachLink(
  links: { readonly from: readonly number[]; readonly to: readonly number[] },
  visit: (from: number, to: number) => void,
): void {
  for (const from of links.from) for (const to of links.to) if (from !== to) visit(from, to);
}
