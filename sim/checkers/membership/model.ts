import { type Model, impossible } from '../linearizability/model.ts';
import type { MemberView, MembershipRequest, MembershipResponse } from './operation.ts';

interface Member {
  readonly learner: boolean;
  readonly peerUrls: string | null;
}

export interface MembershipState {
  readonly members: ReadonlyMap<string, Member>;
  /** Whoever was removed never comes back under its id. */
  readonly removed: ReadonlySet<string>;
}

type Answered = Extract<MembershipResponse, { readonly error: null }>;

/** The first of a name under which a member goes whose id nobody was told. */
const nameless = '?';

/** Who is in the cluster. `first`: at the beginning of the history. */
export function membershipModel(
  first: readonly MemberView[],
): Model<MembershipState, MembershipRequest, MembershipResponse> {
  return {
    name: 'the membership',
    init: { members: new Map(first.map((view) => [view.id, memberOf(view)])), removed: new Set() },
    step,
    key: ({ members, removed }) => JSON.stringify([rows(members), [...removed].sort(compareTexts)]),
    writes: ({ kind }, response) => kind !== 'list' && (response === null || response.error === null),
    describeInput,
    describeOutput: (_request, response) =>
      response.error !== null ? `: ${response.error}` : namesOf(response.members),
    describeState: ({ members }) =>
      `the members are ${rows(members)
        .map(([id, learner]) => (learner ? `${id} (learner)` : id))
        .join(', ')}`,
  };
}

function step(
  state: MembershipState,
  request: MembershipRequest,
  response: MembershipResponse | null,
): MembershipState | typeof impossible {
  const changed = effect(state, request, response);
  if (typeof changed === 'string') {
    // Without an answer it may have had no effect, but then it needs no place.
    return response?.error === changed ? state : impossible;
  }
  if (response === null) return changed;
  if (response.error !== null) return impossible;
  return shows(changed, response);
}

function effect(
  { members, removed }: MembershipState,
  { kind, id = '', learner = false, peerUrls }: MembershipRequest,
  response: MembershipResponse | null,
): MembershipState | 'notFound' | 'notLearner' | 'exists' {
  if (kind === 'list') return { members, removed };
  const urls = peerUrls === undefined ? null : urlsText(peerUrls);
  if (kind === 'add') {
    const told = response?.error === null ? response.id : undefined;
    const added = told ?? `${nameless}${members.size}`;
    const taken = urls !== null && [...members.values()].some((member) => member.peerUrls === urls);
    if (members.has(added) || removed.has(added) || taken) return 'exists';
    return { members: new Map(members).set(added, { learner, peerUrls: urls }), removed };
  }
  const member = members.get(id);
  if (member === undefined) return 'notFound';
  const next = new Map(members);
  if (kind === 'remove') {
    next.delete(id);
    return { members: next, removed: new Set(removed).add(id) };
  }
  if (kind === 'promote') {
    if (!member.learner) return 'notLearner';
    return { members: next.set(id, { ...member, learner: false }), removed };
  }
  return { members: next.set(id, { ...member, peerUrls: urls }), removed };
}

/** The state if the answer shows it, with the ids that the answer tells of those that had none. */
function shows(state: MembershipState, { members: told }: Answered): MembershipState | typeof impossible {
  if (told === null) return state;
  const left = new Map(state.members);
  let members = state.members;
  for (const view of told) {
    const key = left.has(view.id) ? view.id : namelessLike(left, view);
    const member = key === null ? undefined : left.get(key);
    if (key === null || member === undefined || !looksLike(view, member)) return impossible;
    left.delete(key);
    if (key === view.id) continue;
    if (state.removed.has(view.id)) return impossible;
    const named = new Map(members).set(view.id, member);
    named.delete(key);
    members = named;
  }
  return left.size === 0 ? { members, removed: state.removed } : impossible;
}

function namelessLike(left: ReadonlyMap<string, Member>, view: MemberView): string | null {
  for (const [key, member] of left) if (key.startsWith(nameless) && looksLike(view, member)) return key;
  return null;
}

function looksLike({ learner, peerUrls }: MemberView, member: Member): boolean {
  if (learner !== member.learner) return false;
  return peerUrls === undefined || member.peerUrls === null || urlsText(peerUrls) === member.peerUrls;
}

function memberOf({ learner, peerUrls }: MemberView): Member {
  return { learner, peerUrls: peerUrls === undefined ? null : urlsText(peerUrls) };
}

function urlsText(urls: readonly string[]): string {
  return [...urls].sort(compareTexts).join(' ');
}

function rows(members: ReadonlyMap<string, Member>): [string, boolean, string | null][] {
  const all = [...members].map(([id, { learner, peerUrls }]): [string, boolean, string | null] => [
    id,
    learner,
    peerUrls,
  ]);
  return all.sort(([a], [b]) => compareTexts(a, b));
}

function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

// --- words

function describeInput({ kind, id, learner, peerUrls, stale }: MembershipRequest): string {
  const parts = [
    ...(id === undefined ? [] : [id]),
    ...(learner === true ? ['learner'] : []),
    ...(peerUrls ?? []),
    ...(stale === true ? ['stale'] : []),
  ];
  return `member ${kind}(${parts.join(', ')})`;
}

function namesOf(members: readonly MemberView[] | null): string {
  if (members === null) return '';
  return ` = [${members.map(({ id, learner }) => (learner ? `${id} (learner)` : id)).join(', ')}]`;
}
