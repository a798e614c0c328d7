import { assert, assertDefined } from '../../core/base/assert.ts';
import { fromText, toBytes } from '../../core/base/bytes.ts';
import type { NodeId } from '../../core/base/ids.ts';
import {
  ConfChangeTransition,
  ConfChangeType,
  describeMessage,
  describeProgress,
  describeRole,
  emptyConfState,
  EntryType,
  makeEntry,
  makeProp,
  makeConfChangeV2,
  makeSnap,
  messageTypeByName,
  RaftError,
  type Config,
  type ConfChangeSingle,
} from '../../core/raft/index.ts';
import { isVoter } from '../../core/raft/quorum/joint.ts';
import { argumentOf, type Argument, type TranscriptCase } from './datadriven.ts';
import {
  CommandError,
  type InteractionEnv,
  type InteractionNode,
  type Recipient,
} from './interaction_env.ts';

type Command = (env: InteractionEnv, args: readonly Argument[], input: string) => void;

/** Nodes named by bare numbers. */
function nodesOf(env: InteractionEnv, args: readonly Argument[]): InteractionNode[] {
  return args
    .filter((arg) => arg.values.length === 0 && /^\d+$/.test(arg.key))
    .map((arg) => env.node(Number(arg.key)));
}

function firstNode(env: InteractionEnv, args: readonly Argument[]): InteractionNode {
  return env.node(Number(args[0]?.key));
}

function single(args: readonly Argument[], key: string): string {
  return assertDefined(argumentOf(args, key)?.values[0], `argument ${key}`);
}

function ids(args: readonly Argument[], key: string): NodeId[] {
  return (argumentOf(args, key)?.values ?? []).map((value) => Number(value) as NodeId);
}

/** The error of a refused proposal is the command's output. */
function check(error: RaftError | null): void {
  if (error !== null) throw error;
}

type Writable<T> = { -readonly [Name in keyof T]: T[Name] };

const flagNames = {
  'async-storage-writes': 'asyncStorageWrites',
  prevote: 'preVote',
  checkquorum: 'checkQuorum',
  'disable-conf-change-validation': 'disableConfChangeValidation',
  'step-down-on-removal': 'stepDownOnRemoval',
  'disable-proposal-forwarding': 'disableProposalForwarding',
} as const;
const sizeNames = {
  inflight: 'inflightMessagesMax',
  'inflight-bytes': 'inflightBytesMax',
  'max-message-size': 'messageBytesMax',
  'max-committed-size-per-ready': 'committedBytesPerReadyMax',
  'max-uncommitted-size': 'uncommittedBytesMax',
} as const;
const listNames = ['voters', 'learners', 'index', 'content'];

function readOption(options: Partial<Writable<Config>>, { key, values }: Argument): void {
  const value = values[0] ?? '';
  if (key in flagNames) options[flagNames[key as keyof typeof flagNames]] = value === 'true';
  else if (key in sizeNames) options[sizeNames[key as keyof typeof sizeNames]] = Number(value);
  else if (key === 'read-only') options.readOnlyOption = value === 'lease-based' ? 'leaseBased' : 'safe';
  else assert(listNames.includes(key), `unknown option ${key}`);
}

function addNodes(env: InteractionEnv, args: readonly Argument[]): void {
  const [count, ...rest] = args;
  const options: Partial<Writable<Config>> = {};
  for (const arg of rest) readOption(options, arg);
  const index = Number(argumentOf(rest, 'index')?.values[0] ?? 0);
  const content = argumentOf(rest, 'content')?.values[0] ?? '';
  const confState = { ...emptyConfState, voters: ids(rest, 'voters'), learners: ids(rest, 'learners') };
  const metadata = { confState, index, term: index > 0 ? 1 : 0 };
  for (let i = 0; i < Number(count?.key); i++) {
    env.addNode({ ...options, appliedIndex: index }, { data: toBytes(fromText(content)), metadata });
  }
}

const changeTypes: Readonly<Record<string, ConfChangeType>> = {
  v: ConfChangeType.addNode,
  l: ConfChangeType.addLearnerNode,
  r: ConfChangeType.removeNode,
  u: ConfChangeType.updateNode,
};

export function parseConfChanges(text: string): ConfChangeSingle[] {
  return text
    .split(/\s+/)
    .filter((word) => word !== '')
    .map((word) => ({
      type: assertDefined(changeTypes[word.charAt(0)], `conf change ${word}`),
      nodeId: Number(word.slice(1)) as NodeId,
    }));
}

const transitions: Readonly<Record<string, ConfChangeTransition>> = {
  auto: ConfChangeTransition.auto,
  implicit: ConfChangeTransition.jointImplicit,
  explicit: ConfChangeTransition.jointExplicit,
};

function proposeConfChange(env: InteractionEnv, args: readonly Argument[], input: string): void {
  const changes = parseConfChanges(input);
  const { raw } = firstNode(env, args);
  const transition = argumentOf(args, 'transition')?.values[0];
  if (argumentOf(args, 'v1')?.values[0] === 'true') {
    const change = changes[0];
    if (change === undefined || changes.length > 1 || (transition ?? 'auto') !== 'auto') {
      throw new CommandError('v1 conf change can only have one operation and no transition');
    }
    // Without the id, which transcripts don't give: size limits count the bytes.
    const data = new Uint8Array([16, change.type, 24, change.nodeId]);
    const entry = makeEntry(0, 0, EntryType.confChange, data);
    return check(raw.step(makeProp(raw.id, raw.id, [entry])));
  }
  const kind = assertDefined(transitions[transition ?? 'auto'], `transition ${transition}`);
  check(raw.proposeConfChange(makeConfChangeV2(changes, kind)));
}

