import { type ByteString, fromText } from '../../core/base/bytes.ts';
import type { ClientRequest } from '../../core/server/api/index.ts';
import type { RandomStream } from '../../sim/random.ts';
import type { Lone } from './lone.ts';

function anyKey(random: RandomStream): ByteString {
  return fromText(`k${random.below(6)}`);
}

/** Mostly small, now and then over several sectors or pages; some of it zeros, which a lost sector looks like. */
function anyValue(random: RandomStream): ByteString {
  const size = random.chance(1, 8) ? random.between(500, 5000) : random.below(60);
  return fromText((random.chance(1, 4) ? '\0' : String.fromCharCode(97 + random.below(26))).repeat(size));
}

export function anyWrite(random: RandomStream): ClientRequest {
  const key = anyKey(random);
  const put = { key, value: anyValue(random) };
  const kind = random.below(8);
  if (kind === 0) return { kind: 'delete_range', delete_range: { key, range_end: fromText('k4') } };
  if (kind > 1) return { kind: 'put', put };
  const compare = { target: 'VERSION', result: 'GREATER', key, version: 1 } as const;
  return {
    kind: 'txn',
    txn: {
      compare: [compare],
      success: [
        { kind: 'put', put },
        { kind: 'delete_range', delete_range: { key: anyKey(random) } },
      ],
      failure: [{ kind: 'put', put: { key: anyKey(random), value: fromText('else') } }],
    },
  };
}

/** One thing that happens to a member that leads alone. */
export function anyStep(lone: Lone, random: RandomStream): void {
  const kind = random.below(20);
  if (kind < 9) lone.request(anyWrite(random));
  else if (kind < 16) for (let i = random.below(6); i >= 0; i--) lone.single.completeSync();
  else if (kind < 18) lone.commitBackend();
  else if (kind < 19) lone.single.tick();
  else lone.purge();
}
