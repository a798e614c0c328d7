import { begins, itsReturn, returns, thereafter } from './find.ts';
import type { Lesson } from './lesson.ts';
import { between, count, operationOf } from './look.ts';

interface Shown {
  readonly words: string;
  readonly status: number;
  readonly result: string;
}

const isPut = ({ words }: Shown): boolean => words.startsWith('put big/');
const refused = returns((operation) => isPut(operation) && operation.result.includes('space exceeded'));
const stored = returns((operation) => isPut(operation) && operation.status === 0);

export const quotaAlarm: Lesson = {
  id: 'quota',
  title: 'The quota’s alarm',
  summary: 'Why a database of a few keys can be full, and what it takes to write again.',
  runs: [{ name: 'quota', scenario: 'lesson-quota-alarm', seed: '1' }],
  steps: [
    {
      title: 'Forty keys',
      waits: 'the first write',
      when: stored,
      camera: { beforeMs: 300, afterMs: 300 },
      text: 'A client writes 1,000 bytes at a time, to forty keys in turn. All present values together are 40 KB. The members refuse to let their databases grow beyond 160 KB (etcd’s default: 2 GB).',
      question: {
        ask: 'Will it ever be full?',
        choices: [
          'No: a new value takes the place of the old one',
          'Yes: every revision of every key is kept',
          'Only if there are more keys',
        ],
        right: 1,
      },
      reveal: refused,
      answer: ({ run, at, shown }) =>
        `After ${count(run, stored, at - 1, shown)} writes: “${operationOf(run, shown)?.result ?? ''}”. The history is there so that watches can go on and reads can look back. Somebody must say how far back is enough.`,
      assert: {
        says: 'More was written than the quota has room for, all of it to forty keys.',
        holds: ({ run, at, shown }) => count(run, stored, at - 1, shown) > 41,
      },
    },
    {
      title: 'What still works',
      waits: 'a read',
      when: begins(({ words }) => words.startsWith('range') || words.startsWith('get')),
      camera: { beforeMs: 500, afterMs: 40 },
      text: 'One member’s refusal has become an alarm, by way of the log: no member takes writes that need room, or they would come to differ.',
      question: {
        ask: 'Do reads work?',
        choices: ['Yes, and deletes and compactions, too', 'No, nothing does', 'Only at some members'],
        right: 0,
      },
      reveal: itsReturn,
      answer:
        'Reading needs no room, and deleting and compacting are the way out. The alarm stops what grows.',
      assert: {
        says: 'The read was answered.',
        holds: ({ run, shown }) => operationOf(run, shown)?.status === 0,
      },
    },
    {
      title: 'Making room',
      waits: 'the keys to be deleted',
      when: begins(({ words }) => words.startsWith('delete')),
      camera: { beforeMs: 300, afterMs: 60 },
      text: 'A person deletes the keys.',
      question: {
        ask: 'Is that enough to make the file smaller?',
        choices: ['Yes', 'No: compact, then defragment each member', 'No: the member must be set up anew'],
        right: 1,
      },
      reveal: thereafter(
        returns(({ words }) => words.startsWith('defragment')),
        thereafter(
          returns(({ words }) => words.startsWith('defragment')),
          returns(({ words }) => words.startsWith('defragment')),
        ),
      ),
      answer:
        'Deleting adds a revision that says so. Compacting throws the old revisions away, which leaves free pages in the file; defragmenting writes the file anew without them, on one member after the other, while that one does nothing else.',
      assert: {
        says: 'It was compacted before it was defragmented.',
        holds: ({ run, at, shown }) =>
          count(
            run,
            returns(({ words, status }) => words.startsWith('compact') && status === 0),
            at,
            shown,
          ) === 1,
      },
    },
    {
      title: 'There is room again',
      waits: 'somebody to look at the alarm',
      when: begins(({ words }) => words.startsWith('alarm')),
      camera: { beforeMs: 350, afterMs: 150 },
      text: 'The databases are small now.',
      question: {
        ask: 'Are writes taken?',
        choices: ['Yes, there is room', 'Not before the alarm is disarmed by hand', 'After a restart'],
        right: 1,
      },
      reveal: stored,
      answer: ({ run, at, shown }) =>
        `The alarm is part of the replicated state and stays until somebody takes it back. ${between(run, at, shown)} later it is, and the next put is stored.`,
      assert: {
        says: 'No put was stored between the refusal and the end of the alarm.',
        holds: ({ run, shown }) => {
          const first = refused(run, -1);
          return count(run, stored, first, shown) === 1 && first < shown;
        },
      },
    },
  ],
  end: 'Delete, compact, defragment, disarm. The quota protects the members from each other’s growth, not from yours.',
};
