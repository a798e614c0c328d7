import { describe, expect, it } from 'vitest';
import { drawQuorum } from '../../sim/healed_quorum.ts';
import { whoWaits } from '../../sim/liveness.ts';
import { type OpenRun, openRun, runScenario } from '../../sim/run.ts';
import type { Scenario } from '../../sim/scenario.ts';
import { eventsOfKind } from '../../sim/trace/trace.ts';

const calm: Scenario = {
  name: 'calm',
  sentence: 'Nothing goes wrong.',
  members: 3,
  clients: 1,
  durationMs: 60_000,
  *workload(client) {
    for (let i = 0; ; i++) {
      yield* client.put('key', `${i}`);
      yield* client.sleep(20);
    }
  },
  *nemesis() {},
  sometimes: [],
};

const seconds = 1_000_000_000;

interface Standing {
  readonly run: OpenRun;
  readonly leader: number;
  readonly others: readonly [number, number];
}

/** A cluster that has had a leader for a while. */
function led(): Standing {
  const run = openRun({ scenario: calm, seed: '1' });
  run.runUntil(4 * seconds);
  const leader = run.cluster.leader();
  const [one = 0, other = 0] = run.cluster.members.filter((member) => member !== leader);
  return { run, leader, others: [one, other] };
}

/** What the lines say of a member, after so many more seconds. */
function told({ run }: Standing, member: number, afterS: number): string {
  run.runUntil(run.cluster.world.scheduler.nowNs + afterS * seconds);
  return whoWaits(run.cluster).find((line) => line.startsWith(`n${member} `)) ?? '';
}

describe('who waits for what', () => {
  it('is nobody for anything in a cluster that is well', () => {
    const standing = led();
    const lines = whoWaits(standing.run.cluster);
    expect(lines).toHaveLength(3);
    for (const line of lines) expect(line).not.toMatch(/needs|cut|down|paused/);
    expect(told(standing, standing.leader, 0)).toMatch(/^n\d leads term \d+, /);
  });

  it('a leader for acknowledgements that a cut link takes away', () => {
    const standing = led();
    const { leader, others, run } = standing;
    run.cluster.intervene({ kind: 'cut', from: [leader], to: others });
    expect(told(standing, leader, 0.2)).toMatch(
      new RegExp(
        `entry \\d+ needs 2 of 3 and is on n${leader}: .*the link from n${leader} to n${others[0]} is cut`,
      ),
    );
    expect(told(standing, others[0], 0)).toContain(
      `waits for n${leader}: the link from n${leader} to n${others[0]} is cut`,
    );
  });

  it('tells a link that holds back from one that is cut', () => {
    const standing = led();
    const { leader, others, run } = standing;
    run.cluster.intervene({ kind: 'hold', from: others, to: [leader] });
    expect(told(standing, leader, 0.2)).toContain(
      `the link from n${others[1]} to n${leader} holds back what is sent`,
    );
  });

  it('a leader for members that are paused or down, and they for nothing', () => {
    const standing = led();
    const { leader, others, run } = standing;
    run.cluster.intervene({ kind: 'pause', member: others[0] });
    run.cluster.intervene({ kind: 'crash', member: others[1], mode: 'drop' });
    const line = told(standing, leader, 0.2);
    expect(line).toContain(`n${others[0]} is paused`);
    expect(line).toContain(`n${others[1]} is down: it lost power`);
    expect(told(standing, others[0], 0)).toContain('is paused: it follows in term');
    expect(told(standing, others[1], 0)).toBe(`n${others[1]} is down: it lost power`);
  });

  it('a leader for disks that stand still', () => {
    const standing = led();
    const { leader, others, run } = standing;
    run.cluster.intervene({ kind: 'atlas', mode: 'unrestricted' });
    for (const member of others) run.cluster.intervene({ kind: 'diskStall', member });
    expect(told(standing, leader, 0.2)).toContain(`n${others[0]} can not answer: its disk completes no sync`);
    expect(told(standing, others[0], 0)).toContain('; its disk completes no sync');
    run.cluster.intervene({ kind: 'crash', member: others[0], mode: 'drop' });
    run.cluster.intervene({ kind: 'restart', member: others[0] });
    expect(told(standing, others[0], 0.2)).toBe(
      `n${others[0]} waits for its disk to start, which stands still`,
    );
  });

  it('a candidate for votes', () => {
    const standing = led();
    const { leader, others, run } = standing;
    const [alone, gone] = others;
    run.cluster.intervene({ kind: 'crash', member: gone, mode: 'drop' });
    run.cluster.intervene({ kind: 'cut', from: [leader], to: [alone] });
    run.cluster.intervene({ kind: 'cut', from: [alone], to: [leader] });
    const line = told(standing, alone, 6);
    expect(line).toMatch(
      /asks whether it may stand for election after term \d+, needs 2 of 3 to agree, itself one of them: /,
    );
    expect(line).toContain(`n${leader} can not answer: the link from n${alone} to n${leader} is cut`);
    expect(line).toContain(`n${gone} is down: it lost power`);
  });

  it('a candidate for the votes that it has not got', () => {
    const standing = led();
    const { leader, others, run } = standing;
    const [candidate, voter] = others;
    run.cluster.intervene({ kind: 'crash', member: leader, mode: 'drop' });
    const stands = (): boolean => run.cluster.processes[candidate - 1]?.member?.role === 'candidate';
    // In small steps: between the request for a vote and the answer there is a millisecond.
    while (!stands() && run.cluster.world.scheduler.nowNs < 50 * seconds) {
      run.runUntil(run.cluster.world.scheduler.nowNs + 100_000);
      if (run.cluster.leader() !== 0) run.cluster.intervene({ kind: 'crash', member: voter, mode: 'drop' });
      if (run.cluster.leader() === voter) run.cluster.intervene({ kind: 'restart', member: voter });
    }
    expect(stands()).toBe(true);
    run.cluster.intervene({ kind: 'cut', from: [voter], to: [candidate] });
    expect(told(standing, candidate, 0)).toMatch(
      new RegExp(
        `^n${candidate} stands for election in term \\d+, needs the votes of 2 of 3 and has n${candidate}: `,
      ),
    );
    expect(told(standing, candidate, 0)).toContain(`the link from n${voter} to n${candidate} is cut`);
  });

  it('a follower for a leader that is gone, and a client for members that it does not reach', () => {
    const standing = led();
    const { leader, others, run } = standing;
    run.cluster.intervene({ kind: 'pause', member: leader });
    run.cluster.intervene({ kind: 'cut', from: [4], to: others });
    expect(told(standing, others[0], 0.05)).toContain(`waits for n${leader}, which is paused`);
    expect(whoWaits(run.cluster).at(-1)).toBe(`c1 does not reach n${others.join(', n')}`);
  });
});

