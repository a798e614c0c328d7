/**
 * The vocabulary of a trace. A kind's number and its argument names are part of the file format: append new kinds and
 * new arguments at the end, never reorder; a change of meaning raises `traceVersion`.
 */
export const traceVersion = 2;

export interface KindSchema {
  readonly name: string;
  /** Names of the integer arguments, in file order. `text` is an index into the trace's string table, -1 for none. */
  readonly args: readonly string[];
  /** What the event's `cause` points at. */
  readonly cause: 'none' | 'input' | 'send' | 'start' | 'invoke';
}

const schema = <const Name extends string, const Args extends readonly string[]>(
  name: Name,
  cause: KindSchema['cause'],
  args: Args,
) => ({ name, cause, args });

export const kindSchemas = [
  // Life of a member process. `incarnation` counts its starts. A crash's `text` tells the sectors of each file that were not synced.
  schema('boot', 'none', ['incarnation']),
  schema('recovered', 'input', ['entries', 'commit', 'cutBytes', 'snapshot']),
  schema('crash', 'input', ['keptSectors', 'droppedSectors', 'tornFiles', 'mode', 'text']),
  schema('pause', 'input', []),
  schema('resume', 'input', []),
  schema('failed', 'input', ['text']),
  // Raft state of the lane's member after an input. `role` is an index into `roleNames`.
  schema('role', 'input', ['role', 'term', 'leader']),
  schema('vote', 'input', ['term', 'votedFor']),
  schema('append', 'input', ['firstIndex', 'count', 'term', 'bytes']),
  schema('commit', 'input', ['index', 'term']),
  schema('apply', 'input', ['index', 'revision']),
  // Raft messages. `type` is etcd's raftpb number; `send` is on the sender's lane, the others on the receiver's.
  schema('send', 'input', [
    'to',
    'type',
    'term',
    'logTerm',
    'index',
    'commit',
    'entries',
    'reject',
    'hint',
    'bytes',
  ]),
  schema('deliver', 'send', ['from', 'type']),
  schema('drop', 'send', ['from', 'type', 'reason']),
  schema('duplicate', 'send', ['from', 'type']),
  // Client requests and responses on the network, by operation id.
  schema('requestSend', 'invoke', ['to', 'operation']),
  schema('requestDeliver', 'send', ['from', 'operation']),
  schema('responseSend', 'input', ['to', 'operation']),
  schema('responseDeliver', 'send', ['from', 'operation']),
  schema('requestDrop', 'send', ['from', 'operation', 'reason']),
  // Disk. `file` is an index into the string table. What `syncStart` covers is durable from `syncDone` on.
  schema('write', 'input', ['file', 'offset', 'bytes']),
  schema('syncStart', 'input', ['file', 'bytes']),
  schema('syncDone', 'start', ['file', 'error']),
  schema('rename', 'input', ['file', 'toFile']),
  schema('truncate', 'input', ['file', 'size']),
  schema('remove', 'input', ['file']),
  schema('diskFault', 'input', ['text', 'file', 'offset', 'bytes']),
  // Client operations on the client's lane. `status` is an index into `statusNames`; `text` is JSON.
  schema('invoke', 'none', ['operation', 'process', 'operationKind', 'text']),
  schema('return', 'invoke', ['operation', 'status', 'revision', 'text']),
  // The world's lane: interventions (JSON), goals reached, violations (JSON), notes of the scenario.
  schema('intervene', 'none', ['text']),
  schema('sometimes', 'none', ['text']),
  schema('violation', 'input', ['text']),
  schema('note', 'none', ['text']),
  // A line of a member's log (text), level is an index into `logLevelNames`.
  schema('log', 'input', ['level', 'text']),
  // Snapshots of the lane's member: its own is durable; one from the leader has replaced its state.
  schema('snapshotSaved', 'input', ['index', 'term']),
  schema('snapshotInstalled', 'input', ['index', 'term', 'revision']),
  // What members ask each other beside raft, on the lane of who speaks; `text` says what.
  schema('peerCall', 'input', ['to', 'text']),
  schema('peerAnswer', 'input', ['to', 'text']),
  // What a client's watch heard, on the client's lane: `revision` of the header, `count` of the events; `text` is JSON.
  schema('watched', 'none', ['watch', 'revision', 'count', 'text']),
  // The process has ended as it was asked to (SIGTERM), with everything on its disk.
  schema('stopped', 'input', []),
] as const;

export type KindName = (typeof kindSchemas)[number]['name'];

/** Kind numbers by name: `Kind.send`. */
export const Kind = Object.freeze(
  Object.fromEntries(kindSchemas.map((kind, number) => [kind.name, number])),
) as Readonly<Record<KindName, number>>;

export const arityOfKind = Uint8Array.from(kindSchemas, (kind) => kind.args.length);

/** Position of a named argument, for readers: `argument('send', 'term')`. */
export function argument(kind: KindName, name: string): number {
  const found = kindSchemas.find((candidate) => candidate.name === kind);
  const position = (found?.args as readonly string[] | undefined)?.indexOf(name) ?? -1;
  if (position < 0) throw new RangeError(`trace kind ${kind} has no argument ${name}`);
  return position;
}

export const roleNames = ['follower', 'preCandidate', 'candidate', 'leader', 'learner'] as const;
export type RoleName = (typeof roleNames)[number];

export const dropReasons = [
  'loss',
  'partition',
  'targetDown',
  'queueFull',
  'corrupt',
  'restarted',
  'reset',
] as const;
export type DropReason = (typeof dropReasons)[number];

export const statusNames = ['ok', 'fail', 'unknown'] as const;
export type OperationStatus = (typeof statusNames)[number];

export const operationKindNames = ['put', 'get', 'delete', 'compareAndSwap', 'other'] as const;
export type OperationKindName = (typeof operationKindNames)[number];

export const crashModeNames = ['keep', 'drop', 'tear', 'random'] as const;
export type CrashMode = (typeof crashModeNames)[number];

/** What becomes of held messages: they go on as they were sent, or the last first, or not at all. */
export const releaseOrders = ['inOrder', 'reversed', 'lost'] as const;
export type ReleaseOrder = (typeof releaseOrders)[number];

/** How a sync ended. */
export const diskErrorNames = ['none', 'EIO', 'ENOSPC', 'ENOENT', 'EROFS'] as const;

export const logLevelNames = ['debug', 'info', 'warning', 'error'] as const;
