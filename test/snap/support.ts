import { nodeId } from '../../core/base/ids.ts';
import { emptyConfState, type Snapshot } from '../../core/raft/entry.ts';
import { Publisher, SnapDbs, Snapshotter } from '../../core/snap/index.ts';
import { NodeIdTable } from '../../core/base/node_ids.ts';
import { ascii, DiskBench } from '../disk/host.ts';

export const directory = 'member/snap';
export const stepToken = 1;

export function snapshot(index: number, term = 1, data = `state ${index}`): Snapshot {
  const confState = { ...emptyConfState, voters: [nodeId(1), nodeId(2)], learners: [nodeId(3)] };
  return { data: ascii(data), metadata: { confState, index, term } };
}

export const mark = (index: number, term = 1) => ({ index, term });

/** A disk with a directory of snapshots. `done` lists the tokens that have completed. */
export class SnapBench extends DiskBench {
  readonly ids = new NodeIdTable();
  publisher = new Publisher(this.disk, stepToken);
  snapshotter = new Snapshotter(this.disk, directory, this.publisher, this.ids);
  dbs = new SnapDbs(this.disk, directory, this.publisher);
  readonly done: number[] = [];

  constructor(seed = 'snap') {
    super(seed);
    this.disk.makeDirectory('member');
    this.disk.makeDirectory(directory);
    this.disk.syncDirectory('', 0);
    this.disk.syncDirectory('member', 0);
    this.settle();
    this.done.length = 0;
    this.host.lines.length = 0;
  }

  /** Completes up to `count` syncs, oldest first. */
  settle(count = Infinity): void {
    for (let i = 0; i < count; i++) {
      const completion = this.completeOne();
      if (completion === null && this.host.scheduled.length === 0) return;
      if (completion !== null && !this.publisher.onDisk(completion.token)) this.done.push(completion.token);
    }
  }

  /** What a new process has of the directory. */
  restart(): void {
    this.publisher = new Publisher(this.disk, stepToken);
    this.snapshotter = new Snapshotter(this.disk, directory, this.publisher, this.ids);
    this.dbs = new SnapDbs(this.disk, directory, this.publisher);
  }

  saved(...snapshots: readonly Snapshot[]): this {
    for (const each of snapshots) this.snapshotter.save(each, 9);
    this.settle();
    return this;
  }

  names(): readonly string[] {
    return this.disk.list(directory);
  }

  bytes(name: string): Uint8Array {
    return this.disk.read(`${directory}/${name}`, 0, this.disk.sizeBytes(`${directory}/${name}`));
  }

  overwrite(name: string, bytes: Uint8Array): void {
    const path = `${directory}/${name}`;
    if (this.disk.sizeBytes(path) >= 0) this.disk.truncate(path, 0);
    this.disk.write(path, 0, bytes);
  }
}
