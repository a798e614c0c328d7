import type { ByteString } from '../../base/bytes.ts';
import type { Compare } from '../../server/api/index.ts';
import type { Task } from '../api.ts';
import { prefixRange } from '../keys.ts';
import { type Attempt, deadlineNs, done, failure, insist } from './attempt.ts';
import type { Session } from './session.ts';

/**
 * What locks and elections have in common: everybody puts a key of their own under a prefix, attached to their session, and the one
 * with the lowest create revision is first. Each waits only for the one before, so that a departure wakes one, not all.
 */
export interface Ownership {
  readonly key: ByteString;
  /**
   * The key's create revision: every later owner has a higher one. Whatever the owner does elsewhere carries it as a fencing token, so
   * that the work of an owner who is not one any more can be refused.
   */
  readonly token: number;
}

/** Holds in a txn as long as the ownership does: an owner who writes to the same store needs no other fence. */
export function ownedBy({ key, token }: Ownership): Compare {
  return { target: 'CREATE', result: 'EQUAL', key, create_revision: token };
}

/** The session's own key. A session stands in a line once. */
export function keyInLine({ lease }: Session, prefix: ByteString): ByteString {
  return `${prefix}${lease.toString(16)}` as ByteString;
}

export interface Place extends Ownership {
  readonly value: ByteString;
}

/** Joins the line, or finds the place that this session has in it. */
export function* joinLine(
  session: Session,
  prefix: ByteString,
  value: ByteString,
  untilNs: number,
): Task<Attempt<Place>> {
  const { client, lease } = session;
  const key = keyInLine(session, prefix);
  // Sent again after an unknown outcome, too: if the first was applied, the second only reads.
  const joined = yield* insist(client, untilNs, () =>
    client.txn({
      compare: [{ target: 'CREATE', result: 'EQUAL', key, create_revision: 0 }],
      success: [{ kind: 'put', put: { key, value, lease } }],
      failure: [{ kind: 'range', range: { key } }],
    }),
  );
  if (joined.status !== 'ok') return failure(joined);
  const { header, succeeded, responses } = joined.response;
  if (succeeded) return done({ key, token: header.revision, value });
  const [found] = responses;
  const kv = found?.kind === 'range' ? found.range.kvs[0] : undefined;
  if (kv === undefined) return { status: 'lost' };
  return done({ key, token: kv.create_revision, value: kv.value });
}

/** Who gives up waiting tries this long to leave no place behind; after it, the session's end removes it. */
const withdrawTimeoutMs = 3000;

/** Waits for the turn of a place in the line, and leaves the line if it doesn't come in time. */
export function* waitInLine(
  session: Session,
  prefix: ByteString,
  place: Place,
  untilNs: number,
): Task<Attempt<Ownership>> {
  const turn = yield* awaitTurn(session, prefix, place, untilNs);
  if (turn.status === 'ok') return done(place);
  if (turn.status !== 'lost') yield* leaveLine(session, place, withdrawTimeoutMs);
  return turn;
}

/** Waits until nobody who came before is in the line, and makes sure of the own place then. */
function* awaitTurn(
  session: Session,
  prefix: ByteString,
  place: Ownership,
  untilNs: number,
): Task<Attempt<null>> {
  const { client } = session;
  for (;;) {
    const before = yield* insist(client, untilNs, () => client.range(nextBefore(prefix, place)));
    if (before.status !== 'ok') return failure(before);
    const [predecessor] = before.response.kvs;
    if (predecessor === undefined) break;
    const start_revision = before.response.header.revision + 1;
    const watch = yield* client.watch({ key: predecessor.key, start_revision, filters: ['NOPUT'] });
    const answer = yield* session.nextOf(watch, untilNs);
    yield* watch.cancel();
    if (answer === 'timeout' || answer === 'lost') return { status: answer };
  }
  if (client.bugs.has('lock-without-recheck')) return done(null);
  // The own lease may have ended while the others' did: without this look two could be first (Jepsen's etcd 3.4.3 report).
  const own = yield* insist(client, untilNs, () => client.get(place.key));
  if (own.status !== 'ok') return failure(own);
  return own.response.kvs[0]?.create_revision === place.token ? done(null) : { status: 'lost' };
}

function nextBefore(prefix: ByteString, { token }: Ownership) {
  return {
    ...prefixRange(prefix),
    sort_order: 'DESCEND',
    sort_target: 'CREATE',
    limit: 1,
    max_create_revision: token - 1,
    keys_only: true,
  } as const;
}

/** Gives the place up. Ok with false: it was gone already. It may be asked again: it removes this place and no later one. */
export function* leaveLine(session: Session, place: Ownership, timeoutMs: number): Task<Attempt<boolean>> {
  const { client } = session;
  const untilNs = yield* deadlineNs(client, timeoutMs);
  const left = yield* insist(client, untilNs, () =>
    client.txn({
      compare: [ownedBy(place)],
      success: [{ kind: 'delete_range', delete_range: { key: place.key } }],
      failure: [],
    }),
  );
  return left.status === 'ok' ? done(left.response.succeeded) : failure(left);
}
