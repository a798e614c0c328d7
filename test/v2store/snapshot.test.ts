import { describe, expect, it } from 'vitest';
import { type ByteString, fromBytes, fromText, toBytes } from '../../core/base/bytes.ts';
import { V2SnapshotError, V2Store } from '../../core/v2store/index.ts';
import { Bench, bytes } from './support.ts';

const nothing = 'null,'.repeat(999);
const born =
  '{"Root":{"Path":"/","CreatedIndex":0,"ModifiedIndex":0,"ExpireTime":"0001-01-01T00:00:00Z","Value":"","Children":{' +
  '"0":{"Path":"/0","CreatedIndex":0,"ModifiedIndex":0,"ExpireTime":"0001-01-01T00:00:00Z","Value":"","Children":{}},' +
  '"1":{"Path":"/1","CreatedIndex":0,"ModifiedIndex":0,"ExpireTime":"0001-01-01T00:00:00Z","Value":"","Children":{}}}},' +
  `"WatcherHub":{"EventHistory":{"Queue":{"Events":[${nothing}null],"Size":0,"Front":0,"Back":0,"Capacity":1000},` +
  '"StartIndex":0,"LastIndex":0}},"CurrentIndex":0,"Stats":{"getsSuccess":0,"getsFail":0,"setsSuccess":0,"setsFail":0,' +
  '"deleteSuccess":0,"deleteFail":0,"updateSuccess":0,"updateFail":0,"createSuccess":0,"createFail":0,' +
  '"compareAndSwapSuccess":0,"compareAndSwapFail":0,"compareAndDeleteSuccess":0,"compareAndDeleteFail":0,' +
  '"expireCount":0,"watchers":0},"CurrentVersion":2}';

function recovered(json: string): Bench {
  const bench = new Bench();
  bench.store.recovery(toBytes(fromText(json)));
  return bench;
}

function complaint(json: string): string {
  try {
    recovered(json);
  } catch (error) {
    if (error instanceof V2SnapshotError) return error.message;
    throw error;
  }
  return 'none';
}

