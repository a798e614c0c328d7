import type { ByteString } from '../../base/bytes.ts';
import type { EtcdClient, Task } from '../api.ts';
import { type Attempt, deadlineNs, done, failure, insist } from './attempt.ts';
import { Follower, type Step } from './follow.ts';
import type { Session } from './session.ts';

function folderOf(service: ByteString): ByteString {
  return `${service}/` as ByteString;
}

/**
 * Puts an instance of a service on the list, for as long as the session lives. It may be called again with another address.
 *
 * Promised: an instance that crashes, or can't reach the cluster any more, leaves the list when its session's time to live is over and the
 * cluster has a leader to say so. Not promised: that who is on the list answers: it is there for up to a time to live after its end; or
 * that who is not on it is dead: it may only be cut off.
 */
export function* register(
  session: Session,
  service: ByteString,
  instance: ByteString,
  address: ByteString,
  timeoutMs: number,
): Task<Attempt<{ readonly revision: number }>> {
  const { client, lease } = session;
  const untilNs = yield* deadlineNs(client, timeoutMs);
  const key = `${folderOf(service)}${instance}` as ByteString;
  const put = yield* insist(client, untilNs, () => client.put(key, address, { lease }));
  return put.status === 'ok' ? done({ revision: put.response.header.revision }) : failure(put);
}

/**
 * Takes the instance off the list now, if it is this session's registration. Ok with false: it was off, or is another's. A registration
 * of unknown outcome may still come through after it, and stays as long as the session: who wants to be sure closes that.
 */
export function* unregister(
  session: Session,
  service: ByteString,
  instance: ByteString,
  timeoutMs: number,
): Task<Attempt<boolean>> {
  const { client, lease } = session;
  const untilNs = yield* deadlineNs(client, timeoutMs);
  const key = `${folderOf(service)}${instance}` as ByteString;
  const deleted = yield* insist(client, untilNs, () =>
    client.txn({
      compare: [{ target: 'LEASE', result: 'EQUAL', key, lease }],
      success: [{ kind: 'delete_range', delete_range: { key } }],
      failure: [],
    }),
  );
  return deleted.status === 'ok' ? done(deleted.response.succeeded) : failure(deleted);
}

export interface Instance {
  readonly name: ByteString;
  readonly address: ByteString;
}

/** The list of a service's instances, which follows the store: see `Follower` for what that promises. */
export class ServiceView {
  private readonly follower: Follower;
  private readonly folder: ByteString;

  constructor(client: EtcdClient, service: ByteString) {
    this.folder = folderOf(service);
    this.follower = new Follower(client, this.folder);
  }

  get revision(): number {
    return this.follower.revision;
  }

  /** Waits for a change; null if there was none in time. */
  next(timeoutMs: number): Task<Step | null> {
    return this.follower.next(timeoutMs);
  }

  /** By name. */
  instances(): Instance[] {
    return this.follower
      .all()
      .map(({ key, value }) => ({ name: key.slice(this.folder.length) as ByteString, address: value }));
  }
}
