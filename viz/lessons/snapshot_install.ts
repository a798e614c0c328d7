import { arg, done, event, sent, thereafter } from './find.ts';
import type { Find, Lesson } from './lesson.ts';
import { laneOf, leaderAt, nameOf, stateOf, who } from './look.ts';
import type { RunModel } from '../model/run_model.ts';

function away(run: RunModel): number {
  const action = JSON.parse(run.trace.text(done('cut')(run, -1), 0)) as { readonly from: readonly number[] };
  return action.from[0] ?? 0;
}

const leaderSaves: Find = event('snapshotSaved', (run, at) => leaderAt(run, at) === laneOf(run, at));

export const snapshotInstall: Lesson = {
  id: 'snapshot',
  title: 'A snapshot is sent',
  summary: 'What a leader does for a member that needs entries which no longer exist.',
  runs: [{ name: 'snapshot', scenario: 'lesson-snapshot', seed: '1' }],
  steps: [
    {
      title: 'The log is cut',
      waits: 'the leader to save a snapshot while a follower is away',
      when: thereafter(done('cut'), leaderSaves),
      camera: { beforeMs: 900, afterMs: 100 },
      text: ({ run, at }) =>
        `${nameOf(run, away(run))} is cut off. ${who(run, at)} has a snapshot of its whole state now, as it was after entry ${arg(run, at, 'snapshotSaved', 'index')}.`,
      question: {
        ask: 'What is a snapshot for?',
        choices: [
          'As a backup, for people',
          'So that the log can be thrown away up to there (but for a few entries)',
          'To make reads faster',
        ],
        right: 1,
      },
      reveal: leaderSaves,
      answer: ({ run, at, shown }) =>
        `A log that only grows fills every disk. Here a snapshot is taken every 20 entries and 5 are kept behind it (etcd: 100,000 and 5,000). The next one is at ${arg(run, shown, 'snapshotSaved', 'index')}: what came before ${arg(run, at, 'snapshotSaved', 'index')} is gone.`,
      assert: {
        says: 'The snapshots are more than 20 entries apart.',
        holds: ({ run, at, shown }) =>
          arg(run, shown, 'snapshotSaved', 'index') - arg(run, at, 'snapshotSaved', 'index') > 20,
      },
    },
    {
      title: 'It is back',
      waits: 'the cut to heal',
      when: done('heal'),
      camera: { beforeMs: 150, afterMs: 20 },
      text: ({ run, at }) =>
        `${nameOf(run, away(run))} is back. Its log ends near ${stateOf(run, away(run), at).commit}; the leader is at ${stateOf(run, leaderAt(run, at), at).commit}.`,
      question: {
        ask: 'The follower refuses the next append and says where its log ends. What can the leader send?',
        choices: [
          'The entries from there on',
          'Its whole state: it has those entries no more',
          'Nothing: the member must be replaced',
        ],
        right: 1,
      },
      reveal: sent('MsgSnap'),
      answer: ({ run, shown }) =>
        `${who(run, shown)} sends a snapshot: the state after an entry, instead of the entries before it. The writes of the clients go on meanwhile.`,
      assert: {
        says: 'The follower was further behind than what the leader keeps.',
        holds: ({ run, at, shown }) => {
          const installed = event('snapshotInstalled')(run, shown);
          const index = arg(run, installed, 'snapshotInstalled', 'index');
          return index - stateOf(run, away(run), at).commit > 20;
        },
      },
    },
    {
      title: 'It takes the place of everything',
      waits: 'the snapshot to arrive',
      when: event('deliver', (run, at) => arg(run, at, 'deliver', 'type') === 7),
      camera: { beforeMs: 40, afterMs: 15 },
      text: ({ run, at }) =>
        `The snapshot has arrived at ${who(run, at)}, which has a database and a log of its own.`,
      question: {
        ask: 'What becomes of them?',
        choices: [
          'The missing keys are added',
          'The database is replaced, the log begins anew behind the snapshot',
          'They are kept beside it',
        ],
        right: 1,
      },
      reveal: event('snapshotInstalled'),
      answer: ({ run, at, shown }) =>
        `${who(run, shown)} was at entry ${stateOf(run, away(run), at).commit} and is at ${arg(run, shown, 'snapshotInstalled', 'index')} now, in one step, with every key as it was then. First the file was made durable, then the log told of it: a crash between the two is repaired at the next start.`,
      assert: {
        says: 'It jumped over entries that it never had.',
        holds: ({ run, at, shown }) =>
          laneOf(run, shown) === away(run) &&
          arg(run, shown, 'snapshotInstalled', 'index') > stateOf(run, away(run), at).commit + 1,
      },
    },
    {
      title: 'Then as usual',
      waits: 'the next entries for it',
      when: event('append', (run, at) => laneOf(run, at) === away(run)),
      camera: { beforeMs: 60, afterMs: 40 },
      text: 'Meanwhile the leader has gone on writing.',
      question: {
        ask: 'How does the member get what came after the snapshot?',
        choices: ['By another snapshot', 'As appends, from the leader’s log', 'By asking the other follower'],
        right: 1,
      },
      reveal: event('apply', (run, at) => laneOf(run, at) === away(run)),
      answer: ({ run, shown }) =>
        `As appends: those entries are still there. ${who(run, shown)} applies entry ${arg(run, shown, 'apply', 'index')} and is a follower like any other.`,
      assert: {
        says: 'What it appends comes right behind the snapshot.',
        holds: ({ run, at }) => {
          const installed = event('snapshotInstalled')(run, -1);
          return (
            arg(run, at, 'append', 'firstIndex') === arg(run, installed, 'snapshotInstalled', 'index') + 1
          );
        },
      },
    },
  ],
  end: 'A snapshot is a log that was cut short: the state instead of the way to it.',
};
