import { fromText, toText } from '../../../base/bytes.ts';
import { errors } from '../../../server/api/index.ts';
import { CallFailure, type CtlClient } from '../client/ctl_client.ts';
import type { Ctl, CtlCommand } from '../command.ts';
import { CtlFailure, badArgs, ctlExit } from '../failure.ts';
import { boolFlag, int64Flag, textFlag } from '../flags/flag_spec.ts';
import { parseUint64 } from '../flags/go_values.ts';
import { hexId } from '../output/go_text.ts';
import {
  type EndpointHealth,
  healthLine,
  shownAlarms,
  shownHashes,
  shownHealth,
  shownStatus,
} from '../output/endpoints.ts';
import { defragmentDirectory } from '../snapshot/defragment.ts';
import { readValue } from './arguments.ts';

export const clusterFlag = boolFlag('cluster', 'all endpoints that the members tell of');

/** --endpoints, or those that the members tell of. */
async function endpointsOf(ctl: Ctl): Promise<readonly string[]> {
  if (!ctl.flags.isSet('cluster')) return ctl.endpoints;
  const client = await ctl.connect();
  const { members } = await client.call('member_list', {});
  return members.flatMap(({ clientURLs }) => clientURLs.map(toText));
}

/** Asks one endpoint and no other. */
async function asking<Answer>(
  ctl: Ctl,
  endpoint: string,
  ask: (client: CtlClient) => Promise<Answer>,
): Promise<Answer> {
  const client = await ctl.connect({ endpoints: [endpoint] });
  try {
    return await ask(client);
  } finally {
    client.close();
  }
}

/** Asks one after the other; failures go to stderr; `failure` is the last one. */
async function askEach<Answer>(
  ctl: Ctl,
  told: (endpoint: string) => string,
  ask: (client: CtlClient, endpoint: string) => Promise<Answer>,
): Promise<{ readonly answers: readonly Answer[]; readonly failure: string | null }> {
  const answers: Answer[] = [];
  let failure: string | null = null;
  for (const endpoint of await endpointsOf(ctl)) {
    try {
      answers.push(await asking(ctl, endpoint, (client) => ask(client, endpoint)));
    } catch (error) {
      if (!(error instanceof CallFailure || error instanceof CtlFailure)) throw error;
      failure = error.message;
      ctl.io.err(`${told(endpoint)} (${error.message})\n`);
    }
  }
  return { answers, failure };
}

/** Everything was told already, but for `more`. */
function endsWith(failure: string | null, more = ''): void {
  if (failure !== null) throw new CtlFailure(ctlExit.error, more);
}

/** Healthy is who can read what a majority knows; that it may not is as good. */
async function healthOf(ctl: Ctl, endpoint: string): Promise<EndpointHealth> {
  const started = performance.now();
  let error = '';
  try {
    await asking(ctl, endpoint, (client) => client.call('range', { key: fromText('health') }));
  } catch (failure) {
    if (!(failure instanceof CallFailure || failure instanceof CtlFailure)) throw failure;
    if (failure.message !== errors.permissionDenied.message) error = failure.message;
  }
  return { endpoint, tookMs: performance.now() - started, error };
}

const health: CtlCommand = {
  name: 'endpoint health',
  usage: '[flags]',
  summary: 'tells which endpoints work',
  flags: [clusterFlag],
  async run(ctl) {
    const list: EndpointHealth[] = [];
    // In the order in which they answer.
    const look = async (endpoint: string): Promise<void> => void list.push(await healthOf(ctl, endpoint));
    await Promise.all((await endpointsOf(ctl)).map(look));
    ctl.show(shownHealth(list));
    if (ctl.flags.text('write-out') === 'simple') for (const one of list) ctl.io.err(`${healthLine(one)}\n`);
    if (list.some(({ error }) => error !== '')) throw new CtlFailure(ctlExit.error, 'unhealthy cluster');
  },
};

