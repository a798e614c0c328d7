import { type ByteString, fromText } from '../../../base/bytes.ts';
import type { KeyValue, ResponseHeader } from '../../../server/api/index.ts';
import { goQuote } from './go_text.ts';
import { join } from './shown.ts';

/** `"Name" : value`: one line of `-w fields`. */
export function field(name: string, value: string | number | bigint | boolean): ByteString {
  return `${fromText(`"${name}" : ${value}`)}\n` as ByteString;
}

/** The same for bytes, which are quoted. */
export function quotedField(name: string, value: ByteString): ByteString {
  return `"${name}" : ${goQuote(value)}\n` as ByteString;
}

export function headerFields(header: ResponseHeader): ByteString {
  return join([
    field('ClusterID', header.cluster_id),
    field('MemberID', header.member_id),
    field('Revision', header.revision),
    field('RaftTerm', header.raft_term),
  ]);
}

/** `prefix`: '' or 'Prev'. */
export function pairFields(prefix: string, kv: KeyValue): ByteString {
  return join([
    quotedField(`${prefix}Key`, kv.key),
    field(`${prefix}CreateRevision`, kv.create_revision),
    field(`${prefix}ModRevision`, kv.mod_revision),
    field(`${prefix}Version`, kv.version),
    quotedField(`${prefix}Value`, kv.value),
    field(`${prefix}Lease`, kv.lease),
  ]);
}
