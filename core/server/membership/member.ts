import { assert } from '../../base/assert.ts';
import { fromText, toBytes, fromBytes, toText } from '../../base/bytes.ts';
import type { NodeId } from '../../base/ids.ts';
import type { NodeIdTable } from '../../base/node_ids.ts';
import type { MemberAttributes, RaftAttributes } from '../../v2store/index.ts';

/** A member of the cluster as all members know it. */
export interface ClusterMember {
  readonly id: NodeId;
  /** Empty until the member has started and told its name. */
  readonly name: string;
  readonly peerUrls: readonly string[];
  readonly clientUrls: readonly string[];
  readonly isLearner: boolean;
}

/** JSON as Go's encoder writes it, which leaves out what is empty and escapes what HTML would take for markup. */
function goJson(value: unknown): string {
  return JSON.stringify(value).replace(
    /[<>&\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** What a conf change carries and the backend keeps. An id has 64 bits, which JSON.stringify can't write. */
export function memberJson(member: ClusterMember, ids: NodeIdTable): string {
  const parts = [`"id":${ids.foreign(member.id)}`, `"peerURLs":${goJson(member.peerUrls)}`];
  if (member.isLearner) parts.push('"isLearner":true');
  if (member.name !== '') parts.push(`"name":${goJson(member.name)}`);
  if (member.clientUrls.length > 0) parts.push(`"clientURLs":${goJson(member.clientUrls)}`);
  return `{${parts.join(',')}}`;
}

export function encodeMember(member: ClusterMember, ids: NodeIdTable): Uint8Array {
  return toBytes(fromText(memberJson(member, ids)));
}

/** A conf change's context. What promotes a learner says so (etcd: ConfigChangeContext). */
export function confChangeContext(member: ClusterMember, isPromote: boolean, ids: NodeIdTable): Uint8Array {
  const json = memberJson(member, ids);
  return toBytes(fromText(`${json.slice(0, -1)},"isPromote":${isPromote}}`));
}

/** Fields of a member's JSON; what is absent is empty. */
export interface MemberFields extends RaftAttributes, MemberAttributes {
  /** Null if there is no id in it. */
  readonly id: bigint | null;
  /** True: the change makes a learner a voter (etcd: ConfigChangeContext). */
  readonly isPromote: boolean;
}

/** Reads that form. Throws SyntaxError on text that is no JSON object of that kind. */
export function parseMember(text: string): MemberFields {
  const value: unknown = JSON.parse(text);
  if (typeof value !== 'object' || value === null) throw new SyntaxError('member: expected a JSON object');
  const fields = value as Readonly<Record<string, unknown>>;
  // JSON.parse rounds an id above 2^53: its digits are read from the text.
  const digits = /"id"\s*:\s*(\d+)/.exec(text)?.[1];
  return {
    id: digits === undefined ? null : BigInt(digits),
    name: typeof fields['name'] === 'string' ? fields['name'] : '',
    peerUrls: texts(fields['peerURLs']),
    clientUrls: texts(fields['clientURLs']),
    isLearner: fields['isLearner'] === true,
    isPromote: fields['isPromote'] === true,
  };
}

function texts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : [];
}

export function decodeMember(bytes: Uint8Array): MemberFields {
  return parseMember(toText(fromBytes(bytes)));
}

/** Lower-case hex without padding, as etcd names members in keys and paths. */
export function memberHex(id: NodeId, ids: NodeIdTable): string {
  assert(id > 0, 'a member has an id');
  return ids.foreign(id).toString(16);
}
