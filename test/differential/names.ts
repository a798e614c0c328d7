import type { ByteString } from '../../core/base/bytes.ts';
import type {
  AlarmRequest,
  AlarmResponse,
  AlarmType,
  ClientRequest,
  ClientResponse,
  ResponseHeader,
  WatchRequest,
} from '../../core/server/api/index.ts';
import type { Identity } from './steps.ts';
import type { LeaseRef, MemberRef, Referents, RevisionRef } from './symbolic.ts';

/** An id that nobody has. */
export const noSuchId = 987_654_321n;
/** With an index that is applied: a member would wait for a later one. */
const forgedToken = 'AbcdefghijklmnoP.1' as ByteString;

/** What one side has given out in the course of a sequence: learned from its answers, shown under names that both sides share. */
export class Names implements Referents {
  private readonly leases: bigint[] = [];
  private readonly members: bigint[] = [];
  private readonly tokens = new Map<string, ByteString[]>();
  private readonly nameOfId = new Map<bigint, string>();
  private readonly chosenLeases = new Set<bigint>();
  private current = 1;
  private compacted = 0;
  authIsOn = false;
  /** Kinds of alarms that are on, once for each member. */
  private readonly alarms = new Map<string, AlarmType>();
  /** The last compaction did not wait for its removals: they may be under way. */
  removesInBackground = false;
  /** Somebody watches from a revision that was not there when the watch began. */
  watchesFuture = false;
  /** The store holds ids that this side has chosen: what is computed from all of its bytes differs from the other side's. */
  holdsChosenIds = false;

  // --- from names to what is sent

  revision({ base, plus }: RevisionRef): number {
    return (base === 'current' ? this.current : this.compacted) + plus;
  }

  lease({ index }: LeaseRef): bigint {
    return this.leases[index % Math.max(1, this.leases.length)] ?? noSuchId;
  }

  member({ index }: MemberRef): bigint {
    return this.members[index] ?? noSuchId;
  }

  tokenOf(identity: Identity): ByteString | undefined {
    if (identity === 'nobody') return undefined;
    if (identity === 'forger') return forgedToken;
    const tokens = this.tokens.get(identity.user) ?? [];
    return identity.token === 'first' ? tokens[0] : tokens.at(-1);
  }

  /** The one granted last. */
  get lastLease(): LeaseRef {
    return { ref: 'lease', index: Math.max(0, this.leases.length - 1) };
  }

  // --- from answers to names

  /** An id as both sides call it. */
  nameOf(id: bigint): string {
    return this.nameOfId.get(id) ?? `${id}`;
  }

  /** Whether it is a member besides the one that is asked: these are learners. */
  isLearner(id: bigint): boolean {
    return this.members.indexOf(id) > 0;
  }

  learn(request: ClientRequest, response: ClientResponse): void {
    if (response.kind === 'error') return;
    this.current = Math.max(this.current, revisionOf(response));
    if (mentions(request, this.chosenLeases) && (request.kind === 'put' || request.kind === 'txn')) {
      this.holdsChosenIds = true;
    }
    if (request.kind === 'alarm' && response.kind === 'alarm')
      this.learnAlarms(request.alarm, response.alarm);
    if (request.kind === 'auth_enable') this.authIsOn = true;
    if (request.kind === 'auth_disable') this.authIsOn = false;
    if (response.kind === 'lease_grant' && request.kind === 'lease_grant') {
      this.learnLease(response.lease_grant.ID, (request.lease_grant.ID ?? 0n) === 0n);
    } else if (response.kind === 'member_list' || response.kind === 'member_add') {
      const { members } = response.kind === 'member_list' ? response.member_list : response.member_add;
      for (const { ID } of members) this.learnMember(ID);
    } else if (request.kind === 'compact') {
      this.compacted = request.compact.revision;
      this.removesInBackground = request.compact.physical !== true;
    } else if (response.kind === 'authenticate' && request.kind === 'authenticate') {
      const { name } = request.authenticate;
      this.tokens.set(name, [...(this.tokens.get(name) ?? []), response.authenticate.token]);
    }
  }

  private learnAlarms({ action }: AlarmRequest, { alarms }: AlarmResponse): void {
    for (const { memberID, alarm } of alarms) {
      if (action === 'ACTIVATE') this.alarms.set(`${memberID} ${alarm}`, alarm);
      else if (action === 'DEACTIVATE') this.alarms.delete(`${memberID} ${alarm}`);
    }
  }

  /** Whether an alarm of this kind is on, of whichever member. */
  hasAlarm(wanted: AlarmType): boolean {
    return [...this.alarms.values()].includes(wanted);
  }

  learnWatch(request: WatchRequest): void {
    if (request.kind === 'create' && (request.create.start_revision ?? 0) > this.current) {
      this.watchesFuture = true;
    }
  }

  private learnLease(id: bigint, chosen: boolean): void {
    if (chosen) {
      this.nameOfId.set(id, `lease#${this.leases.length}`);
      this.chosenLeases.add(id);
    }
    this.leases.push(id);
  }

  private learnMember(id: bigint): void {
    if (this.members.includes(id)) return;
    this.nameOfId.set(id, `member#${this.members.length}`);
    this.members.push(id);
  }
}

export function revisionOf(response: ClientResponse): number {
  if (response.kind === 'error') return 0;
  const body = (response as unknown as Readonly<Record<string, { readonly header?: ResponseHeader }>>)[
    response.kind
  ];
  return body?.header?.revision ?? 0;
}

function mentions(value: unknown, ids: ReadonlySet<bigint>): boolean {
  if (typeof value === 'bigint') return ids.has(value);
  if (typeof value !== 'object' || value === null) return false;
  return Object.values(value).some((part) => mentions(part, ids));
}
