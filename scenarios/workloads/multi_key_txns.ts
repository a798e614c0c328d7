import { bytes, prefixRange, text } from '../../core/client/index.ts';
import type { KeyValue, LeaseId, RequestOp } from '../../core/server/api/index.ts';
import type { Observed, ScenarioCheck, Workload, WorkloadClient } from '../../sim/scenario.ts';
import type { Script } from '../../sim/script.ts';
import { counted } from './recipes.ts';
import { Traffic, type TrafficOptions, trafficDefaults } from './traffic.ts';
import { type Weights, pickWeighted } from './weighted.ts';

export type MultiKeyChoice = 'write' | 'read' | 'list' | 'exchange' | 'nested';

export interface MultiKeyOptions extends TrafficOptions {
  readonly mix: Weights<MultiKeyChoice>;
  /** Groups of keys; all keys of one are only written together, and with one value. */
  readonly groups: number;
  readonly keysPerGroup: number;
}

export const multiKeyDefaults: MultiKeyOptions = {
  ...trafficDefaults,
  mix: { write: 35, read: 20, list: 15, exchange: 15, nested: 15 },
  groups: 6,
  keysPerGroup: 4,
};

/** Nobody grants it: a txn that needs it must fail as a whole. */
const missingLease: LeaseId = 404n;

/** Reads of a whole group, told in such portions. */
const readsPerNote = 25;

interface MixedGroup {
  readonly group: number;
  readonly values: readonly string[];
}

/** Txns over several keys, nested ones too: nobody must ever see a group of which only a part was written. */
export function multiKeyTxns(options: Partial<MultiKeyOptions> = {}): Workload {
  return (client) => new MultiKeyTxns(client, { ...multiKeyDefaults, ...options }).run();
}

class MultiKeyTxns extends Traffic {
  private readonly options: MultiKeyOptions;
  private reads = 0;

  constructor(client: WorkloadClient, options: MultiKeyOptions) {
    super(client, options);
    this.options = options;
  }

  protected *next(): Script {
    const { random, options, picker } = this;
    const choice = pickWeighted(random, options.mix);
    const [one = 0, other = 0] = picker.pickDistinct(random, options.groups, 2);
    if (choice === 'list') yield* this.list(one);
    else if (choice === 'exchange') yield* this.exchange(one, other);
    else {
      const success = choice === 'nested' ? this.nested(one, other) : this.plain(choice, one);
      const done = yield* this.etcd.txn({ compare: [], success, failure: [] });
      if (choice !== 'read' || done.status !== 'ok') return;
      const read = done.response.responses.map((each) =>
        each.kind === 'range' ? each.range.kvs[0] : undefined,
      );
      this.look(one, read);
    }
  }

  private keys(group: number): string[] {
    return Array.from({ length: this.options.keysPerGroup }, (_, i) => `group${group}/${i}`);
  }

  private plain(choice: 'write' | 'read', group: number): RequestOp[] {
    if (choice === 'read') return this.ranges(group);
    const puts = this.puts(group, this.value());
    if (!this.random.chance(1, 15)) return puts;
    const key = bytes(`group${group}/refused`);
    return [...puts, { kind: 'put', put: { key, value: bytes(''), lease: missingLease } }];
  }

  private puts(group: number, value: string): RequestOp[] {
    return this.keys(group).map((key) => ({ kind: 'put', put: { key: bytes(key), value: bytes(value) } }));
  }

  private ranges(group: number): RequestOp[] {
    return this.keys(group).map((key) => ({ kind: 'range', range: { key: bytes(key) } }));
  }

  /** One range over the group, now and then of the past or of a member that lags. */
  private *list(group: number): Script {
    const { random, lastRevision } = this;
    const got = yield* this.etcd.range({
      ...prefixRange(bytes(`group${group}/`)),
      serializable: random.chance(1, 3),
      ...(random.chance(1, 3) ? { revision: lastRevision } : {}),
    });
    if (got.status !== 'ok') return;
    this.heard(got.response.header.revision);
    const { kvs } = got.response;
    this.look(
      group,
      this.keys(group).map((key) => kvs.find((kv) => text(kv.key) === key)),
    );
  }

  /** Two groups get each other's values, if both are still as they were read. */
  private *exchange(one: number, other: number): Script {
    const [first = '', second = ''] = [one, other].map((group) => `group${group}/0`);
    const read = yield* this.etcd.txn({
      compare: [],
      success: [first, second].map((key) => ({ kind: 'range', range: { key: bytes(key) } })),
      failure: [],
    });
    if (read.status !== 'ok') return;
    const [was, wasOther] = read.response.responses.map((each) =>
      each.kind === 'range' ? each.range.kvs[0] : undefined,
    );
    if (was === undefined || wasOther === undefined) return;
    yield* this.etcd.txn({
      compare: [was, wasOther].map(({ key, mod_revision }) => ({
        target: 'MOD',
        result: 'EQUAL',
        key,
        mod_revision,
      })),
      success: [...this.puts(one, text(wasOther.value)), ...this.puts(other, text(was.value))],
      failure: [...this.ranges(one), ...this.ranges(other)],
    });
  }

  /** One group is written, and in the same txn another is written or read, as a third one is there or not. */
  private nested(one: number, other: number): RequestOp[] {
    const asked = this.picker.pick(this.random, this.options.groups);
    return [
      ...this.puts(one, this.value()),
      {
        kind: 'txn',
        txn: {
          compare: [
            {
              target: 'VERSION',
              result: 'GREATER',
              key: bytes(`group${asked}/0`),
              version: this.random.below(8),
            },
          ],
          success: this.puts(other, this.value()),
          failure: this.ranges(other),
        },
      },
    ];
  }

  private look(group: number, found: readonly (KeyValue | undefined)[]): void {
    const { client } = this;
    const values = found.map((kv) => (kv === undefined ? '' : text(kv.value)));
    const mixed: MixedGroup = { group, values };
    if (new Set(values).size > 1) client.note('mixed-group', mixed);
    if (++this.reads % readsPerNote === 0) client.note('groups-read', { count: readsPerNote });
  }
}

export function judgeMultiKeyTxns({ notes }: Observed): readonly ScenarioCheck[] {
  const reads = notes.filter(({ topic }) => topic === 'groups-read').length * readsPerNote;
  const mixed = notes.filter(({ topic }) => topic === 'mixed-group');
  return [
    {
      name: 'what is written together is read together',
      guarantee:
        'All changes of a txn are seen by everybody, or none of them, also those of nested txns (etcd, API guarantees: atomicity).',
      detail: `more than ${counted(reads, 'read')} of whole groups`,
      violations: mixed.map(({ client, ns, data }) => {
        const { group, values } = data as MixedGroup;
        const told = values.map((value) => (value === '' ? 'nothing' : value)).join(', ');
        return { sentence: `c${client} read parts of several writes in group ${group}: ${told}`, atNs: ns };
      }),
    },
  ];
}