describe('the end of a run', () => {
  /** Both followers stay down: nobody restarts them but the end. */
  const halfDown: Scenario = {
    ...calm,
    members: 5,
    durationMs: 5000,
    *nemesis(story) {
      const leader = yield* story.untilLeader();
      for (const member of story.some(2, story.others(leader))) story.crash(member);
    },
  };

  /** Auth is enabled, and no client signs in. */
  const locked: Scenario = {
    ...calm,
    durationMs: 4000,
    *workload(client) {
      const name = 'root';
      for (const request of [
        { kind: 'user_add', user_add: { name, password: 'secret' } },
        { kind: 'role_add', role_add: { name } },
        { kind: 'user_grant_role', user_grant_role: { user: name, role: name } },
        { kind: 'auth_enable', auth_enable: {} },
      ] as const) {
        while ((yield* client.etcd.call(request as never)).status !== 'ok') yield* client.sleep(100);
      }
    },
  };

  it('first heals a random quorum alone, and differs from seed to seed in which', () => {
    const quorums = new Set<string>();
    for (const seed of ['1', '2', '3', '4', '5', '6']) {
      const { info, trace } = runScenario({ scenario: halfDown, seed });
      expect(info.verdict.violations).toEqual([]);
      const cuts = eventsOfKind(trace, 'intervene')
        .map((row) => JSON.parse(trace.text(row, 0)) as { readonly kind: string; readonly from: number[] })
        .filter(({ kind }) => kind === 'cut');
      // Three members and the client of one side, two members on the other.
      expect(cuts.map(({ from }) => from.length)).toEqual([4, 2]);
      quorums.add(String(cuts[1]?.from));
    }
    expect(quorums.size).toBeGreaterThan(2);
  });

  it('asks the quorum alone also while the clients’ scripts go on, without writing anything', () => {
    const scenario = { ...halfDown, windDownMs: 1000 };
    const { info, trace } = runScenario({ scenario, seed: '1' });
    expect(info.verdict.violations.filter(({ check }) => check === 'progress after healing')).toEqual([]);
    const rows = eventsOfKind(trace, 'intervene')
      .concat(eventsOfKind(trace, 'note'))
      .sort((a, b) => a - b);
    const said = rows.map((row) => trace.text(row, 0));
    const cut = said.findLastIndex((text) => text.includes('"kind":"cut"'));
    const healed = said.findLastIndex((text) => text.includes('"kind":"heal"'));
    const between = said.slice(cut + 1, healed).join('\n');
    expect(between).toMatch(/n\d is asked for a read that takes a quorum(.*\n)+n\d answers: ok/);
    expect(said.slice(0, cut).join()).not.toContain('is asked for a read');
  });

  it('takes for the quorum’s answer to a read also that nobody has signed in', () => {
    const scenario = { ...halfDown, workload: locked.workload, windDownMs: 1000 };
    const { info, trace } = runScenario({ scenario, seed: '1' });
    const notes = eventsOfKind(trace, 'note').map((row) => trace.text(row, 0));
    expect(notes.join('\n')).toMatch(/n\d answers: etcdserver: user name is empty/);
    // After the healing nobody can write; before, the quorum answered, or that would be told.
    expect(info.verdict.violations.map(({ sentence }) => sentence).join()).not.toContain('others cut off');
  });

  it('asks no quorum alone of a cluster in which all is well, or whose members changed', () => {
    const { run, others } = led();
    expect(drawQuorum(run.cluster)).toBeNull();
    run.cluster.intervene({ kind: 'pause', member: others[0] });
    expect(drawQuorum(run.cluster)).toHaveLength(2);
    run.cluster.intervene({ kind: 'admin', via: others[1], request: 'removeMember', member: others[0] });
    expect(drawQuorum(run.cluster)).toBeNull();
  });

  it('draws no member whose copy is damaged', () => {
    const { run, leader, others } = led();
    run.cluster.intervene({ kind: 'diskFaults', member: others[0], faults: { syncError: true } });
    run.cluster.intervene({ kind: 'pause', member: leader });
    expect(drawQuorum(run.cluster)).toEqual([leader, others[1]].sort((a, b) => a - b));
  });

  it('explains who waits for what if nobody can write', () => {
    const { verdict } = runScenario({ scenario: locked, seed: '1' }).info;
    const [violation] = verdict.violations;
    expect(violation?.check).toBe('progress after healing');
    expect(violation?.sentence).toMatch(/^no client could write within 20 s after healing; n\d leads$/);
    expect(violation?.lines).toHaveLength(3);
    expect(violation?.lines.join('\n')).toMatch(/n\d leads term \d+, all \d+ entries are committed/);
  });
});
