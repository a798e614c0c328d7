import { arg, becomes, delivered, event, onItsLane } from './find.ts';
import type { Lesson } from './lesson.ts';
import { between, count, laneOf, nsOf, who } from './look.ts';

export const election: Lesson = {
  id: 'election',
  title: 'A leader is elected',
  summary: 'How members that know nothing of each other come to one leader, and to the next when it is gone.',
  runs: [{ name: 'election', scenario: 'lesson-election', seed: '1' }],
  steps: [
    {
      title: 'A timer runs out',
      waits: 'somebody’s patience to end',
      when: becomes('preCandidate'),
      camera: { beforeMs: 400, afterMs: 20 },
      text: ({ run, at }) =>
        `Three members have started. Each waits for a leader to speak, 1 to 2 seconds, drawn at random. Nobody speaks. The first whose time is up is ${who(run, at)}.`,
      question: {
        ask: ({ run, at }) => `What does ${who(run, at)} do first?`,
        choices: [
          'It raises its term and votes for itself',
          'It asks the others whether they would vote for it, and raises nothing yet',
          'It leads: it was the first',
        ],
        right: 1,
      },
      reveal: delivered('MsgPreVoteResp'),
      answer: ({ run, at }) =>
        `${who(run, at)} asks first (dashed lines: pre-votes). Its term stays as it was; somebody who merely lost the connection does no harm that way. The others would vote for it, for they hear no leader either.`,
      assert: {
        says: 'No member’s term rose while it asked.',
        holds: ({ run, at, shown }) =>
          count(
            run,
            event('role', (r, e) => arg(r, e, 'role', 'term') > arg(r, at, 'role', 'term')),
            at,
            shown,
          ) === 0,
      },
    },
    {
      title: 'It stands for election',
      waits: 'the first candidate',
      when: becomes('candidate'),
      camera: { beforeMs: 25, afterMs: 6 },
      text: ({ run, at }) =>
        `Now ${who(run, at)} raises the term to ${arg(run, at, 'role', 'term')}, votes for itself, writes both to its disk, and only then asks for votes.`,
      question: {
        ask: 'There are three members. How many votes must it have, its own included?',
        choices: ['All three', 'Two', 'One is enough if nobody else stands'],
        right: 1,
      },
      reveal: becomes('leader'),
      answer: ({ run, shown }) =>
        `The first vote of another makes two of three: ${who(run, shown)} leads, and does not wait for the third. Two majorities always have a member in common, and nobody votes twice in a term: so a term has one leader at most.`,
      assert: {
        says: 'It leads with the first vote that came back.',
        holds: ({ run, at, shown }) =>
          laneOf(run, at) === laneOf(run, shown) && count(run, delivered('MsgVoteResp'), at, shown) === 1,
      },
    },
    {
      title: 'The leader crashes',
      waits: 'the leader to crash',
      when: event('crash'),
      camera: { beforeMs: 300, afterMs: 150 },
      text: ({ run, at }) =>
        `${who(run, at)} is gone, in the middle of its work. Its heartbeats (thin and grey) stop.`,
      question: {
        ask: 'When do the others act?',
        choices: [
          'At once: they see that the connection broke',
          'When no heartbeat has come for an election timeout',
          'When a client complains',
        ],
        right: 1,
      },
      reveal: becomes('preCandidate'),
      answer: ({ run, at, shown }) =>
        `${between(run, at, shown)} later ${who(run, shown)} has heard nothing for its whole timeout, and asks. Until then nobody can write: this is the price of a crash.`,
      assert: {
        says: 'Between the crash and the first question lies an election timeout: about 1 to 2 s.',
        holds: ({ run, at, shown }) => {
          const ns = nsOf(run, shown) - nsOf(run, at);
          return ns > 850_000_000 && ns < 2_100_000_000;
        },
      },
    },
    {
      title: 'The old leader comes back',
      waits: 'the crashed member to start again',
      when: event('boot'),
      camera: { beforeMs: 200, afterMs: 60 },
      text: ({ run, at }) =>
        `There is a new leader in a higher term. ${who(run, at)} starts again with what its disk has: the log, and that it was in term 2.`,
      question: {
        ask: 'What is it now?',
        choices: [
          'Leader again: nobody took that from it',
          'A follower, of the new leader as soon as it hears of it',
          'A candidate: it wants its place back',
        ],
        right: 1,
      },
      reveal: onItsLane(becomes('follower', (run, at) => arg(run, at, 'role', 'leader') > 0)),
      answer: ({ run, shown }) =>
        `Everybody starts as a follower. The first message of a higher term, ${arg(run, shown, 'role', 'term')}, tells ${who(run, shown)} that the world went on, and it follows.`,
      assert: {
        says: 'It follows in a higher term than the one it led in.',
        holds: ({ run, at, shown }) =>
          laneOf(run, at) === laneOf(run, shown) && arg(run, shown, 'role', 'term') > 2,
      },
    },
  ],
  end: 'One leader a term, chosen by a majority; patience drawn at random; whoever hears of a higher term gives way.',
};
