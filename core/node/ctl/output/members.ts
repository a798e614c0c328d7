import { type ByteString, toText } from '../../../base/bytes.ts';
import type {
  ClusterMember,
  MemberAddResponse,
  MemberListResponse,
  MemberPromoteResponse,
  MemberRemoveResponse,
  MemberUpdateResponse,
} from '../../../server/api/index.ts';
import * as schema from '../../../server/api/schema/cluster.ts';
import { field, headerFields, quotedField } from './fields.ts';
import { hexId } from './go_text.ts';
import { type Shown, join, lines, shownMessage } from './shown.ts';
import { table } from './table.ts';

const headings = ['ID', 'Status', 'Name', 'Peer Addrs', 'Client Addrs', 'Is Learner'];

function row({ ID, name, peerURLs, clientURLs, isLearner }: ClusterMember): readonly string[] {
  const status = name === '' ? 'unstarted' : 'started';
  const urls = (list: readonly ByteString[]): string => list.map(toText).join(',');
  return [hexId(ID), status, toText(name), urls(peerURLs), urls(clientURLs), String(isLearner)];
}

function memberFields({ ID, name, peerURLs, clientURLs, isLearner }: ClusterMember): ByteString {
  return join([
    field('ID', ID),
    quotedField('Name', name),
    ...peerURLs.map((url) => quotedField('PeerURL', url)),
    ...clientURLs.map((url) => quotedField('ClientURL', url)),
    field('IsLearner', isLearner),
    lines(''),
  ]);
}

export function shownMembers(response: MemberListResponse): Shown {
  const { header, members } = response;
  return shownMessage(schema.memberListResponse, response, {
    simple: () => lines(...members.map((member) => row(member).join(', '))),
    fields: () => join([headerFields(header), ...members.map(memberFields)]),
    table: () => table(headings, members.map(row)),
  });
}

/** Ids in 16 places, filled with spaces. */
function sentence(
  id: bigint,
  what: string,
  { header }: { readonly header: { readonly cluster_id: bigint } },
) {
  const text = `Member ${hexId(id).padStart(16)} ${what} cluster ${hexId(header.cluster_id).padStart(16)}`;
  return { simple: () => lines(text) };
}

export function shownAdded(response: MemberAddResponse): Shown {
  return shownMessage(schema.memberAddResponse, response, sentence(response.member.ID, 'added to', response));
}

export function shownRemoved(id: bigint, response: MemberRemoveResponse): Shown {
  return shownMessage(schema.memberRemoveResponse, response, sentence(id, 'removed from', response));
}

export function shownUpdated(id: bigint, response: MemberUpdateResponse): Shown {
  return shownMessage(schema.memberUpdateResponse, response, sentence(id, 'updated in', response));
}

export function shownPromoted(id: bigint, response: MemberPromoteResponse): Shown {
  return shownMessage(schema.memberPromoteResponse, response, sentence(id, 'promoted in', response));
}
