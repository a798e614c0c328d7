import { describe, expect, it } from 'vitest';
import type { ByteString } from '../../../core/base/bytes.ts';
import { nodeId } from '../../../core/base/ids.ts';
import type { EtcdClient, Task, WatchHandle } from '../../../core/client/index.ts';
import { bytes, prefixRange, text } from '../../../core/client/index.ts';
import { type Attempt, deadlineNs, done, failure } from '../../../core/client/recipes/attempt.ts';
import type { Claim } from '../../../core/client/recipes/claims.ts';
import type { Configuration } from '../../../core/client/recipes/config.ts';
import { DoubleBarrier } from '../../../core/client/recipes/double_barrier.ts';
import type { Leader } from '../../../core/client/recipes/election.ts';
import { Follower, type Step } from '../../../core/client/recipes/follow.ts';
import { type Ownership, joinLine } from '../../../core/client/recipes/line.ts';
import type { MirrorEnds } from '../../../core/client/recipes/mirror.ts';
import { withNamespace } from '../../../core/client/recipes/namespace.ts';
import { Queue } from '../../../core/client/recipes/queue.ts';
import type { SelfMetadata } from '../../../core/client/recipes/self_metadata.ts';
import { type Session, openSession } from '../../../core/client/recipes/session.ts';
import { recipeBarrier } from '../../../scenarios/stories/recipe_barrier.ts';
import { recipeConfig } from '../../../scenarios/stories/recipe_config.ts';
import { recipeDiscovery } from '../../../scenarios/stories/recipe_discovery.ts';
import { recipeElection } from '../../../scenarios/stories/recipe_election.ts';
import { recipeLock } from '../../../scenarios/stories/recipe_lock.ts';
import { recipeMirror } from '../../../scenarios/stories/recipe_mirror.ts';
import { recipeNamespace } from '../../../scenarios/stories/recipe_namespace.ts';
import { recipePriorityQueue } from '../../../scenarios/stories/recipe_priority_queue.ts';
import { recipeQueue } from '../../../scenarios/stories/recipe_queue.ts';
import { recipeSelfMetadata } from '../../../scenarios/stories/recipe_self_metadata.ts';
import { recipeStm } from '../../../scenarios/stories/recipe_stm.ts';
import { bankWorkload } from '../../../scenarios/workloads/recipes_bank.ts';
import { barrierParts, barrierWorkload, participants } from '../../../scenarios/workloads/recipes_barrier.ts';
import { configWorkload } from '../../../scenarios/workloads/recipes_config.ts';
import { discoveryWorkload } from '../../../scenarios/workloads/recipes_discovery.ts';
import { electionParts, electionWorkload } from '../../../scenarios/workloads/recipes_election.ts';
import { lockParts, lockWorkload } from '../../../scenarios/workloads/recipes_lock.ts';
import { metadataWorkload } from '../../../scenarios/workloads/recipes_metadata.ts';
import { mirrorWorkload } from '../../../scenarios/workloads/recipes_mirror.ts';
import { namespaceWorkload } from '../../../scenarios/workloads/recipes_namespace.ts';
import { fifoQueue, queueWorkload } from '../../../scenarios/workloads/recipes_queue.ts';
import { runScenario } from '../../../sim/run.ts';
import type { Scenario, Workload } from '../../../sim/scenario.ts';
import { isThorough } from '../../runs.ts';

/** Runs are shorter than the scenarios', for tests are to be quick. */
const shortMs = isThorough ? 20_000 : 8000;
const seedsMax = 8;

/** Whether the broken recipe breaks this promise of its scenario within a few seeds. */
function caught(scenario: Scenario, workload: Workload, check: string, durationMs = shortMs): boolean {
  for (let seed = 1; seed <= seedsMax; seed++) {
    const { verdict } = runScenario({
      scenario: { ...scenario, workload },
      seed: String(seed),
      durationMs,
    }).info;
    if (verdict.violations.some((violation) => violation.check === check)) return true;
  }
  return false;
}

function* withoutWaiting(session: Session, name: string, value: string): Task<Attempt<Ownership>> {
  const untilNs = yield* deadlineNs(session.client, 3000);
  return yield* joinLine(session, bytes(`${name}/`), bytes(value), untilNs);
}

