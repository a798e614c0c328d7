import { existsSync, statSync } from 'node:fs';
import { ConfigError } from '../../config/config_error.ts';
import { readFlags } from '../../config/read_flags.ts';
import { serveConfigOf } from '../../config/serve_config.ts';
import type { CtlCommand } from '../command.ts';
import { CtlFailure, badArgs, ctlExit, fileReason } from '../failure.ts';
import { boolFlag, textFlag } from '../flags/flag_spec.ts';
import type { FlagValues } from '../flags/flag_values.ts';
import { type NamedPeer, restoreSnapshot } from '../snapshot/restore.ts';
import { saveSnapshot } from '../snapshot/save.ts';
import { checkedDatabase, readSnapshotFile } from '../snapshot/snapshot_file.ts';
import { shownSnapshot, statusOf } from '../snapshot/status.ts';

const save: CtlCommand = {
  name: 'snapshot save',
  usage: 'FILE',
  summary: "writes a member's database, and its SHA-256 behind it, to FILE",
  async run(ctl, { words: [path, ...more] }) {
    if (path === undefined || more.length > 0) throw badArgs('snapshot save expects one argument');
    if (ctl.endpoints.length > 1)
      throw new CtlFailure(
        ctlExit.interrupted,
        `snapshot must be requested to one selected node, not multiple [${ctl.endpoints.join(' ')}]`,
      );
    const client = await ctl.connect();
    await saveSnapshot(client, path);
    ctl.say(`Snapshot saved at ${path}`);
  },
};

const status: CtlCommand = {
  name: 'snapshot status',
  usage: 'FILE',
  summary: 'tells of a snapshot or a database: hash, revision, keys, size',
  async run(ctl, { words: [path, ...more] }) {
    if (path === undefined || more.length > 0) throw badArgs('snapshot status requires exactly one argument');
    try {
      statSync(path);
    } catch (error) {
      throw new CtlFailure(ctlExit.error, fileReason('stat', path, error));
    }
    ctl.show(shownSnapshot(statusOf(readSnapshotFile(path))));
  },
};

/** Who founds the new cluster; the flags are those of `serve`, and so are the checks. */
function foundersOf(flags: FlagValues): readonly NamedPeer[] {
  const names = ['name', 'initial-cluster', 'initial-advertise-peer-urls', 'initial-cluster-token'];
  try {
    const { values } = readFlags(
      names.map((name) => `--${name}=${flags.text(name)}`),
      {},
    );
    return serveConfigOf(values).initialCluster;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    throw new CtlFailure(ctlExit.error, error.message);
  }
}

const restore: CtlCommand = {
  name: 'snapshot restore',
  usage: '[flags] FILE',
  summary:
    'makes a data directory from a snapshot, with which a member begins a new cluster; once for each of its members',
  flags: [
    textFlag('data-dir', 'the directory to make; absent: NAME.etcd'),
    textFlag(
      'initial-advertise-peer-urls',
      'where this member is reached by the others',
      'http://localhost:2380',
    ),
    textFlag('initial-cluster', 'the members, NAME=URL,NAME=URL', 'default=http://localhost:2380'),
    textFlag('initial-cluster-token', 'tells clusters of the same addresses apart', 'etcd-cluster'),
    textFlag('name', 'which of the members this one is', 'default'),
    boolFlag('skip-hash-check', 'take a file without a hash, such as a copy of a database'),
    textFlag('wal-dir', 'where the log goes; absent: into the data directory'),
  ],
  async run({ flags }, { words: [path, ...more] }) {
    if (path === undefined || more.length > 0)
      throw badArgs('snapshot restore requires exactly one argument');
    const cluster = foundersOf(flags);
    const name = flags.text('name');
    const dataDirectory = flags.text('data-dir') === '' ? `${name}.etcd` : flags.text('data-dir');
    const walDirectory = flags.text('wal-dir');
    if (existsSync(dataDirectory))
      throw new CtlFailure(ctlExit.error, `data-dir ${JSON.stringify(dataDirectory)} exists`);
    if (walDirectory !== '' && existsSync(walDirectory))
      throw new CtlFailure(ctlExit.error, `wal-dir ${JSON.stringify(walDirectory)} exists`);
    const database = checkedDatabase(readSnapshotFile(path), flags.isSet('skip-hash-check'));
    // Before anything is written: what is no database is told as such.
    statusOf(database);
    await restoreSnapshot({
      database,
      dataDirectory,
      walDirectory,
      name,
      cluster,
      clusterToken: flags.text('initial-cluster-token'),
    });
  },
};

export const snapshotCommands: readonly CtlCommand[] = [save, status, restore];
