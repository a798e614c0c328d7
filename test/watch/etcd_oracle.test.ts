import { beforeAll, describe, expect, it } from 'vitest';
import type { WatchCreateRequest, WatchResponse } from '../../core/watch/index.ts';
import { RandomStream } from '../../sim/random.ts';
import { EtcdProcess, hasEtcd } from '../etcd_process.ts';
import { open, responseText, text, WatchBench, type Change } from './support.ts';

/** protobuf's JSON: zero values are left out, int64 are strings, bytes base64. */
interface JsonKeyValue {
  readonly key?: string;
  readonly value?: string;
  readonly create_revision?: string;
  readonly mod_revision?: string;
  readonly version?: string;
}

interface JsonResponse {
  readonly header: { readonly revision?: string };
  readonly watch_id?: string;
  readonly created?: boolean;
  readonly canceled?: boolean;
  readonly compact_revision?: string;
  readonly cancel_reason?: string;
  readonly events?: readonly {
    readonly type?: 'DELETE';
    readonly kv: JsonKeyValue;
    readonly prev_kv?: JsonKeyValue;
  }[];
}

function keyValueOf(kv: JsonKeyValue): WatchResponse['events'][number]['kv'] {
  return {
    key: text(atob(kv.key ?? '')),
    value: text(atob(kv.value ?? '')),
    create_revision: Number(kv.create_revision ?? 0),
    mod_revision: Number(kv.mod_revision ?? 0),
    version: Number(kv.version ?? 0),
    lease: 0n,
  };
}

function responseOf(json: JsonResponse): WatchResponse {
  return {
    revision: Number(json.header.revision ?? 0),
    watch_id: Number(json.watch_id ?? 0),
    created: json.created === true,
    canceled: json.canceled === true,
    compact_revision: Number(json.compact_revision ?? 0),
    cancel_reason: text(json.cancel_reason ?? ''),
    fragment: false,
    events: (json.events ?? []).map(({ type, kv, prev_kv }) => ({
      type: type ?? 'PUT',
      kv: keyValueOf(kv),
      ...(prev_kv === undefined ? {} : { prev_kv: keyValueOf(prev_kv) }),
    })),
  };
}

/** The first `count` answers to one create request. */
async function watchEtcd(url: string, request: WatchCreateRequest, count: number): Promise<WatchResponse[]> {
  const { key, range_end = '', start_revision = 0 } = request;
  const create_request = {
    ...request,
    key: btoa(key),
    range_end: btoa(range_end),
    start_revision: String(start_revision),
  };
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(), 3000);
  const answers: WatchResponse[] = [];
  try {
    const body = JSON.stringify({ create_request });
    const response = await fetch(`${url}/v3/watch`, { method: 'POST', body, signal: abort.signal });
    let rest = '';
    for await (const chunk of response.body ?? []) {
      const lines = (rest + new TextDecoder().decode(chunk)).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) {
        answers.push(responseOf((JSON.parse(line) as { readonly result: JsonResponse }).result));
      }
      if (answers.length >= count) break;
    }
  } finally {
    clearTimeout(timer);
    abort.abort();
  }
  return answers;
}

const names = ['a', 'b', 'c'] as const;
const history = randomHistory();
// Not at a delete: etcd 3.4 also drops a tombstone that stands at the compaction's own revision (etcd issue 18089).
const compactRevision = 22;

function randomHistory(): Change[][] {
  const random = new RandomStream('watch/oracle');
  return Array.from({ length: 40 }, (_, i) =>
    names
      .filter((_name, position) => position === i % 3 || random.chance(1, 2))
      .map((name): Change => [name, random.chance(1, 4) ? null : `v${i}`]),
  );
}

const all = { key: text('a'), range_end: open };
const requests: readonly WatchCreateRequest[] = [
  { ...all, start_revision: compactRevision, prev_kv: true },
  { ...all, start_revision: compactRevision + 1, prev_kv: true },
  { ...all, start_revision: compactRevision - 1 },
  { ...all, start_revision: 30, filters: ['NOPUT'], prev_kv: true },
  { ...all, start_revision: 30, filters: ['NODELETE'] },
  { key: text('b'), start_revision: 25, prev_kv: true, watch_id: 12 },
  { key: text('a'), range_end: text('c'), start_revision: 22, prev_kv: true },
  { key: text(''), range_end: text('b'), start_revision: 22 },
  { key: text('b'), range_end: text('a') },
  { key: text('b'), range_end: text('b'), watch_id: 3 },
  { key: text('b') },
  { key: text('b'), start_revision: 1000 },
];

describe.runIf(hasEtcd)('watching as a real etcd does it', () => {
  let etcd: EtcdProcess;
  const bench = new WatchBench();

  beforeAll(async () => {
    etcd = await EtcdProcess.start();
    return () => etcd.end();
  });

  beforeAll(async () => {
    for (const changes of history) {
      bench.txn(...changes);
      const success = changes.map(([name, value]) =>
        value === null
          ? { request_delete_range: { key: btoa(name) } }
          : { request_put: { key: btoa(name), value: btoa(value) } },
      );
      await etcd.call('kv/txn', { success });
    }
    bench.compact(compactRevision);
    await etcd.call('kv/compaction', { revision: String(compactRevision), physical: true });
  });

  it.each(requests.map((request) => [JSON.stringify(request), request] as const))(
    '%s',
    async (_name, request) => {
      const stream = bench.stream();
      stream.create(request);
      bench.sync();
      const ours = stream.takeResponses();
      stream.close();
      const theirs = await watchEtcd(etcd.url, request, ours.length);
      expect(ours.map(responseText)).toEqual(theirs.map(responseText));
      expect(ours).toEqual(theirs);
    },
  );
});
