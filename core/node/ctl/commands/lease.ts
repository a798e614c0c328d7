import { errors } from '../../../server/api/index.ts';
import type { CtlClient } from '../client/ctl_client.ts';
import { CallFailure } from '../client/ctl_client.ts';
import type { Ctl, CtlCommand } from '../command.ts';
import { CtlFailure, badArgs, ctlExit } from '../failure.ts';
import { boolFlag } from '../flags/flag_spec.ts';
import { parseInt64 } from '../flags/go_values.ts';
import { leaseHex } from '../output/go_text.ts';
import { shownGrant, shownKeepAlive, shownLeases, shownRevoke, shownTimeToLive } from '../output/lease.ts';
import { leaseIdOf, readValue } from './arguments.ts';

/** A request that failed ends the command with this code, and words around the reason. */
async function orEnd<Answer>(
  answer: Promise<Answer>,
  code: number,
  told: (reason: string) => string = (reason) => reason,
): Promise<Answer> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof CallFailure) throw new CtlFailure(code, told(error.message));
    throw error;
  }
}

const grant: CtlCommand = {
  name: 'lease grant',
  usage: 'TTL',
  summary: 'makes a lease of TTL seconds',
  async run(ctl, { words: [text, ...more] }) {
    if (text === undefined || more.length > 0) throw badArgs('lease grant command needs TTL argument');
    const ttl = readValue(
      () => Number(parseInt64(text)),
      (reason) => badArgs(`bad TTL (${reason})`),
    );
    const client = await ctl.connect();
    const told = (reason: string): string => `failed to grant lease (${reason})`;
    ctl.show(shownGrant(await orEnd(client.call('lease_grant', { TTL: ttl }), ctlExit.error, told)));
  },
};

const revoke: CtlCommand = {
  name: 'lease revoke',
  usage: 'LEASE',
  summary: 'ends a lease and deletes the keys that are attached to it',
  async run(ctl, { words: [text, ...more] }) {
    if (text === undefined || more.length > 0) throw badArgs('lease revoke command needs 1 argument');
    const ID = leaseIdOf(text, 'lease ID arg');
    const client = await ctl.connect();
    const told = (reason: string): string => `failed to revoke lease (${reason})`;
    ctl.show(shownRevoke(ID, await orEnd(client.call('lease_revoke', { ID }), ctlExit.error, told)));
  },
};

const timeToLive: CtlCommand = {
  name: 'lease timetolive',
  usage: '[flags] LEASE',
  summary: 'tells how long a lease still lives',
  flags: [boolFlag('keys', 'print the keys that are attached to it, too')],
  async run(ctl, { words: [text, ...more] }) {
    if (text === undefined || more.length > 0)
      throw badArgs('lease timetolive command needs lease ID as argument');
    const ID = leaseIdOf(text, 'lease ID arg');
    const keys = ctl.flags.isSet('keys');
    const client = await ctl.connect();
    const answer = await orEnd(client.call('lease_time_to_live', { ID, keys }), ctlExit.badConnection);
    ctl.show(shownTimeToLive(answer, keys));
  },
};

const list: CtlCommand = {
  name: 'lease list',
  usage: '',
  summary: 'lists the leases',
  async run(ctl) {
    const client = await ctl.connect();
    ctl.show(shownLeases(await orEnd(client.call('lease_leases', {}), ctlExit.badConnection)));
  },
};

/** One renewal; null if the lease is not there. */
async function renew(client: CtlClient, ctl: Ctl, ID: bigint): Promise<number | null> {
  const answer = await orEnd(client.call('lease_keep_alive', { ID }), ctlExit.badConnection);
  if (answer.TTL <= 0) return null;
  ctl.show(shownKeepAlive(answer));
  return answer.TTL;
}

/** Whether somebody ends the command in this time. */
async function endsWithin(ctl: Ctl, ms: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<false>((resolve) => (timer = setTimeout(() => resolve(false), ms)));
  const ended = await Promise.race([over, ctl.io.interrupted.then(() => true)]);
  clearTimeout(timer);
  return ended;
}

const keepAlive: CtlCommand = {
  name: 'lease keep-alive',
  usage: '[flags] LEASE',
  summary: 'renews a lease again and again until it is gone',
  flags: [boolFlag('once', 'renew it once')],
  async run(ctl, { words: [text, ...more] }) {
    if (text === undefined || more.length > 0)
      throw badArgs('lease keep-alive command needs lease ID as argument');
    const ID = leaseIdOf(text, 'lease ID arg');
    const client = await ctl.connect();
    if (ctl.flags.isSet('once')) {
      if ((await renew(client, ctl, ID)) === null)
        throw new CtlFailure(ctlExit.badConnection, errors.leaseNotFound.message);
      return;
    }
    for (;;) {
      const ttl = await renew(client, ctl, ID);
      if (ttl === null) {
        if (ctl.flags.text('write-out') === 'simple') ctl.say(`lease ${leaseHex(ID)} expired or revoked.`);
        return;
      }
      if (await endsWithin(ctl, (ttl * 1000) / 3)) return;
    }
  },
};

export const leaseCommands: readonly CtlCommand[] = [grant, revoke, timeToLive, list, keepAlive];
