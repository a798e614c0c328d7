import { RandomStream } from '../../sim/random.ts';
import type { CrashMode } from '../../sim/trace/kinds.ts';
import { type Before, Lone, type Moment, checkStart, powerLoss, referenceOf, restarted } from './lone.ts';
import { anyStep } from './lone_story.ts';
import type { Reference } from './reference.ts';

export interface SearchSize {
  readonly runs: number;
  readonly stepsPerRun: number;
  /** Crashes tried per run, each at a moment of its own; Infinity: at all, in every mode. */
  readonly crashesPerRun: number;
  /** Of these, how many of the starts are crashed in turn, at one moment or at all. */
  readonly crashesPerStart: number;
}

/** How often what was met, so that a search that finds nothing has looked. */
export interface Seen {
  restarts: number;
  fromSnapshot: number;
  unackedKept: number;
  tornTail: number;
  fileWithoutRecord: number;
  recordWithoutCompaction: number;
  backendBehindLog: number;
  logFilesGone: number;
  startsCrashed: number;
}

const modes: readonly CrashMode[] = ['keep', 'drop', 'tear', 'tear'];

class Search {
  readonly seen: Seen = {
    restarts: 0,
    fromSnapshot: 0,
    unackedKept: 0,
    tornTail: 0,
    fileWithoutRecord: 0,
    recordWithoutCompaction: 0,
    backendBehindLog: 0,
    logFilesGone: 0,
    startsCrashed: 0,
  };
  private readonly size: SearchSize;
  private readonly random: RandomStream;

  constructor(size: SearchSize, seed: string) {
    this.size = size;
    this.random = new RandomStream(seed);
  }

  /** Three lives of a member: at each moment of each it might have ended. */
  run(): void {
    let lone = new Lone({ momentEvery: 1 });
    lone.single.lead();
    for (let life = 0; life < 3; life++) {
      for (let i = 0; i < this.size.stepsPerRun; i++) anyStep(lone, this.random);
      if (lone.single.failures.length > 0) throw new Error(lone.single.failures.join());
      const reference = referenceOf(lone);
      for (const moment of this.chosen(lone.moments)) {
        const before = { log: lone.log, acked: moment.acked, reference };
        for (const mode of this.chosenModes()) this.tryCrash(moment, mode, before);
      }
      lone = this.next(lone, reference);
    }
  }

  /** The member goes on after a power loss, or after the end of its process, which leaves the page cache. */
  private next(lone: Lone, reference: Reference): Lone {
    if (this.random.chance(1, 3)) {
      const before = { log: [...lone.log], acked: lone.acked, reference };
      lone.moments.length = 0;
      lone.single.restartProcess();
      checkStart(lone, before);
      return lone;
    }
    const moment = this.random.pick(lone.moments.slice(-20));
    const before = { log: lone.log, acked: moment.acked, reference };
    const again = restarted(powerLoss(moment, 'tear', this.random), before);
    again.momentEvery = 1;
    return again;
  }

  private chosen(moments: readonly Moment[]): readonly Moment[] {
    return this.random.shuffle(moments).slice(0, this.size.crashesPerRun);
  }

  private chosenModes(): readonly CrashMode[] {
    return this.size.crashesPerRun === Infinity ? modes : [this.random.pick(modes)];
  }

  private tryCrash(moment: Moment, mode: CrashMode, before: Before): void {
    try {
      const again = restarted(
        powerLoss(moment, mode, this.random),
        before,
        this.size.crashesPerStart > 0 ? 1 : 0,
      );
      this.count(moment, again);
      this.crashStart(again, before);
    } catch (error) {
      throw new Error(`${this.random.path}: ${mode} at moment ${moment.number}`, { cause: error });
    }
  }

  /** The start itself is crashed: the next finds what this one found, whatever it had done to the disk by then. */
  private crashStart(first: Lone, { reference }: Before): void {
    const { lastFound } = first;
    const moments = this.random.shuffle(first.moments).slice(0, this.size.crashesPerStart);
    for (const moment of moments) {
      const second = new Lone({
        from: powerLoss(moment, this.random.pick(modes), this.random),
        log: first.log,
      });
      second.single.lead();
      const found = `${second.lastFound} ${second.single.failures.join()} ${second.state}`;
      const expected = `${Math.max(lastFound, second.lastFound)}  ${reference.at(lastFound)}`;
      if (found !== expected)
        throw new Error(`second start, from ${moment.number}: ${found}, not ${expected}`);
      this.seen.startsCrashed++;
    }
  }

  private count(moment: Moment, again: Lone): void {
    const { seen } = this;
    const { facts } = again;
    if (facts === null) return;
    seen.restarts++;
    if (facts.snapshotIndex > 0) seen.fromSnapshot++;
    if (again.lastFound > moment.acked) seen.unackedKept++;
    if (facts.cutBytes > 0) seen.tornTail++;
    if (facts.consistentIndex < facts.commitIndex) seen.backendBehindLog++;
    if (again.logFiles()[0]?.startsWith('0000000000000000-') === false) seen.logFilesGone++;
    const newest = again.snapshotFiles().at(-1)?.slice(17, 33) ?? '0';
    if (Number.parseInt(newest, 16) > facts.snapshotIndex) seen.fileWithoutRecord++;
    if (facts.snapshotIndex > moment.saved) seen.recordWithoutCompaction++;
  }
}

export function searchCrashes(size: SearchSize, seed: string): Seen {
  const total: Partial<Record<keyof Seen, number>> = {};
  for (let run = 1; run <= size.runs; run++) {
    const search = new Search(size, `${seed} ${run}`);
    search.run();
    for (const name of Object.keys(search.seen) as (keyof Seen)[]) {
      total[name] = (total[name] ?? 0) + search.seen[name];
    }
  }
  return total as Seen;
}
