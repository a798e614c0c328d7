/** The answer of GET /members: a JSON array of members. */
import { fromText } from '../../base/bytes.ts';
import type { NodeIdTable } from '../../base/node_ids.ts';
import type { MemberPromoteResponse } from '../../server/api/index.ts';
import { revisionHeader } from '../../server/api/index.ts';
import { type ClusterMember, memberJson } from '../../server/membership/member.ts';
import type { KnownMember } from '../config/member_config.ts';

export interface ListedMember extends KnownMember {
  readonly isLearner: boolean;
}

/** As Go's encoder ends it. */
export function memberListJson(members: readonly ClusterMember[], ids: NodeIdTable): string {
  return `[${members.map((member) => memberJson(member, ids)).join(',')}]\n`;
}

/** Null if it is no such list. */
export function parseMemberList(text: string): readonly ListedMember[] | null {
  let value: unknown;
  try {
    // Ids have 64 bits, which JSON.parse would round. Inside of texts the quotes are escaped.
    value = JSON.parse(text.replace(/"id"\s*:\s*(\d+)/g, '"id":"$1"'));
  } catch {
    return null;
  }
  if (!Array.isArray(value)) return null;
  const members: ListedMember[] = [];
  for (const item of value) {
    const { id, name, peerURLs, clientURLs, isLearner } = (item ?? {}) as Readonly<Record<string, unknown>>;
    if (typeof id !== 'string') return null;
    members.push({
      id: BigInt(id),
      name: typeof name === 'string' ? name : '',
      peerUrls: textsOf(peerURLs),
      clientUrls: textsOf(clientURLs),
      isLearner: isLearner === true,
    });
  }
  return members;
}

function textsOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : [];
}

/** What the client gets that asked another member than the leader to promote one. */
export function promotedOf(members: readonly ListedMember[]): MemberPromoteResponse {
  return {
    header: revisionHeader(0),
    members: members.map(({ id, name, peerUrls, clientUrls, isLearner }) => ({
      ID: id,
      name: fromText(name),
      peerURLs: peerUrls.map(fromText),
      clientURLs: clientUrls.map(fromText),
      isLearner,
    })),
  };
}
