import { begins, done, event, returns, thereafter } from './find.ts';
import type { Lesson } from './lesson.ts';
import { between, nsOf, operationOf } from './look.ts';
import type { RunModel } from '../model/run_model.ts';

const words = (beginning: string) => (operation: { readonly words: string; readonly status: number }) =>
  operation.words.startsWith(beginning) && operation.status === 0;
const renewed = returns(words('renew lease'));
const hearsOfIt = event('watched', (run, at) => run.trace.arg(at, 2) > 0);

function lastRenewal(run: RunModel): number {
  let last = -1;
  for (let at = renewed(run, -1); at >= 0; at = renewed(run, at)) last = at;
  return last;
}

export const leaseExpiry: Lesson = {
  id: 'lease',
  title: 'A lease expires',
  summary: 'How a key can belong to somebody who is alive, and be free when they are not.',
  runs: [{ name: 'lease', scenario: 'lesson-lease-expiry', seed: '1' }],
  steps: [
    {
      title: 'A key with an end',
      waits: 'c1 to get its lease',
      when: returns(words('grant a lease')),
      camera: { beforeMs: 80, afterMs: 60 },
      text: 'c1 is granted a lease of 2 s, and puts the key “lock” under it. The key lives as long as the lease.',
      question: {
        ask: 'How often does its client library renew a lease of 2 s?',
        choices: ['Every 2 s', 'Every third of it', 'Never: as long as the connection stands it lives'],
        right: 1,
      },
      reveal: thereafter(renewed, renewed),
      answer:
        'Every 0.67 s: two renewals may be lost before it is too late. A connection proves nothing; only the leader’s clock and a renewal that reached it do.',
      assert: {
        says: 'Two renewals lie a third of the lease apart.',
        holds: ({ run, shown }) => {
          const before = renewed(run, returns(words('grant a lease'))(run, -1));
          const ns = nsOf(run, shown) - nsOf(run, before);
          return ns > 600_000_000 && ns < 800_000_000;
        },
      },
    },
    {
      title: 'c1 is gone',
      waits: 'c1 to be cut off',
      when: done('cut'),
      camera: { beforeMs: 500, afterMs: 100 },
      text: 'c1 is cut off from every member. c2 watches the key and waits for its turn.',
      question: {
        ask: 'Who takes the key away?',
        choices: [
          'Every member, by its own clock',
          'The leader: it proposes the end of the lease, and the log does the same on all',
          'c2, when it gets impatient',
        ],
        right: 1,
      },
      reveal: hearsOfIt,
      answer: ({ run, shown }) =>
        `The leader counts. ${between(run, lastRenewal(run), shown)} after the last renewal c2 hears that the key is gone: the lease’s end went through the log, so every member deleted the key at the same revision.`,
      assert: {
        says: 'The key went more than 2 s after the last renewal, and less than 4 s.',
        holds: ({ run, shown }) => {
          const ns = nsOf(run, shown) - nsOf(run, lastRenewal(run));
          return ns > 2_000_000_000 && ns < 4_000_000_000;
        },
      },
    },
    {
      title: 'c2 takes over',
      waits: 'c2 to take the key',
      when: begins(({ words: text }) => text.startsWith('put lock = held by c2')),
      camera: { beforeMs: 900, afterMs: 60 },
      text: 'c2 puts the key. c1 is still running, somewhere, and hears nothing.',
      question: {
        ask: 'What must c1 think of its lock?',
        choices: [
          'It holds it until somebody tells it otherwise',
          'It lost it when 2 s had passed on its own clock since its last renewal',
          'It can ask a member that it reaches',
        ],
        right: 1,
      },
      reveal: returns(({ words: text }) => text.startsWith('put lock = held by c2')),
      answer:
        'Silence is an answer. Its last renewal came back as unknown; a client that goes on working on the strength of its lease then works beside the next holder. What is written under a lock should name the lock’s revision, so that late writes can be refused.',
      assert: {
        says: 'c2 has the key, and c1’s last attempt to renew was not answered.',
        holds: ({ run, shown }) => {
          const put = operationOf(run, shown);
          const silent = returns(
            (operation) => operation.words.startsWith('renew lease') && operation.status === 2,
          )(run, -1);
          return put?.status === 0 && silent >= 0 && silent < shown;
        },
      },
    },
  ],
  end: 'A lease is a promise with a clock on both sides: the holder must stop before the giver takes back.',
};
