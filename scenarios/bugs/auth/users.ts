/** Auth turned on, with root and some users. */
import { bytes } from '../../../core/client/index.ts';
import type { ClientRequest } from '../../../core/server/api/index.ts';
import type { Attempt, PermissionChange } from '../../../sim/checkers/recipes/auth_windows.ts';
import type { WorkloadClient } from '../../../sim/scenario.ts';
import type { Script } from '../../../sim/script.ts';

export const password = bytes('secret');

/** Until it is done; doing what is done already is refused, which is as good. */
export function* surelyDone(client: WorkloadClient, request: ClientRequest): Script {
  for (;;) {
    const done = yield* client.etcd.call(request);
    if (done.status === 'ok' || /already/.test(done.message)) return;
    yield* client.sleep(50);
  }
}

export function* signIn(client: WorkloadClient, name: string): Script {
  const isIn = function* (): Script<boolean> {
    return (yield* client.etcd.authenticate(bytes(name), password)).status === 'ok';
  };
  while (!(yield* isIn())) yield* client.sleep(50);
}

function* addUser(client: WorkloadClient, user: string, role: string): Script {
  yield* surelyDone(client, { kind: 'user_add', user_add: { name: bytes(user), password } });
  yield* surelyDone(client, { kind: 'role_add', role_add: { name: bytes(role) } });
  const user_grant_role = { user: bytes(user), role: bytes(role) };
  yield* surelyDone(client, { kind: 'user_grant_role', user_grant_role });
}

/** Lets a role do everything with one key. */
export function permit(role: string, key: string): ClientRequest {
  const perm = { permType: 'READWRITE', key: bytes(key), range_end: bytes('') } as const;
  return { kind: 'role_grant_permission', role_grant_permission: { name: bytes(role), perm } };
}

/** The client becomes root; each of the users may read and write the key of its own name, by a role of its own name. */
export function* rule(client: WorkloadClient, users: readonly string[] = []): Script {
  yield* addUser(client, 'root', 'root');
  for (const user of users) {
    yield* addUser(client, user, user);
    const callNs = yield* client.etcd.now();
    yield* surelyDone(client, permit(user, user));
    const returnNs = yield* client.etcd.now();
    for (const access of ['read', 'write'] as const) {
      const change: PermissionChange = { user, key: user, access, allowed: true, callNs, returnNs };
      client.note('change', change);
    }
  }
  yield* surelyDone(client, { kind: 'auth_enable', auth_enable: {} });
  yield* signIn(client, 'root');
}

/** Writes down that a request between these times read or wrote the key. */
export function noteSuccess(client: WorkloadClient, done: Omit<Attempt, 'succeeded'>): void {
  const attempt: Attempt = { ...done, succeeded: true };
  client.note('attempt', attempt);
}

/** When the members have elected a leader and the users are there; then nothing happens that is not in the script. */
export const readyMs = 4000;

export function* untilMs(client: WorkloadClient, ms: number): Script {
  yield* client.sleep(Math.max(0, ms - Math.floor((yield* client.etcd.now()) / 1_000_000)));
}
