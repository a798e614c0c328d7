import { text } from '../../core/client/keys.ts';
import type { EtcdClient } from '../../core/client/api.ts';
import { PriorityQueue } from '../../core/client/recipes/priority_queue.ts';
import { Queue } from '../../core/client/recipes/queue.ts';
import { type PriorityOperation, checkPriorities } from '../../sim/checkers/recipes/priority_queue.ts';
import { checkQueue } from '../../sim/checkers/recipes/queue.ts';
import type { Observed, ScenarioCheck, Workload, WorkloadClient } from '../../sim/scenario.ts';
import type { Script } from '../../sim/script.ts';
import { type Noted, Topic, bytes, checkOf, counted } from './recipes.ts';

/** Either queue, as the workload uses it. */
interface AnyQueue extends Pick<Queue, 'dequeue' | 'acknowledge'> {
  enqueue(value: ReturnType<typeof bytes>, priority: number): ReturnType<Queue['enqueue']>;
}

/** What makes the queue: a test replaces it to see it fail. */
type MakeQueue = (etcd: EtcdClient) => AnyQueue;

export const fifoQueue: MakeQueue = (etcd) => new Queue(etcd, bytes('queue'));
export const priorityQueue: MakeQueue = (etcd) => new PriorityQueue(etcd, bytes('queue'));

const putting = new Topic<{ readonly value: string; readonly priority: number }>('queue-putting');
const put = new Topic<{ readonly value: string; readonly status: string }>('queue-put');
const taking = new Topic<null>('queue-taking');
const took = new Topic<{ readonly value: string; readonly revision: number }>('queue-took');

/** Consumers wait this long for an item; when the load is over, a queue that stays empty for so long is empty. */
const patienceMs = 4000;

/** Odd clients put unique values in, even ones take them; a consumer may crash before it has said that it is done. */
export function queueWorkload(make: MakeQueue): Workload {
  return (client) => (client.number % 2 === 1 ? producer(client, make) : consumer(client, make));
}

function* producer(client: WorkloadClient, make: MakeQueue): Script {
  const queue = make(client.etcd);
  const { random } = client;
  for (let number = 1; !client.over; number++) {
    yield* client.sleep(random.below(250));
    const value = `c${client.number}.${number}`;
    const priority = random.below(3);
    putting.note(client, { value, priority });
    const { status } = yield* queue.enqueue(bytes(value), priority);
    put.note(client, { value, status });
  }
}

function* consumer(client: WorkloadClient, make: MakeQueue): Script {
  const queue = make(client.etcd);
  const name = bytes(`c${client.number}`);
  for (;;) {
    const isLast = client.over;
    taking.note(client, null);
    const claim = yield* queue.dequeue(name, patienceMs);
    if (claim.status === 'timeout' && isLast) return;
    if (claim.status !== 'ok') continue;
    const { value, revision } = claim.value;
    took.note(client, { value: text(value), revision });
    yield* client.sleep(client.random.below(100));
    if (!client.random.chance(1, 5)) yield* queue.acknowledge(claim.value, 3000);
  }
}

/** In the order of the notes of their ends. */
function queueOperations(observed: Observed): PriorityOperation[] {
  const priorities = new Map(putting.of(observed).map(({ data }) => [data.value, data.priority]));
  const ends = new Map(put.of(observed).map((note) => [note.data.value, note]));
  const enqueues = putting.of(observed).flatMap(({ ns, data }): PriorityOperation[] => {
    const end = ends.get(data.value);
    if (end?.data.status === 'fail') return [];
    return [{ kind: 'enqueue', ...data, callNs: ns, returnNs: end?.data.status === 'ok' ? end.ns : null }];
  });
  return [...enqueues, ...dequeues(observed, priorities)];
}

/** What was taken in an attempt without an answer is only told by a later one: the dequeue began with the first of them. */
function dequeues(observed: Observed, priorities: ReadonlyMap<string, number>): PriorityOperation[] {
  const operations: PriorityOperation[] = [];
  const began = new Map<number, number>();
  const claims = new Set<number>();
  const notes: Noted<{ readonly value: string; readonly revision: number } | null>[] = [
    ...taking.of(observed),
    ...took.of(observed),
  ];
  // A client's "taking" and "took" alternate: at equal times the order within a client is that of the topics.
  notes.sort(
    (a, b) => a.ns - b.ns || Number(a.data !== null) - Number(b.data !== null) || a.client - b.client,
  );
  for (const { client, ns, data } of notes) {
    const callNs = began.get(client) ?? ns;
    if (data === null) {
      began.set(client, callNs);
      continue;
    }
    began.delete(client);
    // Told again after a crash.
    if (claims.has(data.revision)) continue;
    claims.add(data.revision);
    const { value } = data;
    operations.push({ kind: 'dequeue', value, priority: priorities.get(value) ?? -1, callNs, returnNs: ns });
  }
  // It may have taken one that nobody will be told of.
  for (const callNs of began.values()) {
    operations.push({ kind: 'dequeue', value: null, priority: -1, callNs, returnNs: null });
  }
  return operations;
}

export function queueFacts(observed: Observed): { readonly toldAgain: number; readonly taken: number } {
  const all = took.of(observed);
  const claims = new Set(all.map(({ data }) => data.revision));
  return { toldAgain: all.length - claims.size, taken: claims.size };
}

const onceGuarantee =
  'what was put in is taken once, and in the end nothing is left (etcd: recipe.Queue, with claims)';

function judgeTaking(observed: Observed, isFifo: boolean): ScenarioCheck {
  const operations = queueOperations(observed);
  const { toldAgain, taken } = queueFacts(observed);
  // A client that is alone has nobody who takes what it puts in.
  const isDrained = observed.woundDown && observed.clients > 1;
  const found = checkQueue(operations, isDrained).filter(
    ({ rule }) => isFifo || rule !== 'first in, first out',
  );
  return checkOf(
    isFifo
      ? { name: 'a queue', guarantee: `${onceGuarantee}, first in, first out` }
      : { name: 'a queue takes all once', guarantee: onceGuarantee },
    `${counted(operations.length - taken, 'item')} put in, ${taken} taken, ${toldAgain} told again after a crash`,
    found,
    (position) => operations[position]?.returnNs ?? operations[position]?.callNs ?? 0,
  );
}

export function judgeQueue(observed: Observed): ScenarioCheck[] {
  return [judgeTaking(observed, true)];
}

export function judgePriorityQueue(observed: Observed): ScenarioCheck[] {
  const operations = queueOperations(observed);
  return [
    judgeTaking(observed, false),
    checkOf(
      {
        name: 'the most urgent first',
        guarantee:
          'nothing is taken while something more urgent is in the queue all the time (etcd: recipe.PriorityQueue)',
      },
      counted(queueFacts(observed).taken, 'item'),
      checkPriorities(operations),
      (position) => operations[position]?.returnNs ?? 0,
    ),
  ];
}