describe('the v2 store in a snapshot', () => {
  it('a new store is written field by field as etcd does', () => {
    expect(new Bench().saved()).toBe(born);
    expect(recovered(born).saved()).toBe(born);
  });

  it('all that is in it comes back: values of any bytes, expiries, history, counters', () => {
    const bench = new Bench();
    bench.put('/ü<&>/"\\', '\u2028\u2029\t\r\n\u0000\u007f\u{1f600}', bench.ttl(77n));
    bench.put('/__proto__/10', '', { dir: true });
    bench.put('/__proto__/9', 'x');
    bench.put('/__proto__/9', '', { refresh: true, ...bench.ttl(5n) });
    bench.get('/none');
    bench.apply('DELETE', '/__proto__', '', { recursive: true });
    const again = recovered(bench.saved());
    expect(again.saved()).toBe(bench.saved());
    expect(again.store.currentIndex).toBe(5);
    expect(again.watch('/__proto__/9', { since: 3n }).take()?.node.value).toBe('x');
    again.sync(76n);
    expect(again.get('/ü<&>')).toContain('ttl');
    again.sync(77n);
    expect(again.get('/ü<&>')).not.toContain('ttl');
  });

  it('a byte that is not UTF-8 becomes U+FFFD, as with etcd', () => {
    const bench = new Bench();
    bench.put('/a', '', {
      val: 'a\xff\xc0\xaf\xe2\x82|\xed\xa0\x80|\xf4\x90\x80\x80|\xc3\xbc' as ByteString,
    });
    const data = fromBytes(bench.store.save());
    const bad = (count: number) => '\\ufffd'.repeat(count);
    expect(data).toContain(`"Value":"a${bad(5)}|${bad(3)}|${bad(4)}|\xc3\xbc"`);
    const again = recovered(bench.saved());
    expect(again.get('/a')).toContain(`"value":"a${'\ufffd'.repeat(5)}|`);
  });

  it('a history that went round keeps its places', () => {
    const bench = new Bench();
    for (let i = 0; i < 1005; i++) bench.put('/a', `${i}`);
    expect(bench.saved()).toContain('"Size":1000,"Front":5,"Back":5,"Capacity":1000},"StartIndex":6');
    const again = recovered(bench.saved());
    again.put('/a', 'more');
    bench.put('/a', 'more');
    expect(again.saved()).toBe(bench.saved());
  });

  it('what was to expire before a recovery is forgotten, what came with it expires', () => {
    const [bench, other] = [new Bench(), new Bench()];
    bench.put('/mine', '', bench.ttl(5n));
    other.put('/theirs', '', other.ttl(5n));
    bench.store.recovery(other.store.save());
    bench.sync(5n);
    expect(bench.store.currentIndex).toBe(2);
    expect(bench.get('/theirs')).toContain('"errorCode":100');
  });

  it('a root alone will do; what is left out is as in a new store', () => {
    const minimal = recovered('{"Root":{"Path":"/","Children":{"0":{"Children":{"v":{"Value":"3"}}}}}}');
    expect(minimal.store.get(bytes('/0/v'), false, 0n).node.value).toBe('3');
    expect(minimal.put('/a', 'x')).toContain('"modifiedIndex":1');
    expect(minimal.saved()).toContain('"CurrentVersion":2');
  });

  it('a time of another zone is the same time', () => {
    const there = born.replace(
      '"0001-01-01T00:00:00Z","Value":"","Children":{}',
      '"2026-11-21T14:00:07.5+02:00"',
    );
    expect(recovered(there).saved()).toContain('"2026-11-21T12:00:07.5Z"');
  });

  it.each([
    ['', 'the whole: expected JSON, found no bytes'],
    ['{"Root"', 'the whole: expected JSON, found 7 bytes that are none'],
    ['[]', 'the whole: expected an object, found []'],
    ['{}', 'Root: expected an object, found nothing'],
    ['{"Root":{"Path":"/"}}', 'Root.Children: expected the children of the root, found nothing'],
    ['{"Root":{"Children":{"1":{"Path":"/2"}}}}', 'Root.Children.1.Path: expected "/1", found "/2"'],
    ['{"Root":{"Children":{"1":{"Value":7}}}}', 'Root.Children.1.Value: expected a text, found 7'],
    [
      '{"Root":{"Children":{"1":{"ExpireTime":"now"}}}}',
      'Root.Children.1.ExpireTime: expected a time as in RFC 3339, found "now"',
    ],
    [
      '{"Root":{"Children":{}},"CurrentIndex":-1}',
      'CurrentIndex: expected an integer from 0 to 2^53 - 1, found -1',
    ],
    [born.replace('"Capacity":1000', '"Capacity":5'), 'Capacity: expected 1000 events, found 5'],
    [born.replace('"Front":0', '"Front":1000'), 'Front: expected less than 1000, found 1000'],
    [born.replace('"Size":0', '"Size":1001'), 'Size: expected at most 1000, found 1001'],
    [born.replace('"Back":0', '"Back":1'), 'Back: expected 0, found 1'],
    [born.replace('"Size":0', '"Size":1').replace('"Back":0', '"Back":1'), 'Events[0]: expected an event'],
    [born.replace('[null', '[{"action":"x"}'), 'Events[0].action: expected an action, found "x"'],
  ])('what is no snapshot is refused: %#', (json, words) => {
    expect(complaint(json)).toContain(words);
  });

  it('after a refusal the store is as before', () => {
    const bench = new Bench();
    bench.put('/a', 'x');
    const before = bench.saved();
    const wrong = bytes('{"Root":{"Children":{"1":{"Children":{}}}},"Stats":{"getsFail":"x"}}');
    expect(() => bench.store.recovery(toBytes(wrong))).toThrow('Stats.getsFail');
    expect(bench.saved()).toBe(before);
  });

  it('a clone stays as it is while the store goes on, and goes on alone', () => {
    const bench = new Bench();
    bench.put('/d/a', '1', bench.ttl(5n));
    bench.put('/d/b', '2');
    const watcher = bench.watch('/d', { recursive: true, stream: true });
    const clone = new Bench(bench.store.clone());
    const before = bench.saved();
    bench.put('/d/a', '3');
    bench.put('/d/c', '4', { dir: true });
    bench.apply('DELETE', '/d/b');
    bench.sync(5n);
    expect(clone.saved()).toBe(before);
    const after = bench.saved();
    clone.put('/d/a', 'clone');
    clone.sync(5n);
    clone.apply('DELETE', '/d', '', { recursive: true });
    expect(bench.saved()).toBe(after);
    expect([watcher.take()?.node.value, clone.store.watcherCount]).toEqual(['3', 0]);
    expect(new V2Store().clone().hasExpiringKeys()).toBe(false);
  });
});
