import { arg, becomes, done, event, onItsLane, returns, returnsLater, thereafter } from './find.ts';
import type { Find, Lesson, Scene } from './lesson.ts';
import { between, count, laneOf, leaderAt, nameOf, stateOf, who } from './look.ts';
import type { RunModel } from '../model/run_model.ts';

/** The follower that is cut off: the first member of the cut's first side. */
function away(run: RunModel): number {
  const cut = done('cut')(run, -1);
  const action = JSON.parse(run.trace.text(cut, 0)) as { readonly from: readonly number[] };
  return action.from[0] ?? 0;
}

const onAway =
  (find: Find): Find =>
  (run, after) => {
    for (let at = find(run, after); at >= 0; at = find(run, at)) if (laneOf(run, at) === away(run)) return at;
    return -1;
  };
const awayStands = onAway(becomes('candidate'));
const termOf = (run: RunModel, lane: number, at: number): number => stateOf(run, lane, at).role?.term ?? 0;

export const preVote: Lesson = {
  id: 'prevote',
  title: 'A partition, with PreVote and without',
  summary:
    'Why a member that was cut off can disturb everybody when it comes back, and what keeps it from that.',
  runs: [
    { name: 'without PreVote', scenario: 'lesson-prevote-off', seed: '7' },
    { name: 'with PreVote', scenario: 'lesson-prevote-on', seed: '7' },
  ],
  sideBySide: true,
  steps: [
    {
      title: 'Without PreVote: alone',
      waits: 'a follower to be cut off',
      when: done('cut'),
      camera: { beforeMs: 400, afterMs: 400 },
      text: ({ run }) =>
        `Two clusters, one story: above without PreVote, below with it. In both, ${nameOf(run, away(run))} is cut off from the other two for 5 s. The leader is on the other side, and has its majority.`,
      question: {
        ask: ({ run }) => `Above: what does ${nameOf(run, away(run))} do?`,
        choices: [
          'It waits quietly',
          'It stands for election at every timeout, and raises its term each time',
          'It stands once, then waits',
        ],
        right: 1,
      },
      reveal: thereafter(awayStands, thereafter(awayStands, awayStands)),
      answer: ({ run, at, shown }) =>
        `Again and again. It was in term ${termOf(run, away(run), at)}; now it is in term ${arg(run, shown, 'role', 'term')}. The others know nothing of it.`,
      assert: {
        says: 'Its term rose by three, while the leader’s did not move.',
        holds: ({ run, at, shown }) => {
          const leader = leaderAt(run, at);
          return (
            arg(run, shown, 'role', 'term') === termOf(run, away(run), at) + 3 &&
            termOf(run, leader, shown) === termOf(run, leader, at)
          );
        },
      },
    },
    {
      title: 'With PreVote: alone',
      run: 1,
      waits: 'the first timeout below',
      when: onAway(becomes('preCandidate')),
      camera: { beforeMs: 1800, afterMs: 1200 },
      text: ({ run, at }) =>
        `Below, ${who(run, at)} asks first whether the others would vote for it. Nobody answers: the questions end at crosses.`,
      question: {
        ask: 'What is its term when the cut heals?',
        choices: ['As high as above', 'The same as before the cut', 'None'],
        right: 1,
      },
      reveal: done('heal'),
      answer: 'The same. Without a majority that says yes it raises nothing, however long it is alone.',
      assert: {
        says: 'No role below changed its term between the cut and its end.',
        holds: ({ run, at, shown }) =>
          count(
            run,
            event('role', (r, e) => arg(r, e, 'role', 'term') !== arg(r, at, 'role', 'term')),
            at,
            shown,
          ) === 0,
      },
    },
    {
      title: 'Without PreVote: back',
      waits: 'the cut to heal, above',
      when: done('heal'),
      camera: { beforeMs: 500, afterMs: 40 },
      text: ({ run, at }) =>
        `The cut heals. Above, ${nameOf(run, away(run))} hears a heartbeat of term ${termOf(run, reachableLeader(run, at), at)}, lower than its own.`,
      question: {
        ask: 'What happens above?',
        choices: [
          'It follows the leader: that one has the majority',
          'It tells the leader of its higher term, and the leader must step down',
          'The two ignore each other',
        ],
        right: 1,
      },
      reveal: becomes('follower', (run, at) => laneOf(run, at) !== away(run)),
      answer: ({ run, shown }) =>
        `${who(run, shown)} hears of a higher term and steps down at once: such is the rule. A healthy leader is gone because of somebody who could not even be heard, and everybody waits for an election.`,
      assert: {
        says: 'The one who stepped down led until then.',
        holds: ({ run, at, shown }) => laneOf(run, shown) === reachableLeader(run, at),
      },
    },
    {
      title: 'With PreVote: back',
      run: 1,
      waits: 'the follower to be back, below',
      when: event('deliver', (run, at) => laneOf(run, at) === away(run)),
      camera: { beforeMs: 500, afterMs: 600 },
      text: ({ run }) => `Below, ${nameOf(run, away(run))} is in the same term as its leader.`,
      question: {
        ask: 'And now?',
        choices: ['An election, too', 'It follows, and nothing else happens', 'It must be started again'],
        right: 1,
      },
      reveal: thereafter(onItsLane(becomes('follower')), returnsLater(2500)),
      answer: ({ run, at, shown }) =>
        `It follows with the first message, and its leader never notices. Compare the next ${between(run, at, shown)}: below the writes go on; above a leader is gone, and its writers wait.`,
      assert: {
        says: 'Below the leader stayed and puts were answered; above the leader stepped down.',
        holds: (scene) => {
          const { run, at, shown } = scene;
          const answered = returns(({ status, kind }) => status === 0 && kind === 0);
          return (
            count(run, becomes('leader'), at, shown) === 0 &&
            count(run, answered, at, shown) > 2 &&
            laterStepDowns(scene) > 0
          );
        },
      },
    },
  ],
  end: 'A term is a loud word: everybody who hears a higher one obeys. PreVote makes sure that only those say it who could win (Raft thesis, 9.6).',
};

/** The leader that the others have: the one who was cut off does not count. */
function reachableLeader(run: RunModel, at: number): number {
  const found = run.members.find(({ id }) => id !== away(run) && stateOf(run, id, at).role?.role === 3);
  return found?.id ?? 0;
}

function laterStepDowns({ runs }: Scene): number {
  const run = runs[0] as RunModel;
  const healed = done('heal')(run, -1);
  return count(
    run,
    becomes('follower', (r, e) => laneOf(r, e) !== away(r)),
    healed,
    run.trace.length,
  );
}
