import { Kind } from '../../sim/trace/kinds.ts';
import {
  arg,
  becomes,
  begins,
  delivered,
  done,
  event,
  itsReturn,
  onItsLane,
  returns,
  sent,
  thereafter,
} from './find.ts';
import type { Find, Lesson } from './lesson.ts';
import { between, count, laneOf, leaderAt, nameOf, stateOf, who } from './look.ts';

const isPut = ({ kind }: { readonly kind: number }): boolean => kind === 0;
/** The leader knows that something is committed. */
const leaderCommits: Find = event('commit', (run, at) => leaderAt(run, at) === laneOf(run, at));
const followerCommits: Find = event('commit', (run, at) => leaderAt(run, at) !== laneOf(run, at));
const carriesEntries = sent('MsgApp', (run, at) => arg(run, at, 'send', 'entries') > 0);

export const replication: Lesson = {
  id: 'replication',
  title: 'A write is replicated',
  summary:
    'What happens between a client’s put and its answer, and how a member catches up that missed something.',
  runs: [{ name: 'replication', scenario: 'lesson-replication', seed: '1' }],
  steps: [
    {
      title: 'An entry for the log',
      waits: 'a put to begin',
      when: thereafter(becomes('leader'), thereafter(returns(isPut), begins(isPut))),
      camera: { beforeMs: 15, afterMs: 12 },
      text: 'A client asks some member to put a value; whoever is asked passes it on to the leader, which appends an entry to its log. The entry must come to the others’ logs, and to disks.',
      question: {
        ask: 'What does the leader do first?',
        choices: [
          'It syncs the entry to its own disk, then sends it',
          'It sends it to the others while its own disk still works',
          'It answers the client',
        ],
        right: 1,
      },
      reveal: carriesEntries,
      answer: ({ run, shown }) =>
        `${who(run, shown)} sends at once; its own disk is one of three that must have the entry, and no more special than the others (Raft thesis, 10.2.1). The line under its lane is its fsync, still under way.`,
      assert: {
        says: 'The append left before the leader’s disk was done.',
        holds: ({ run, shown }) => {
          const starts = event('syncStart', (r, e) => laneOf(r, e) === laneOf(run, shown));
          const near = starts(run, shown - 12);
          const end = event('syncDone', (r, e) => r.trace.causes[e] === near)(run, near);
          return near >= 0 && end > shown;
        },
      },
    },
    {
      title: 'Committed',
      waits: 'the first answer to the append',
      when: delivered('MsgAppResp'),
      camera: { beforeMs: 40, afterMs: 6 },
      text: 'One of the two followers has the entry on its disk and says so. The other one has not answered yet.',
      question: {
        ask: 'What does the leader know now?',
        choices: [
          'The entry is committed: two of three have it',
          'Nothing yet: it needs all answers',
          'It may tell the client, but not commit',
        ],
        right: 0,
      },
      reveal: (run, at) => leaderCommits(run, at - 6),
      answer: ({ run, shown }) =>
        `${who(run, shown)} counts a majority, itself included, and takes the entry for committed: every later leader will have it. Then it applies it.`,
      assert: {
        says: 'One answer was enough.',
        holds: ({ run, at, shown }) =>
          laneOf(run, at) === laneOf(run, shown) && run.trace.timesNs[at] === run.trace.timesNs[shown],
      },
    },
    {
      title: 'The others hear of it',
      waits: 'the leader to send on',
      when: sent('MsgApp'),
      camera: { beforeMs: 60, afterMs: 6 },
      text: 'The followers have the entry, but do not know that it is committed, and so they have not applied it.',
      question: {
        ask: 'How do they learn it?',
        choices: [
          'From the next message of the leader: each carries its commit index',
          'They ask each other and count',
          'By a second fsync',
        ],
        right: 0,
      },
      reveal: followerCommits,
      answer: ({ run, shown }) =>
        `${who(run, shown)} finds the commit index in an append and applies the entry. A follower always knows a little less than its leader: that is why it can’t answer reads by itself.`,
      assert: {
        says: 'The follower knew it after the leader, never before.',
        holds: ({ run, shown }) => {
          const leader = leaderAt(run, shown);
          const { commit } = stateOf(run, leader, shown);
          return leader !== laneOf(run, shown) && commit >= arg(run, shown, 'commit', 'index');
        },
      },
    },
    {
      title: 'One is cut off',
      waits: 'a cut',
      when: done('cut'),
      camera: { beforeMs: 60, afterMs: 20 },
      text: 'A follower is cut off from the other two.',
      question: {
        ask: 'What becomes of the next put?',
        choices: ['It waits until all are back', 'It is answered as before', 'It is refused'],
        right: 1,
      },
      reveal: thereafter(begins(isPut), itsReturn),
      answer: ({ run, shown }) =>
        `It is done: two of three are a majority. The leader goes on sending to the third, and its messages end at crosses. ${who(run, shown)} notices nothing.`,
      assert: {
        says: 'The put was acknowledged, and the member that is cut off does not know of it.',
        holds: ({ run, shown }) => {
          const states = run.members.map(({ id }) => stateOf(run, id, shown).commit);
          return run.trace.arg(shown, 1) === 0 && Math.min(...states) < Math.max(...states);
        },
      },
    },
    {
      title: 'It catches up',
      waits: 'the cut to heal',
      when: done('heal'),
      camera: { beforeMs: 60, afterMs: 20 },
      text: 'The cut heals. The follower lacks the entries of the last 0.7 s.',
      question: {
        ask: 'Who finds out what it lacks?',
        choices: [
          'The follower: it asks for what is missing',
          'The leader: a message that does not fit is refused, with a hint where to go on from',
          'Nobody; it gets a copy of everything',
        ],
        right: 1,
      },
      reveal: thereafter(
        sent('MsgAppResp', (run, at) => arg(run, at, 'send', 'reject') === 1),
        onItsLane(event('append')),
      ),
      answer: ({ run, at, shown }) =>
        `${who(run, shown)} refuses what does not follow its last entry, and says where its log ends. The leader sends from there: ${between(run, at, shown)} after the cut healed it has what it missed.`,
      assert: {
        says: 'The entries came to the member that had been cut off, and after them it has all of the leader’s.',
        holds: ({ run, shown }) => {
          const last = arg(run, shown, 'append', 'firstIndex') + arg(run, shown, 'append', 'count') - 1;
          const leader = leaderAt(run, shown);
          return (
            run.trace.kinds[shown] === Kind.append &&
            nameOf(run, leader) !== who(run, shown) &&
            last >= stateOf(run, leader, shown).commit &&
            count(run, event('append'), shown - 1, shown) === 1
          );
        },
      },
    },
  ],
  end: 'Acknowledged means: on the disks of a majority. Whoever is missing is brought up to date from the leader’s log.',
};
