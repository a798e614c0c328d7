import type { Intervention, InterventionAction } from '../trace/run_info.ts';
import { type ShrinkCase, activeClients, loadOf, withLoad } from './case.ts';
import type { Search } from './search.ts';

/** How many machines are no members at first: endpoints of clients come after them. */
export interface Machines {
  readonly spares: number;
}

/** Fewer members: whoever goes, those after it move up, and what was done to it is left out. */
export function removeMembers(search: Search, machines: Machines): void {
  // A cluster of fewer than three survives nothing, so what breaks it says little; but the bug is the same.
  for (let member = search.current.members; member >= 1 && search.current.members > 1; member--) {
    if (search.over) return;
    search.attempt(withoutMember(search.current, member, machines));
  }
}

function withoutMember(from: ShrinkCase, member: number, { spares }: Machines): ShrinkCase {
  const gone = new Map<number, number>();
  const endpoints = from.members + spares + from.clients;
  for (let endpoint = 1; endpoint <= endpoints; endpoint++) {
    if (endpoint !== member) gone.set(endpoint, endpoint > member ? endpoint - 1 : endpoint);
  }
  return { ...from, members: from.members - 1, interventions: renumbered(from.interventions, gone) };
}

/** Clients that do nothing are taken out of the world, and those after them move up: their scripts then draw from other streams. */
export function removeIdleClients(search: Search, { spares }: Machines): void {
  // The first client asks at the end whether the cluster works, so one always stays.
  for (let client = search.current.clients; client >= 1; client--) {
    const { current } = search;
    if (search.over || current.clients === 1) return;
    if (activeClients(current).includes(client)) continue;
    search.attempt(withoutClient(current, client, spares));
  }
}

function withoutClient(from: ShrinkCase, client: number, spares: number): ShrinkCase {
  const endpoint = from.members + spares + client;
  const moved = new Map<number, number>();
  for (let each = 1; each <= from.members + spares + from.clients; each++) {
    if (each !== endpoint) moved.set(each, each > endpoint ? each - 1 : each);
  }
  const clients = new Map<number, number>();
  for (let each = 1; each <= from.clients; each++) {
    if (each !== client) clients.set(each, each > client ? each - 1 : each);
  }
  let next: ShrinkCase = {
    ...from,
    clients: from.clients - 1,
    interventions: renumbered(from.interventions, moved, clients),
    load: [],
  };
  for (let each = 1; each <= from.clients; each++) {
    const operations = loadOf(from, each);
    if (each !== client && operations !== null)
      next = withLoad(next, each > client ? each - 1 : each, operations);
  }
  return next;
}

/**
 * A list for a world whose endpoints, and the clients among themselves, have other numbers (null: the clients keep theirs). What concerns
 * only those without a new number is left out.
 */
export function renumbered(
  list: readonly Intervention[],
  numbers: ReadonlyMap<number, number>,
  clients: ReadonlyMap<number, number> | null = null,
): Intervention[] {
  return list.flatMap(({ atNs, ...action }) => {
    const moved = moveAction(action, numbers, clients);
    return moved === null ? [] : [{ atNs, ...moved }];
  });
}

function moveAction(
  action: InterventionAction,
  numbers: ReadonlyMap<number, number>,
  clients: ReadonlyMap<number, number> | null,
): InterventionAction | null {
  if ('from' in action) {
    const move = (ends: readonly number[]): number[] =>
      ends.flatMap((end) => {
        const moved = numbers.get(end);
        return moved === undefined ? [] : [moved];
      });
    const [from, to] = [move(action.from), move(action.to)];
    return from.length === 0 || to.length === 0 ? null : { ...action, from, to };
  }
  if (action.kind === 'diskSwap') {
    const [one, two] = action.members.map((member) => numbers.get(member));
    return one === undefined || two === undefined ? null : { ...action, members: [one, two] };
  }
  if (action.kind === 'slowClient') {
    const client = clients === null ? action.client : clients.get(action.client);
    return client === undefined ? null : { ...action, client };
  }
  if (action.kind === 'call') {
    const client = clients === null ? action.client : clients.get(action.client);
    return client === undefined ? null : moveCall({ ...action, client }, numbers);
  }
  if (!('member' in action)) return action;
  const member = numbers.get(action.member);
  if (member === undefined) return null;
  if (action.kind !== 'admin') return { ...action, member };
  const via = numbers.get(action.via);
  return via === undefined ? null : { ...action, member, via };
}

/** Asks the member under its new number; a call for one that is gone is left out. */
function moveCall(
  action: Extract<InterventionAction, { readonly kind: 'call' }>,
  numbers: ReadonlyMap<number, number>,
): InterventionAction | null {
  const { request } = action;
  if (!('via' in request) || request.via === undefined) return action;
  const via = numbers.get(request.via);
  return via === undefined ? null : { ...action, request: { ...request, via } };
}
