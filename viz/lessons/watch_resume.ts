import { arg, event, thereafter } from './find.ts';
import type { Lesson } from './lesson.ts';
import { between, count, nsOf, who } from './look.ts';
import type { RunModel } from '../model/run_model.ts';

const hears = (least: number) => event('watched', (run, at) => arg(run, at, 'watched', 'count') >= least);
const begins = event('watched', (run, at) => arg(run, at, 'watched', 'count') === 0);
const revision = (run: RunModel, at: number): number => arg(run, at, 'watched', 'revision');

function eventsUpTo(run: RunModel, last: number): number {
  let sum = 0;
  for (let at = hears(1)(run, -1); at >= 0 && at <= last; at = hears(1)(run, at))
    sum += arg(run, at, 'watched', 'count');
  return sum;
}

export const watchResume: Lesson = {
  id: 'watch',
  title: 'A watch goes on elsewhere',
  summary: 'How a client hears of every change once and in order, though the member it listened to is gone.',
  runs: [{ name: 'watch', scenario: 'lesson-watch-resume', seed: '1' }],
  steps: [
    {
      title: 'Every change has a number',
      waits: 'c2 to hear of changes',
      when: thereafter(hears(1), hears(1)),
      camera: { beforeMs: 250, afterMs: 30 },
      text: ({ run, at }) =>
        `c1 writes, c2 watches. What c2 has just heard is revision ${revision(run, at)}: every write raises it by one, the same on all members.`,
      question: {
        ask: 'What must c2 remember, to be able to go on at another member?',
        choices: [
          'All it has heard',
          'The last revision it has heard',
          'The member’s name and a position there',
        ],
        right: 1,
      },
      reveal: hears(1),
      answer: ({ run, shown }) =>
        `One number. Now it is ${revision(run, shown)}; a watch that begins at ${revision(run, shown) + 1} has nothing twice and misses nothing.`,
      assert: {
        says: 'The next answer continued with the next revision.',
        holds: ({ run, at, shown }) => revision(run, shown) === revision(run, at) + 1,
      },
    },
    {
      title: 'Its member is gone',
      waits: 'the member that it listens to to crash',
      when: thereafter(event('crash'), thereafter(event('crash'), event('crash'))),
      camera: { beforeMs: 400, afterMs: 120 },
      text: ({ run, at }) =>
        `${who(run, at)} crashes. It was the one that c2 had its stream with; the other two go on, and so does c1.`,
      question: {
        ask: 'What does c2 notice first?',
        choices: ['Silence', 'An event that says so', 'A wrong event'],
        right: 0,
      },
      reveal: begins,
      answer: ({ run, at, shown }) =>
        `Nothing comes any more. Then its library has another member: ${between(run, at, shown)} after the crash a new stream is there, from the revision after the last one.`,
      assert: {
        says: 'Between the crash and the new stream c2 heard nothing.',
        holds: ({ run, at, shown }) => count(run, hears(1), at, shown) === 0,
      },
    },
    {
      title: 'What it missed',
      waits: 'the cluster to write on',
      when: event('apply'),
      camera: { beforeMs: 2300, afterMs: 60 },
      text: 'Meanwhile c1 has written many times. The new member has never heard of c2.',
      question: {
        ask: 'What does c2 get?',
        choices: [
          'What happens from now on',
          'Every change since the revision that it asks for, then what happens from now on',
          'The present value of every key',
        ],
        right: 1,
      },
      reveal: hears(2),
      answer: ({ run, shown }) =>
        `${arg(run, shown, 'watched', 'count')} changes at once, up to revision ${revision(run, shown)}. Every member has every revision until it is compacted, so it does not matter where one asks. Had somebody compacted them away, c2 would be told so, instead of missing them silently.`,
      assert: {
        says: 'All changes that c2 ever heard of, counted, are as many as there were revisions: none missing, none twice.',
        holds: ({ run, shown }) =>
          eventsUpTo(run, shown) === revision(run, shown) - 1 && nsOf(run, shown) > 0,
      },
    },
  ],
  end: 'A position in a history that all members share beats a connection to one of them.',
};
