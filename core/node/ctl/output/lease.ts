import { emptyByteString, type ByteString } from '../../../base/bytes.ts';
import type {
  LeaseGrantResponse,
  LeaseKeepAliveResponse,
  LeaseLeasesResponse,
  LeaseRevokeResponse,
  LeaseTimeToLiveResponse,
  ResponseHeader,
} from '../../../server/api/index.ts';
import { toBase64 } from '../../../server/api/json/base64.ts';
import { responseHeader } from '../../../server/api/schema/kv.ts';
import * as schema from '../../../server/api/schema/lease.ts';
import { field, headerFields, quotedField } from './fields.ts';
import { goJsonMembers } from './go_json.ts';
import { leaseHex } from './go_text.ts';
import { type Shown, join, lines, shownMessage } from './shown.ts';

/** Most of the client's lease answers have the header's fields among their own. */
function flat(header: ResponseHeader, ...members: readonly string[]): string {
  return `{${[...goJsonMembers(responseHeader, header), ...members].join(',')}}`;
}

export function shownGrant(response: LeaseGrantResponse): Shown {
  const { header, ID, TTL } = response;
  return {
    ...shownMessage(schema.leaseGrantResponse, response, {
      simple: () => lines(`lease ${leaseHex(ID)} granted with TTL(${TTL}s)`),
      fields: () => join([headerFields(header), field('ID', ID), field('TTL', TTL)]),
    }),
    json: () => flat(header, `"ID":${ID}`, `"TTL":${TTL}`, '"Error":""'),
  };
}

export function shownRevoke(id: bigint, response: LeaseRevokeResponse): Shown {
  return shownMessage(schema.leaseRevokeResponse, response, {
    simple: () => lines(`lease ${leaseHex(id)} revoked`),
    fields: () => headerFields(response.header),
  });
}

export function shownKeepAlive(response: LeaseKeepAliveResponse): Shown {
  const { header, ID, TTL } = response;
  return {
    ...shownMessage(schema.leaseKeepAliveResponse, response, {
      simple: () => lines(`lease ${leaseHex(ID)} keepalived with TTL(${TTL})`),
      fields: () => join([headerFields(header), field('ID', ID), field('TTL', TTL)]),
    }),
    json: () => flat(header, `"ID":${ID}`, `"TTL":${TTL}`),
  };
}

function timeToLiveLine(
  { ID, TTL, grantedTTL, keys }: LeaseTimeToLiveResponse,
  withKeys: boolean,
): ByteString {
  if (grantedTTL === 0) return lines(`lease ${leaseHex(ID)} already expired`);
  const attached = withKeys ? `, attached keys([${keys.join(' ')}])` : '';
  const text = `lease ${leaseHex(ID)} granted with TTL(${grantedTTL}s), remaining(${TTL}s)`;
  return `${text}${attached}\n` as ByteString;
}

export function shownTimeToLive(response: LeaseTimeToLiveResponse, withKeys: boolean): Shown {
  const { header, ID, TTL, grantedTTL, keys } = response;
  const list = keys.length === 0 ? 'null' : `[${keys.map((key) => `"${toBase64(key)}"`).join(',')}]`;
  return {
    ...shownMessage(schema.leaseTimeToLiveResponse, response, {
      simple: () => timeToLiveLine(response, withKeys),
      fields: () =>
        join([
          headerFields(header),
          field('ID', ID),
          field('TTL', TTL),
          field('GrantedTTL', grantedTTL),
          ...keys.map((key) => quotedField('Key', key)),
        ]),
    }),
    json: () => flat(header, `"id":${ID}`, `"ttl":${TTL}`, `"granted-ttl":${grantedTTL}`, `"keys":${list}`),
  };
}

export function shownLeases(response: LeaseLeasesResponse): Shown {
  const { header, leases } = response;
  return {
    ...shownMessage(schema.leaseLeasesResponse, response, {
      simple: () => lines(`found ${leases.length} leases`, ...leases.map(({ ID }) => leaseHex(ID))),
      fields: () =>
        join([
          headerFields(header),
          leases.length === 0 ? emptyByteString : join(leases.map(({ ID }) => field('ID', ID))),
        ]),
    }),
    json: () => flat(header, `"leases":[${leases.map(({ ID }) => `{"id":${ID}}`).join(',')}]`),
  };
}
