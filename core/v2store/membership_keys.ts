/**
 * Where the v2 store holds the membership, and in which form: etcd 3.4 boots from it, and its first log entries write it.
 * Ids are 64-bit numbers in hexadecimal, without zeros in front.
 */
import { type ByteString, emptyByteString, fromText, toBytes, toText } from '../base/bytes.ts';
import { JsonPlace } from './json_shape.ts';
import { jsonObject, jsonString } from './json_text.ts';
import type { V2Request } from './request.ts';

export const membersKey = '/0/members' as ByteString;
export const removedMembersKey = '/0/removed_members' as ByteString;
/** Its value is the cluster's version as plain text, such as `3.4.0`. */
export const clusterVersionKey = '/0/version' as ByteString;

export function memberStoreKey(id: bigint): ByteString {
  return `${membersKey}/${id.toString(16)}` as ByteString;
}

/** What a configuration change sets: RaftAttributes. */
export function raftAttributesKey(id: bigint): ByteString {
  return `${memberStoreKey(id)}/raftAttributes` as ByteString;
}

/** What the member says of itself when it has started: Attributes. */
export function attributesKey(id: bigint): ByteString {
  return `${memberStoreKey(id)}/attributes` as ByteString;
}

/** An empty file for each member that was removed: its id is never used again. */
export function removedMemberKey(id: bigint): ByteString {
  return `${removedMembersKey}/${id.toString(16)}` as ByteString;
}

export interface RaftAttributes {
  readonly peerUrls: readonly string[];
  readonly isLearner: boolean;
}

export interface MemberAttributes {
  /** Empty until the member has started. */
  readonly name: string;
  readonly clientUrls: readonly string[];
}

/** {"peerURLs":[...],"isLearner":true}; a voter has no "isLearner". */
export function raftAttributesJson({ peerUrls, isLearner }: RaftAttributes): ByteString {
  return jsonObject([
    ['peerURLs', listJson(peerUrls)],
    ['isLearner', isLearner ? 'true' : null],
  ]);
}

/** {"name":"...","clientURLs":[...]}; what is empty is left out. */
export function attributesJson({ name, clientUrls }: MemberAttributes): ByteString {
  return jsonObject([
    ['name', name === '' ? null : jsonString(fromText(name))],
    ['clientURLs', clientUrls.length === 0 ? null : listJson(clientUrls)],
  ]);
}

function listJson(texts: readonly string[]): string {
  return `[${texts.map((text) => jsonString(fromText(text))).join(',')}]`;
}

/** Throws V2SnapshotError if the text is not of that form. */
export function parseRaftAttributes(json: ByteString): RaftAttributes {
  const place = JsonPlace.parse(toBytes(json));
  return { peerUrls: readList(place.field('peerURLs')), isLearner: place.field('isLearner').flag() };
}

/** Throws V2SnapshotError if the text is not of that form. */
export function parseAttributes(json: ByteString): MemberAttributes {
  const place = JsonPlace.parse(toBytes(json));
  const name = toText(place.field('name').text(emptyByteString));
  return { name, clientUrls: readList(place.field('clientURLs')) };
}

function readList(place: JsonPlace): readonly string[] {
  return place.isNull ? [] : place.items().map((item) => toText(item.text(emptyByteString)));
}

/** A request by which the membership changes, beside the tree. */
export type MembershipWrite =
  | { readonly kind: 'attributes'; readonly member: bigint; readonly json: ByteString }
  | { readonly kind: 'clusterVersion'; readonly version: string };

const attributesPattern = /^\/0\/members\/([0-9a-f]{1,16})\/attributes$/;

/**
 * What an unconditional PUT of the log means for the membership; null if nothing. etcd hands such a write to its membership, which
 * writes the tree by the same Set; attributes of a member that was removed are dropped, and the tree stays as it is.
 */
export function membershipWriteOf(request: V2Request): MembershipWrite | null {
  const { method, path, val, prevExist, prevIndex, prevValue } = request;
  if ((method as string) !== 'PUT' || prevExist !== null || prevIndex > 0n || prevValue !== '') return null;
  if (path === clusterVersionKey) return { kind: 'clusterVersion', version: toText(val) };
  const match = attributesPattern.exec(path);
  return match === null ? null : { kind: 'attributes', member: BigInt(`0x${match[1] ?? ''}`), json: val };
}
