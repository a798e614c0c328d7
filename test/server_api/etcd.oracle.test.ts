import * as fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  decodeResponse,
  encodeRaftRequest,
  encodeRequest,
  errors,
  isRequestOp,
  readRaftEntry,
  validateRequest,
  withMember,
} from '../../core/server/api/index.ts';
import type { ClientResponse, RequestOp } from '../../core/server/api/index.ts';
import { applyRequest, isReadOnly } from '../../core/server/apply/index.ts';
import { GrpcSession } from '../etcd_grpc.ts';
import { EtcdProcess, hasEtcd } from '../etcd_process.ts';
import { grantedLease, requestOp } from './arbitraries.ts';
import {
  describeRequest,
  grantLease,
  hashKv,
  nested,
  normalEntries,
  stricterThanEtcd,
  withoutHeader,
} from './oracle.ts';
import { newStore } from '../mvcc/support.ts';

const calls = Number(process.env['DETCD_ORACLE_CALLS'] ?? 500);
const seed = Number(process.env['DETCD_ORACLE_SEED'] ?? 1);

// The member that answered and its term are not ours; the revision, which stays, must be.
const nobody = { cluster_id: 0n, member_id: 0n, raft_term: 0 };

const methods = { range: 'Range', put: 'Put', delete_range: 'DeleteRange', txn: 'Txn' } as const;

describe.runIf(hasEtcd)('a real etcd is the oracle', () => {
  const sent: RequestOp[] = [];
  let etcd: EtcdProcess;
  let grpc: GrpcSession;

  beforeAll(async () => {
    etcd = await EtcdProcess.start();
    grpc = new GrpcSession(etcd.url);
    return () => {
      grpc.close();
      return etcd.end();
    };
  });

  async function ask(request: RequestOp): Promise<ClientResponse> {
    const { status, message, body } = await grpc.call(
      `etcdserverpb.KV/${methods[request.kind]}`,
      encodeRequest(request),
    );
    if (status !== 0) return { kind: 'error', code: status as 3, message };
    return withMember(decodeResponse(request.kind, body), nobody);
  }

  it(`answers ${calls} random calls as it does, and hashes alike`, async () => {
    const store = newStore();
    const leases = new Set([1n, grantedLease]);
    for (const lease of leases) await grantLease(grpc, lease);
    const requests = fc.sample(requestOp({ revisionMax: 40 }), { numRuns: calls, seed });
    let succeeded = 0;
    for (const [position, request] of requests.entries()) {
      const refused = validateRequest(request);
      if (refused === errors.duplicateKey && stricterThanEtcd(request)) continue;
      const ours = refused ?? applyRequest(store, request, leases);
      if (ours.kind !== 'error') succeeded++;
      const theirs = await ask(request);
      expect(ours, `call ${position} (seed ${seed}): ${describeRequest(request)}`).toEqual(theirs);
      if (refused === null && !isReadOnly(request)) sent.push(request);
    }
    expect(succeeded).toBeGreaterThan(calls / 3);
    for (const revision of [1, Math.floor(store.currentRevision / 2), store.currentRevision]) {
      expect(store.hashKv(revision).hash, `HashKV at ${revision}`).toBe(await hashKv(grpc, revision));
    }
  });

  it('refuses too many operations, counted over nesting, at the same bound', async () => {
    for (const [outer, inner] of [
      [128, 0],
      [129, 0],
      [1, 127],
      [1, 128],
      [64, 64],
      [65, 64],
    ] as const) {
      const request = nested(outer, inner);
      const refused = validateRequest(request);
      const theirs = await ask(request);
      const wanted = refused ?? { kind: 'txn' };
      expect(theirs, `${outer} operations, ${inner} in a nested txn`).toMatchObject(wanted);
    }
  });

  it('writes the same entry bytes into its WAL', async () => {
    grpc.close();
    await etcd.stop();
    const entries = normalEntries(etcd.segment()).filter((data) => {
      const entry = readRaftEntry(data);
      return entry.kind === 'v3' && isRequestOp(entry.request);
    });
    expect(sent.length).toBeGreaterThan(calls / 4);
    expect(entries.length).toBeGreaterThanOrEqual(sent.length);
    for (const [position, request] of sent.entries()) {
      const theirs = entries[position] as Uint8Array;
      const ours = encodeRaftRequest({ header: { ID: 0 }, request });
      expect(withoutHeader(theirs), describeRequest(request)).toBe(withoutHeader(ours));
    }
  });
});
