import { fromText, toText } from '../../../base/bytes.ts';
import type { CtlClient } from '../client/ctl_client.ts';
import type { CtlCommand } from '../command.ts';
import { CtlFailure, badArgs, ctlExit } from '../failure.ts';
import { boolFlag, textFlag } from '../flags/flag_spec.ts';
import { shownAdded, shownMembers, shownPromoted, shownRemoved, shownUpdated } from '../output/members.ts';
import { memberIdOf } from './arguments.ts';

/** As etcd takes them: scheme, host and port, no path. */
function checkPeerUrl(text: string): void {
  const wrong = (reason: string): CtlFailure => new CtlFailure(ctlExit.error, `${reason}: ${text}`);
  const match = /^(https?|unixs?):\/\/([^/]*)(.*)$/.exec(text);
  if (match === null) throw wrong('URL scheme must be http, https, unix, or unixs');
  if ((match[1] as string).startsWith('unix')) return;
  if (!/:\d+$/.test(match[2] as string)) throw wrong('URL address does not have the form "host:port"');
  if (match[3] !== '') throw wrong('URL must not contain a path');
}

/** What the new member is to be started with, as variables of its environment. */
async function environmentLines(
  client: CtlClient,
  id: bigint,
  name: string,
  peerUrls: string,
): Promise<readonly string[]> {
  const { members } = await client.call('member_list', {});
  const cluster = members.flatMap((member) => {
    const shown = member.ID === id ? name : toText(member.name);
    return member.peerURLs.map((url) => `${shown}=${toText(url)}`);
  });
  return [
    '',
    `ETCD_NAME=${JSON.stringify(name)}`,
    `ETCD_INITIAL_CLUSTER=${JSON.stringify(cluster.join(','))}`,
    `ETCD_INITIAL_ADVERTISE_PEER_URLS=${JSON.stringify(peerUrls)}`,
    'ETCD_INITIAL_CLUSTER_STATE="existing"',
  ];
}

const add: CtlCommand = {
  name: 'member add',
  usage: '[flags] NAME',
  summary: 'adds a member, which is then to be started',
  flags: [
    boolFlag('learner', 'it gets the log but has no vote'),
    textFlag('peer-urls', 'where the other members reach it'),
  ],
  async run(ctl, { words: [name, ...more] }) {
    if (name === undefined) throw badArgs('member name not provided');
    if (more.length > 0) throw badArgs('too many arguments');
    const peerUrls = ctl.flags.text('peer-urls');
    if (peerUrls === '') throw badArgs('member peer urls not provided');
    const peerURLs = peerUrls.split(',');
    for (const url of peerURLs) checkPeerUrl(url);
    const client = await ctl.connect();
    const isLearner = ctl.flags.isSet('learner');
    const answer = await client.call('member_add', { peerURLs: peerURLs.map(fromText), isLearner });
    ctl.show(shownAdded(answer));
    if (ctl.flags.text('write-out') !== 'simple') return;
    for (const line of await environmentLines(client, answer.member.ID, name, peerUrls)) ctl.say(line);
  },
};

const remove: CtlCommand = {
  name: 'member remove',
  usage: 'MEMBER',
  summary: 'removes a member',
  async run(ctl, { words }) {
    if (words.length !== 1) throw badArgs('member ID is not provided');
    const ID = memberIdOf(words[0]);
    const client = await ctl.connect();
    ctl.show(shownRemoved(ID, await client.call('member_remove', { ID })));
  },
};

const update: CtlCommand = {
  name: 'member update',
  usage: '[flags] MEMBER',
  summary: 'tells the cluster other peer addresses of a member',
  flags: [textFlag('peer-urls', 'where the other members reach it')],
  async run(ctl, { words }) {
    if (words.length !== 1) throw badArgs('member ID is not provided');
    const ID = memberIdOf(words[0]);
    const peerUrls = ctl.flags.text('peer-urls');
    if (peerUrls === '') throw badArgs('member peer urls not provided');
    const client = await ctl.connect();
    const peerURLs = peerUrls.split(',').map(fromText);
    ctl.show(shownUpdated(ID, await client.call('member_update', { ID, peerURLs })));
  },
};

const list: CtlCommand = {
  name: 'member list',
  usage: '',
  summary: 'lists the members: id, status, name, peer addresses, client addresses, learner or not',
  async run(ctl) {
    const client = await ctl.connect();
    ctl.show(shownMembers(await client.call('member_list', {})));
  },
};

const promote: CtlCommand = {
  name: 'member promote',
  usage: 'MEMBER',
  summary: 'makes a learner a member with a vote',
  async run(ctl, { words }) {
    if (words.length !== 1) throw badArgs('member ID is not provided');
    const ID = memberIdOf(words[0]);
    const client = await ctl.connect();
    ctl.show(shownPromoted(ID, await client.call('member_promote', { ID })));
  },
};

export const memberCommands: readonly CtlCommand[] = [add, remove, update, list, promote];
