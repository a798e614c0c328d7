/** What members ask each other about leases: etcd's LeaseKeepAliveRequest and LeaseInternalRequest, and their answers. */
import { ProtobufReader, ProtobufWriter } from '../../base/protobuf.ts';
import type { PeerAnswer, PeerCall } from '../../server/peers/messages.ts';

type LeaseCall = Extract<PeerCall, { readonly kind: 'lease_keep_alive' | 'lease_time_to_live' }>;
type LeaseAnswer = Extract<PeerAnswer, { readonly kind: 'lease_keep_alive' | 'lease_time_to_live' }>;

export function encodeLeaseCall(call: LeaseCall): Uint8Array {
  const writer = new ProtobufWriter();
  if (call.kind === 'lease_keep_alive') writer.uint64(1, call.ID);
  else
    writer.message(1, call, (inner, { ID, keys }) => {
      inner.uint64(1, ID);
      inner.boolTrue(2, keys);
    });
  return writer.finish();
}

/** Throws ProtobufError. */
export function decodeLeaseCall(kind: LeaseCall['kind'], bytes: Uint8Array): LeaseCall {
  let ID = 0n;
  let keys = false;
  const fields = kind === 'lease_keep_alive' ? new ProtobufReader(bytes) : nested(bytes);
  while (fields.next()) {
    if (fields.field === 1) ID = BigInt.asIntN(64, fields.uint64());
    else if (fields.field === 2 && kind === 'lease_time_to_live') keys = fields.bool();
    else fields.skip();
  }
  return kind === 'lease_keep_alive' ? { kind, ID } : { kind, ID, keys };
}

/** The message in field 1; empty if there is none. */
function nested(bytes: Uint8Array): ProtobufReader {
  const outer = new ProtobufReader(bytes);
  let inner = new ProtobufReader(new Uint8Array(0));
  while (outer.next()) {
    if (outer.field === 1) inner = outer.message();
    else outer.skip();
  }
  return inner;
}

export function encodeLeaseAnswer(ID: bigint, answer: LeaseAnswer): Uint8Array {
  const writer = new ProtobufWriter();
  if (answer.kind === 'lease_keep_alive') {
    writer.uint64(2, ID);
    writer.varintNonZero(3, answer.ttl);
  } else
    writer.message(1, answer, (inner, { ttl, grantedTtl, keys }) => {
      // etcd's members take no answer without a header.
      inner.bytes(1, new Uint8Array(0));
      inner.uint64(2, ID);
      inner.varintNonZero(3, ttl);
      inner.varintNonZero(4, grantedTtl);
      for (const key of keys) inner.byteString(5, key);
    });
  return writer.finish();
}

/** Throws ProtobufError. */
export function decodeLeaseAnswer(kind: LeaseCall['kind'], bytes: Uint8Array): LeaseAnswer {
  let ttl = 0;
  let grantedTtl = 0;
  const keys: LeaseAnswerKeys = [];
  const fields = kind === 'lease_keep_alive' ? new ProtobufReader(bytes) : nested(bytes);
  while (fields.next()) {
    if (fields.field === 3) ttl = fields.int();
    else if (fields.field === 4) grantedTtl = fields.int();
    else if (fields.field === 5) keys.push(fields.byteString());
    else fields.skip();
  }
  return kind === 'lease_keep_alive' ? { kind, ttl } : { kind, ttl, grantedTtl, keys };
}

type LeaseAnswerKeys = Extract<LeaseAnswer, { readonly kind: 'lease_time_to_live' }>['keys'][number][];
