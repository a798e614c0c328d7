import { Kind, argument } from '../trace/kinds.ts';
import type { RunFile } from '../trace/codec.ts';

/** Kinds that say something about where a member is, in place of the many that only say that it works. */
const told: readonly (keyof typeof Kind)[] = [
  'boot',
  'recovered',
  'crash',
  'pause',
  'resume',
  'failed',
  'role',
  'vote',
  'truncate',
  'diskFault',
  'snapshotSaved',
  'snapshotInstalled',
];
const toldKinds: ReadonlySet<number> = new Set(told.map((name) => Kind[name]));

const role = argument('role', 'role');
const roleTerm = argument('role', 'term');
const commitIndex = argument('commit', 'index');
const lastOfAppend = argument('append', 'firstIndex');
const countOfAppend = argument('append', 'count');

/** What is known of a member from its lane. */
interface Seen {
  isUp: boolean;
  role: number;
  term: number;
  commit: number;
  last: number;
}

/**
 * The abstract states that a run has been in: whenever something happens to a member, how it stands to the others (role, who runs, whose
 * term is behind, whose log is longer, who knows less to be committed), and the last three things that happened to it. Numbers that only
 * grow are left out, so that two runs in the same situation count as one.
 */
export function coverageOf({ trace, info }: RunFile): ReadonlySet<string> {
  const members = info.lanes.filter(({ kind }) => kind === 'member').map(({ id }) => id);
  const seen = new Map(
    members.map((id): [number, Seen] => [id, { isUp: false, role: 0, term: 0, commit: 0, last: 0 }]),
  );
  const before = new Map(members.map((id): [number, readonly string[]] => [id, []]));
  const states = new Set<string>();
  for (let i = 0; i < trace.length; i++) {
    const lane = trace.lanes[i] as number;
    const member = seen.get(lane);
    const kind = trace.kinds[i] as number;
    if (member === undefined) continue;
    note(member, kind, (position) => trace.arg(i, position));
    if (!toldKinds.has(kind)) continue;
    const gram = [...(before.get(lane) ?? []), eventText(kind, (position) => trace.arg(i, position))].slice(
      -3,
    );
    before.set(lane, gram);
    states.add(gram.join(' '));
    states.add(standing(seen, lane));
  }
  return states;
}

type ArgumentOf = (position: number) => number;

function note(member: Seen, kind: number, arg: ArgumentOf): void {
  if (kind === Kind.boot) member.isUp = true;
  else if (kind === Kind.crash || kind === Kind.failed || kind === Kind.stopped) member.isUp = false;
  else if (kind === Kind.role) [member.role, member.term] = [arg(role), arg(roleTerm)];
  else if (kind === Kind.commit) member.commit = arg(commitIndex);
  else if (kind === Kind.append) member.last = arg(lastOfAppend) + arg(countOfAppend) - 1;
}

function eventText(kind: number, arg: ArgumentOf): string {
  return kind === Kind.role ? `${kind}.${arg(role)}` : String(kind);
}

/** The member against the others, who are told in no order. */
function standing(seen: ReadonlyMap<number, Seen>, lane: number): string {
  const own = seen.get(lane) as Seen;
  const others = [...seen].flatMap(([id, other]) => (id === lane ? [] : [against(own, other)]));
  return `${own.isUp ? own.role : 'down'}: ${others.sort((a, b) => (a < b ? -1 : a > b ? 1 : 0)).join(' ')}`;
}

function against(own: Seen, other: Seen): string {
  const relation = (a: number, b: number): string => (a < b ? '<' : a > b ? '>' : '=');
  const where = other.isUp ? String(other.role) : 'down';
  return (
    where +
    relation(other.term, own.term) +
    relation(other.last, own.last) +
    relation(other.commit, own.commit)
  );
}
