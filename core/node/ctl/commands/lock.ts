import { type ByteString, fromText, toText } from '../../../base/bytes.ts';
import {
  Election,
  LeaderObserver,
  Mutex,
  type Ownership,
  type Session,
  openSession,
} from '../../../client/recipes/index.ts';
import { type EtcdClient, type Task, prefixRange } from '../../../client/index.ts';
import type { CtlClient } from '../client/ctl_client.ts';
import type { Ctl, CtlCommand } from '../command.ts';
import { CtlFailure, badArgs, ctlExit } from '../failure.ts';
import { boolFlag, intFlag } from '../flags/flag_spec.ts';
import { shownRange } from '../output/kv.ts';
import { runProgram } from './run_program.ts';

/** Seconds that a session lives without renewal (clientv3: concurrency). */
const sessionSeconds = 60;
/** Waiting goes on in turns of this, so that an end from outside is noticed between them. */
const turnMs = 24 * 60 * 60 * 1000;
const closeMs = 3000;

type Tried = { readonly status: string; readonly message?: string };

function failed(what: string, attempt: Tried): CtlFailure {
  if (attempt.status === 'lost') return new CtlFailure(ctlExit.error, 'session expired');
  return new CtlFailure(ctlExit.error, attempt.message ?? `${what}: ${attempt.status}`);
}

async function open(client: CtlClient, ttlSeconds: number, timeoutMs: number): Promise<Session> {
  const opened = await client.run(openSession(client.api, ttlSeconds, timeoutMs));
  if (opened.status !== 'ok') throw failed('no session', opened);
  return opened.value;
}

/** Resolves when the session is over, or somebody ends the command. */
async function until(ctl: Ctl, client: CtlClient, session: Session): Promise<'interrupted' | 'lost'> {
  const interrupted = ctl.io.interrupted.then(() => 'interrupted' as const);
  for (;;) {
    const tick = new Promise<null>((resolve) => setTimeout(() => resolve(null), 200));
    if ((await Promise.race([interrupted, tick])) !== null) return 'interrupted';
    if (!(await client.run(session.isAlive()))) return 'lost';
  }
}

/** The pair that stands for the ownership, as it is in the store. */
async function showOwn(ctl: Ctl, client: CtlClient, { key }: Ownership): Promise<void> {
  const got = await client.call('range', { key });
  if (got.kvs.length === 0) throw new CtlFailure(ctlExit.error, 'lock lost on init');
  ctl.show(shownRange(got));
}

/** Waits for a turn; null: somebody ended the command before it came. */
async function turn(
  ctl: Ctl,
  client: CtlClient,
  wait: (timeoutMs: number) => Task<Tried & { readonly value?: Ownership }>,
): Promise<Ownership | null> {
  const waiting = client.run(wait(turnMs));
  const attempt = await Promise.race([waiting, ctl.io.interrupted.then(() => null)]);
  if (attempt === null) return null;
  if (attempt.status !== 'ok' || attempt.value === undefined) throw failed('no turn', attempt);
  return attempt.value;
}

async function hold(
  ctl: Ctl,
  client: CtlClient,
  session: Session,
  held: Ownership,
  program: readonly string[],
) {
  if (program.length === 0) {
    await showOwn(ctl, client, held);
    if ((await until(ctl, client, session)) === 'lost') throw failed('lock', { status: 'lost' });
    return;
  }
  const code = await runProgram(program, {
    ...ctl.io.environment,
    ETCD_LOCK_KEY: toText(held.key),
    ETCD_LOCK_REV: String(held.token),
  });
  if (code !== 0) throw new CtlFailure(ctlExit.error, `exit status ${code}`);
}

export const lock: CtlCommand = {
  name: 'lock',
  usage: '[flags] NAME [-- PROGRAM WORDS...]',
  summary: `waits for a lock and holds it until it is ended, or while PROGRAM runs; ETCD_LOCK_KEY and
ETCD_LOCK_REV are in the program's environment`,
  flags: [intFlag('ttl', 'seconds after which others get the lock if this client is silent', '10')],
  async run(ctl, { words: [name, ...program] }) {
    if (name === undefined)
      throw badArgs('lock takes a lock name argument and an optional command to execute');
    const ttl = ctl.flags.count('ttl');
    const client = await ctl.connect();
    const session = await open(client, ttl > 0 ? ttl : sessionSeconds, ctl.commandTimeoutMs);
    try {
      const mutex = new Mutex(session, fromText(name));
      const held = await turn(ctl, client, (ms) => mutex.lock(ms));
      if (held === null) return;
      await hold(ctl, client, session, held, program);
    } finally {
      await client.run(session.close(closeMs));
    }
  },
};

/** The leader's pair as an answer of its own. */
function* leaderPair(client: EtcdClient, name: ByteString, modRevision: number) {
  const got = yield* client.range({
    ...prefixRange(`${name}/` as ByteString),
    sort_order: 'ASCEND',
    sort_target: 'CREATE',
    limit: 1,
  });
  if (got.status !== 'ok' || got.response.kvs[0]?.mod_revision !== modRevision) return null;
  return { ...got.response, more: false };
}

async function observe(ctl: Ctl, client: CtlClient, name: ByteString): Promise<void> {
  const observer = new LeaderObserver(client.api, name);
  const interrupted = ctl.io.interrupted.then(() => 'interrupted' as const);
  for (;;) {
    const leader = await Promise.race([interrupted, client.run(observer.next(turnMs))]);
    if (leader === 'interrupted') return;
    if (leader === null) continue;
    const answer = await client.run(leaderPair(client.api, name, leader.modRevision));
    // It may be another one by now, of whom the next turn tells.
    if (answer !== null) ctl.show(shownRange(answer));
  }
}

async function campaign(ctl: Ctl, client: CtlClient, name: ByteString, proposal: string): Promise<void> {
  const session = await open(client, sessionSeconds, ctl.commandTimeoutMs);
  try {
    const election = new Election(session, name);
    const led = await turn(ctl, client, (ms) => election.campaign(fromText(proposal), ms));
    if (led === null) return;
    await showOwn(ctl, client, led);
    if ((await until(ctl, client, session)) === 'lost')
      throw new CtlFailure(ctlExit.error, 'elect: session expired');
  } finally {
    await client.run(session.close(closeMs));
  }
}

export const elect: CtlCommand = {
  name: 'elect',
  usage: '[flags] NAME [PROPOSAL]',
  summary: 'waits to be elected and leads until it is ended, or sees who leads',
  flags: [{ ...boolFlag('listen', 'only see who leads'), short: 'l' }],
  async run(ctl, { words: [name, proposal, ...more] }) {
    if (name === undefined || more.length > 0)
      throw badArgs('elect takes one election name argument and an optional proposal argument');
    const listens = ctl.flags.isSet('listen');
    if (proposal === undefined && !listens) throw badArgs('no proposal argument but -l not set');
    if (proposal !== undefined && listens) throw badArgs('proposal given but -l is set');
    const client = await ctl.connect();
    if (proposal === undefined) await observe(ctl, client, fromText(name));
    else await campaign(ctl, client, fromText(name), proposal);
  },
};
