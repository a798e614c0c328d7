import { expect, it } from 'vitest';
import { interventionsFrom } from '../../sim/faults/intervention_form.ts';
import { actionWords } from '../../sim/shrink/words.ts';
import { decodeRunFile, encodeRunFile } from '../../sim/trace/codec.ts';
import { expectSameAgain, kindsOf, leftAfterShrinking, passed, troubled } from './one_trouble.ts';
import type { Story } from '../../sim/faults/story.ts';
import type { Script } from '../../sim/script.ts';

/** One of everything that links, clocks, clients and processes can suffer. */
function* everything(story: Story): Script {
  const leader = story.leader();
  const others = story.others(leader);
  const [one = 0, two = 0] = others;
  const client = story.endpointOfClient(1);
  story.hold([leader], others, ['MsgHeartbeat']);
  story.cutOneWay([one], [two], ['MsgApp', 'MsgVote']);
  story.slowClient(1, true);
  story.version(one, ['partial-txn']);
  story.driftClocks(50_000);
  story.clockStep(two, -60_000);
  yield* story.sleep(150);
  story.letThrough([leader], [one], { how: 'reversed' });
  story.letThrough([leader], [two], { how: 'lost', first: 1, only: ['MsgHeartbeat'] });
  story.repeat([one], [leader], 'MsgAppResp', 2);
  story.link([leader], [one], { bytesPerSecond: 20_000, queueBytes: 400, delayMinMs: 3 });
  story.link([client], story.members, { corruptPer10k: 500 });
  story.link(story.members, story.members, { corruptPer10k: 200, duplicatePer10k: 300 });
  story.clog([two], [leader], 120);
  yield* story.sleep(200);
  story.heal();
  story.freezeClock(one);
  story.armFailpoints([two]);
  yield* story.sleep(200);
  story.thawClock(one);
  story.disarmFailpoints();
  story.restart(two);
  yield* story.restartGracefully(one, 50);
  story.suspend(leader);
  yield* story.sleep(100);
  story.unsuspend(leader);
  story.slowClient(1, false);
  yield* story.swizzle([two], 50);
  story.ring();
  story.bridge(leader);
  story.split(2);
  story.cutOffClients([leader]);
  story.heal();
}

const kinds =
  'hold cut slowClient switchBug clockDrift clockStep letThrough repeat link clog heal clockFreeze failpoint clockThaw stop restart pause resume mend'.split(
    ' ',
  );

const scenario = troubled(everything, { durationMs: 2800 });

it('all faults of links, clocks, clients and processes in one run: recorded, replayed event for event, told in words', () => {
  const file = passed(scenario);
  for (const kind of kinds) expect(kindsOf(file)).toContain(kind);
  expectSameAgain(scenario, decodeRunFile(encodeRunFile(file)));
  const { members, clients } = file.info.options;
  const list = JSON.parse(JSON.stringify(file.info.interventions)) as readonly unknown[];
  expect(interventionsFrom(list, { machines: members, clients })).toEqual(file.info.interventions);
  for (const action of file.info.interventions) {
    expect(actionWords(action, (endpoint) => `e${endpoint}`)).toMatch(/^(?!.*undefined)\S+ .*\S/);
  }
});

it('the shrinker takes all of them away when none is needed', () => {
  expect(leftAfterShrinking(everything)).toEqual([]);
});

it('what a story does at the very beginning replays, also when clients call at once', () => {
  const atOnce = troubled(function* () {}, {
    durationMs: 300,
    *workload(client) {
      for (;;) {
        yield* client.put('a', 'b');
        yield* client.sleep(50);
      }
    },
    *nemesis(story) {
      story.driftClocks(1000);
      yield* story.sleep(0);
      story.clockStep(1, 5);
    },
  });
  const file = passed(atOnce);
  expect(file.info.interventions.map(({ atNs }) => atNs)).toEqual([0, 0, 0, 0]);
  expectSameAgain(atOnce, file);
});
