/** The four ways to ask: etcdctl and `detcd ctl`, each against a real etcd and against `detcd serve`. */
import { EtcdProcess } from '../etcd_process.ts';
import { DetcdHere } from '../serve/detcd_here.ts';
import type { Ran } from '../serve/etcdctl.ts';
import type { Step } from '../serve/sequences.ts';
import { type Program, programs, runWith } from './programs.ts';

/** A server, the program that asks it, and what its last steps gave it. */
export class Side {
  readonly name: string;
  readonly program: Program;
  readonly url: string;
  private readonly server: EtcdProcess | DetcdHere;
  private lease = 'no lease';
  private member = 'no member';

  private constructor(program: Program, server: EtcdProcess | DetcdHere) {
    this.name = `${program} of ${server instanceof EtcdProcess ? 'etcd' : 'detcd'}`;
    this.program = program;
    this.server = server;
    this.url = server.url;
  }

  /** All four, the one that judges the others first. */
  static async startAll(): Promise<readonly Side[]> {
    const options = { args: ['--bcrypt-cost=4'] };
    const sides: Side[] = [];
    for (const program of programs) {
      sides.push(new Side(program, await EtcdProcess.start(options)));
      sides.push(new Side(program, await DetcdHere.start(options)));
    }
    return sides;
  }

  run(args: readonly string[], input?: string): Promise<Ran> {
    const endpoint = `--endpoints=${this.url}`;
    return runWith(this.program, [endpoint, ...args], input === undefined ? {} : { input });
  }

  /** Does a step and tells all that can be seen of it, without what is this side's own. */
  async take({ args, input }: Step): Promise<string> {
    const filled = args.map((word) => word.replace('$LEASE', this.lease).replace('$MEMBER', this.member));
    const ran = await this.run(filled, input);
    const [group, name] = args;
    if (group === 'lease' && name === 'grant')
      this.lease = /lease ([0-9a-f]+) granted/.exec(ran.out)?.[1] ?? this.lease;
    if (group === 'member' && name === 'add')
      this.member = /Member +([0-9a-f]+) added/.exec(ran.out)?.[1] ?? this.member;
    const err = withoutLog(ran.err);
    // With a mistake in the flags etcdctl prints its whole help; we say where the help is.
    const isMistake = flagMistake.test(err);
    const out = isMistake ? '' : this.shown(ran.out);
    const told = isMistake ? (err.split('\n')[0] ?? '').replace(/"(etcdctl|detcd ctl)"/, 'PROGRAM') : err;
    return `exit ${ran.status}\n${out}\n${this.shown(told)}`;
  }

  shown(text: string): string {
    const own = text
      .replaceAll(this.url, 'URL')
      .replaceAll(this.url.replace('http://', ''), 'ADDRESS')
      .replaceAll(this.lease, 'LEASE')
      .replaceAll(this.member, 'MEMBER');
    return normalised(own);
  }

  end(): Promise<void> {
    return this.server.end();
  }
}

const flagMistake =
  /^Error: (unknown (shorthand )?flag|flag needs|invalid argument|bad flag|unknown command)/;

/** The log of Go's client, and what its way to read a password says without a terminal, are no output of a command. */
function withoutLog(text: string): string {
  const lines = text.split('\n').filter((line) => !/^(\{"level":|stty: )/.test(line) && line !== '');
  return lines.join('\n');
}

/** Ids, times, sizes and addresses. */
function normalised(text: string): string {
  return (
    text
      .replace(/("?(?:cluster_id|member_id|ID|id|leader|dbSize|dbSizeInUse|Lease|lease)"? ?: ?)\d+/g, '$1N')
      .replace(/("(?:ClusterID|MemberID|ID|Leader|DBSize|DBSizeInUse)" : )[0-9a-f]+/g, '$1N')
      .replace(/\b[0-9a-f]{13,16}\b/g, 'HEX')
      .replace(/ +HEX/g, ' HEX')
      // A look at /health is an entry of the log in etcd, and none here.
      .replace(/(true, false, 2), \d+, \d+,/g, '$1, I, I,')
      .replace(/("?raft(?:Applied)?Index"?:|"Raft(?:Applied)?Index" : )\d+/g, '$1I')
      .replace(/(took(?:" ?: ?"| = )|"Took" : )[\d.]+[mµn]?s/g, '$1T')
      .replace(/remaining\(\d+s\)/g, 'remaining')
      .replace(/("TTL" : |"ttl":)\d+/g, '$1T')
      .replace(/\d+(\.\d+)? [kM]B/g, 'SIZE')
      .replace(/http:\/\/127\.0\.0\.1:(?:1|\d{4,5})\b/g, 'PEER')
      .replace(/^\+[-+]+\+$/gm, 'RULE')
      .replace(/\| +/g, '| ')
      .replace(/ +\|/g, ' |')
      .replace(/\| [\d.]+[mµ]?s \|/g, '| T |')
      .replace(/(\| true \| false \| 2) \| \d+ \| \d+ \|/g, '$1 | I | I |')
      // A Go map has no order.
      .replace(
        /attached keys\(\[([^\]]*)\]\)/g,
        (_, keys: string) => `attached keys ${keys.split(' ').toSorted().join(' ')}`,
      )
  );
}

/** For answers whose order is that of ids, which are each server's own. */
export function inAnyOrder(text: string): string {
  const words = text.replace(/-{3,}/g, '').split(/[\s,|"{}[\]]+/);
  return words.toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0)).join('\n');
}
