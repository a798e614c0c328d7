import { Kind, argument } from '../../sim/trace/kinds.ts';
import type { TraceView } from './trace_view.ts';

export const Role = { follower: 0, preCandidate: 1, candidate: 2, leader: 3, learner: 4 } as const;

/** A member in one role and term, from an event until the next change. */
export interface RoleSpan {
  readonly startNs: number;
  readonly endNs: number;
  readonly event: number;
  readonly role: number;
  readonly term: number;
  /** Member number, 0 for unknown. */
  readonly leader: number;
}

/** A member that is down or paused. */
export interface GapSpan {
  readonly startNs: number;
  readonly endNs: number;
  readonly event: number;
  readonly kind: 'down' | 'paused';
}

export interface MemberLife {
  readonly roles: readonly RoleSpan[];
  readonly gaps: readonly GapSpan[];
}

const roleArg = argument('role', 'role');
const termArg = argument('role', 'term');
const leaderArg = argument('role', 'leader');

class LifeBuilder {
  readonly roles: RoleSpan[] = [];
  readonly gaps: GapSpan[] = [];
  private current: Omit<RoleSpan, 'endNs'> | null = null;
  private down: Omit<GapSpan, 'endNs'> | null = null;
  private paused: Omit<GapSpan, 'endNs'> | null = null;
  private lastTerm = 0;

  enter(event: number, atNs: number, role: number, term: number, leader: number): void {
    this.leave(atNs);
    this.lastTerm = term;
    this.current = { startNs: atNs, event, role, term, leader };
  }

  boot(event: number, atNs: number): void {
    this.endDown(atNs);
    // A started member is a follower in the term it kept on disk until an event says otherwise.
    this.enter(event, atNs, Role.follower, this.lastTerm, 0);
  }

  stop(event: number, atNs: number): void {
    this.leave(atNs);
    this.resume(atNs);
    if (this.down === null) this.down = { startNs: atNs, event, kind: 'down' };
  }

  pause(event: number, atNs: number): void {
    if (this.paused === null) this.paused = { startNs: atNs, event, kind: 'paused' };
  }

  resume(atNs: number): void {
    if (this.paused !== null) this.gaps.push({ ...this.paused, endNs: atNs });
    this.paused = null;
  }

  finish(atNs: number): MemberLife {
    this.leave(atNs);
    this.resume(atNs);
    this.endDown(atNs);
    this.gaps.sort((a, b) => a.startNs - b.startNs || a.event - b.event);
    return { roles: this.roles, gaps: this.gaps };
  }

  private leave(atNs: number): void {
    const { current } = this;
    this.current = null;
    if (current !== null && atNs > current.startNs) this.roles.push({ ...current, endNs: atNs });
  }

  private endDown(atNs: number): void {
    if (this.down !== null) this.gaps.push({ ...this.down, endNs: atNs });
    this.down = null;
  }
}

/** Roles and gaps of every lane that has any, by lane id. */
export function memberLives(trace: TraceView, endOfRunNs: number): ReadonlyMap<number, MemberLife> {
  const builders = new Map<number, LifeBuilder>();
  const { kinds, lanes, timesNs } = trace;
  for (let i = 0; i < trace.length; i++) {
    const kind = kinds[i] as number;
    const lane = lanes[i] as number;
    const atNs = timesNs[i] as number;
    if (kind !== Kind.role && !isLifeEvent(kind)) continue;
    let builder = builders.get(lane);
    if (builder === undefined) {
      builder = new LifeBuilder();
      builders.set(lane, builder);
    }
    if (kind === Kind.role)
      builder.enter(i, atNs, trace.arg(i, roleArg), trace.arg(i, termArg), trace.arg(i, leaderArg));
    else if (kind === Kind.boot) builder.boot(i, atNs);
    else if (kind === Kind.pause) builder.pause(i, atNs);
    else if (kind === Kind.resume) builder.resume(atNs);
    else builder.stop(i, atNs);
  }
  const lives = new Map<number, MemberLife>();
  for (const [lane, builder] of builders) lives.set(lane, builder.finish(endOfRunNs));
  return lives;
}

function isLifeEvent(kind: number): boolean {
  return (
    kind === Kind.boot ||
    kind === Kind.crash ||
    kind === Kind.failed ||
    kind === Kind.stopped ||
    kind === Kind.pause ||
    kind === Kind.resume
  );
}

/** The span that holds `atNs`, or undefined. Spans are sorted and do not overlap. */
export function spanAt<Span extends { readonly startNs: number; readonly endNs: number }>(
  spans: readonly Span[],
  atNs: number,
): Span | undefined {
  const at = firstSpanEndingAfter(spans, atNs);
  const span = spans[at];
  return span !== undefined && span.startNs <= atNs ? span : undefined;
}

/** Index of the first span that ends after `atNs`. */
export function firstSpanEndingAfter(spans: readonly { readonly endNs: number }[], atNs: number): number {
  let low = 0;
  let high = spans.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((spans[middle]?.endNs ?? 0) <= atNs) low = middle + 1;
    else high = middle;
  }
  return low;
}
