import { RandomStream } from '../../sim/random.ts';
import type { CrashMode } from '../../sim/trace/kinds.ts';
import { FailingDisk, type Failure, type FailingKind } from './failing_disk.ts';
import { Lone, type Moment, powerLoss, referenceOf, restarted } from './lone.ts';
import { anyWrite } from './lone_story.ts';

const writes = 26;
const modes: readonly CrashMode[] = ['keep', 'drop', 'tear'];

/** A life with all of a disk's operations in it, a second start too; ends early if the member stops. */
class Life {
  readonly lone: Lone;
  readonly disk: FailingDisk;

  constructor(failure: Failure | null) {
    let disk: FailingDisk | null = null;
    this.lone = new Lone({
      newDisk: (host) => {
        disk = new FailingDisk(host);
        disk.failure = failure;
        return disk;
      },
    });
    if (disk === null) throw new Error('a member has a disk');
    this.disk = disk;
    this.play();
  }

  private get stopped(): boolean {
    return this.lone.single.member.failed;
  }

  private play(): void {
    const { lone } = this;
    const random = new RandomStream('life');
    if (!this.stopped) lone.single.lead();
    for (let i = 0; i < writes && !this.stopped; i++) {
      if (i === writes - 4) lone.single.restart('keep');
      if (i === writes - 4 && !this.stopped) lone.single.lead();
      if (this.stopped) return;
      lone.request(anyWrite(random));
      for (let k = random.below(4); k > 0 && !this.stopped; k--) lone.single.completeSync();
      if (i % 5 === 4 && !this.stopped) lone.commitBackend();
    }
    while (!this.stopped && lone.single.completeSync());
    if (!this.stopped) lone.purge();
  }
}

export function operationsOf(kind: FailingKind): number {
  return new Life(null).disk.counts[kind];
}

export interface FailureSeen {
  stopped: number;
  harmless: number;
  /** The process started again on the page cache that the failure had left. */
  restartedAtOnce: number;
  /** It refused that page cache, and started when the power had gone. */
  refusedAtOnce: number;
}

export function nothingFailed(): FailureSeen {
  return { stopped: 0, harmless: 0, restartedAtOnce: 0, refusedAtOnce: 0 };
}

/** One operation fails: the member says which file it was, and loses nothing that it acknowledged. */
export function failOnce(failure: Failure, seen: FailureSeen): void {
  const { lone, disk } = new Life(failure);
  const { single, acked } = lone;
  const where = `${failure.kind} ${failure.number}, of ${disk.failedPath}`;
  try {
    if (!single.member.failed) {
      seen.harmless++;
      return;
    }
    seen.stopped++;
    const [reason = ''] = single.failures;
    if (disk.failedPath === null || !reason.includes(disk.failedPath)) throw new Error(`says: ${reason}`);
    disk.failure = null;
    const reference = referenceOf(lone);
    const moment: Moment = { disk, acked, saved: 0, number: 0 };
    const random = new RandomStream(where);
    for (const mode of modes) restarted(powerLoss(moment, mode, random), { log: lone.log, acked, reference });
    // File systems journal their names: a directory's sync that failed does not succeed when it is tried again.
    const ofNames = failure.kind === 'sync' && disk.directoryFailed;
    if (!ofNames) startAtOnce(lone, acked, seen);
  } catch (error) {
    throw new Error(where, { cause: error });
  }
}

/** The process starts again on what the page cache shows, takes writes, and then the power goes. */
function startAtOnce(lone: Lone, acked: number, seen: FailureSeen): void {
  const { single } = lone;
  const before = { log: [...lone.log], acked, reference: referenceOf(lone) };
  single.restartProcess();
  if (single.failures.length === 1) single.lead();
  const random = new RandomStream('at once');
  if (single.failures.length > 1) {
    seen.refusedAtOnce++;
    const moment: Moment = { disk: single.disk, acked, saved: 0, number: 0 };
    restarted(powerLoss(moment, 'drop', random), before);
    return;
  }
  seen.restartedAtOnce++;
  for (let i = 0; i < 2; i++) {
    lone.request(anyWrite(random));
    single.completeSyncs();
    lone.commitBackend();
    // The pages, not the meta that names them.
    single.completeSync();
    const moment: Moment = { disk: single.disk, acked: lone.acked, saved: 0, number: 0 };
    const later = { log: lone.log, acked: lone.acked, reference: referenceOf(lone) };
    restarted(powerLoss(moment, 'drop', random), later);
  }
  if (lone.acked <= acked) throw new Error('takes no writes');
}
