import { type V2Operation, type V2Request, checkV2, v2Guarantee } from '../../sim/checkers/v2/index.ts';
import type { Observed, ScenarioCheck, Workload, WorkloadClient } from '../../sim/scenario.ts';
import type { Script } from '../../sim/script.ts';
import { type Weights, pickWeighted } from './weighted.ts';

export interface V2TrafficOptions {
  /** Members that run programs: each client asks another one from time to time. */
  readonly members: number;
  readonly pauseMeanMs: number;
  /** Of a hundred writes, how many last for a second or two only. */
  readonly livingPer100: number;
  /** Default: no refresh and no createInOrder. */
  readonly mix?: Weights<V2Choice>;
  /** Paths of the files; default: two, and two in `/d`. */
  readonly keys?: readonly string[];
}

export type V2Choice = Exclude<V2Request['kind'], 'expire'>;

const usualMix: Weights<V2Choice> = {
  get: 30,
  set: 25,
  create: 10,
  update: 10,
  compareAndSwap: 12,
  compareAndDelete: 5,
  delete: 8,
};

const usualKeys = ['/a', '/b', '/d/x', '/d/y'] as const;
const directory = '/d';
/** Where a createInOrder puts its nodes. */
const queue = '/q';
/** After so many operations a client asks another member. */
const operationsPerMember = 10;
/** The search for an order gives up after this, and is tried with the first half of the history. */
const stepsMax = 150_000;
export const halvingsMax = 4;

/** Reads, writes and compares on a few nodes of the v2 store, two of them in a directory that comes and goes. */
export function v2Traffic(options: V2TrafficOptions): Workload {
  const { members, pauseMeanMs } = options;
  return function* (client): Script {
    const { random } = client;
    let seen = { value: '', index: 1 };
    for (let count = 0; !client.over; count++) {
      const member = 1 + ((client.number + Math.floor(count / operationsPerMember)) % members);
      const request = requestOf(client, `c${client.number}.${count}`, seen, options);
      const outcome = yield* client.v2(member, request);
      const node = outcome.status === 'ok' && outcome.output.error === null ? outcome.output.node : null;
      if (node?.value !== undefined) seen = { value: node.value, index: node.modifiedIndex ?? 1 };
      yield* client.sleep(random.between(1, 2 * pauseMeanMs));
    }
  };
}

function requestOf(
  { random }: WorkloadClient,
  value: string,
  seen: { readonly value: string; readonly index: number },
  { livingPer100, mix = usualMix, keys = usualKeys }: V2TrafficOptions,
): V2Request {
  const kind = pickWeighted(random, mix);
  const key = random.pick(keys);
  const ttl = random.chance(livingPer100, 100) ? { ttl: random.between(1, 2) } : {};
  const compared = random.chance(1, 2) ? { prevValue: seen.value } : { prevIndex: seen.index };
  const comparison = seen.value === '' ? { prevIndex: seen.index } : compared;
  switch (kind) {
    case 'get':
      return random.chance(1, 3) ? { kind, key: directory, recursive: true } : { kind, key };
    case 'compareAndSwap':
      return { kind, key, value, ...comparison };
    case 'compareAndDelete':
      return { kind, key, ...comparison };
    case 'delete':
      return random.chance(1, 3) ? { kind, key: directory, dir: true, recursive: true } : { kind, key };
    case 'createInOrder':
      return { kind, key: queue, value, ...ttl };
    case 'refresh':
      return { kind, key, ttl: random.between(1, 2) };
    default:
      return { kind, key, value, ...ttl };
  }
}

interface Asked extends Pick<V2Operation, 'id' | 'input' | 'callNs' | 'callSequence'> {}
interface Told extends Pick<V2Operation, 'id' | 'outcome' | 'returnNs' | 'returnSequence'> {}

/** All answers must be those of one order. What nobody was told of may have happened at any time after it was asked for. */
export function judgeV2({ notes }: Observed): readonly ScenarioCheck[] {
  const history = historyOf(notes);
  let { length } = history;
  for (let halvings = 0; halvings <= halvingsMax; halvings++, length >>= 1) {
    const { violations, verdict } = checkV2(firstOf(history, length), { stepsMax });
    if (verdict === 'unknown') continue;
    const atNs = history[length - 1]?.callNs ?? 0;
    const detail = `${length} of ${history.length} operations`;
    return [{ ...v2Guarantee, detail, violations: violations.map(({ sentence }) => ({ sentence, atNs })) }];
  }
  return [{ ...v2Guarantee, detail: `none of ${history.length} operations could be judged`, violations: [] }];
}

/** In the order of their calls. */
export function historyOf(notes: Observed['notes']): readonly V2Operation[] {
  const told = new Map<number, Told>();
  for (const { topic, data } of notes) if (topic === 'v2-told') told.set((data as Told).id, data as Told);
  return notes
    .filter(({ topic }) => topic === 'v2-asked')
    .map(({ client, data }) => {
      const asked = data as Asked;
      const answer = told.get(asked.id) ?? unanswered;
      return { ...asked, ...answer, process: asked.id, client: `c${client}` };
    });
}

/** The first so many operations, as they looked when the next one was called. */
export function firstOf(history: readonly V2Operation[], length: number): readonly V2Operation[] {
  const endNs = history[length]?.callNs ?? Infinity;
  return history
    .slice(0, length)
    .map((each) => (each.returnNs !== null && each.returnNs >= endNs ? { ...each, ...unanswered } : each));
}

const unanswered = { outcome: { status: 'unknown' }, returnNs: null, returnSequence: null } as const;
