import type { CtlCommand } from './command.ts';
import { checkCommands } from './commands/check.ts';
import { endpointCommands } from './commands/endpoint.ts';
import { compaction, del, get, put } from './commands/kv.ts';
import { leaseCommands } from './commands/lease.ts';
import { elect, lock } from './commands/lock.ts';
import { memberCommands } from './commands/member.ts';
import { makeMirror } from './commands/mirror.ts';
import { roleCommands } from './commands/role.ts';
import { snapshotCommands } from './commands/snapshot.ts';
import { txn } from './commands/txn.ts';
import { userCommands } from './commands/user.ts';
import { version } from './commands/version.ts';
import { watch } from './commands/watch.ts';

/** Everything that `detcd ctl` can do, in the order of the help. */
export const ctlCommands: readonly CtlCommand[] = [
  put,
  get,
  del,
  txn,
  watch,
  compaction,
  ...leaseCommands,
  ...memberCommands,
  ...endpointCommands,
  ...userCommands,
  ...roleCommands,
  ...snapshotCommands,
  lock,
  elect,
  makeMirror,
  ...checkCommands(),
  version,
];
