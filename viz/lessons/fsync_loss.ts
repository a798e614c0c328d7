import { arg, done, event, onItsLane } from './find.ts';
import type { Lesson } from './lesson.ts';
import { between, laneOf, lastBefore, nsOf, who } from './look.ts';
import type { RunModel } from '../model/run_model.ts';
import { Kind } from '../../sim/trace/kinds.ts';
import { messageTypeNames } from '../../sim/trace/message_types.ts';

/** The last index that a lane acknowledged to its leader before an event. */
function acknowledged(run: RunModel, lane: number, before: number): number {
  const type = messageTypeNames.indexOf('MsgAppResp');
  for (let at = before - 1; at >= 0; at--) {
    if (run.trace.kinds[at] !== Kind.send || run.trace.lanes[at] !== lane) continue;
    if (arg(run, at, 'send', 'type') === type && arg(run, at, 'send', 'reject') === 0)
      return arg(run, at, 'send', 'index');
  }
  return 0;
}

const restarted = onItsLane(event('recovered'));
const slowAcknowledges = event(
  'send',
  (run, at) =>
    arg(run, at, 'send', 'type') === messageTypeNames.indexOf('MsgAppResp') && laneOf(run, at) === slow(run),
);

/** The member whose disk is made slow. */
function slow(run: RunModel): number {
  const at = done('disk')(run, -1);
  return (JSON.parse(run.trace.text(at, 0)) as { readonly member: number }).member;
}

export const fsyncLoss: Lesson = {
  id: 'fsync',
  title: 'What a power failure takes',
  summary: 'Why an answer must wait for the disk, shown on a program that does not wait.',
  runs: [
    {
      name: 'answers before its disk is done',
      scenario: 'bug-respond-before-fsync',
      seed: '1',
      bugs: ['respond-before-fsync'],
    },
    { name: 'waits for its disk', scenario: 'bug-respond-before-fsync', seed: '1' },
  ],
  steps: [
    {
      title: 'A slow disk, and a hasty program',
      waits: 'a disk to become slow',
      when: done('disk'),
      camera: { beforeMs: 4, afterMs: 6 },
      text: ({ run }) =>
        `The program has a mistake here (bug respond-before-fsync): members answer as soon as they have written, without waiting for the disk. The disk of n${slow(run)} now takes 0.1 s for every fsync.`,
      question: {
        ask: ({ run }) => `How soon does n${slow(run)} acknowledge the next entry?`,
        choices: ['After 0.1 s', 'At once, as if its disk were fast', 'Not at all'],
        right: 1,
      },
      reveal: slowAcknowledges,
      answer:
        'At once. What it acknowledged is in its page cache only, where it looks just like on a disk: it can be read back. (Select the event: the inspector shows what a crash now would lose.)',
      assert: {
        says: 'No fsync of it had ended between the change of its disk and its first acknowledgement.',
        holds: ({ run, at, shown }) => lastBefore(run, 'syncDone', laneOf(run, shown), shown) < at,
      },
    },
    {
      title: 'The power fails',
      waits: 'the member to lose power',
      when: event('crash'),
      camera: { beforeMs: 250, afterMs: 30 },
      text: ({ run, at }) =>
        `${who(run, at)} loses power. It had acknowledged the entries up to ${acknowledged(run, laneOf(run, at), at)}.`,
      question: {
        ask: 'What does it find when it starts again?',
        choices: ['All it had acknowledged', 'Only what an fsync had covered', 'Nothing: its disk is empty'],
        right: 1,
      },
      reveal: restarted,
      answer: ({ run, at, shown }) =>
        `Its log has ${arg(run, shown, 'recovered', 'entries')} entries. It had said ${acknowledged(run, laneOf(run, at), at)}: everything between is forgotten, by a member on whose word the leader counted.`,
      assert: {
        says: 'It came back with less than it had acknowledged.',
        holds: ({ run, at, shown }) =>
          arg(run, shown, 'recovered', 'entries') < acknowledged(run, laneOf(run, at), at),
      },
    },
    {
      title: 'The leader speaks to it',
      waits: 'the next event of the member that forgot',
      when: event('role', (run, at) => laneOf(run, at) === slow(run)),
      camera: { beforeMs: 10, afterMs: 6 },
      text: 'The leader remembers what that member had acknowledged, and goes on from there.',
      question: {
        ask: 'What does the member do with a heartbeat that says: all up to there is committed?',
        choices: [
          'It takes it: it will get the entries later',
          'It stops: it is told that entries are committed that its log never had',
          'It asks for a snapshot',
        ],
        right: 1,
      },
      reveal: event('failed'),
      answer:
        'It stops itself, rightly: this can’t be if everybody keeps their word. Had it been the majority’s memory that was lost, a write that a client was told of would be gone, and nobody would stop.',
      assert: {
        says: 'It is the member that forgot, and a check of the run says that it did.',
        holds: ({ run, shown }) => laneOf(run, shown) === slow(run) && !run.info.verdict.passed,
      },
    },
    {
      title: 'The same, with patience',
      run: 1,
      waits: 'the power to fail in the run without the mistake',
      when: event('crash'),
      camera: { beforeMs: 250, afterMs: 30 },
      text: ({ run, at }) =>
        `The same story, without the mistake: answers leave only with the end of the fsync. ${who(run, at)} was slow, but it had acknowledged the entries up to ${acknowledged(run, laneOf(run, at), at)}.`,
      question: {
        ask: 'And now, when it starts again?',
        choices: ['It lacks some of them', 'It has all of them', 'It can’t start'],
        right: 1,
      },
      reveal: restarted,
      answer: ({ run, at, shown }) =>
        `It has ${arg(run, shown, 'recovered', 'entries')} entries, no less than it had promised, and gets the others from the leader. The power took what nobody had been told of. (Down for ${between(run, at, shown)}.)`,
      assert: {
        says: 'It has all it had acknowledged, and every guarantee held.',
        holds: ({ run, at, shown }) =>
          arg(run, shown, 'recovered', 'entries') >= acknowledged(run, laneOf(run, at), at) &&
          run.info.verdict.passed &&
          nsOf(run, shown) > nsOf(run, at),
      },
    },
  ],
  end: 'Written is not durable. An acknowledgement is a promise about the disk, and must come after it.',
};