const status: CtlCommand = {
  name: 'endpoint status',
  usage: '[flags]',
  summary:
    'tells of each endpoint: id, version, size of the database, leader or not, learner or not, term, index, applied index, errors',
  flags: [clusterFlag],
  async run(ctl) {
    const { answers, failure } = await askEach(
      ctl,
      (endpoint) => `Failed to get the status of endpoint ${endpoint}`,
      async (client, endpoint) => ({ endpoint, status: await client.call('status', {}) }),
    );
    ctl.show(shownStatus(answers));
    endsWith(failure);
  },
};

const hashKv: CtlCommand = {
  name: 'endpoint hashkv',
  usage: '[flags]',
  summary: 'prints the hash of all pairs of each endpoint, which must be equal',
  flags: [clusterFlag, int64Flag('rev', 'up to this revision; 0: all')],
  async run(ctl) {
    const revision = ctl.flags.count('rev');
    const { answers, failure } = await askEach(
      ctl,
      (endpoint) => `Failed to get the hash of endpoint ${endpoint}`,
      async (client, endpoint) => ({ endpoint, hash: await client.call('hash_kv', { revision }) }),
    );
    ctl.show(shownHashes(answers));
    endsWith(failure, failure ?? '');
  },
};

const defrag: CtlCommand = {
  name: 'defrag',
  usage: '[flags]',
  summary:
    'rewrites the database of each endpoint, or of a directory that nobody uses, without its free pages',
  flags: [clusterFlag, textFlag('data-dir', 'the data directory of a member that does not run')],
  async run(ctl) {
    const directory = ctl.flags.text('data-dir');
    if (directory !== '') {
      const hint = 'To defrag a running etcd instance, omit --data-dir.';
      await defragmentDirectory(directory, (path) =>
        ctl.io.err(`waiting for etcd to close and release its lock on ${JSON.stringify(path)}. ${hint}\n`),
      );
      return;
    }
    const { failure } = await askEach(
      ctl,
      (endpoint) => `Failed to defragment etcd member[${endpoint}]`,
      async (client, endpoint) => {
        await client.call('defragment', {});
        ctl.say(`Finished defragmenting etcd member[${endpoint}]`);
      },
    );
    endsWith(failure);
  },
};

const alarmList: CtlCommand = {
  name: 'alarm list',
  usage: '',
  summary: 'lists the alarms',
  async run(ctl, { words }) {
    if (words.length > 0) throw badArgs('alarm list command accepts no arguments');
    const client = await ctl.connect();
    ctl.show(shownAlarms(await client.call('alarm', { action: 'GET', memberID: 0n, alarm: 'NONE' })));
  },
};

const alarmDisarm: CtlCommand = {
  name: 'alarm disarm',
  usage: '',
  summary: 'ends all alarms',
  async run(ctl, { words }) {
    if (words.length > 0) throw badArgs('alarm disarm command accepts no arguments');
    const client = await ctl.connect();
    const { alarms } = await client.call('alarm', { action: 'GET', memberID: 0n, alarm: 'NONE' });
    const ended = [];
    for (const { memberID, alarm } of alarms) {
      const answer = await client.call('alarm', { action: 'DEACTIVATE', memberID, alarm });
      ended.push(...answer.alarms);
    }
    ctl.show(shownAlarms({ alarms: ended }));
  },
};

const moveLeader: CtlCommand = {
  name: 'move-leader',
  usage: 'MEMBER',
  summary: 'makes another member the leader; one of the endpoints must be the present one',
  async run(ctl, { words: [text, ...more] }) {
    if (text === undefined || more.length > 0) throw badArgs('move-leader command needs 1 argument');
    const targetID = readValue(() => parseUint64(text, 16), badArgs);
    for (const endpoint of ctl.endpoints) {
      const { header, leader } = await asking(ctl, endpoint, (client) => client.call('status', {}));
      if (leader !== header.member_id) continue;
      await asking(ctl, endpoint, (client) => client.call('move_leader', { targetID }));
      ctl.say(`Leadership transferred from ${hexId(leader)} to ${hexId(targetID)}`);
      return;
    }
    throw badArgs(`no leader endpoint given at [${ctl.endpoints.join(' ')}]`);
  },
};

export const endpointCommands: readonly CtlCommand[] = [
  health,
  status,
  hashKv,
  alarmList,
  alarmDisarm,
  defrag,
  moveLeader,
];