describe('a broken recipe is found by its scenario', () => {
  it('a lock that does not wait for the predecessor', () => {
    const lock = (session: Session) => withoutWaiting(session, 'lock', '');
    expect(caught(recipeLock, lockWorkload({ ...lockParts, lock }), 'one holder at a time')).toBe(true);
  });

  it('a register behind a lock that does not look at the token', () => {
    const write: typeof lockParts.write = function* (etcd, _, value) {
      const put = yield* etcd.put(bytes('protected'), bytes(value));
      return put.status === 'ok'
        ? done({ accepted: true, revision: put.response.header.revision })
        : failure(put);
    };
    const workload = lockWorkload({ ...lockParts, write });
    expect(caught(recipeLock, workload, 'the fence refuses stale holders')).toBe(true);
  });

  it('an election that everybody wins', () => {
    const campaign = (session: Session, value: string) => withoutWaiting(session, 'election', value);
    const workload = electionWorkload({ ...electionParts, campaign });
    expect(caught(recipeElection, workload, 'one leader at a time')).toBe(true);
  });

  it('an observer that asks members for what they happen to know', () => {
    const observer = (etcd: EtcdClient) => ({
      *next(): Task<Leader | null> {
        yield* etcd.sleep(50);
        const order = { sort_order: 'ASCEND', sort_target: 'CREATE', limit: 1, serializable: true } as const;
        const endpoint = nodeId(1 + etcd.random.below(3));
        const got = yield* etcd.range({ ...prefixRange(bytes('election/')), ...order }, { endpoint });
        const kv = got.status === 'ok' ? got.response.kvs[0] : undefined;
        return kv === undefined
          ? null
          : { token: kv.create_revision, value: kv.value, modRevision: kv.mod_revision };
      },
    });
    const workload = electionWorkload({ ...electionParts, observer });
    expect(caught(recipeElection, workload, 'observers see leaders in order', 20_000)).toBe(true);
  });

  it('a double barrier that counts sessions instead of participants', () => {
    const barrier: typeof barrierParts.barrier = (session, round) =>
      new DoubleBarrier(session, bytes(round), participants, bytes(String(session.lease)));
    expect(caught(recipeBarrier, barrierWorkload({ barrier }), 'all begin together')).toBe(true);
  });

  it('a double barrier that nobody waits at in the end', () => {
    const leaving: typeof barrierParts.barrier = (session, round, participant) => ({
      enter: (ms) => barrierParts.barrier(session, round, participant).enter(ms),
      *leave() {
        yield* session.client.sleep(0);
        return done(null);
      },
    });
    expect(caught(recipeBarrier, barrierWorkload({ barrier: leaving }), 'all end together')).toBe(true);
  });

  it('a queue that takes without a txn', () => {
    const workload = queueWorkload((etcd) => new CarelessQueue(etcd));
    expect(caught(recipeQueue, workload, 'a queue')).toBe(true);
  });

  it('a priority queue that goes by age alone', () => {
    expect(caught(recipePriorityQueue, queueWorkload(fifoQueue), 'the most urgent first')).toBe(true);
  });

  it('transactions that do not look whether what they read has changed', () => {
    const workload = bankWorkload(['read-committed']);
    expect(caught(recipeStm, workload, 'transactions are serializable')).toBe(true);
    expect(caught(recipeStm, workload, 'no money is made or lost')).toBe(true);
  });

  it('a namespace in which a range without end has none', () => {
    const leaky = (client: EtcdClient, prefix: ByteString): EtcdClient => {
      const whole = withNamespace(client, prefix);
      const own = (key: ByteString) => `${prefix}${key}` as ByteString;
      return {
        ...whole,
        *range(request, options) {
          const outcome = yield* client.range({ ...request, key: own(request.key) }, options);
          if (outcome.status !== 'ok') return outcome;
          const kvs = outcome.response.kvs.map((kv) => ({ ...kv, key: kv.key.slice(1) as ByteString }));
          return { status: 'ok', response: { ...outcome.response, kvs } };
        },
      };
    };
    const check = 'tenants see their own keys only';
    expect(caught(recipeNamespace, namespaceWorkload(leaky), check)).toBe(true);
  });

  const gone = 'who crashes leaves the list in time';

  it('a registration without a lease', () => {
    const register = function* (session: Session, instance: string): Task<Attempt<{ revision: number }>> {
      const put = yield* session.client.put(bytes(`services/shop/${instance}`), bytes('x'));
      return put.status === 'ok' ? done({ revision: put.response.header.revision }) : failure(put);
    };
    expect(caught(recipeDiscovery, discoveryWorkload({ register }), gone)).toBe(true);
  });

  it('a registration on a lease that nobody renews', () => {
    const register = function* (session: Session, instance: string): Task<Attempt<{ revision: number }>> {
      const other = yield* openSession(session.client, 2, 3000);
      if (other.status !== 'ok') return other;
      yield* other.value.abandon();
      const { lease } = other.value;
      const put = yield* session.client.put(bytes(`services/shop/${instance}`), bytes('x'), { lease });
      return put.status === 'ok' ? done({ revision: put.response.header.revision }) : failure(put);
    };
    expect(caught(recipeDiscovery, discoveryWorkload({ register }), gone)).toBe(true);
  });

  it('a follower that watches from now on after it has read', () => {
    const workload = configWorkload({ follow: (etcd) => new ForgetfulFollower(etcd) });
    expect(caught(recipeConfig, workload, 'every watcher gets the last configuration')).toBe(true);
  });

  it('metadata whose mapping and data are followed one by one', () => {
    const serve = (etcd: EtcdClient) => new TornMetadata(etcd);
    expect(caught(recipeSelfMetadata, metadataWorkload({ serve }), 'a machine is told about itself')).toBe(
      true,
    );
  });

  it('a mirror that does not compare its position', () => {
    const mirror = (ends: MirrorEnds) => new CarelessMirror(ends);
    const check = 'a copy is the source of one revision';
    expect(caught(recipeMirror, mirrorWorkload({ mirror }), check)).toBe(true);
  });
});

