import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compareStrings } from '../../core/base/bytes.ts';
import { EtcdProcess, hasEtcd, scratchDirectory } from '../etcd_process.ts';
import { DetcdHere } from './detcd_here.ts';
import { type Ran, runEtcdctl, runMeanwhile } from './etcdctl.ts';
import { type Step, sequences } from './sequences.ts';

/** A server and what its last steps gave it. */
interface Side {
  readonly url: string;
  lease: string;
  member: string;
}

/** Ids, times, sizes and addresses are a server's own; everything else must be equal. */
function normalise(text: string, { url, lease, member }: Side): string {
  const own = text
    .replaceAll(url, 'URL')
    .replaceAll(url.replace('http://', ''), 'ADDRESS')
    .replaceAll(lease, 'LEASE')
    .replaceAll(member, 'MEMBER');
  return (
    own
      .replace(/("?(?:cluster_id|member_id|ID|leader|dbSize|dbSizeInUse|Lease|lease)"? ?: ?)\d+/g, '$1N')
      .replace(/("(?:ClusterID|MemberID|ID|Leader|DBSize|DBSizeInUse)" : )[0-9a-f]+/g, '$1N')
      .replace(/\b[0-9a-f]{13,16}\b/g, 'HEX')
      // A look at /health is an entry of the log there, and none here.
      .replace(/(true, false, 2), \d+, \d+,/g, '$1, I, I,')
      .replace(/("?raft(?:Applied)?Index"?:|"Raft(?:Applied)?Index" : )\d+/g, '$1I')
      .replace(/took = [\d.]+\S+/g, 'took')
      .replace(/remaining\(\d+s\)/g, 'remaining')
      .replace(/\d+(\.\d+)? [kM]B/g, 'SIZE')
      .replace(/http:\/\/127\.0\.0\.1:(?:1|\d{4,5})\b/g, 'PEER')
      .replace(/client-[0-9a-f-]{36}/g, 'CLIENT')
      // A new member's id is made of its URLs and the second: within one second it is the id that exists already.
      .replace(/member ID already exist\b|Peer URLs already exists/g, 'already exists')
      .replace(/"ts":"?[^,]+/g, 'TS')
  );
}

function inOrder(text: string): string {
  const words = text.replace(/-{3,}/g, '').split(/[\s,|"{}[\]]+/);
  return words.toSorted(compareStrings).join('\n');
}

async function take(side: Side, { args, input }: Step): Promise<Ran> {
  const filled = args.map((word) => word.replace('$LEASE', side.lease).replace('$MEMBER', side.member));
  const ran = await runEtcdctl([`--endpoints=${side.url}`, ...filled], input === undefined ? {} : { input });
  if (args[0] === 'lease' && args[1] === 'grant')
    side.lease = / ([0-9a-f]+) /.exec(ran.out)?.[1] ?? side.lease;
  if (args[1] === 'add' && args[0] === 'member')
    side.member = / ([0-9a-f]+) added/.exec(ran.out)?.[1] ?? side.member;
  return ran;
}

describe.runIf(hasEtcd)('etcdctl sees no difference', () => {
  let etcd: EtcdProcess;
  let detcd: DetcdHere;
  let there: Side;
  let here: Side;
  const scratch = scratchDirectory();

  beforeAll(async () => {
    etcd = await EtcdProcess.start({ args: ['--bcrypt-cost=4'] });
    detcd = await DetcdHere.start({ args: ['--bcrypt-cost=4'] });
    there = { url: etcd.url, lease: 'no lease', member: 'no member' };
    here = { url: detcd.url, lease: 'no lease', member: 'no member' };
    mkdirSync(scratch, { recursive: true });
  });

  afterAll(async () => {
    await detcd.end();
    await etcd.end();
    rmSync(scratch, { recursive: true, force: true });
  });

  for (const [name, steps] of Object.entries(sequences)) {
    it(name, async () => {
      for (const step of steps) {
        const [expected, found] = await Promise.all([take(there, step), take(here, step)]);
        const words = step.args.join(' ');
        const [ours, theirs] = [shown(found, here), shown(expected, there)];
        // Members stand in the order of their ids, which are each server's own.
        const ordered = (text: string): string => (name === 'members' ? inOrder(text) : text);
        expect(`${words}\n${ordered(ours)}`).toBe(`${words}\n${ordered(theirs)}`);
      }
    });
  }

  const shown = ({ status, out, err }: Ran, side: Side): string =>
    normalise(`${status}\n${out}\n${err}`, side);

  async function both(work: (side: Side) => Promise<string>): Promise<readonly [string, string]> {
    const texts = await Promise.all([there, here].map(async (side) => normalise(await work(side), side)));
    return texts as unknown as readonly [string, string];
  }

  it('watches', async () => {
    const told = await both((side) => {
      const at = `--endpoints=${side.url}`;
      return runMeanwhile(
        [at, 'watch', '--prefix', 'w/', '--prev-kv', '-w', 'fields'],
        null,
        async () => {
          await runEtcdctl([at, 'put', 'w/1', 'a']);
          await runEtcdctl([at, 'put', 'w/1', 'b']);
          await runEtcdctl([at, 'del', 'w/', '--prefix']);
        },
        'DELETE',
      );
    });
    expect(told[1]).toBe(told[0]);
    const compacted = await both((side) =>
      runMeanwhile(
        [`--endpoints=${side.url}`, 'watch', 'foo', '--rev=2'],
        'compacted',
        async () => undefined,
        'compacted',
      ),
    );
    expect(compacted[1]).toBe(compacted[0]);
  });

  it('locks and elects', async () => {
    const held = await both(async (side) => {
      const at = `--endpoints=${side.url}`;
      return runMeanwhile(
        [at, 'lock', 'l', '--ttl=10'],
        'l/',
        async () => {
          const { out } = await runEtcdctl([at, 'get', '--prefix', 'l/', '--keys-only']);
          expect(out.match(/l\//g)).toHaveLength(1);
        },
        'l/',
      );
    });
    expect(held[1].replace(/l\/\w+/, '')).toBe(held[0].replace(/l\/\w+/, ''));
    const ran = await both(async (side) => {
      const { out, status } = await runEtcdctl([`--endpoints=${side.url}`, 'lock', 'l', 'echo', 'mine']);
      return `${status} ${out}`;
    });
    expect(ran).toEqual(['0 mine\n', '0 mine\n']);
    const elected = await both(async (side) => {
      const at = `--endpoints=${side.url}`;
      return runMeanwhile(
        [at, 'elect', 'e', 'me'],
        'me',
        () => runMeanwhile([at, 'elect', '-l', 'e'], 'me', async () => undefined, 'me'),
        'me',
      );
    });
    expect(elected[1].replace(/e\/\w+/, '')).toBe(elected[0].replace(/e\/\w+/, ''));
  });

  it('saves a snapshot that is restored', async () => {
    const told = await both(async (side) => {
      const file = join(scratch, side === there ? 'there.db' : 'here.db');
      const saved = await runEtcdctl([`--endpoints=${side.url}`, 'snapshot', 'save', file]);
      expect(saved.status, saved.err).toBe(0);
      const status = JSON.parse((await runEtcdctl(['snapshot', 'status', file, '-w', 'json'])).out) as {
        readonly revision: number;
      };
      const directory = `${file}.data`;
      const restored = await runEtcdctl(['snapshot', 'restore', file, `--data-dir=${directory}`]);
      expect(restored.status, restored.err).toBe(0);
      return String(status.revision);
    });
    expect(told[1]).toBe(told[0]);
  });

  it('mirrors', async () => {
    const target = await DetcdHere.start();
    try {
      const at = `--endpoints=${here.url}`;
      await runEtcdctl([at, 'put', 'm/1', 'x']);
      await runMeanwhile(
        [at, 'make-mirror', '--prefix', 'm/', target.url.replace('http://', '')],
        null,
        async () => {
          await runEtcdctl([at, 'put', 'm/2', 'y']);
          for (let tries = 0; tries < 100; tries++) {
            const { out } = await runEtcdctl([
              `--endpoints=${target.url}`,
              'get',
              '--prefix',
              'm/',
              '--keys-only',
            ]);
            if (out.includes('m/1') && out.includes('m/2')) return;
          }
          throw new Error('nothing was mirrored');
        },
        '',
      );
    } finally {
      await target.end();
    }
  });
});
