import { toText } from '../../../base/bytes.ts';
import type { AlarmResponse, HashKVResponse, StatusResponse } from '../../../server/api/index.ts';
import { quote } from '../../../server/api/json/encode.ts';
import * as schema from '../../../server/api/schema/maintenance.ts';
import { field, headerFields, quotedField } from './fields.ts';
import { emptyByteString, fromText, type ByteString } from '../../../base/bytes.ts';
import { messageToGoJson } from './go_json.ts';
import { goDuration, hexId, humanBytes } from './go_text.ts';
import { type Shown, join, lines, shownMessage } from './shown.ts';
import { table } from './table.ts';

export interface EndpointHealth {
  readonly endpoint: string;
  readonly tookMs: number;
  /** Empty: it is healthy. */
  readonly error: string;
}

/** The simple form stands on stderr, as etcdctl has it: `healthLine`. */
export function shownHealth(list: readonly EndpointHealth[]): Shown {
  return {
    simple: () => emptyByteString,
    json: () => `[${list.map(healthJson).join(',')}]`,
    fields: () =>
      join(
        list.flatMap(({ endpoint, tookMs, error }) => [
          text('Endpoint', endpoint),
          field('Health', error === ''),
          field('Took', goDuration(tookMs)),
          field('Error', error),
          lines(''),
        ]),
      ),
    table: () =>
      table(
        ['Endpoint', 'Health', 'Took', 'Error'],
        list.map(({ endpoint, tookMs, error }) => [
          endpoint,
          String(error === ''),
          goDuration(tookMs),
          error,
        ]),
      ),
  };
}

export function healthLine({ endpoint, tookMs, error }: EndpointHealth): string {
  if (error !== '') return `${endpoint} is unhealthy: failed to commit proposal: ${error}`;
  return `${endpoint} is healthy: successfully committed proposal: took = ${goDuration(tookMs)}`;
}

function healthJson({ endpoint, tookMs, error }: EndpointHealth): string {
  const reason = error === '' ? '' : `,"error":${quote(error)}`;
  return `{"endpoint":${quote(endpoint)},"health":${error === ''},"took":"${goDuration(tookMs)}"${reason}}`;
}

function text(name: string, value: string): ByteString {
  return quotedField(name, fromText(value));
}

export interface EndpointStatus {
  readonly endpoint: string;
  readonly status: StatusResponse;
}

function statusRow({ endpoint, status }: EndpointStatus): readonly string[] {
  return [
    endpoint,
    hexId(status.header.member_id),
    toText(status.version),
    humanBytes(status.dbSize),
    String(status.leader === status.header.member_id),
    String(status.isLearner),
    String(status.raftTerm),
    String(status.raftIndex),
    String(status.raftAppliedIndex),
    status.errors.map(toText).join(', '),
  ];
}

function statusFields({ endpoint, status }: EndpointStatus): ByteString {
  return join([
    headerFields(status.header),
    quotedField('Version', status.version),
    field('DBSize', status.dbSize),
    field('Leader', status.leader),
    field('IsLearner', status.isLearner),
    field('RaftIndex', status.raftIndex),
    field('RaftTerm', status.raftTerm),
    field('RaftAppliedIndex', status.raftAppliedIndex),
    field('Errors', `[${status.errors.map(toText).join(' ')}]`),
    text('Endpoint', endpoint),
    lines(''),
  ]);
}

const statusHeadings = [
  'Endpoint',
  'ID',
  'Version',
  'DB Size',
  'Is Leader',
  'Is Learner',
  'Raft Term',
  'Raft Index',
  'Raft Applied Index',
  'Errors',
];

export function shownStatus(list: readonly EndpointStatus[]): Shown {
  const json = ({ endpoint, status }: EndpointStatus): string =>
    `{"Endpoint":${quote(endpoint)},"Status":${messageToGoJson(schema.statusResponse, status)}}`;
  return {
    simple: () => lines(...list.map((one) => statusRow(one).join(', '))),
    json: () => (list.length === 0 ? 'null' : `[${list.map(json).join(',')}]`),
    fields: () => join(list.map(statusFields)),
    table: () => table(statusHeadings, list.map(statusRow)),
  };
}

export interface EndpointHash {
  readonly endpoint: string;
  readonly hash: HashKVResponse;
}

export function shownHashes(list: readonly EndpointHash[]): Shown {
  const json = ({ endpoint, hash }: EndpointHash): string =>
    `{"Endpoint":${quote(endpoint)},"HashKV":${messageToGoJson(schema.hashKVResponse, hash)}}`;
  const rows = list.map(({ endpoint, hash }) => [endpoint, String(hash.hash)]);
  return {
    simple: () => lines(...rows.map((row) => row.join(', '))),
    json: () => (list.length === 0 ? 'null' : `[${list.map(json).join(',')}]`),
    fields: () =>
      join(
        list.flatMap(({ endpoint, hash }) => [
          headerFields(hash.header),
          text('Endpoint', endpoint),
          field('Hash', hash.hash),
          lines(''),
        ]),
      ),
    table: () => table(['Endpoint', 'Hash'], rows),
  };
}

export function shownAlarms(response: AlarmResponse): Shown {
  const { header, alarms } = response;
  return shownMessage(schema.alarmResponse, response, {
    simple: () => lines(...alarms.map(({ memberID, alarm }) => `memberID:${memberID} alarm:${alarm} `)),
    // etcd sends no header here, on which etcdctl's own form of fields ends with a panic.
    fields: () =>
      join([
        ...(header === undefined ? [] : [headerFields(header)]),
        ...alarms.flatMap(({ memberID, alarm }) => [
          field('MemberID', memberID),
          field('AlarmType', alarm),
          lines(''),
        ]),
      ]),
  });
}
