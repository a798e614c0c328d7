import { describe, expect, it } from 'vitest';
import { fromText } from '../../core/base/bytes.ts';
import { nodeId } from '../../core/base/ids.ts';
import { nsPerMs, requestTimeoutMs } from '../../core/limits.ts';
import { Proposer } from '../../core/server/proposals.ts';
import { makeV2Request } from '../../core/v2store/index.ts';

describe('what waits for a leader', () => {
  it('is given up when its time is over, whether or not somebody waits for it', () => {
    const proposer = new Proposer(nodeId(1), () => []);
    const request = makeV2Request({ method: fromText('SYNC') });
    for (let tick = 0; tick < 100; tick++) proposer.proposeV2(request, tick * nsPerMs);
    expect(proposer.oldestDeadlineNs).toBe(requestTimeoutMs * nsPerMs);
    proposer.takeExpired((requestTimeoutMs + 50) * nsPerMs);
    expect(proposer.oldestDeadlineNs).toBe((requestTimeoutMs + 51) * nsPerMs);
    proposer.takeExpired((requestTimeoutMs + 200) * nsPerMs);
    expect(proposer.oldestDeadlineNs).toBe(Infinity);
  });
});