function recipientsOf(args: readonly Argument[]): Recipient[] {
  const recipients: Recipient[] = [];
  for (const { key, values } of args) {
    const named = key === 'drop' ? values : values.length === 0 ? [key] : [];
    for (const value of named) {
      const id = Number(value) as NodeId;
      if (recipients.some((other) => other.id === id)) {
        throw new CommandError(`recipient ${id} is both delivered and dropped`);
      }
      recipients.push({ id, drop: key === 'drop' });
    }
  }
  return recipients;
}

function deliverMessages(env: InteractionEnv, args: readonly Argument[]): void {
  const name = argumentOf(args, 'type')?.values[0];
  const type = name === undefined ? null : messageTypeByName(name);
  if (env.deliver(recipientsOf(args), type) === 0) env.output.write('no messages\n');
}

/** Runs on each named node; with several, each gets a title and its output is indented. */
function onEach(title: string, run: (env: InteractionEnv, node: InteractionNode) => void): Command {
  return (env, args) => {
    const nodes = nodesOf(env, args);
    for (const node of nodes) {
      if (nodes.length === 1) {
        run(env, node);
        continue;
      }
      env.output.write(`> ${node.id} ${title}\n`);
      env.output.indented(() => run(env, node));
    }
  };
}

function stabilize(env: InteractionEnv, args: readonly Argument[]): void {
  const named = nodesOf(env, args);
  const run = (): void => env.stabilize(named.length > 0 ? named : env.nodes);
  const level = argumentOf(args, 'log-level')?.values[0];
  if (level === undefined) run();
  else env.output.withLevel(level, run);
}

function writeStates(env: InteractionEnv): void {
  for (const { id, raw } of env.nodes) {
    const { role, term, leader, config } = raw.status();
    const voter = isVoter(config, id) ? '(Voter)' : '(Non-Voter)';
    env.output.write(`${id}: ${describeRole(role)} ${voter} Term:${term} Lead:${leader}\n`);
  }
}

function sendSnapshot(env: InteractionEnv, args: readonly Argument[]): void {
  const [from, to] = nodesOf(env, args);
  const source = assertDefined(from, 'sender');
  const snapshot = source.storage.snapshot();
  assert(!(snapshot instanceof RaftError), 'the state machine has a snapshot');
  const message = makeSnap(assertDefined(to, 'recipient').id, source.id, source.raw.term, snapshot);
  env.messages.push(message);
  env.output.write(describeMessage(message));
}

function compact(env: InteractionEnv, args: readonly Argument[]): void {
  const node = firstNode(env, args);
  const error = node.storage.compact(Number(args[1]?.key));
  check(error);
  env.writeLog(node);
}

const commands: Readonly<Record<string, Command>> = {
  // A place for a debugger's breakpoint.
  _breakpoint: () => undefined,
  'add-nodes': addNodes,
  campaign: (env, args) => firstNode(env, args).raw.campaign(),
  compact,
  'deliver-msgs': deliverMessages,
  'forget-leader': (env, args) => firstNode(env, args).raw.forgetLeader(),
  'log-level': (env, args) => env.output.setLevel(args[0]?.key ?? ''),
  'process-append-thread': onEach('processing append thread', (env, node) => env.processAppendThread(node)),
  'process-apply-thread': onEach('processing apply thread', (env, node) => env.processApplyThread(node)),
  'process-ready': onEach('handling Ready', (env, node) => env.processReady(node)),
  propose: (env, args) => {
    check(firstNode(env, args).raw.propose(toBytes(fromText(args[1]?.key ?? ''))));
  },
  'propose-conf-change': proposeConfChange,
  'raft-log': (env, args) => env.writeLog(firstNode(env, args)),
  'raft-state': writeStates,
  'read-index': (env, args) => firstNode(env, args).raw.readIndex(fromText(args[1]?.key ?? '')),
  'report-snapshot': (env, args) => {
    const outcome = argumentOf(args, 'failure') === undefined ? 'finish' : 'failure';
    firstNode(env, args).raw.reportSnapshot(Number(args[1]?.key) as NodeId, outcome);
  },
  'report-unreachable': (env, args) =>
    firstNode(env, args).raw.reportUnreachable(Number(args[1]?.key) as NodeId),
  'send-snapshot': sendSnapshot,
  'set-randomized-election-timeout': (env, args) => {
    firstNode(env, args).raw.raft.randomizedElectionTimeout = Number(single(args, 'timeout'));
  },
  stabilize,
  status: (env, args) => {
    for (const progress of firstNode(env, args).raw.status().progress) {
      env.output.write(`${progress.id}: ${describeProgress(progress)}\n`);
    }
  },
  'tick-election': (env, args) => {
    for (let i = 0; i < 3; i++) firstNode(env, args).raw.tick();
  },
  'tick-heartbeat': (env, args) => firstNode(env, args).raw.tick(),
  'transfer-leadership': (env, args) =>
    env.node(Number(single(args, 'from'))).raw.transferLeader(Number(single(args, 'to')) as NodeId),
};

export function isInteractionCommand(name: string): boolean {
  return Object.hasOwn(commands, name);
}

/** Runs one command and returns what it prints: `ok` if nothing, and with the log level none only errors. */
export function runInteraction(env: InteractionEnv, one: TranscriptCase): string {
  const command = assertDefined(commands[one.command], `command ${one.command}`);
  let failure: string | null = null;
  try {
    command(env, one.args, one.input);
  } catch (error) {
    if (!(error instanceof RaftError || error instanceof CommandError)) throw error;
    failure = error.message;
  }
  const text = env.output.take();
  if (env.output.isSilent) return failure ?? 'ok';
  return text + (failure ?? '') || 'ok';
}
