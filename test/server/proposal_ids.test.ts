import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type NodeId, nodeId } from '../../core/base/ids.ts';
import { firstMemberId } from '../../core/node/host/member_ids.ts';
import { WideIds } from '../../core/node/host/wide_ids.ts';
import { ProposalIds, proposalPrefix } from '../../core/server/proposal_ids.ts';
import { runs } from '../runs.ts';

describe('the prefix of a member’s proposals', () => {
  it('is no other member’s, whoever of two knows the other', () => {
    const ports = fc.uniqueArray(fc.nat(), { minLength: 2, maxLength: 7 });
    fc.assert(
      fc.property(ports, fc.infiniteStream(fc.boolean()), (all, knows) => {
        const table = new WideIds();
        const members = all.map((port) => table.local(firstMemberId([`http://m:${port}`], 'token')));
        const known = members.map((member) => new Set([member]));
        // Of every two members at least the later one knows the other.
        for (let later = 1; later < members.length; later++) {
          for (let earlier = 0; earlier < later; earlier++) {
            known[later]?.add(members[earlier] as NodeId);
            if (knows.next().value === true) known[earlier]?.add(members[later] as NodeId);
          }
        }
        const prefixes = members.map((member, i) => proposalPrefix(member, [...(known[i] ?? [])]));
        expect(new Set(prefixes).size).toBe(members.length);
      }),
      { numRuns: runs(200, 20_000), seed: 1 },
    );
  });

  it('differs where ids agree in their low bits, and is the same as ever for small ids', () => {
    const table = new WideIds();
    const [a, b] = [table.local(0xaaaa_5555_1234_7abcn), table.local(0xbbbb_6666_1234_7abcn)];
    expect(a % 64).toBe(b % 64);
    expect(proposalPrefix(a, [])).toBe(proposalPrefix(b, []));
    expect(proposalPrefix(a, [a, b])).not.toBe(proposalPrefix(b, [a, b]));
    expect([1, 2, 63].map((id) => proposalPrefix(nodeId(id), [nodeId(1), nodeId(2)]))).toEqual([8, 16, 504]);
  });
});

describe('ids of proposals', () => {
  it('grow with time, differ at one time, stay below 2^53, and take the new prefix when the members change', () => {
    const table = new WideIds();
    const [a, b] = [table.local(0xaaaa_5555_1234_7abcn), table.local(0xbbbb_6666_1234_7abcn)];
    let members = [{ id: a }];
    const made = new ProposalIds(a, () => members);
    const early = [made.next(5_000_000), made.next(5_000_000), made.next(9_000_000)];
    expect(early[1]).toBe((early[0] as number) + 1);
    expect(early[2]).toBe((early[0] as number) + 4000);
    members = [{ id: a }, { id: b }];
    const late = made.next(10_000_000);
    expect(Math.floor(late / 2 ** 44)).toBe(proposalPrefix(a, [a, b]));
    expect(late % 2 ** 44).toBe(10_000);
    const last = new ProposalIds(nodeId(63), () => []).next(Number.MAX_SAFE_INTEGER);
    expect(last).toBeLessThan(2 ** 53);
  });
});
