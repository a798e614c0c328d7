import * as fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { type ByteString, fromBytes, toText } from '../../core/base/bytes.ts';
import { NodeIdTable } from '../../core/base/node_ids.ts';
import { ProtobufReader } from '../../core/base/protobuf.ts';
import { type Entry, EntryType } from '../../core/raft/entry.ts';
import { decodeSnapFile } from '../../core/snap/index.ts';
import {
  applyV2,
  attributesJson,
  attributesKey,
  clusterVersionKey,
  decodeV2Request,
  encodeV2Request,
  errorJson,
  eventIndex,
  eventJson,
  isCreated,
  isV2Request,
  keysNamespace,
  parseTime,
  raftAttributesJson,
  raftAttributesKey,
  readV2,
  V2Error,
  type V2Event,
  V2Store,
  withoutPrefix,
} from '../../core/v2store/index.ts';
import { readWalEntry } from '../../core/wal/payloads.ts';
import { RecordType } from '../../core/wal/record.ts';
import { SegmentReader } from '../../core/wal/segment_reader.ts';
import { EtcdProcess, hasEtcd } from '../etcd_process.ts';
import { latest, operation, type Operation, requestOf, urlOf, watching } from './operations.ts';
import { bytes, noonNs, refusal, takenEvents, text } from './support.ts';
import { type Answer, askV2, streamV2 } from './v2_api.ts';

/** Entries between two snapshots. */
const snapshotCount = 250;
const permanent = { dir: false, expireNs: null, refresh: false } as const;

/** The first three changes of a new member alone. */
function bornStore(member: bigint, peerUrl: string, clientUrl: string): V2Store {
  const store = new V2Store();
  const raftAttributes = raftAttributesJson({ peerUrls: [peerUrl], isLearner: false });
  store.create(raftAttributesKey(member), { ...permanent, value: raftAttributes, unique: false }, noonNs);
  const attributes = attributesJson({ name: 's1', clientUrls: [clientUrl] });
  store.set(attributesKey(member), { ...permanent, value: attributes }, noonNs);
  store.set(clusterVersionKey, { ...permanent, value: bytes('3.4.0') }, noonNs);
  return store;
}

/** Seconds left depend on the moment, and reads also count for etcd's own needs. */
function withoutClock(json: string): string {
  return json.replaceAll(/"ttl":-?\d+/g, '"ttl":T').replaceAll(/"gets(Success|Fail)":\d+/g, '"gets":N');
}

function withIndex(sampled: Operation, store: V2Store): Operation {
  if (sampled.fields['prevIndex'] !== latest) return sampled;
  const node = readV2(store, requestOf({ ...sampled, method: 'GET', fields: {} }, noonNs), noonNs);
  const index = node.kind === 'event' ? eventIndex(node.event) : 7;
  return { ...sampled, fields: { ...sampled.fields, prevIndex: `${index === 0 ? 7 : index}` } };
}

function shown(event: V2Event): string {
  return `${text(eventJson(withoutPrefix(event, keysNamespace)))}\n`;
}

/** The event that a watch finds at once; null if it would wait. */
function waitAt(
  store: V2Store,
  { path, recursive, waitIndex }: { path: string; recursive: boolean; waitIndex: number },
): string | null {
  const key = bytes(`/1${path}`);
  const watcher = store.watch(key, { recursive, stream: false, sinceIndex: waitIndex });
  const event = watcher.take();
  watcher.remove();
  return event === null ? null : shown(event);
}

function answerOf(store: V2Store, asked: Operation, theirs: Answer): Answer {
  const expiration = /"node":\{[^{}]*"expiration":"([^"]+)"/.exec(theirs.body)?.[1];
  const expireNs = expiration === undefined ? noonNs : (parseTime(expiration) ?? 0n);
  const request = requestOf(asked, expireNs);
  const local = asked.method === 'GET' && (request.method as string) === 'GET';
  const nowNs = BigInt(Date.now()) * 1_000_000n;
  const done = local ? readV2(store, request, nowNs) : applyV2(store, request, nowNs);
  if (done.kind === 'event') {
    const status = isCreated(done.event) ? 201 : 200;
    return { status, body: shown(done.event) };
  }
  if (done.kind !== 'error') throw new Error(done.kind);
  const { code, reason, index, httpStatus } = done.error;
  const trimmed = reason.startsWith(keysNamespace) ? (reason.slice(2) as ByteString) : reason;
  return { status: httpStatus, body: `${text(errorJson(new V2Error(code, trimmed, index)))}\n` };
}

