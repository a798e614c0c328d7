import { arg, becomes, done, event, onItsLane, thereafter } from './find.ts';
import type { Find, Lesson } from './lesson.ts';
import { count, laneOf, stateOf, who } from './look.ts';
import type { RunModel } from '../model/run_model.ts';

const leads = becomes('leader');
const ownTerm = (run: RunModel, at: number): number => arg(run, at, 'role', 'term');

/** The leader that has an old entry to send on: the first one, or its friend, in a later term. */
const leadsAgain: Find = thereafter(leads, thereafter(leads, leads));

function brokenLine(run: RunModel): string {
  return run.info.verdict.violations.find(({ check }) => check === 'leader completeness')?.sentence ?? '';
}

export const figure8: Lesson = {
  id: 'figure-8',
  title: 'Figure 8',
  summary: 'Why a leader counts only entries of its own term: the famous counterexample of the Raft paper.',
  runs: [
    {
      name: 'counts any entry',
      scenario: 'bug-commit-earlier-term',
      seed: '1',
      bugs: ['commit-earlier-term'],
    },
    { name: 'counts those of its own term', scenario: 'bug-commit-earlier-term', seed: '1' },
  ],
  steps: [
    {
      title: 'An entry on two of five',
      waits: 'the leader’s appends to be held up',
      when: done('cut'),
      camera: { beforeMs: 300, afterMs: 60 },
      text: ({ run, at }) =>
        `Five members, slow links. From now on the appends of n${stateLeader(run, at)}, leader of term 2, reach one friend only; what it appends stands on two of five.`,
      question: {
        ask: 'Are those entries committed?',
        choices: ['Yes', 'No: that takes three', 'As soon as they are on a disk'],
        right: 1,
      },
      reveal: done('cut'),
      answer:
        'No, and no client is told anything. Now the two are cut off from the other three, who will soon miss their leader.',
      assert: {
        says: 'The leader’s log grew, and what it has appended since is not committed.',
        holds: ({ run, at, shown }) => {
          const leader = stateLeader(run, at);
          const appends = event('append', (r, e) => laneOf(r, e) === leader);
          return count(run, appends, at, shown) > 0;
        },
      },
    },
    {
      title: 'Another leader',
      waits: 'the three to elect somebody',
      when: leads,
      camera: { beforeMs: 400, afterMs: 60 },
      text: ({ run, at }) =>
        `${who(run, at)} leads term ${ownTerm(run, at)}, elected by three who never had the entries of term 2. It appends an entry of its own, at the very index where the others have one of term 2.`,
      question: {
        ask: 'Was that right?',
        choices: [
          'Yes: nothing that was committed is lost',
          'No: it should have asked the two for theirs',
          'No: a term was skipped',
        ],
        right: 0,
      },
      reveal: done('heal'),
      answer: ({ run, at }) =>
        `It was. But before its entry reaches anybody, ${who(run, at)} is cut off, and the others are joined again.`,
      assert: {
        says: 'Its entry stands on its own log only.',
        holds: ({ run, at, shown }) => {
          const others = event(
            'append',
            (r, e) => laneOf(r, e) !== laneOf(run, at) && arg(r, e, 'append', 'term') === ownTerm(run, at),
          );
          return count(run, others, at, shown) === 0;
        },
      },
    },
    {
      title: 'The old entry goes round',
      waits: 'one of the first two to lead again',
      when: leads,
      camera: { beforeMs: 300, afterMs: 100 },
      text: ({ run, at }) =>
        `${who(run, at)} leads term ${ownTerm(run, at)}. It has the entries of term 2 and sends them on. Soon they stand on four of five.`,
      question: {
        ask: 'Three members have an entry of term 2. May the leader of a later term take it for committed?',
        choices: [
          'Yes: a majority has it',
          'No: it may still be overwritten by the leader between',
          'Yes, if nobody objects',
        ],
        right: 1,
      },
      reveal: onItsLane(event('commit')),
      answer: ({ run, shown }) =>
        `This program has a mistake (bug commit-earlier-term): it counts any entry. ${who(run, shown)} commits up to ${arg(run, shown, 'commit', 'index')}, an entry of term 2, and clients are told so.`,
      assert: {
        says: 'What it commits first is not of its own term: none of its own is on three members yet.',
        holds: ({ run, at, shown }) =>
          arg(run, shown, 'commit', 'index') <= lastIndexOfTerm(run, laneOf(run, shown), 2, shown) &&
          ownTerm(run, at) > 2,
      },
    },
    {
      title: 'The leader between is back',
      waits: 'it to be elected once more',
      when: leads,
      camera: { beforeMs: 300, afterMs: 60 },
      text: ({ run, at }) =>
        `The first two are cut off once more, and ${who(run, at)} is back. Its last entry is of term 5, the others’ last ones of term 2: it is elected, rightly, and leads term ${ownTerm(run, at)}.`,
      question: {
        ask: 'What becomes of the entry that clients were told of?',
        choices: ['It stays', 'It is overwritten by another one', 'The new leader gets it first'],
        right: 1,
      },
      reveal: event('violation'),
      answer: ({ run }) => `It is lost. The checker: ${brokenLine(run)}.`,
      assert: {
        says: 'The check “leader completeness” found it.',
        holds: ({ run }) => brokenLine(run) !== '',
      },
    },
    {
      title: 'The rule that helps',
      run: 1,
      waits: 'the same leader, in the run without the mistake',
      when: leadsAgain,
      camera: { beforeMs: 300, afterMs: 100 },
      text: ({ run, at }) =>
        `The same story with the right rule. ${who(run, at)} leads term ${ownTerm(run, at)} and sends on the entries of term 2.`,
      question: {
        ask: 'When does it take them for committed?',
        choices: [
          'Never',
          'With the first entry of its own term that three members have',
          'After a second round',
        ],
        right: 1,
      },
      reveal: onItsLane(event('commit')),
      answer: ({ run, at, shown }) =>
        `An entry of term ${ownTerm(run, at)} on three members shuts the way back: whoever lacks it can’t be elected any more. With it everything before is committed, at ${arg(run, shown, 'commit', 'index')}. That is why a new leader appends an empty entry first.`,
      assert: {
        says: 'What it commits first is of its own term, and every guarantee held.',
        holds: ({ run, at, shown }) =>
          arg(run, shown, 'commit', 'index') > lastIndexOfTerm(run, laneOf(run, shown), 2, shown) &&
          ownTerm(run, at) > 2 &&
          run.info.verdict.passed,
      },
    },
  ],
  end: 'A majority of copies is not a commit. Only an entry of the leader’s own term, on a majority, is.',
};

function stateLeader(run: RunModel, at: number): number {
  const found = run.members.find(({ id }) => stateOf(run, id, at).role?.role === 3);
  return found?.id ?? 0;
}

/** The last index at which a lane has appended an entry of a term. */
function lastIndexOfTerm(run: RunModel, lane: number, term: number, before: number): number {
  const appends = event('append', (r, e) => laneOf(r, e) === lane && arg(r, e, 'append', 'term') === term);
  let last = 0;
  for (let at = appends(run, -1); at >= 0 && at <= before; at = appends(run, at))
    last = arg(run, at, 'append', 'firstIndex') + arg(run, at, 'append', 'count') - 1;
  return last;
}
