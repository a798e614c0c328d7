import { describe, expect, it } from 'vitest';
import { fromText } from '../../core/base/bytes.ts';
import { nodeId } from '../../core/base/ids.ts';
import { encodeMessage } from '../../core/raft/index.ts';
import { makeHeartbeat } from '../../core/raft/message_make.ts';
import { crc32c } from '../../core/base/crc32c.ts';
import { frameBytes } from '../../sim/cluster/frame_bytes.ts';
import { argument, dropReasons } from '../../sim/trace/kinds.ts';
import type { RunFile } from '../../sim/trace/codec.ts';
import { dropsFor, kindsOf, passed, rows, timeOf, troubled } from './one_trouble.ts';

/** Delivered messages between two times from one member to another: how long each was on its way. */
function transitsNs(
  file: RunFile,
  from: number,
  to: number,
  [first, last]: readonly [number, number],
): number[] {
  const { trace } = file;
  return rows(file, 'deliver', (row) => trace.lanes[row] === to && trace.arg(row, 0) === from)
    .map((row) => [trace.timesNs[trace.causes[row] ?? 0] ?? 0, trace.timesNs[row] ?? 0] as const)
    .filter(([sent]) => sent >= first && sent < last)
    .map(([sent, arrived]) => arrived - sent);
}

const ms = 1_000_000;

describe('one directed link', () => {
  it('is slow and lossy in its direction only, until its settings end', () => {
    let [leader, other] = [0, 0];
    const file = passed(
      troubled(function* (story) {
        leader = story.leader();
        [other = 0] = story.others(leader);
        story.link([leader], [other], { delayMinMs: 60, delayMeanMs: 0, lossPer10k: 2000 });
        yield* story.sleep(1000);
        story.link([leader], [other], {});
        yield* story.sleep(300);
      }),
    );
    expect(kindsOf(file)).toEqual(['link', 'link']);
    const during = [timeOf(file, 0), timeOf(file, 1)] as const;
    const there = transitsNs(file, leader, other, during);
    expect(there.length).toBeGreaterThan(10);
    expect(Math.min(...there)).toBeGreaterThanOrEqual(60 * ms);
    expect(Math.min(...transitsNs(file, other, leader, during))).toBeLessThan(10 * ms);
    expect(Math.max(...transitsNs(file, leader, other, [during[1], Infinity]))).toBeLessThan(20 * ms);
    expect(dropsFor(file, 'loss').length).toBeGreaterThan(2);
    expect(dropsFor(file, 'loss').every((row) => file.trace.lanes[row] === other)).toBe(true);
  });

  it('is clogged: what is sent arrives when the time is over', () => {
    let [leader, other] = [0, 0];
    const file = passed(
      troubled(function* (story) {
        leader = story.leader();
        [other = 0] = story.others(leader);
        story.clog([leader], [other], 600);
        yield* story.sleep(1000);
      }),
    );
    expect(kindsOf(file)).toEqual(['clog']);
    const from = timeOf(file, 0);
    const { trace } = file;
    const arrived = rows(file, 'deliver', (row) => trace.lanes[row] === other && trace.arg(row, 0) === leader)
      .filter((row) => (trace.timesNs[trace.causes[row] ?? 0] ?? 0) >= from)
      .map((row) => (trace.timesNs[row] ?? 0) - from);
    expect(Math.min(...arrived)).toBe(600 * ms);
  });

  it('is narrow: it delays what is large, and drops what its queue has no room for', () => {
    const file = passed(
      troubled(function* (story) {
        story.link(story.members, story.members, { bytesPerSecond: 3000, queueBytes: 150 });
        yield* story.sleep(1000);
        story.link(story.members, story.members, {});
      }),
    );
    expect(dropsFor(file, 'queueFull').length).toBeGreaterThan(3);
    const during = [timeOf(file, 0), timeOf(file, 1)] as const;
    expect(Math.max(...transitsNs(file, 1, 2, during), ...transitsNs(file, 2, 1, during))).toBeGreaterThan(
      20 * ms,
    );
  });
});

describe('a flipped bit', () => {
  const corrupting = troubled(function* (story) {
    story.link(story.members, story.members, { corruptPer10k: 800, delayMeanMs: 20 });
    yield* story.sleep(1200);
    story.link(story.members, story.members, {});
    const client = story.members.length + 1;
    story.link([client, client + 1], story.members, { corruptPer10k: 2000 });
    story.link(story.members, [client, client + 1], { corruptPer10k: 2000 });
    yield* story.sleep(1200);
  });

  it.each(['1', '5'])('is seen, and costs the connection what was on its way (seed %s)', (seed) => {
    const file = passed(corrupting, seed);
    expect(dropsFor(file, 'corrupt').length).toBeGreaterThan(2);
    expect(dropsFor(file, 'reset').length).toBeGreaterThan(0);
    const { trace } = file;
    const damaged = new Set(dropsFor(file, 'corrupt').map((row) => trace.causes[row]));
    const taken = rows(file, 'deliver', (row) => damaged.has(trace.causes[row]));
    expect(taken).toEqual([]);
    const place = argument('requestDrop', 'reason');
    const calls = rows(
      file,
      'requestDrop',
      (row) => trace.arg(row, place) === dropReasons.indexOf('corrupt'),
    );
    expect(calls.length).toBeGreaterThan(0);
  });

  it('changes the checksum, whichever it is, also where the bytes still are a message', () => {
    const message = makeHeartbeat(nodeId(2), nodeId(1), 7, 12, fromText(''));
    const bytes = encodeMessage(message);
    const sum = crc32c(0, bytes);
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const damaged = bytes.slice();
      damaged[bit >> 3] = (damaged[bit >> 3] as number) ^ (1 << (bit & 7));
      expect(crc32c(0, damaged)).not.toBe(sum);
    }
  });
});

it('frames are about as large as what is in them', () => {
  expect(frameBytes('abc')).toBe(5);
  expect(frameBytes({ key: 'k', value: new Uint8Array(100), list: [1, true, null, 2n] })).toBe(
    2 + 3 + 102 + 2 + 12,
  );
});
