/**
 * Requests with places that are filled in only when they are sent: a revision counted from the present one, a lease by the order in
 * which it was granted, a member by the order in which it came. So a sequence stays meaningful while it is being shrunk, and each
 * side gets the ids it has given out itself.
 */
import type { ByteString } from '../../core/base/bytes.ts';

export interface RevisionRef {
  readonly ref: 'revision';
  readonly base: 'current' | 'compacted';
  readonly plus: number;
}

/** The lease that the n-th grant brought (counted over and over); one that never existed if there was none. */
export interface LeaseRef {
  readonly ref: 'lease';
  readonly index: number;
}

/** The n-th member: 0 is the one that is asked. */
export interface MemberRef {
  readonly ref: 'member';
  readonly index: number;
}

export type Symbolic<T> = T extends number
  ? number | RevisionRef
  : T extends bigint
    ? bigint | LeaseRef | MemberRef
    : T extends ByteString | string | boolean | undefined
      ? T
      : T extends readonly (infer Element)[]
        ? readonly Symbolic<Element>[]
        : T extends object
          ? { readonly [Key in keyof T]: Symbolic<T[Key]> }
          : T;

/** What the references stand for, on one side. */
export interface Referents {
  revision(ref: RevisionRef): number;
  lease(ref: LeaseRef): bigint;
  member(ref: MemberRef): bigint;
}

export function resolve<T>(value: Symbolic<T>, referents: Referents): T {
  return resolved(value, referents) as T;
}

function resolved(value: unknown, referents: Referents): unknown {
  if (Array.isArray(value)) return value.map((element: unknown) => resolved(element, referents));
  if (typeof value !== 'object' || value === null) return value;
  if ('ref' in value) {
    const ref = value as RevisionRef | LeaseRef | MemberRef;
    if (ref.ref === 'revision') return referents.revision(ref);
    return ref.ref === 'lease' ? referents.lease(ref) : referents.member(ref);
  }
  const entries = Object.entries(value).map(([name, part]) => [name, resolved(part, referents)] as const);
  return Object.fromEntries(entries);
}
