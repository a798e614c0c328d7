import { NodeIdTable } from '../../../core/base/node_ids.ts';
import { DiskError, type Disk } from '../../../core/ports.ts';
import { Publisher, SnapError, Snapshotter, parseSnapName } from '../../../core/snap/index.ts';
import type { WalDump } from './wal_dump.ts';
import { hexId } from './readable.ts';

export interface DumpedSnap {
  readonly name: string;
  readonly sizeBytes: number;
  /** 'valid': a member may start from it; 'unused': it is whole, or nothing that must be, and no member would. */
  readonly status: 'valid' | 'unused' | 'damaged';
  /** Whose it is, or what is wrong. */
  readonly text: string;
}

const noStep = 0;

/** Every file of the directory but the backend, oldest snapshot first. */
export function dumpSnaps(disk: Disk, directory: string, wal: WalDump): readonly DumpedSnap[] {
  const ids = new NodeIdTable();
  const snapshotter = new Snapshotter(disk, directory, new Publisher(disk, noStep), ids);
  return disk
    .list(directory)
    .filter((name) => name !== 'db')
    .map((name) => {
      const sizeBytes = disk.sizeBytes(`${directory}/${name}`);
      if (parseSnapName(name) === null) return { name, sizeBytes, status: 'unused', text: kindOf(name) };
      return { name, sizeBytes, ...judged(snapshotter, name, wal, ids) };
    });
}

function kindOf(name: string): string {
  if (name.endsWith('.snap.db')) return 'the backend that came with a snapshot';
  if (name.endsWith('.broken')) return 'set aside as damaged';
  return 'left over';
}

function judged(
  snapshotter: Snapshotter,
  name: string,
  wal: WalDump,
  ids: NodeIdTable,
): Pick<DumpedSnap, 'status' | 'text'> {
  try {
    const { index, term, confState } = snapshotter.load(name).metadata;
    const voters = confState.voters.map((id) => hexId(ids.foreign(id))).join(' ');
    const learners = confState.learners.map((id) => hexId(ids.foreign(id))).join(' ');
    const members = `voters ${voters}${learners === '' ? '' : `, learners ${learners}`}`;
    const recorded = wal.snapshots.some((mark) => mark.index === index && mark.term === term);
    const valid = recorded && index <= wal.hardState.commit;
    const standing = valid ? 'valid' : recorded ? 'not committed in the log' : 'not recorded in the log';
    return {
      status: valid ? 'valid' : 'unused',
      text: `term ${term}, index ${index}, ${standing}, ${members}`,
    };
  } catch (error) {
    if (!(error instanceof SnapError || error instanceof DiskError)) throw error;
    return { status: 'damaged', text: `DAMAGED: ${error.message.replace(/^.*?: (?=expected )/, '')}` };
  }
}
