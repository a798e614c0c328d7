import { arg, done, event, said } from './find.ts';
import type { Lesson } from './lesson.ts';
import type { RunModel } from '../model/run_model.ts';

const changes = 1200;
const hears = event('watched', (run, at) => arg(run, at, 'watched', 'count') > 0);

function heardUpTo(run: RunModel, last: number): number {
  let sum = 0;
  for (let at = hears(run, -1); at >= 0 && at <= last; at = hears(run, at))
    sum += arg(run, at, 'watched', 'count');
  return sum;
}

export const v2Watch: Lesson = {
  id: 'v2-watch',
  title: 'A v2 watch loses events, a v3 watch does not',
  summary: 'Why etcd’s old API could not promise what the new one does.',
  runs: [{ name: 'v2 and v3', scenario: 'lesson-v2-watch', seed: '1' }],
  steps: [
    {
      title: 'Two watchers are cut off',
      waits: 'the watchers to be cut off',
      when: said('v2: a watcher has heard'),
      camera: { beforeMs: 300, afterMs: 300 },
      text: 'c1 makes 1,200 changes in the cluster by the v3 API; c2 watches them. The same 1,200 changes are made in the store of etcd’s v2 API (this program has it, as etcd 3.4 does; what is said of it stands on the faults’ lane), and somebody watches those. Both watchers are cut off after the first changes.',
      question: {
        ask: 'How much of the past does the v2 store keep for watchers?',
        choices: ['All of it', 'The last 1,000 events, of all keys together', 'Nothing'],
        right: 1,
      },
      reveal: said('v2: the index is'),
      answer:
        'A ring of 1,000 events. 1,200 changes later the first 200 have been overwritten, however much disk there is. v3 keeps every revision until somebody compacts it.',
      assert: {
        says: 'The v2 store has counted 1,200 changes.',
        holds: ({ run, shown }) => run.trace.text(shown, 0) === `v2: the index is ${changes} now`,
      },
    },
    {
      title: 'The v2 watcher is back',
      waits: 'it to ask for what it missed',
      when: said('v2: the watcher is back'),
      camera: { beforeMs: 400, afterMs: 60 },
      text: 'It asks the v2 store for everything after the last event that it heard.',
      question: {
        ask: 'What does it get?',
        choices: ['All it missed', 'The last 1,000 events', 'An error'],
        right: 2,
      },
      reveal: said('v2: error'),
      answer: ({ run, shown }) =>
        `“${run.trace.text(shown, 0).slice(4)}”. It is told, at least. It must read everything again, compare with what it knew, and start a new watch; what came and went in between it will never learn. Many programs just began anew, and lost events.`,
      assert: {
        says: 'The v2 store answered with error 401.',
        holds: ({ run, shown }) => run.trace.text(shown, 0).includes('error 401'),
      },
    },
    {
      title: 'The v3 watcher is back',
      waits: 'the network to heal',
      when: done('heal'),
      camera: { beforeMs: 300, afterMs: 150 },
      text: 'Now c2 can reach the members again. It has missed more than a thousand changes, too.',
      question: {
        ask: 'What does c2 get?',
        choices: ['All it missed, in order', 'An error', 'The present values'],
        right: 0,
      },
      reveal: hears,
      answer: ({ run, shown }) =>
        `${arg(run, shown, 'watched', 'count').toLocaleString('en-US')} events, from the revision after the last one that it heard. A watch of v3 is a read of the history, not a place in a queue.`,
      assert: {
        says: 'c2 has heard of 1,200 changes in all: every one, once.',
        holds: ({ run, shown }) => heardUpTo(run, shown) === changes,
      },
    },
  ],
  end: 'A bounded buffer of events is lost by the slow. A history with numbers can be read by anybody until it is thrown away on purpose.',
};
