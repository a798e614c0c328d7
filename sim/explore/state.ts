import { fromText, toBytes } from '../../core/base/bytes.ts';
import type { NodeId } from '../../core/base/ids.ts';
import type { BugSwitches } from '../../core/bugs.ts';
import { type Message, messageTypeName } from '../../core/raft/index.ts';
import { entryText } from './canonical.ts';
import { ExploredNode, firstIndex } from './node.ts';

/** How often what costs the world something may happen on one path. Deliveries and syncs are bounded by the depth alone. */
export interface ExploreBounds {
  readonly timeouts: number;
  readonly proposals: number;
  readonly crashes: number;
  readonly duplicates: number;
}

/** A world between two actions. It never changes: an action makes a new one, which shares what it has not touched. */
export interface ExploredState {
  readonly nodes: readonly ExploredNode[];
  /** What is on its way. Any of it may arrive next, or never: a message that is lost is one that never arrives. */
  readonly network: readonly Message[];
  /** By term, who led in it; 0 for nobody. */
  readonly leaders: readonly number[];
  /** Every entry that any member has ever known to be committed, behind the first index. */
  readonly committed: readonly string[];
  readonly spent: ExploreBounds;
}

/** Something that can happen next. */
export type Action =
  | { readonly kind: 'deliver' | 'duplicate'; readonly message: number }
  | { readonly kind: 'timeout' | 'propose' | 'sync' | 'crash'; readonly node: number };

export function firstState(members: number, bugs: BugSwitches): ExploredState {
  const voters = Array.from({ length: members }, (_, i) => (i + 1) as NodeId);
  return {
    nodes: voters.map((id) => new ExploredNode(id, voters, bugs)),
    network: [],
    leaders: [],
    committed: [],
    spent: { timeouts: 0, proposals: 0, crashes: 0, duplicates: 0 },
  };
}

/** All that can happen next. Equal messages count once. */
export function actionsIn({ nodes, network, spent }: ExploredState, bounds: ExploreBounds): Action[] {
  const actions: Action[] = [];
  const seen = new Set<string>();
  network.forEach((each, message) => {
    const text = JSON.stringify(each);
    if (seen.has(text)) return;
    seen.add(text);
    actions.push({ kind: 'deliver', message });
    if (spent.duplicates < bounds.duplicates) actions.push({ kind: 'duplicate', message });
  });
  nodes.forEach(({ writing, raw }, node) => {
    if (writing !== null) actions.push({ kind: 'sync', node });
    if (spent.timeouts < bounds.timeouts && raw.role !== 'leader') actions.push({ kind: 'timeout', node });
    if (spent.proposals < bounds.proposals && raw.role === 'leader') actions.push({ kind: 'propose', node });
    if (spent.crashes < bounds.crashes) actions.push({ kind: 'crash', node });
  });
  return actions;
}

/** The world after an action; whatever the core throws comes through. */
export function after(state: ExploredState, action: Action): ExploredState {
  const { network } = state;
  if ('message' in action) {
    const message = network[action.message] as Message;
    const stays = action.kind === 'duplicate';
    const rest = stays ? network : network.filter((_, i) => i !== action.message);
    const spent = stays ? { ...state.spent, duplicates: state.spent.duplicates + 1 } : state.spent;
    return acted({ ...state, network: rest, spent }, message.to - 1, (node) => {
      node.raw.step(message);
      return node.work();
    });
  }
  return acted({ ...state, spent: spentBy(state.spent, action.kind) }, action.node, (node) => {
    if (action.kind === 'sync') return node.sync();
    if (action.kind === 'crash') node.crash();
    else if (action.kind === 'timeout') node.raw.campaign();
    else node.raw.propose(toBytes(fromText(`p${state.spent.proposals + 1}`)));
    return node.work();
  });
}

function spentBy(spent: ExploreBounds, kind: Action['kind']): ExploreBounds {
  if (kind === 'timeout') return { ...spent, timeouts: spent.timeouts + 1 };
  if (kind === 'propose') return { ...spent, proposals: spent.proposals + 1 };
  return kind === 'crash' ? { ...spent, crashes: spent.crashes + 1 } : spent;
}

function acted(
  state: ExploredState,
  at: number,
  act: (node: ExploredNode) => readonly Message[],
): ExploredState {
  const node = (state.nodes[at] as ExploredNode).clone();
  const sent = act(node);
  const nodes = state.nodes.map((each, i) => (i === at ? node : each));
  const leaders = [...state.leaders];
  while (leaders.length <= node.raw.term) leaders.push(0);
  if (node.raw.role === 'leader') leaders[node.raw.term] ||= node.id;
  const known = node.raw.commitIndex - firstIndex;
  const committed =
    known <= state.committed.length ? state.committed : node.log().slice(0, known).map(entryText);
  return { ...state, nodes, leaders, committed, network: [...state.network, ...sent] };
}

/** An action in words. */
export function actionText(state: ExploredState, action: Action): string {
  if ('message' in action) {
    const { type, from, to, term } = state.network[action.message] as Message;
    const again = action.kind === 'duplicate' ? ', and will arrive again' : '';
    return `${messageTypeName(type)} of term ${term} from n${from} arrives at n${to}${again}`;
  }
  const name = `n${action.node + 1}`;
  if (action.kind === 'sync') return `the disk of ${name} has what was written`;
  if (action.kind === 'crash') return `${name} loses power and starts again`;
  return action.kind === 'timeout' ? `${name} campaigns` : `a client writes to ${name}`;
}