class CarelessQueue {
  private readonly etcd: EtcdClient;
  private readonly honest: Queue;

  constructor(etcd: EtcdClient) {
    this.etcd = etcd;
    this.honest = new Queue(etcd, bytes('queue'));
  }

  enqueue(value: ByteString): ReturnType<Queue['enqueue']> {
    return this.honest.enqueue(value);
  }

  *dequeue(_: ByteString, timeoutMs: number): Task<Attempt<Claim>> {
    const order = { sort_order: 'ASCEND', sort_target: 'CREATE', limit: 1 } as const;
    const got = yield* this.etcd.range({ ...prefixRange(bytes('queue/items/')), ...order });
    if (got.status !== 'ok') return failure(got);
    const [kv] = got.response.kvs;
    if (kv === undefined) {
      yield* this.etcd.sleep(timeoutMs);
      return { status: 'timeout' };
    }
    const deleted = yield* this.etcd.delete(kv.key);
    if (deleted.status !== 'ok') return failure(deleted);
    return done({ value: kv.value, key: kv.key, revision: deleted.response.header.revision });
  }

  *acknowledge(): Task<Attempt<boolean>> {
    yield* this.etcd.sleep(0);
    return done(true);
  }
}

class ForgetfulFollower {
  readonly snapshots = 1;
  private readonly etcd: EtcdClient;
  private readonly values = new Map<ByteString, ByteString>();
  private watch: WatchHandle | null = null;
  private revision = 0;

  constructor(etcd: EtcdClient) {
    this.etcd = etcd;
  }

  *next(timeoutMs: number): Task<Configuration | null> {
    const range = prefixRange(bytes('config/'));
    if (this.watch === null) {
      const got = yield* this.etcd.range(range);
      if (got.status !== 'ok') return null;
      for (const kv of got.response.kvs) this.values.set(kv.key.slice(7) as ByteString, kv.value);
      this.revision = got.response.header.revision;
      yield* this.etcd.sleep(500);
      this.watch = yield* this.etcd.watch(range);
    } else {
      const answer = yield* this.watch.next(timeoutMs);
      if (answer?.kind !== 'events') return null;
      for (const { kv } of answer.events) this.values.set(kv.key.slice(7) as ByteString, kv.value);
      this.revision = answer.events[answer.events.length - 1]?.kv.mod_revision ?? 0;
    }
    return { revision: this.revision, values: new Map(this.values) };
  }
}

class TornMetadata {
  private readonly mapping: Follower;
  private readonly data: Follower;

  constructor(etcd: EtcdClient) {
    this.mapping = new Follower(etcd, bytes('metadata/mapping/'));
    this.data = new Follower(etcd, bytes('metadata/data/'));
  }

  get revision(): number {
    return Math.max(this.mapping.revision, this.data.revision);
  }

  get snapshots(): number {
    return this.data.snapshots;
  }

  *next(timeoutMs: number): Task<Step | null> {
    const step = yield* this.mapping.next(timeoutMs);
    return (yield* this.data.next(100)) ?? step;
  }

  self(address: ByteString): ReturnType<SelfMetadata['self']> {
    const node = this.mapping.pairs.get(bytes(`metadata/mapping/${text(address)}/node`))?.value;
    const owner = this.data.pairs.get(bytes(`metadata/data/${text(node ?? bytes('x'))}/owner`))?.value;
    return new Map(owner === undefined ? [] : [[bytes('node/owner'), owner]]);
  }
}

class CarelessMirror {
  readonly snapshots = 0;
  private readonly ends: MirrorEnds;
  private follower: Follower | null = null;

  constructor(ends: MirrorEnds) {
    this.ends = ends;
  }

  *next(timeoutMs: number): Task<Attempt<Step | null>> {
    const { source, destination, positionKey } = this.ends;
    this.follower ??= new Follower(source, this.ends.sourcePrefix);
    const step = yield* this.follower.next(timeoutMs);
    if (step === null) return done(null);
    const put = { key: positionKey, value: bytes(String(step.revision)) };
    const written = yield* destination.txn({
      compare: [],
      success: [
        ...step.changes.map(({ key, after }) => {
          const copied = bytes(`copy/${text(key).slice('source/'.length)}`);
          return after === null
            ? ({ kind: 'delete_range', delete_range: { key: copied } } as const)
            : ({ kind: 'put', put: { key: copied, value: after.value } } as const);
        }),
        { kind: 'put', put },
      ],
      failure: [],
    });
    return written.status === 'ok' ? done(step) : failure(written);
  }
}