describe.runIf(hasEtcd)('a v2 store beside a real etcd', () => {
  let etcd: EtcdProcess;
  const store = bornStore(1n, 'http://peer', 'http://client');
  beforeAll(async () => {
    etcd = await EtcdProcess.start({ args: ['--enable-v2=true', `--snapshot-count=${snapshotCount}`] });
    return () => etcd.end();
  });

  it('answers random operations as etcd does, and counts them alike', async () => {
    const codes = new Map<string, number>();
    for (const sampled of fc.sample(operation, { seed: 20_261_121, numRuns: 700 })) {
      const asked = withIndex(sampled, store);
      const { path, form } = urlOf(asked);
      const theirs = await askV2(etcd, asked.method, path, form);
      const ours = answerOf(store, asked, theirs);
      const answered = { status: ours.status, body: withoutClock(ours.body), asked };
      expect(answered).toEqual({ status: theirs.status, body: withoutClock(theirs.body), asked });
      const code =
        /"errorCode":(\d+)/.exec(theirs.body)?.[1] ?? `${/"action":"(\w+)"/.exec(theirs.body)?.[1]}`;
      codes.set(code, (codes.get(code) ?? 0) + 1);
    }
    const stats = await askV2(etcd, 'GET', '/v2/stats/store');
    expect(withoutClock(text(store.statsJson()))).toBe(withoutClock(stats.body));
    // Every kind of answer was among them.
    const seen = [...codes.keys()].toSorted((a, b) => (a < b ? -1 : 1));
    const errors = '100 101 102 104 105 107 108';
    const actions = 'compareAndDelete compareAndSwap create delete get set update';
    expect(seen.join(' ')).toBe(`${errors} ${actions}`);
  });

  it('finds the same events in the history', async () => {
    let found = 0;
    for (const asked of fc.sample(watching, { seed: 20_261_121, numRuns: 150 })) {
      const { path, recursive, waitIndex } = asked;
      const ours = waitAt(store, asked);
      if (ours === null) continue;
      const query = `wait=true&recursive=${recursive}&waitIndex=${waitIndex}`;
      const theirs = await askV2(etcd, 'GET', `/v2/keys${encodeURI(path)}?${query}`);
      expect({ asked, body: withoutClock(ours) }).toEqual({ asked, body: withoutClock(theirs.body) });
      found++;
    }
    expect(found).toBeGreaterThan(50);
  });

  it('tells watchers of the same changes', async () => {
    const stops = new AbortController();
    const views = ['/', '/a', '/a/b', '/_h', '/b'].flatMap((path) =>
      [true, false].map((recursive) => ({ path, recursive })),
    );
    const pairs = await Promise.all(
      views.map(async ({ path, recursive }) => {
        const lines = await streamV2(
          etcd,
          `/v2/keys${path}?wait=true&stream=true&recursive=${recursive}`,
          stops.signal,
        );
        const watcher = store.watch(bytes(`/1${path}`), { recursive, stream: true, sinceIndex: 0 });
        return { path, recursive, lines, watcher, ours: [] as string[] };
      }),
    );
    for (const sampled of fc.sample(operation, { seed: 7, numRuns: 300 })) {
      const asked = withIndex(sampled, store);
      const { path, form } = urlOf(asked);
      answerOf(store, asked, await askV2(etcd, asked.method, path, form));
      for (const { watcher, ours } of pairs) ours.push(...takenEvents(watcher).map(shown));
    }
    for (const { path, recursive, lines, watcher, ours } of pairs) {
      watcher.remove();
      const theirs = await lines(ours.length);
      expect({ path, recursive, lines: theirs.map(withoutClock) }).toEqual({
        path,
        recursive,
        lines: ours.map(withoutClock),
      });
    }
    expect(pairs.flatMap(({ ours }) => ours).length).toBeGreaterThan(100);
    stops.abort();
    expect(store.watcherCount).toBe(0);
  });

  it('is what its log and its snapshots say, byte for byte', async () => {
    const put = (key: string, form: string) => askV2(etcd, 'PUT', `/v2/keys/${key}`, form);
    await put('gone/file', 'value=1&ttl=1');
    await put('gone/directory', 'dir=true&ttl=1');
    await put('gone/directory/below', 'value=2&ttl=500');
    // Enough to go round in the history.
    for (let i = 0; i < 800; i += 50) {
      await Promise.all(Array.from({ length: 50 }, (_, at) => put(`many/${i + at}`, `value=${i}`)));
    }
    for (let i = 0; i < 40; i++) {
      const { body } = await askV2(etcd, 'GET', '/v2/keys/gone');
      if (!body.includes('nodes')) break;
      await new Promise((resolve) => {
        setTimeout(resolve, 100);
      });
    }
    for (let i = 0; i <= snapshotCount; i++) await put('last', `value=${i}&ttl=300`);
    const tooOld = await askV2(etcd, 'GET', '/v2/keys/a?wait=true&waitIndex=5');
    await etcd.stop();

    const snaps = etcd.files('member/snap', '.snap');
    expect(snaps.length).toBeGreaterThan(3);
    const log = new LogOfEtcd(etcd.segment());
    for (const name of snaps) {
      const file = etcd.file(`member/snap/${name}`);
      const { data, metadata } = decodeSnapFile(file, name, new NodeIdTable());
      const theirs = toText(fromBytes(data));
      expect(withoutTtl(text(fromBytes(log.storeAt(metadata.index).save())))).toBe(withoutTtl(theirs));

      const recovered = new V2Store();
      recovered.recovery(data);
      expect(toText(fromBytes(recovered.save()))).toBe(theirs);
      expect(toText(fromBytes(recovered.clone().save()))).toBe(theirs);
    }
    const all = log.storeAt(Infinity);
    expect(log.expired).toBe(2);
    const error = refusal(() => all.watch(bytes('/1/a'), { recursive: false, stream: false, sinceIndex: 5 }));
    expect(`${text(errorJson(error))}\n`).toBe(tooOld.body);
    expect(error.code).toBe(401);
    expect(log.methods).toEqual(new Set(['PUT', 'POST', 'DELETE', 'QGET', 'SYNC']));
  });
});

