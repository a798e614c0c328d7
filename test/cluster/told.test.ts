import { describe, expect, it } from 'vitest';
import { fromText } from '../../core/base/bytes.ts';
import type * as api from '../../core/server/api/index.ts';
import { tellRequest } from '../../sim/cluster/told_requests.ts';
import { tellOutcome } from '../../sim/cluster/told_responses.ts';
import type { EtcdRequest } from '../../sim/checkers/history/etcd_operation.ts';

const [x, value] = [fromText('x'), fromText('v')];

describe('what checkers are told', () => {
  it('of puts that keep the value or the lease says so, and names a lease even if there is none', () => {
    const put = (more: object): api.ClientRequest => ({ kind: 'put', put: { key: x, value, ...more } });
    expect(tellRequest(put({}))).toEqual({ kind: 'put', key: 'x', value: 'v' });
    expect(tellRequest(put({ ignore_value: true }))).toMatchObject({ lease: '0', ignoreValue: true });
    expect(tellRequest(put({ ignore_lease: true }))).toMatchObject({ lease: '0', ignoreLease: true });
  });

  it('of a range says how it sorts and what it leaves out, unless that is as it comes anyway', () => {
    const told = (more: object): unknown => tellRequest({ kind: 'range', range: { key: x, ...more } });
    const plain = { kind: 'range', key: 'x' };
    expect(told({ sort_order: 'ASCEND', sort_target: 'KEY', min_mod_revision: 0 })).toEqual(plain);
    expect(told({ sort_order: 'DESCEND' })).toEqual({ ...plain, sortOrder: 'descend' });
    expect(told({ sort_target: 'CREATE' })).toEqual({ ...plain, sortTarget: 'create' });
    expect(
      told({
        sort_order: 'ASCEND',
        sort_target: 'VALUE',
        min_mod_revision: 1,
        max_mod_revision: 2,
        min_create_revision: 3,
        max_create_revision: 4,
      }),
    ).toEqual({
      ...plain,
      sortOrder: 'ascend',
      sortTarget: 'value',
      minModRevision: 1,
      maxModRevision: 2,
      minCreateRevision: 3,
      maxCreateRevision: 4,
    });
  });

  it('of a txn includes what it read at older revisions', () => {
    const asked: api.ClientRequest = {
      kind: 'txn',
      txn: {
        compare: [],
        success: [
          { kind: 'range', range: { key: x, revision: 2 } },
          { kind: 'put', put: { key: x, value } },
        ],
        failure: [],
      },
    };
    const told = tellRequest(asked) as EtcdRequest;
    expect(told).toEqual({
      kind: 'txn',
      compares: [],
      success: [
        { kind: 'range', key: 'x', revision: 2 },
        { kind: 'put', key: 'x', value: 'v' },
      ],
      failure: [],
    });
    const response = {
      kind: 'txn',
      txn: {
        header: { revision: 5, raft_term: 3 },
        succeeded: true,
        responses: [
          { kind: 'range', range: { kvs: [], count: 0, more: false } },
          { kind: 'put', put: {} },
        ],
      },
    } as unknown as api.SuccessResponse;
    expect(tellOutcome(told, asked, { status: 'ok', response } as never)).toEqual({
      status: 'ok',
      output: {
        kind: 'txn',
        succeeded: true,
        revision: 5,
        term: 3,
        results: [{ kind: 'range', kvs: [], count: 0 }, { kind: 'put' }],
      },
    });
  });
});
