import { arg, becomes, delivered, event, thereafter } from './find.ts';
import type { Lesson, Scene } from './lesson.ts';
import { between, count, laneOf, nsOf, who } from './look.ts';

const stands = becomes('candidate');

function candidatesOf({ run, at, shown }: Scene): ReadonlySet<string> {
  const found = new Set<string>();
  for (let next = stands(run, at); next >= 0 && next <= shown; next = stands(run, next))
    found.add(`${laneOf(run, next)} in ${arg(run, next, 'role', 'term')}`);
  return found;
}

export const splitVote: Lesson = {
  id: 'split-vote',
  title: 'The votes are split',
  summary: 'Why a term may pass without a leader, and why that does not go on for ever.',
  runs: [{ name: 'split vote', scenario: 'lesson-split-vote', seed: '5' }],
  steps: [
    {
      title: 'Three are left of four',
      waits: 'the leader to crash',
      when: event('crash'),
      camera: { beforeMs: 300, afterMs: 250 },
      text: 'Four members on a slow network: every message takes 0.1 s, as long as the time between two heartbeats. The leader crashes. Before one of the others has told the rest that it stands, another one’s timer may be out, too.',
      question: {
        ask: 'How many votes does one need now?',
        choices: ['Two: a majority of the three that are left', 'Three: a majority of four', 'Four'],
        right: 1,
      },
      reveal: thereafter(stands, thereafter(stands, stands)),
      answer:
        'A majority is one of all members, also of those that are down: three of four. And here all three that are left stand at almost the same time, in the same term.',
      assert: {
        says: 'Three members stood for election, in one and the same term.',
        holds: (scene) => {
          const all = [...candidatesOf(scene)];
          return all.length === 3 && new Set(all.map((text) => text.split(' in ')[1])).size === 1;
        },
      },
    },
    {
      title: 'Everybody has voted',
      waits: 'the first answer to a request for a vote',
      when: delivered('MsgVoteResp'),
      camera: { beforeMs: 300, afterMs: 20 },
      text: 'Each has voted for itself, and a vote is given once a term: it is on the disk.',
      question: {
        ask: 'What can come of this term?',
        choices: [
          'The one with the longest log wins',
          'Nothing: nobody can have three votes',
          'Three leaders',
        ],
        right: 1,
      },
      reveal: becomes('follower'),
      answer: ({ run, shown }) =>
        `All requests are refused. ${who(run, shown)} sees that it can’t win any more and gives up; the term ends without a leader. That costs time, and no more: nobody was told anything wrong.`,
      assert: {
        says: 'Nobody led between the crash and now.',
        holds: ({ run, shown }) => {
          const crash = event('crash')(run, -1);
          return count(run, becomes('leader'), crash, shown) === 0;
        },
      },
    },
    {
      title: 'Again',
      waits: 'the next to ask',
      when: becomes('preCandidate'),
      camera: { beforeMs: 300, afterMs: 30 },
      text: ({ run, at }) =>
        `Some time later ${who(run, at)} tries again. Nothing about the network has changed.`,
      question: {
        ask: 'Why should it go better this time?',
        choices: [
          'The others have learnt to wait for it',
          'Each draws a new random timeout: this one ran out alone',
          'It has the highest number',
        ],
        right: 1,
      },
      reveal: becomes('leader'),
      answer: ({ run, at, shown }) =>
        `The others still had time left. It asked, was elected and leads ${between(run, at, shown)} later. Ties are broken by chance: the wider the timeouts are spread, compared with the network’s delay, the rarer they are.`,
      assert: {
        says: 'In the term that was won only one stood.',
        holds: (scene) =>
          candidatesOf(scene).size === 1 && nsOf(scene.run, scene.shown) > nsOf(scene.run, scene.at),
      },
    },
  ],
  end: 'Safety never depends on time; progress does. Random timeouts make sure that somebody is alone, sooner or later.',
};
