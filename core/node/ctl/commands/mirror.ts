import { type ByteString, fromText } from '../../../base/bytes.ts';
import { prefixRange } from '../../../client/index.ts';
import { type RequestOp, errors } from '../../../server/api/index.ts';
import { txnOperationsMax } from '../../../limits.ts';
import type { CtlClient } from '../client/ctl_client.ts';
import type { Ctl, CtlCommand } from '../command.ts';
import { CtlFailure, badArgs, ctlExit } from '../failure.ts';
import { boolFlag, textFlag } from '../flags/flag_spec.ts';

/** Pairs asked for at a time (clientv3/mirror). */
const pageKeys = 1000;
/** How often the number of copied pairs is told. */
const tellEveryMs = 30_000;
/** A watch has something to tell, or not, for so long; then it is asked again. */
const watchTurnMs = 60 * 60 * 1000;

type Rename = (key: ByteString) => ByteString;

/** How keys are called at the destination. */
function renameOf({ flags }: Ctl): Rename {
  const prefix = fromText(flags.text('prefix'));
  const given = fromText(flags.text('dest-prefix'));
  const isRoot = flags.isSet('no-dest-prefix');
  if (isRoot && given !== '')
    throw badArgs('`--dest-prefix` and `--no-dest-prefix` cannot be set at the same time, choose one');
  const destination = given === '' && !isRoot ? prefix : given;
  return (key) => (destination + key.slice(prefix.length)) as ByteString;
}

/** Copies what is there; the revision as of which it was. */
async function copyAll(
  source: CtlClient,
  prefix: ByteString,
  write: (operations: readonly RequestOp[]) => Promise<void>,
  rename: Rename,
): Promise<number> {
  const range = prefixRange(prefix);
  let revision = 0;
  for (let key: ByteString = range.key; ;) {
    const { header, kvs, more } = await source.call('range', { ...range, key, revision, limit: pageKeys });
    if (revision === 0) revision = header.revision;
    await write(kvs.map(({ key: from, value }) => ({ kind: 'put', put: { key: rename(from), value } })));
    const last = kvs.at(-1);
    if (!more || last === undefined) return revision;
    key = `${last.key}\0` as ByteString;
  }
}

/** Copies what changes, until it can't go on. All changes of a revision go into one transaction, if it takes so many. */
async function copyChanges(
  source: CtlClient,
  prefix: ByteString,
  from: number,
  write: (operations: readonly RequestOp[]) => Promise<void>,
  rename: Rename,
): Promise<never> {
  const watch = await source.run(source.api.watch({ ...prefixRange(prefix), start_revision: from }));
  for (;;) {
    const answer = await source.run(watch.next(watchTurnMs));
    if (answer?.kind === 'compacted') throw new CtlFailure(ctlExit.error, errors.compacted.message);
    if (answer?.kind === 'canceled') throw new CtlFailure(ctlExit.error, answer.reason);
    if (answer?.kind !== 'events') continue;
    const revisions = new Map<number, RequestOp[]>();
    for (const { type, kv } of answer.events) {
      const key = rename(kv.key);
      const operations = revisions.get(kv.mod_revision) ?? [];
      revisions.set(kv.mod_revision, operations);
      if (type === 'DELETE') operations.push({ kind: 'delete_range', delete_range: { key } });
      else operations.push({ kind: 'put', put: { key, value: kv.value } });
    }
    for (const operations of revisions.values()) await write(operations);
  }
}

export const makeMirror: CtlCommand = {
  name: 'make-mirror',
  usage: '[flags] DESTINATION',
  summary:
    'copies all keys, or those with a prefix, to the cluster at DESTINATION, then every change until it is ended',
  flags: [
    textFlag('dest-cacert', 'certificate authorities that the destination is verified with (PEM)'),
    textFlag('dest-cert', 'the certificate of this client for the destination (PEM)'),
    boolFlag('dest-insecure-transport', 'no TLS for a destination that does not say https', 'true'),
    textFlag('dest-key', 'the key of --dest-cert (PEM)'),
    textFlag('dest-prefix', 'what stands for --prefix at the destination; absent: the same'),
    boolFlag('no-dest-prefix', 'nothing stands for --prefix at the destination'),
    textFlag('prefix', 'copy the keys that begin with it'),
  ],
  async run(ctl, { words: [destination, ...more] }) {
    if (destination === undefined || more.length > 0)
      throw badArgs('make-mirror takes one destination argument');
    const rename = renameOf(ctl);
    const { flags } = ctl;
    const prefix = fromText(flags.text('prefix'));
    const target = await ctl.connect({
      endpoints: [destination],
      isAnonymous: true,
      tls: {
        caFile: flags.text('dest-cacert'),
        certFile: flags.text('dest-cert'),
        keyFile: flags.text('dest-key'),
        skipsVerification: false,
        insecureTransport: flags.isSet('dest-insecure-transport'),
      },
    });
    const source = await ctl.connect();
    let copied = 0;
    const write = async (operations: readonly RequestOp[]): Promise<void> => {
      for (let at = 0; at < operations.length; at += txnOperationsMax) {
        const success = operations.slice(at, at + txnOperationsMax);
        await target.call('txn', { compare: [], success, failure: [] });
        copied += success.length;
      }
    };
    const teller = setInterval(() => ctl.say(String(copied)), tellEveryMs);
    try {
      const revision = await copyAll(source, prefix, write, rename);
      await copyChanges(source, prefix, revision + 1, write, rename);
    } finally {
      clearInterval(teller);
    }
  },
};
