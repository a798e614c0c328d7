import { emptyBytes } from '../base/bytes.ts';
import { ProtobufReader, ProtobufWriter } from '../base/protobuf.ts';
import { inflightMessagesMax, messageBytesMax, heartbeatTicks } from '../limits.ts';
import type { Ports, Token } from '../ports.ts';
import { type Entry, MemoryStorage, type Message, RawNode, isEmptyHardState } from '../raft/index.ts';
import { Wal, WalError, recoverWal, walExists } from '../wal/index.ts';
import type { ClientResponse } from './api/index.ts';
import type { MemberConfig } from './config.ts';

/** What a member has when it has read its disk. */
export interface Booted {
  readonly node: RawNode;
  readonly storage: MemoryStorage;
  readonly wal: Wal;
  /** False at the first start. */
  readonly recovered: boolean;
  /** Entries of the log that was found, empty at the first start. */
  readonly entries: readonly Entry[];
  /** Bytes of a torn tail that were cut off. */
  readonly cutBytes: number;
}

export interface BootTokens {
  /** The log's own steps. */
  readonly walStep: Token;
  /** Nobody waits for it. */
  readonly directory: Token;
}

const memberDirectory = 'member';
const walDirectory = 'member/wal';

/** Starts from the write-ahead log if there is one, else as a new member. Throws WalError and DiskError. */
export function bootMember(
  config: MemberConfig,
  ports: Ports<Message, ClientResponse>,
  tokens: BootTokens,
): Booted {
  return walExists(ports.disk, walDirectory)
    ? restart(config, ports, tokens)
    : firstStart(config, ports, tokens);
}

function firstStart(config: MemberConfig, ports: Ports<Message, ClientResponse>, tokens: BootTokens): Booted {
  const { disk } = ports;
  disk.makeDirectory(memberDirectory);
  // Syncs complete in order: the folder's own name is durable before anything in it is counted on.
  disk.syncDirectory('', tokens.directory);
  const wal = Wal.create(disk, walDirectory, encodeMetadata(config), { stepToken: tokens.walStep });
  const storage = new MemoryStorage();
  const node = bootstrapped(config, ports, storage);
  return { node, storage, wal, recovered: false, entries: [], cutBytes: 0 };
}

function restart(config: MemberConfig, ports: Ports<Message, ClientResponse>, tokens: BootTokens): Booted {
  const recovered = recoverWal(ports.disk, walDirectory, { stepToken: tokens.walStep });
  const owner = decodeMetadata(recovered.metadata);
  if (owner.node !== config.id || owner.cluster !== config.clusterId) {
    const expected = `member ${config.id} of cluster ${config.clusterId}`;
    throw new WalError(
      'metadataConflict',
      walDirectory,
      0,
      expected,
      `member ${owner.node} of cluster ${owner.cluster}`,
    );
  }
  const storage = new MemoryStorage();
  const { wal, cutBytes } = recovered;
  if (isEmptyHardState(recovered.hardState)) {
    // The first save was torn before its hard state: it never counted, and the members it would commit are not known.
    const node = bootstrapped(config, ports, storage);
    return { node, storage, wal, recovered: true, entries: [], cutBytes };
  }
  storage.setHardState(recovered.hardState);
  storage.append(recovered.entries);
  const node = newNode(config, ports, storage);
  return { node, storage, wal, recovered: true, entries: recovered.entries, cutBytes };
}

function bootstrapped(
  config: MemberConfig,
  ports: Ports<Message, ClientResponse>,
  storage: MemoryStorage,
): RawNode {
  const node = newNode(config, ports, storage);
  node.bootstrap(config.initialMembers.map((id) => ({ id, context: emptyBytes })));
  return node;
}

function newNode(
  config: MemberConfig,
  ports: Ports<Message, ClientResponse>,
  storage: MemoryStorage,
): RawNode {
  return new RawNode({
    id: config.id,
    electionTicks: config.electionTicks,
    heartbeatTicks,
    storage,
    messageBytesMax,
    inflightMessagesMax,
    checkQuorum: true,
    preVote: true,
    random: ports.random,
    log: ports.log,
    bugs: config.bugs,
  });
}

/** etcd's metadata record: whose log this is (etcdserverpb.Metadata). */
function encodeMetadata(config: MemberConfig): Uint8Array {
  const writer = new ProtobufWriter();
  writer.varint(1, config.id);
  writer.varint(2, config.clusterId);
  return writer.finish();
}

function decodeMetadata(bytes: Uint8Array): { readonly node: number; readonly cluster: number } {
  const reader = new ProtobufReader(bytes);
  let node = 0;
  let cluster = 0;
  while (reader.next()) {
    if (reader.field === 1) node = reader.uint();
    else if (reader.field === 2) cluster = reader.uint();
    else reader.skip();
  }
  return { node, cluster };
}
