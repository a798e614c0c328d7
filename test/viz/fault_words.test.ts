import { describe, expect, it } from 'vitest';
import type { InterventionAction } from '../../sim/trace/run_info.ts';
import { interventionWords, isRepair } from '../../viz/words/intervention_words.ts';
import { cutSpans } from './page_model.ts';

const ms = 1_000_000;
const links = { from: [1], to: [2, 3] };

const told: readonly (readonly [InterventionAction, string, string, boolean])[] = [
  [
    { kind: 'cut', ...links, only: ['MsgApp', 'MsgVote'] },
    'cut MsgApp MsgVote n1 \u2192 n2 n3',
    'cut MsgApp MsgVote n1 \u2192',
    false,
  ],
  [
    { kind: 'letThrough', ...links, how: 'reversed' },
    'let through, last first: what is held n1 \u2192 n2 n3',
    'let through, last first',
    true,
  ],
  [
    { kind: 'letThrough', ...links, how: 'lost', only: ['MsgApp'] },
    'lose: MsgApp held n1 \u2192 n2 n3',
    'lose',
    false,
  ],
  [
    { kind: 'repeat', ...links, type: 'MsgApp', last: 2 },
    'deliver again: last 2 MsgApp n1 \u2192 n2 n3',
    'repeat MsgApp',
    false,
  ],
  [
    { kind: 'link', ...links, settings: { corruptPer10k: 150, queueBytes: 9 } },
    'links n1 \u2192 n2 n3: corrupt 1.5 %, queue 9 bytes',
    'corrupt 1.5 %',
    false,
  ],
  [{ kind: 'link', ...links, settings: {} }, 'links n1 \u2192 n2 n3 are as all others', 'usual links', true],
  [{ kind: 'clog', ...links, forNs: 0 }, 'links n1 \u2192 n2 n3 are clogged no more', 'unclog', true],
  [{ kind: 'stop', member: 2 }, 'stop n2', 'stop n2', false],
  [{ kind: 'clockDrift', member: 2, ppm: -30 }, 'clock of n2 runs 30 ppm slow', '30 ppm slow n2', false],
  [{ kind: 'clockDrift', member: 2, ppm: 0 }, 'clock of n2 runs true', 'true clock', true],
  [{ kind: 'clockFreeze', member: 2 }, 'clock of n2 stands still', 'freeze clock n2', false],
  [{ kind: 'clockThaw', member: 2 }, 'clock of n2 goes on', 'thaw clock n2', true],
  [{ kind: 'slowClient', client: 3, takeEveryMs: 50 }, 'c3 does not read its watches', 'slow c3', false],
  [{ kind: 'slowClient', client: 3, takeEveryMs: 0 }, 'c3 reads its watches again', 'c3 reads', true],
  [
    { kind: 'switchBug', member: 1, bug: 'local-reads', on: true },
    'n1 runs with local-reads from its next start on',
    'n1 with local-reads',
    false,
  ],
  [{ kind: 'disarm', member: 1 }, 'failpoints of n1 are armed no more', 'disarm n1', true],
];

describe('faults in words', () => {
  it.each(told)('%j', (action, long, short, repairs) => {
    expect(interventionWords([action])).toEqual({ long, short });
    expect(isRepair(action)).toBe(repairs);
  });

  it('tell how long a clog lasts, and how far a time of day was set', () => {
    expect(interventionWords([{ kind: 'clog', ...links, forNs: 300 * ms }]).long).toMatch(
      /clogged for .*300/,
    );
    expect(interventionWords([{ kind: 'clockStep', member: 1, byNs: -300 * ms }]).long).toMatch(
      /300.* back$/,
    );
  });

  it('a cut of some message types parts nobody from anybody', () => {
    expect(cutSpans([{ atNs: 5, kind: 'cut', from: [1], to: [2], only: ['MsgApp'] }], 3, 100)).toEqual([]);
  });
});
