import { fromText } from '../../../base/bytes.ts';
import { prefixEnd } from '../../../client/index.ts';
import { type CheckLoad, dataLoads, perfLoads, runLoad } from '../check/load.ts';
import { residentBytes } from '../check/resident_bytes.ts';
import { verdictOf } from '../check/verdict.ts';
import type { CtlClient } from '../client/ctl_client.ts';
import type { Ctl, CtlCommand } from '../command.ts';
import { CtlFailure, ctlExit } from '../failure.ts';
import { type FlagSpec, boolFlag, textFlag } from '../flags/flag_spec.ts';

const mebibyte = 1024 * 1024;

function checkFlags(prefix: string, loads: string): readonly FlagSpec[] {
  return [
    boolFlag('auto-compact', 'give up the history up to the last write afterwards'),
    boolFlag('auto-defrag', 'rewrite the databases without their free pages afterwards'),
    textFlag('load', loads, 's'),
    textFlag('prefix', 'what the keys that are written begin with', prefix),
  ];
}

const loadNames: Readonly<Record<string, string>> = {
  small: 's',
  medium: 'm',
  large: 'l',
  xLarge: 'xl',
};

function loadOf<Load>(ctl: Ctl, loads: Readonly<Record<string, Load>>): Load {
  const given = ctl.flags.text('load');
  const load = loads[loadNames[given] ?? given];
  if (load === undefined) throw new CtlFailure(ctlExit.badFeature, `unknown load option ${given}`);
  return load;
}

/** The keys of a check are deleted afterwards, so there may be none that are somebody's. */
async function checkNoKeys(client: CtlClient, prefix: string): Promise<void> {
  const key = fromText(prefix);
  const { kvs } = await client.call('range', { key, range_end: prefixEnd(key), limit: 1 });
  if (kvs.length > 0)
    throw new CtlFailure(
      ctlExit.invalidInput,
      `prefix ${JSON.stringify(prefix)} has keys. Delete with etcdctl del --prefix ${prefix} first`,
    );
}

/** Deletes what was written, and what else the flags ask for. */
async function clearUp(ctl: Ctl, client: CtlClient, prefix: string): Promise<void> {
  const key = fromText(prefix);
  const { header } = await client.call('delete_range', { key, range_end: prefixEnd(key) });
  const { revision } = header;
  if (ctl.flags.isSet('auto-compact')) {
    ctl.say(`Compacting with revision ${revision}`);
    await client.call('compact', { revision, physical: true });
    ctl.say(`Compacted with revision ${revision}`);
  }
  if (!ctl.flags.isSet('auto-defrag')) return;
  for (const endpoint of ctl.endpoints) {
    ctl.say(`Defragmenting ${JSON.stringify(endpoint)}`);
    const one = await ctl.connect({ endpoints: [endpoint] });
    await one.call('defragment', {});
    one.close();
    ctl.say(`Defragmented ${JSON.stringify(endpoint)}`);
  }
}

function perfCommand(loads: Readonly<Record<string, CheckLoad>>): CtlCommand {
  return {
    name: 'check perf',
    usage: '[flags]',
    summary:
      'writes for a minute and tells whether the cluster kept up: writes a second, the slowest, the spread',
    flags: checkFlags('/etcdctl-check-perf/', 'writes a second: s 150, m 1000, l 8000, xl 15000'),
    async run(ctl) {
      const load = loadOf(ctl, loads);
      const prefix = ctl.flags.text('prefix');
      const client = await ctl.connect();
      await checkNoKeys(client, prefix);
      const result = await runLoad(ctl, prefix, load);
      await clearUp(ctl, client, prefix);
      const { lines, passed } = verdictOf(result, load.writesPerSecond);
      for (const line of lines) ctl.say(line);
      ctl.say(passed ? 'PASS' : 'FAIL');
      if (!passed) throw new CtlFailure(ctlExit.error, '');
    },
  };
}

const datascale: CtlCommand = {
  name: 'check datascale',
  usage: '[flags]',
  summary: 'writes pairs and tells how much more memory the first endpoint then takes',
  flags: checkFlags('/etcdctl-check-datascale/', 'pairs: s 10000, m 100000, l 1000000, xl 3000000'),
  async run(ctl) {
    const load = loadOf(ctl, dataLoads);
    const prefix = ctl.flags.text('prefix');
    const client = await ctl.connect();
    await checkNoKeys(client, prefix);
    const before = await residentBytes(ctl);
    const { writes, writers, valueBytes } = load;
    ctl.say(
      `Start data scale check for work load [${writes} key-value pairs, ${valueBytes} bytes per key-value, ${writers} concurrent clients].`,
    );
    const { failures } = await runLoad(ctl, prefix, load);
    const after = await residentBytes(ctl);
    await clearUp(ctl, client, prefix);
    if (failures.size > 0) {
      ctl.say('FAIL: too many errors');
      for (const [text, count] of failures) ctl.say(`FAIL: ERROR(${text}) -> ${count}`);
      throw new CtlFailure(ctlExit.error, '');
    }
    const used = ((after - before) / mebibyte).toFixed(2);
    ctl.say(`PASS: Approximate system memory used : ${used} MB.`);
  },
};

/** With other loads for tests, which have no minute. */
export function checkCommands(loads: Readonly<Record<string, CheckLoad>> = perfLoads): readonly CtlCommand[] {
  return [perfCommand(loads), datascale];
}
