import { begins, delivered, done, itsReturn, returns, sent } from './find.ts';
import type { Find, Lesson } from './lesson.ts';
import { between, count, nsOf, operationOf, who } from './look.ts';
import type { RunModel } from '../model/run_model.ts';

const stale: Find = returns(({ illegal }) => illegal !== '');
const isRead = ({ kind }: { readonly kind: number }): boolean => kind === 1;

/** A read on a client whose reads go to the member that is cut off: its answer never comes. */
const unanswered: Find = (run, after) => {
  const find = begins(isRead);
  for (let at = find(run, after); at >= 0; at = find(run, at))
    if ((operationOf(run, at)?.status ?? 0) !== 0) return at;
  return -1;
};

function violationLines(run: RunModel): string {
  const found = run.info.verdict.violations.find(({ check }) => check === 'linearizability');
  return found?.sentence ?? '';
}

export const readIndex: Lesson = {
  id: 'read-index',
  title: 'A read that asks, and one that does not',
  summary: 'Why a member can’t answer a read from what it knows, and what it costs to be sure.',
  runs: [
    { name: 'answers by itself', scenario: 'bug-local-reads', seed: '3', bugs: ['local-reads'] },
    { name: 'asks (ReadIndex)', scenario: 'bug-local-reads', seed: '3' },
  ],
  steps: [
    {
      title: 'A follower that is cut off',
      waits: 'a follower to be cut off',
      when: done('cut'),
      camera: { beforeMs: 15, afterMs: 8 },
      text: 'The program has a mistake here (bug local-reads): a member answers a read from its own state. Three clients write x, three read it, one of each at every member. Now a follower is cut off from the other members, but not from its clients.',
      question: {
        ask: 'A client asks it for x. What comes back?',
        choices: ['An error', 'What x was when it was cut off, at once', 'The newest value, a little later'],
        right: 1,
      },
      reveal: stale,
      answer: ({ run, at, shown }) =>
        `${operationOf(run, shown)?.words ?? ''} ${operationOf(run, shown)?.result ?? ''}, ${between(run, at, shown)} after the cut, quick as ever. Nothing about the answer shows that it is old.`,
      assert: {
        says: 'The read was answered “ok”, and no order of the operations explains it.',
        holds: ({ run, shown }) =>
          operationOf(run, shown)?.status === 0 && violationLines(run) !== '' && !run.info.verdict.passed,
      },
    },
    {
      title: 'Why it is wrong',
      waits: 'another read',
      when: begins(isRead),
      camera: { beforeMs: 30, afterMs: 25 },
      text: ({ run }) => `The checker says: ${violationLines(run)}.`,
      question: {
        ask: 'Had the read begun before that write was acknowledged, would the old value be right?',
        choices: [
          'Yes: then the read could be placed before the write',
          'No: an old value is always wrong',
          'Only if it came from the leader',
        ],
        right: 0,
      },
      reveal: (run, after) =>
        returns(({ illegal }) => illegal !== '')(run, after) < 0 ? itsReturn(run, after) : after,
      answer:
        'Yes. While two operations overlap either may come first. But this write’s client had its answer before the read began: whoever is told “done” must find it done, wherever they ask.',
      assert: {
        says: 'The violation names the read and a write that had returned before it began.',
        holds: ({ run }) => {
          const violation = run.info.verdict.violations.find(({ check }) => check === 'linearizability');
          const [read, ...others] = (violation?.operations ?? []).map((id) => run.operations.byId(id));
          return (
            read !== undefined && others.some((other) => other !== undefined && other.endNs < read.startNs)
          );
        },
      },
    },
    {
      title: 'How it should be',
      run: 1,
      waits: 'a member to be asked for a value',
      when: sent('MsgReadIndex'),
      camera: { beforeMs: 4, afterMs: 4 },
      text: ({ run, at }) =>
        `The same story without the mistake. ${who(run, at)} has been asked for x, and asks the leader: up to which index must I have applied to answer this?`,
      question: {
        ask: 'May the leader answer that at once?',
        choices: [
          'Yes: it is the leader',
          'No: it makes sure that it still is, with one heartbeat round to a majority',
          'No: it writes an entry and commits it',
        ],
        right: 1,
      },
      reveal: delivered('MsgReadIndexResp'),
      answer: ({ run, at, shown }) =>
        `A round of heartbeats: if a majority still follows it, nobody else can have committed anything that it does not know. ${between(run, at, shown)} and no write to any disk. Then the member waits until it has applied that far, and answers.`,
      assert: {
        says: 'Between the question and its answer somebody confirmed the leader.',
        holds: ({ run, at, shown }) => count(run, delivered('MsgHeartbeatResp'), at, shown) > 0,
      },
    },
    {
      title: 'Cut off, again',
      run: 1,
      waits: 'the same cut',
      when: (run, after) => unanswered(run, done('cut')(run, after)),
      camera: { beforeMs: 25, afterMs: 40 },
      text: 'The follower is cut off as before, and a client asks it for x.',
      question: {
        ask: 'What comes back this time?',
        choices: ['The old value', 'Nothing: it can’t ask anybody', 'The new value'],
        right: 1,
      },
      reveal: itsReturn,
      answer: ({ run, shown }) =>
        `Nothing (${operationOf(run, shown)?.result ?? ''}): who can’t know does not say. The client may ask another member. This is what “consistent” costs in a partition, and etcd takes the price; who wants the quick old answer can ask for it (serializable).`,
      assert: {
        says: 'It was not answered with a value, and every guarantee held.',
        holds: ({ run, at, shown }) =>
          operationOf(run, shown)?.status !== 0 &&
          run.info.verdict.passed &&
          nsOf(run, shown) > nsOf(run, at),
      },
    },
  ],
  end: 'A read is a question to the cluster, not to a member.',
};
