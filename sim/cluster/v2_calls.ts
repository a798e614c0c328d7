import { type ByteString, fromText, toText } from '../../core/base/bytes.ts';
import type { V2Answer } from '../../core/server/traffic.ts';
import {
  type NodeView,
  type V2Request as StoreRequest,
  keysNamespace,
  makeV2Request,
  withoutPrefix,
} from '../../core/v2store/index.ts';
import type { V2NodeView, V2Operation, V2Request, V2Response } from '../checkers/v2/index.ts';
import { clientTimeoutMs, epochNs } from '../limits.ts';
import { type Script, nsPerMs, until } from '../script.ts';
import type { World } from './world.ts';

/** Note topics: an operation that was asked for, and what was told of it. One that was never told of may have happened. */
export const v2Topics = { asked: 'v2-asked', told: 'v2-told' } as const;

const nsPerSecond = 1000 * nsPerMs;

/** Takes a request to the member's process. False: it does not run, or not yet, or the run has no such member. */
export type V2Sender = (member: number, call: number, request: StoreRequest) => boolean;

/**
 * Requests of etcd's v2 API, made by programs that run beside a member and ask it without a network between. What they asked and heard
 * are notes of the run.
 */
export class V2Calls {
  /** Set when there are processes. */
  sender: V2Sender = () => false;
  private readonly world: World;
  private readonly answers = new Map<number, { readonly answer: V2Answer; readonly ns: number }>();
  private last = 0;
  private sequence = 0;

  constructor(world: World) {
    this.world = world;
  }

  answered(call: number, answer: V2Answer): void {
    this.answers.set(call, { answer, ns: this.world.scheduler.nowNs });
  }

  /** One operation at this member, as a client's script asks for it. */
  *call(client: number, member: number, input: V2Request): Script<V2Operation['outcome']> {
    const { world } = this;
    const callNs = world.scheduler.nowNs;
    const id = ++this.last;
    world.noteOf(client, v2Topics.asked, { id, input, callNs, callSequence: ++this.sequence });
    if (!this.sender(member, id, storeRequest(input, callNs)))
      return this.tell(client, id, { status: 'fail' });
    yield* until(() => this.answers.has(id), clientTimeoutMs);
    const found = this.answers.get(id);
    if (found === undefined || (found.answer.kind !== 'event' && found.answer.kind !== 'error'))
      return { status: 'unknown' };
    return this.tell(client, id, { status: 'ok', output: responseOf(found.answer) }, found.ns);
  }

  private tell(
    client: number,
    id: number,
    outcome: V2Operation['outcome'],
    returnNs = this.world.scheduler.nowNs,
  ): V2Operation['outcome'] {
    this.world.noteOf(client, v2Topics.told, { id, outcome, returnNs, returnSequence: ++this.sequence });
    return outcome;
  }
}

function storeRequest({ kind, key, ...asked }: V2Request, callNs: number): StoreRequest {
  const { value, ttl, dir = false, recursive = false, prevValue = '', prevIndex = 0 } = asked;
  const path = (keysNamespace + fromText(key)) as ByteString;
  const expiration = ttl === undefined ? 0n : epochNs + BigInt(callNs + ttl * nsPerSecond);
  const fields = { path, dir, recursive, val: fromText(value ?? ''), expiration };
  const compared = { prevValue: fromText(prevValue), prevIndex: BigInt(prevIndex) };
  switch (kind) {
    case 'get':
      return makeV2Request({ ...fields, method: fromText('QGET'), quorum: true });
    case 'set':
      return makeV2Request({ ...fields, method: fromText('PUT') });
    case 'create':
      return makeV2Request({ ...fields, method: fromText('PUT'), prevExist: false });
    case 'createInOrder':
      return makeV2Request({ ...fields, method: fromText('POST') });
    case 'update':
      return makeV2Request({ ...fields, method: fromText('PUT'), prevExist: true });
    case 'refresh':
      return makeV2Request({ ...fields, method: fromText('PUT'), prevExist: true, refresh: true });
    case 'compareAndSwap':
      return makeV2Request({ ...fields, ...compared, method: fromText('PUT') });
    case 'compareAndDelete':
      return makeV2Request({ ...fields, ...compared, method: fromText('DELETE') });
    case 'delete':
      return makeV2Request({ ...fields, method: fromText('DELETE') });
    default:
      throw new RangeError(`no client asks for ${kind} here`);
  }
}

function responseOf(answer: Extract<V2Answer, { readonly kind: 'event' | 'error' }>): V2Response {
  if (answer.kind === 'error') return { error: answer.error.code };
  const { action, node, prevNode } = withoutPrefix(answer.event, keysNamespace);
  return {
    error: null,
    node: viewOf(node, action === 'get'),
    prevNode: prevNode === null ? null : viewOf(prevNode, false),
  };
}

/** `listed`: with what a directory holds. */
export function viewOf(node: NodeView, listed: boolean): V2NodeView {
  const { dir, createdIndex, modifiedIndex } = node;
  return {
    key: toText(node.key),
    ...(node.value === null ? {} : { value: toText(node.value) }),
    dir,
    createdIndex,
    modifiedIndex,
    ...(listed && dir ? { nodes: node.nodes.map((each) => viewOf(each, true)) } : {}),
  };
}
