import { dbPath } from '../../core/server/paths.ts';
import { RandomStream } from '../../sim/random.ts';
import type { VirtualDisk } from '../../sim/disk/virtual_disk.ts';
import { Lone, powerLoss, referenceOf } from './lone.ts';
import { anyWrite } from './lone_story.ts';
import type { Reference } from './reference.ts';

/** A member's directory after a power loss, when nothing was under way. */
export interface Left {
  readonly disk: VirtualDisk;
  readonly lone: Lone;
  readonly reference: Reference;
  readonly files: { readonly log: string; readonly snapshot: string; readonly database: string };
}

/** Some entries, a snapshot, and a database of a few pages, some of them free. */
export function leaveDirectory(): Left {
  const lone = new Lone({ config: { walSegmentBytes: 64_000_000 } });
  lone.single.lead();
  const random = new RandomStream('left');
  for (let i = 0; i < 16; i++) {
    lone.request(anyWrite(random));
    lone.single.completeSyncs();
    if (i % 5 === 3) lone.commitBackend();
    lone.single.completeSyncs();
  }
  const [log = ''] = lone.logFiles();
  const [snapshot = ''] = lone.snapshotFiles();
  const moment = { disk: lone.single.disk, acked: lone.acked, saved: 0, number: 0 };
  return {
    disk: powerLoss(moment, 'drop', random),
    lone,
    reference: referenceOf(lone),
    files: { log: `member/wal/${log}`, snapshot: `member/snap/${snapshot}`, database: dbPath },
  };
}

export interface DamageSeen {
  refused: number;
  harmless: number;
  /** The end of the log was taken for one that was never synced. */
  shorter: number;
}

export function noDamage(): DamageSeen {
  return { refused: 0, harmless: 0, shorter: 0 };
}

/** Starts a member on a damaged copy. Throws if it comes up and is wrong, or refuses without naming a file. */
export function startDamaged(
  left: Left,
  seen: DamageSeen,
  mayBeShorter: boolean,
  damage: (disk: VirtualDisk) => void,
): void {
  const moment = { disk: left.disk, acked: 0, saved: 0, number: 0 };
  const disk = powerLoss(moment, 'drop', new RandomStream('damage'));
  damage(disk);
  const again = new Lone({ from: disk, log: left.lone.log, config: { walSegmentBytes: 64_000_000 } });
  const { single } = again;
  if (!single.member.failed) single.lead();
  const [reason] = single.failures;
  if (reason !== undefined) {
    if (!reason.includes('member/')) throw new Error(`names no file: ${reason}`);
    seen.refused++;
    return;
  }
  const { lastFound } = again;
  if (lastFound < left.lone.log.length) {
    if (!mayBeShorter) throw new Error(`lost ${left.lone.log.length - lastFound} entries without a word`);
    seen.shorter++;
  } else seen.harmless++;
  const expected = left.reference.at(lastFound);
  if (again.state !== expected) throw new Error(`wrong without a word: ${again.state}, not ${expected}`);
}

/** Flips these bits of a file, one at a time. */
export function flipBits(left: Left, path: string, bits: Iterable<number>, seen: DamageSeen): string[] {
  const wrong: string[] = [];
  for (const bit of bits) {
    try {
      startDamaged(left, seen, false, (disk) => void disk.flipBit(path, bit));
    } catch (error) {
      wrong.push(`bit ${bit % 8} of byte ${Math.floor(bit / 8)} of ${path}: ${String(error)}`);
    }
  }
  return wrong;
}

/** Cuts a file to each of these sizes. */
export function cutFile(left: Left, path: string, sizes: Iterable<number>, seen: DamageSeen): string[] {
  const wrong: string[] = [];
  for (const size of sizes) {
    try {
      startDamaged(left, seen, path.endsWith('.wal'), (disk) => {
        disk.truncate(path, size);
        disk.crash(new RandomStream('cut'), 'keep');
      });
    } catch (error) {
      wrong.push(`${path} cut to ${size} bytes: ${String(error)}`);
    }
  }
  return wrong;
}

/** From each `step`-th byte one bit, each time the next. */
export function* someBits(bytes: number, step: number): Generator<number> {
  for (let at = 0, bit = 0; at < bytes; at += step, bit++) yield at * 8 + (bit % 8);
}
