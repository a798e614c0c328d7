import { describe, expect, it } from 'vitest';
import { leaderIsolated } from '../../scenarios/stories/leader_isolated.ts';
import {
  InterventionError,
  checkInterventions,
  interventionsFrom,
} from '../../sim/faults/intervention_form.ts';
import { openRun, runScenario } from '../../sim/run.ts';
import type { Intervention } from '../../sim/trace/run_info.ts';

const sizes = { machines: 3, clients: 2 };
const at = { atNs: 5 };

describe('a list of interventions', () => {
  it.each([
    ['text', 'expected an object with atNs and kind, got "text"'],
    [{ ...at, kind: 'explode' }, 'expected kind to be one of crash, restart,'],
    [{ ...at, kind: 'toString' }, 'expected kind to be one of crash, restart,'],
    [{ kind: 'heal' }, 'heal: expected atNs to be a whole number from 0, got nothing'],
    [{ atNs: 1.5, kind: 'heal' }, 'heal: expected atNs to be a whole number from 0, got 1.5'],
    [
      { ...at, kind: 'restart', member: 4 },
      'expected member to be the number of a member (the run has members 1 to 3), got 4',
    ],
    [{ ...at, kind: 'restart' }, 'got nothing'],
    [
      { ...at, kind: 'crash', member: 1, mode: 'hard' },
      'expected mode to be one of keep, drop, tear, random, got "hard"',
    ],
    [{ ...at, kind: 'cut', from: [1], to: [6] }, 'its clients are 4 to 5), got [6]'],
    [{ ...at, kind: 'diskSwap', members: [1] }, 'two numbers of members'],
    [{ ...at, kind: 'diskFaults', member: 1, faults: { dust: true } }, 'switches among'],
    [{ ...at, kind: 'diskFaults', member: 1, faults: { syncError: 1 } }, 'syncError to be a boolean'],
    [{ ...at, kind: 'cut', from: [1], to: [2], only: ['MsgNone'] }, 'a list of message types among MsgHup,'],
    [{ ...at, kind: 'hold', from: [1], to: [2], only: [] }, 'a list of message types among'],
    [{ ...at, kind: 'letThrough', from: [1], to: [2], how: 'twice' }, 'one of inOrder, reversed, lost'],
    [
      { ...at, kind: 'letThrough', from: [1], to: [2], how: 'lost', first: 0 },
      'first to be a whole number from 1',
    ],
    [{ ...at, kind: 'repeat', from: [1], to: [2], type: 'MsgProp', last: 1 }, 'any but MsgProp and MsgSnap'],
    [
      { ...at, kind: 'repeat', from: [1], to: [2], type: 'MsgApp', last: 9 },
      'a whole number from 1 to 8, got 9',
    ],
    [{ ...at, kind: 'repeat', from: [4], to: [2], type: 'MsgApp', last: 1 }, 'a list of numbers of members'],
    [{ ...at, kind: 'link', from: [1], to: [2], settings: { lossPer10k: 10_001 } }, 'from 0 to 10000'],
    [{ ...at, kind: 'link', from: [1], to: [2], settings: { speed: 1 } }, 'settings among delayMinNs,'],
    [
      { ...at, kind: 'link', from: [1], to: [2], settings: { bytesPerSecond: 0 } },
      'bytesPerSecond to be a whole number from 1',
    ],
    [{ ...at, kind: 'clockDrift', member: 1, ppm: 500_001 }, 'from -500000 to 500000, got 500001'],
    [
      { ...at, kind: 'slowClient', client: 3, takeEveryMs: 1 },
      'the number of a client (the run has clients 1 to 2), got 3',
    ],
    [
      { ...at, kind: 'call', client: 3, request: { kind: 'get', key: 'a' } },
      'call: expected client to be the number of a client (the run has clients 1 to 2), got 3',
    ],
    [
      { ...at, kind: 'call', client: 1 },
      'expected request to be an object with a kind, one of put, get, range,',
    ],
    [
      { ...at, kind: 'call', client: 1, request: { kind: 'toString' } },
      'one of put, get, range, delete, grant,',
    ],
    [
      { ...at, kind: 'call', client: 1, request: { kind: 'put', key: '', value: '1' } },
      'expected request to be a put whose key is a text of 1 to 1024 characters, got {"kind":"put","key":"","value":"1"}',
    ],
    [
      { ...at, kind: 'call', client: 1, request: { kind: 'put', key: 'a', value: 1 } },
      'a put whose value is a text of 0 to 16384 characters',
    ],
    [
      { ...at, kind: 'call', client: 1, request: { kind: 'get', key: '\ud800' } },
      'a get whose key is a text of 1 to 1024 characters',
    ],
    [
      { ...at, kind: 'call', client: 1, request: { kind: 'get', key: 'a', via: 4 } },
      'a get whose via is the number of a member (the run has members 1 to 3)',
    ],
    [
      { ...at, kind: 'call', client: 1, request: { kind: 'grant', lease: 1, ttlSeconds: 0, keep: true } },
      'a grant whose ttlSeconds is a whole number from 1 to 86400',
    ],
    [
      { ...at, kind: 'call', client: 1, request: { kind: 'watch', key: 'a', via: 1 } },
      'a watch with no other fields than key, prefix, startRevision',
    ],
    [
      { ...at, kind: 'call', client: 1, request: { kind: 'watch', key: '' } },
      'a watch whose key is not empty',
    ],
    [{ ...at, kind: 'switchBug', member: 1, bug: 'dust', on: true }, 'the id of a planted bug, got "dust"'],
    [{ ...at, kind: 'heal', member: 1 }, 'heal: has no field member; its fields are none'],
  ])('refuses %j', (entry, sentence) => {
    const list = [{ ...at, kind: 'heal' }, entry];
    expect(() => checkInterventions(list, sizes)).toThrow(InterventionError);
    expect(() => checkInterventions(list, sizes)).toThrow('intervention 2: ');
    expect(() => checkInterventions(list, sizes)).toThrow(sentence);
  });

  it('comes in the order of time, those of one time as they were given', () => {
    const list = [
      { atNs: 9, kind: 'heal' },
      { atNs: 5, kind: 'note', text: 'b' },
      { atNs: 5, kind: 'note', text: 'a' },
    ];
    expect(interventionsFrom(list, sizes)).toEqual([list[1], list[2], list[0]]);
  });

  it('stops a run before it begins if it names a member that is not there', () => {
    const interventions: Intervention[] = [{ atNs: 1_000_000, kind: 'pause', member: 6 }];
    for (const start of [runScenario, openRun]) {
      expect(() => start({ scenario: leaderIsolated, seed: '1', interventions })).toThrow(
        'intervention 1: pause: expected member to be the number of a member (the run has members 1 to 5), got 6',
      );
    }
  });

  it('has no effect after the end of the load', () => {
    const request = { scenario: leaderIsolated, seed: '1', durationMs: 2000 };
    const interventions: Intervention[] = [{ atNs: 2_000_000_001, kind: 'crash', member: 1, mode: 'drop' }];
    const { info } = runScenario({ ...request, interventions });
    expect(info.digest).toBe(runScenario({ ...request, interventions: [] }).info.digest);
    expect(info.interventions).toEqual([]);
  });
});
