import { describe, expect, it } from 'vitest';
import {
  errorJson,
  eventJson,
  isCreated,
  keysNamespace,
  V2Code,
  V2Error,
  type V2Request,
  V2Store,
  withoutPrefix,
} from '../../core/v2store/index.ts';
import { Bench, bytes, noonNs, refusal, secondNs } from './support.ts';

const dir: Partial<V2Request> = { dir: true };
const absent: Partial<V2Request> = { prevExist: false };
const present: Partial<V2Request> = { prevExist: true };

describe('operations of the v2 store', () => {
  it('set, get, update and delete a file, each change with the next index', () => {
    const bench = new Bench();
    expect(bench.put('/a/b', 'x')).toBe(
      '{"action":"set","node":{"key":"/1/a/b","value":"x","modifiedIndex":1,"createdIndex":1}}',
    );
    expect(bench.put('/a/b', 'y', present)).toBe(
      '{"action":"update","node":{"key":"/1/a/b","value":"y","modifiedIndex":2,"createdIndex":1},' +
        '"prevNode":{"key":"/1/a/b","value":"x","modifiedIndex":1,"createdIndex":1}}',
    );
    expect(bench.apply('QGET', '/a')).toBe(
      '{"action":"get","node":{"key":"/1/a","dir":true,"nodes":[' +
        '{"key":"/1/a/b","value":"y","modifiedIndex":2,"createdIndex":1}],"modifiedIndex":1,"createdIndex":1}}',
    );
    expect(bench.apply('DELETE', '/a/b')).toBe(
      '{"action":"delete","node":{"key":"/1/a/b","modifiedIndex":3,"createdIndex":1},' +
        '"prevNode":{"key":"/1/a/b","value":"y","modifiedIndex":2,"createdIndex":1}}',
    );
    expect(bench.store.currentIndex).toBe(3);
  });

  it('100 names the first part of the path that is missing', () => {
    const bench = new Bench();
    const error = '{"errorCode":100,"message":"Key not found","cause":"/1/a","index":0}';
    expect(bench.get('/a/b')).toBe(error);
    expect(bench.put('/a', 'x', present)).toBe(error);
    expect(bench.apply('DELETE', '/a')).toBe(error);
  });

  it('101 tells what differs: value, index, or both in this order', () => {
    const bench = new Bench();
    bench.put('/a', 'x');
    const failed = (cause: string) =>
      `{"errorCode":101,"message":"Compare failed","cause":"${cause}","index":1}`;
    const prevIndex = 2n ** 64n - 1n;
    expect(bench.put('/a', 'y', { prevValue: bytes('z') })).toBe(failed('[z != x]'));
    expect(bench.put('/a', 'y', { prevIndex })).toBe(failed('[18446744073709551615 != 1]'));
    const both = { prevValue: bytes('z'), prevIndex: 7n };
    expect(bench.apply('DELETE', '/a', '', both)).toBe(failed('[z != x] [7 != 1]'));
    expect(bench.put('/a', 'y', { prevIndex: 1n, prevValue: bytes('x') })).toContain('"compareAndSwap"');
    expect(bench.apply('DELETE', '/a', '', { prevIndex: 2n })).toContain('"compareAndDelete"');
  });

  it('102 refuses a directory where a file is needed', () => {
    const bench = new Bench();
    bench.put('/d', '', dir);
    const error = '{"errorCode":102,"message":"Not a file","cause":"/1/d","index":1}';
    expect(bench.put('/d', 'x')).toBe(error);
    expect(bench.put('/d', '', dir)).toBe(error);
    expect(bench.put('/d', 'x', present)).toBe(error);
    expect(bench.put('/d', 'x', { prevIndex: 1n })).toBe(error);
    expect(bench.apply('DELETE', '/d')).toBe(error);
    expect(bench.apply('DELETE', '/d', '', { prevIndex: 1n })).toBe(error);
  });

  it('104 refuses a file where a directory is needed, and makes nothing', () => {
    const bench = new Bench();
    bench.put('/a', 'x');
    const error = '{"errorCode":104,"message":"Not a directory","cause":"/1/a","index":1}';
    expect(bench.put('/a/b/c', 'y')).toBe(error);
    expect(bench.put('/a/b/c', 'y', absent)).toBe(error);
    expect(bench.get('/a/b')).toBe(error);
    expect(bench.apply('POST', '/a', 'y')).toBe(error);
  });

  it('105 refuses to create what exists', () => {
    const bench = new Bench();
    bench.put('/a', 'x', absent);
    const error = '{"errorCode":105,"message":"Key already exists","cause":"/1/a","index":1}';
    expect(bench.put('/a', 'y', absent)).toBe(error);
    expect(bench.put('/a', '', { ...absent, ...dir })).toBe(error);
  });

  it('108 keeps a directory that is not empty unless the delete is recursive', () => {
    const bench = new Bench();
    bench.put('/d/x', '1');
    expect(bench.apply('DELETE', '/d', '', dir)).toBe(
      '{"errorCode":108,"message":"Directory not empty","cause":"/1/d","index":1}',
    );
    expect(bench.apply('DELETE', '/d', '', { recursive: true })).toContain('"dir":true');
    expect(bench.get('/')).toBe('{"action":"get","node":{"key":"/1","dir":true}}');
  });

  it('`/`, `/0` and `/1` are read-only', () => {
    const bench = new Bench();
    const { store } = bench;
    const value = bytes('x');
    const forever = { expireNs: null, refresh: false };
    const comparison = { prevValue: bytes(''), prevIndex: 1n };
    for (const path of ['/', '/0', '/1', '/1/.', '//0', '/1/x/..'].map(bytes)) {
      const errors = [
        () => store.set(path, { dir: false, value, ...forever }, noonNs),
        () => store.create(path, { dir: true, value, unique: false, expireNs: null }, noonNs),
        () => store.update(path, { value, ...forever }, noonNs),
        () => store.delete(path, { dir: true, recursive: true }, noonNs),
        () => store.compareAndSwap(path, comparison, { value, ...forever }, noonNs),
      ].map((run) => refusal(run));
      for (const { code, reason, message } of errors) {
        expect({ code, reason, message }).toEqual({
          code: 107,
          reason: '/',
          message: 'Root is read only',
        });
      }
      expect(refusal(() => store.compareAndDelete(path, comparison, noonNs)).code).toBe(102);
    }
    expect(store.currentIndex).toBe(0);
    expect(bench.put('/2', 'but not below')).toContain('"set"');
  });

  it('nodes made in order are named after their index, in 20 digits', () => {
    const bench = new Bench();
    bench.put('/q', '', dir);
    expect(bench.apply('POST', '/q', 'x')).toContain('"key":"/1/q/00000000000000000002"');
    expect(bench.apply('POST', '/new', '', dir)).toContain('"key":"/1/new/00000000000000000003","dir":true');
  });

  it('nodes starting with `_` are hidden from lists, but can be asked for', () => {
    const bench = new Bench();
    bench.put('/d/_h/x', '1');
    bench.put('/d/v', '2');
    for (const recursive of [false, true]) {
      const listed = bench.get('/d', { recursive });
      expect(listed).toContain('"/1/d/v"');
      expect(listed).not.toContain('_h');
    }
    expect(bench.get('/d/_h')).toContain('"/1/d/_h/x"');
    expect(bench.get('/', { recursive: true })).not.toContain('_h');
  });

  it('lists children in the order of their bytes, however they came', () => {
    const bench = new Bench();
    for (const name of ['b', 'ü', 'a', '10', '9', '__proto__x', 'B']) bench.put(`/${name}`, '');
    const keys = [...bench.get('/').matchAll(/"key":"\/1\/([^"]+)"/g)].map((match) => match[1]);
    expect(keys).toEqual(['10', '9', 'B', 'a', 'b', 'ü']);
  });

  it('an error has the status of its number, and no cause where there is none', () => {
    const status = (code: V2Code) => new V2Error(code, bytes(''), 3).httpStatus;
    const statuses = [100, 101, 102, 104, 105, 107, 108, 110, 209, 300, 400, 401] as const;
    expect(statuses.map(status)).toEqual([404, 412, 403, 400, 412, 400, 403, 401, 400, 500, 400, 400]);
    expect(errorJson(new V2Error(V2Code.watcherCleared, bytes(''), 3))).toBe(
      '{"errorCode":400,"message":"watcher is cleared due to etcd recovery","index":3}',
    );
  });

  it('clients see keys without the namespace and no `refresh`, and learn whether a node is new', () => {
    const bench = new Bench();
    const done = (options: { value: string; refresh: boolean }) =>
      bench.store.set(
        bytes('/1/d/x'),
        { dir: false, value: bytes(options.value), expireNs: null, refresh: options.refresh },
        noonNs,
      );
    const first = done({ value: 'x', refresh: false });
    const second = done({ value: '', refresh: true });
    expect([isCreated(first), isCreated(second)]).toEqual([true, false]);
    expect(eventJson(withoutPrefix(second, keysNamespace))).toBe(
      '{"action":"set","node":{"key":"/d/x","value":"x","modifiedIndex":2,"createdIndex":2},' +
        '"prevNode":{"key":"/d/x","value":"x","modifiedIndex":1,"createdIndex":1}}',
    );
    const listed = withoutPrefix(bench.store.get(keysNamespace, true, noonNs), keysNamespace);
    expect(eventJson(listed)).toContain('{"dir":true,"nodes":[{"key":"/d","dir":true,"nodes":[{"key":"/d/x"');
  });

  it('an unknown method changes nothing', () => {
    const bench = new Bench();
    expect(bench.apply('PATCH', '/a', 'x')).toBe('unknownMethod');
    expect(bench.apply('GET', '/a')).toBe('unknownMethod');
    expect(bench.store.currentIndex).toBe(0);
  });
});

