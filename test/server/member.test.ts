import { describe, expect, it } from 'vitest';
import { type ByteString, fromText } from '../../core/base/bytes.ts';
import { nodeId } from '../../core/base/ids.ts';
import { requestBytesMax, requestTimeoutMs } from '../../core/limits.ts';
import { MessageType, makeHeartbeat } from '../../core/raft/index.ts';
import { type ClientRequest, errors } from '../../core/server/api/index.ts';
import { SingleMember } from './single_member.ts';

const put = (key: string, value: string): ClientRequest => ({
  kind: 'put',
  put: { key: fromText(key), value: fromText(value) },
});
const get = (key: string): ClientRequest => ({ kind: 'range', range: { key: fromText(key) } });

function leading(): SingleMember {
  const alone = new SingleMember();
  alone.lead();
  expect(alone.member.role).toBe('leader');
  return alone;
}

describe('a member', () => {
  it('answers a write only after its sync is done', () => {
    const alone = leading();
    const id = alone.request(put('x', '1'));
    expect(alone.syncsUnderWay).toBe(1);
    expect(alone.answers.has(id)).toBe(false);
    alone.completeSyncs();
    expect(alone.answers.get(id)).toMatchObject({
      kind: 'put',
      put: { header: { revision: 2, member_id: 1n, cluster_id: 7n } },
    });
  });

  it('with the planted bug answers before: and loses what it answered', () => {
    const alone = new SingleMember(1, ['respond-before-fsync']);
    alone.lead();
    const id = alone.request(put('x', '1'));
    expect(alone.answers.get(id)?.kind).toBe('put');
    alone.restart();
    alone.lead();
    const read = alone.request(get('x'));
    alone.completeSyncs();
    expect(alone.answers.get(read)).toMatchObject({ kind: 'range', range: { count: 0 } });
  });

  it('has after a power loss what it answered, and not what it had not synced', () => {
    const alone = leading();
    alone.request(put('x', '1'));
    alone.completeSyncs();
    alone.request(put('y', '2'));
    alone.restart();
    alone.lead();
    const x = alone.request(get('x'));
    const y = alone.request(get('y'));
    alone.completeSyncs();
    expect(alone.answers.get(x)).toMatchObject({
      range: { count: 1, kvs: [{ value: '1', mod_revision: 2 }] },
    });
    expect(alone.answers.get(y)).toMatchObject({ range: { count: 0, header: { revision: 2 } } });
  });

  it('sends nothing that rests on a recovered log before that log is synced', () => {
    const follower = new SingleMember(3);
    follower.completeSyncs();
    follower.restart();
    follower.member.onMessage(makeHeartbeat(nodeId(1), nodeId(2), 1, 0, '' as ByteString));
    expect(follower.sent).toEqual([]);
    follower.completeSyncs();
    expect(follower.sent.map(({ type }) => type)).toEqual([MessageType.heartbeatResp]);
  });

  it('holds requests while nobody leads, and gives up after the timeout with an open outcome', () => {
    const alone = leading();
    // Makes durable that what came before is committed.
    alone.request(put('x', '0'));
    alone.completeSyncs();
    alone.restart();
    alone.completeSyncs();
    const id = alone.request(put('x', '1'));
    expect(alone.answers.has(id)).toBe(false);
    // It never hears that its vote for itself is on the disk.
    alone.tick(requestTimeoutMs / 100);
    expect(alone.answers.get(id)).toEqual(errors.timeout);
  });

  it('answers nothing before the members have agreed on a version', () => {
    const alone = new SingleMember(3);
    alone.completeSyncs();
    const id = alone.request(put('x', '1'));
    expect(alone.answers.get(id)).toEqual(errors.notCapable);
  });

  it('refuses what etcd refuses before it proposes', () => {
    const alone = leading();
    const empty = alone.request(put('', '1'));
    const large = alone.request(put('x', 'v'.repeat(requestBytesMax)));
    expect(alone.answers.get(empty)).toEqual(errors.emptyKey);
    expect(alone.answers.get(large)).toEqual(errors.requestTooLarge);
    expect(alone.syncsUnderWay).toBe(0);
  });

  it('answers a serializable read from its own state, without the log', () => {
    const alone = leading();
    alone.request(put('x', '1'));
    alone.completeSyncs();
    const id = alone.request({ kind: 'range', range: { key: fromText('x'), serializable: true } });
    expect(alone.answers.get(id)).toMatchObject({ range: { count: 1 } });
  });

  it('stops when a sync fails, and does not trust the disk again', () => {
    const alone = leading();
    const id = alone.request(put('x', '1'));
    alone.completeSyncs('EIO');
    expect(alone.member.failed).toBe(true);
    expect(alone.failures).toEqual([
      'disk: member/wal/0000000000000000-0000000000000000.wal: sync failed: EIO',
    ]);
    expect(alone.answers.has(id)).toBe(false);
  });

  it('starts anew when its very first save was torn before the hard state', () => {
    const alone = new SingleMember();
    alone.completeSyncs();
    const path = `member/wal/${alone.disk.list('member/wal')[0]}`;
    // Without its last record, the frame of the hard state that commits the first members (24 bytes).
    alone.disk.truncate(path, alone.disk.sizeBytes(path) - 24);
    alone.disk.crash({ below: () => 0 }, 'keep');
    alone.restart();
    alone.lead();
    expect(alone.member.role).toBe('leader');
    expect(alone.failures).toEqual([]);
  });

  it('stops on a log that is damaged in its middle, and says where', () => {
    const alone = leading();
    for (let i = 0; i < 20; i++) alone.request(put('x', String(i)));
    alone.completeSyncs();
    const [segment = ''] = alone.disk.list('member/wal');
    const path = `member/wal/${segment}`;
    const at = 200;
    const byte = alone.disk.read(path, at, 1)[0] ?? 0;
    alone.disk.write(path, at, Uint8Array.of(byte ^ 4));
    alone.disk.crash({ below: () => 0 }, 'keep');
    alone.restart();
    expect(alone.member.failed).toBe(true);
    expect(alone.failures[0]).toMatch(
      /^wal: \w+ in member\/wal\/0{16}-0{16}\.wal at byte \d+: expected .*, found /,
    );
  });
});
