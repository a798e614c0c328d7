import { bytes } from '../../core/client/index.ts';
import type { ClientRequest } from '../../core/server/api/index.ts';
import {
  type Attempt,
  type PermissionChange,
  checkAuthWindows,
} from '../../sim/checkers/recipes/auth_windows.ts';
import type { Observed, ScenarioCheck, Workload, WorkloadClient } from '../../sim/scenario.ts';
import type { Script } from '../../sim/script.ts';
import { tryOtherWays } from './trespass.ts';

const keys = ['left', 'right'] as const;
export const userPassword = bytes('secret');
const userOf = (client: number): string => `user${client}`;
const roleOf = (client: number): string => `role${client}`;

export const authWindDownMs = 30_000;

export interface AuthChurnOptions {
  /** Users also try to get at what is not theirs in ways that are less plain than a get or a put. */
  readonly trespass: boolean;
  /** When the load has ended, root leaves auth on for so long. */
  readonly quietMs: number;
}

/** The first client is root and gives and takes permissions; the others try what they may, and what they may not. */
export function authChurn(options: Partial<AuthChurnOptions> = {}): Workload {
  const { trespass = false, quietMs = 0 } = options;
  return (client) => (client.number === 1 ? rule(client, quietMs) : obey(client, trespass));
}

/** Until it is done: doing it twice is refused, which is as good. */
function* surely(client: WorkloadClient, request: ClientRequest): Script {
  for (;;) {
    const done = yield* client.etcd.call(request);
    if (done.status === 'ok') return;
    const { message } = done;
    if (/already|is not granted|not enabled|not found/.test(message)) return;
    yield* client.sleep(100);
  }
}

function* rule(client: WorkloadClient, quietMs: number): Script {
  const { etcd, random } = client;
  const users = Array.from({ length: 6 }, (_, i) => i + 2);
  const name = bytes('root');
  yield* surely(client, { kind: 'user_add', user_add: { name, password: userPassword } });
  yield* surely(client, { kind: 'role_add', role_add: { name } });
  yield* surely(client, { kind: 'user_grant_role', user_grant_role: { user: name, role: name } });
  for (const number of users) {
    const [user, role] = [bytes(userOf(number)), bytes(roleOf(number))];
    yield* surely(client, { kind: 'user_add', user_add: { name: user, password: userPassword } });
    yield* surely(client, { kind: 'role_add', role_add: { name: role } });
    yield* surely(client, { kind: 'user_grant_role', user_grant_role: { user, role } });
  }
  yield* surely(client, { kind: 'auth_enable', auth_enable: {} });
  while ((yield* etcd.authenticate(name, userPassword)).status !== 'ok') yield* client.sleep(100);
  client.note('ruled', {});
  while (!client.over) {
    yield* client.sleep(random.between(50, 400));
    yield* change(client, random.pick(users), random.pick(keys), random.chance(1, 2));
  }
  if (quietMs > 0) yield* client.sleep(quietMs);
  // The rest of the run asks without a name, and may do everything.
  const callNs = yield* etcd.now();
  yield* surely(client, { kind: 'auth_disable', auth_disable: {} });
  const returnNs = yield* etcd.now();
  for (const number of users) {
    for (const key of keys)
      noteChange(client, { user: userOf(number), key, allowed: true, callNs, returnNs });
  }
}

/** One permission given or taken, until it is certain, and written down with its time. */
function* change(client: WorkloadClient, user: number, key: string, allowed: boolean): Script {
  const { etcd } = client;
  const callNs = yield* etcd.now();
  const [role, of] = [bytes(roleOf(user)), bytes(key)];
  const perm = { permType: 'READWRITE', key: of, range_end: bytes('') } as const;
  yield* surely(
    client,
    allowed
      ? { kind: 'role_grant_permission', role_grant_permission: { name: role, perm } }
      : { kind: 'role_revoke_permission', role_revoke_permission: { role, key: of } },
  );
  noteChange(client, { user: userOf(user), key, allowed, callNs, returnNs: yield* etcd.now() });
}

function noteChange(client: WorkloadClient, made: Omit<PermissionChange, 'access'>): void {
  for (const access of ['read', 'write'] as const) client.note('change', { ...made, access });
}

function* obey(client: WorkloadClient, trespass: boolean): Script {
  const { etcd, random, number } = client;
  const user = userOf(number);
  while ((yield* etcd.authenticate(bytes(user), userPassword)).status !== 'ok') {
    if (client.over) return;
    yield* client.sleep(200);
  }
  for (let count = 1; !client.over; count++) {
    yield* client.sleep(random.between(10, 120));
    if (trespass && random.chance(1, 2)) {
      yield* tryOtherWays(client, user, keys);
      continue;
    }
    const key = random.pick(keys);
    const access = random.chance(1, 2) ? 'read' : 'write';
    const callNs = yield* etcd.now();
    const outcome =
      access === 'read'
        ? yield* etcd.get(bytes(key))
        : yield* etcd.put(bytes(key), bytes(`${user}.${count}`));
    const denied = outcome.status === 'fail' && outcome.message === 'etcdserver: permission denied';
    if (outcome.status !== 'ok' && !denied) continue;
    const attempt: Attempt = { user, key, access, succeeded: !denied, callNs, returnNs: yield* etcd.now() };
    client.note('attempt', attempt);
  }
  yield* etcd.signOut();
}

export function judgeAuth({ notes }: Observed): readonly ScenarioCheck[] {
  const about = (topic: string): readonly { readonly data: unknown; readonly ns: number }[] =>
    notes.filter((note) => note.topic === topic);
  const changes = about('change').map(({ data }) => data as PermissionChange);
  const made = about('attempt');
  const attempts = made.map(({ data }) => data as Attempt);
  const found = checkAuthWindows(changes, attempts);
  return [
    {
      name: 'permissions hold',
      guarantee:
        'Nobody reads or writes what his role did not allow at any moment of the attempt, nor is refused what it allowed all the time (etcd, role-based access control).',
      detail: `${attempts.length} attempts, ${changes.length / 2} changes`,
      violations: found.map(({ sentence, involved }) => ({
        sentence,
        atNs: made[involved[0] ?? 0]?.ns ?? 0,
      })),
    },
  ];
}