describe('expiry in the v2 store', () => {
  it('counts a begun second whole and prints the time to the nanosecond', () => {
    const bench = new Bench();
    bench.put('/a', 'x', { expiration: noonNs + 5n * secondNs + 1n });
    expect(bench.get('/a')).toContain('"expiration":"2026-11-21T12:00:05.000000001Z","ttl":6');
    bench.nowNs += 5n * secondNs;
    expect(bench.get('/a')).toContain('"ttl":1');
    bench.nowNs += secondNs;
    // Past due by less than a second: 0 is left out, as in Go.
    expect(bench.get('/a')).toContain('00000001Z","modifiedIndex"');
    bench.nowNs += 10n * secondNs;
    expect(bench.get('/a')).toContain('"ttl":-10');
  });

  it('TTL expiry only by SYNC, up to its timestamp, the earliest first', () => {
    const bench = new Bench();
    bench.put('/late', '', bench.ttl(9n));
    bench.put('/b', '', bench.ttl(5n));
    bench.put('/a', '', bench.ttl(5n));
    bench.put('/kept', '');
    bench.nowNs += 100n * secondNs;
    expect(bench.get('/b')).toContain('"get"');
    bench.nowNs -= 100n * secondNs;
    const watcher = bench.watch('/', { recursive: true, stream: true });
    bench.sync(4n);
    expect(watcher.take()).toBe(null);
    bench.sync(5n);
    // Equal times: the path decides, so that all members agree.
    expect([watcher.take()?.node.key, watcher.take()?.node.key, watcher.take()]).toEqual([
      '/1/a',
      '/1/b',
      null,
    ]);
    bench.sync(1000n);
    expect(watcher.take()).toMatchObject({
      action: 'expire',
      node: { key: '/1/late', modifiedIndex: 7, createdIndex: 1, value: null },
      prevNode: { key: '/1/late', value: '' },
    });
    expect(bench.store.hasExpiringKeys()).toBe(false);
    expect(bench.get('/kept')).toContain('"get"');
  });

  it('a directory takes what is in it along, whatever that would have had left', () => {
    const bench = new Bench();
    bench.put('/d', '', { ...dir, ...bench.ttl(5n) });
    bench.put('/d/x', '', bench.ttl(50n));
    bench.sync(5n);
    expect(bench.get('/d')).toContain('"errorCode":100');
    expect(bench.store.hasExpiringKeys()).toBe(false);
    expect(bench.store.currentIndex).toBe(3);
  });

  it('an update without TTL makes a node permanent; one of a directory leaves its index', () => {
    const bench = new Bench();
    bench.put('/a', 'x', bench.ttl(5n));
    bench.put('/a', 'y', present);
    bench.put('/d', '', dir);
    expect(bench.put('/d', '', { ...present, ...bench.ttl(7n) })).toContain('"ttl":7,"modifiedIndex":4');
    expect(bench.get('/d')).toContain('"modifiedIndex":3');
    bench.sync(5n);
    expect(bench.get('/a')).toContain('"y"');
    bench.put('/a', 'z', { ...bench.ttl(6n), prevValue: bytes('y') });
    bench.sync(6n);
    expect(bench.get('/a')).toContain('"errorCode":100');
    bench.apply('DELETE', '/d', '', dir);
    expect(bench.store.hasExpiringKeys()).toBe(false);
  });

  it('a replaced file does not expire any more; an expiry before 2000 counts as none, except in an update', () => {
    const bench = new Bench();
    bench.put('/a', 'x', bench.ttl(5n));
    bench.put('/a', 'y');
    bench.put('/old', 'z', { expiration: -1n });
    expect(bench.store.hasExpiringKeys()).toBe(false);
    expect(bench.put('/old', 'z', { ...present, expiration: -1n })).toContain(
      '1969-12-31T23:59:59.999999999Z',
    );
    bench.sync(0n);
    expect(bench.get('/old')).toContain('"errorCode":100');
  });

  it('a duration beyond 2^63 nanoseconds ends there, as in Go', () => {
    const bench = new Bench();
    bench.put('/a', '');
    expect(bench.put('/a', '', { ...present, expiration: -(2n ** 63n) })).toContain('"ttl":-9223372036,');
  });

  it('SYNC with the same time removes the same nodes whatever the clock of a member says', () => {
    const saves = [0n, 3n * secondNs].map((offset) => {
      const bench = new Bench();
      bench.put('/a', '', { expiration: noonNs + secondNs });
      bench.put('/b', '', { expiration: noonNs + 2n * secondNs });
      bench.nowNs += offset;
      bench.apply('SYNC', '/', '', { time: noonNs + secondNs });
      return bench.saved().replaceAll(/"ttl":-?\d+,/g, '');
    });
    expect(saves[0]).toBe(saves[1]);
    expect(saves[0]).toContain('"action":"expire"');
  });
});

describe('statistics of the v2 store', () => {
  it('are counted and named as in etcd 3.4', () => {
    const bench = new Bench();
    bench.put('/a', 'x');
    bench.get('/a');
    bench.get('/none');
    bench.put('/a/b', 'x', absent);
    bench.watch('/a');
    expect(bench.store.statsJson()).toBe(
      '{"getsSuccess":1,"getsFail":1,"setsSuccess":1,"setsFail":1,"deleteSuccess":0,"deleteFail":0,' +
        '"updateSuccess":0,"updateFail":0,"createSuccess":0,"createFail":1,"compareAndSwapSuccess":0,' +
        '"compareAndSwapFail":0,"compareAndDeleteSuccess":0,"compareAndDeleteFail":0,"expireCount":0,"watchers":1}',
    );
    expect(new V2Store().version).toBe(2);
  });
});
