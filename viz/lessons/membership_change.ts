import { arg, becomes, done, event } from './find.ts';
import type { Lesson } from './lesson.ts';
import { between, count, laneOf, leaderAt, stateOf, who } from './look.ts';
import type { RunModel } from '../model/run_model.ts';

const asked = (request: string) => done('admin', (action) => action['request'] === request);

function memberOf(run: RunModel, request: string): number {
  const at = asked(request)(run, -1);
  return (JSON.parse(run.trace.text(at, 0)) as { readonly member: number }).member;
}

export const membershipChange: Lesson = {
  id: 'membership',
  title: 'The members change',
  summary:
    'How a cluster grows and loses a member, its leader even, without a moment in which two majorities could differ.',
  runs: [{ name: 'membership', scenario: 'lesson-membership', seed: '1' }],
  steps: [
    {
      title: 'A learner joins',
      waits: 'a machine to be added',
      when: asked('addLearner'),
      camera: { beforeMs: 120, afterMs: 40 },
      text: ({ run }) =>
        `Three members; n${memberOf(run, 'addLearner')} is to join. It is added as a learner: it gets the log, but has no vote.`,
      question: {
        ask: 'Its log is empty. How many must have an entry now for a majority?',
        choices: ['Two, as before', 'Three of four', 'All'],
        right: 0,
      },
      reveal: event('apply', (run, at) => laneOf(run, at) === memberOf(run, 'addLearner')),
      answer: ({ run, shown }) =>
        `Two: learners don’t count. A voter with an empty log would be counted from its first moment, and with one more member down nothing could be committed. ${who(run, shown)} starts, gets everything, and costs nobody anything.`,
      assert: {
        says: 'The others went on committing while it caught up.',
        holds: ({ run, at, shown }) => {
          const leader = leaderAt(run, at);
          return stateOf(run, leader, shown).commit > stateOf(run, leader, at).commit;
        },
      },
    },
    {
      title: 'It becomes a voter',
      waits: 'its promotion',
      when: asked('promoteMember'),
      camera: { beforeMs: 200, afterMs: 60 },
      text: ({ run }) => `Now n${memberOf(run, 'promoteMember')} is to be promoted.`,
      question: {
        ask: 'When does the leader agree?',
        choices: [
          'Always',
          'When the learner has nearly everything that the leader has',
          'When all members agree',
        ],
        right: 1,
      },
      reveal: event('commit', (run, at) => laneOf(run, at) === memberOf(run, 'promoteMember')),
      answer:
        'When it has caught up. The change itself is an entry of the log like any other: whoever applies it counts four voters from then on, so a majority is three. One member at a time: then every majority of before shares a member with every majority of after.',
      assert: {
        says: 'It knew nearly as much as the leader when it was promoted.',
        holds: ({ run, at, shown }) =>
          stateOf(run, leaderAt(run, at), at).commit - stateOf(run, laneOf(run, shown), at).commit < 10,
      },
    },
    {
      title: 'The leader is removed',
      waits: 'the leader to be removed',
      when: asked('removeMember'),
      camera: { beforeMs: 150, afterMs: 120 },
      text: ({ run, at }) =>
        `Somebody asks to remove n${memberOf(run, 'removeMember')}, and that is the leader itself, of term ${stateOf(run, leaderAt(run, at), at).role?.term ?? 0}.`,
      question: {
        ask: 'What happens?',
        choices: [
          'It is refused: a leader can’t be removed',
          'The leader commits its own removal, and ends; the others elect another',
          'The cluster stops for good',
        ],
        right: 1,
      },
      reveal: becomes('leader'),
      answer: ({ run, at, shown }) =>
        `It replicates the entry that removes it, and when that is committed it is no member any more. ${between(run, at, shown)} after the request ${who(run, shown)} leads the three that are left, a machine that was not even there at the beginning.`,
      assert: {
        says: 'The one that was removed led until then, and another one leads afterwards; there was one election.',
        holds: ({ run, at, shown }) =>
          leaderAt(run, at) === memberOf(run, 'removeMember') &&
          laneOf(run, shown) !== memberOf(run, 'removeMember') &&
          count(run, becomes('leader'), at, shown) === 1 &&
          arg(run, shown, 'role', 'term') > 2,
      },
    },
  ],
  end: 'A change of the members is an entry of the log. One at a time, and learners first.',
};