function withoutTtl(json: string): string {
  return withoutClock(json).replaceAll('"ttl":T,', '');
}

/** The log of a member alone, applied as far as is asked. */
class LogOfEtcd {
  private readonly entries: Entry[] = [];
  private readonly store = new V2Store();
  private applied = 0;
  expired = 0;
  readonly methods = new Set<string>();

  constructor(wal: Uint8Array) {
    for (const reader = new SegmentReader(wal, 0); reader.next();) {
      if (reader.type === RecordType.entry) this.entries.push(readWalEntry(new ProtobufReader(reader.data)));
    }
  }

  storeAt(index: number): V2Store {
    for (; this.applied < Math.min(index, this.entries.length); this.applied++) {
      const entry = this.entries[this.applied];
      if (entry !== undefined && entry.data.length > 0) this.apply(entry);
    }
    return this.store;
  }

  private apply({ type, data }: Entry): void {
    if (type !== EntryType.normal) {
      this.addMember(data);
      return;
    }
    expect(isV2Request(data)).toBe(true);
    const request = decodeV2Request(data);
    expect(encodeV2Request(request)).toEqual(data);
    this.methods.add(request.method);
    const applied = applyV2(this.store, request, noonNs);
    if (applied.kind === 'synced') this.expired += applied.expired;
  }

  private addMember(change: Uint8Array): void {
    let context = '';
    let member = 0n;
    for (const reader = new ProtobufReader(change); reader.next();) {
      if (reader.field === 3) member = reader.uint64();
      else if (reader.field === 4) context = toText(reader.byteString());
      else reader.skip();
    }
    const peerUrls = (JSON.parse(context) as { peerURLs: string[] }).peerURLs;
    const value = raftAttributesJson({ peerUrls, isLearner: false });
    this.store.create(raftAttributesKey(member), { ...permanent, value, unique: false }, noonNs);
  }
}
