import type { ByteString } from '../../core/base/bytes.ts';
import type { Task } from '../../core/client/api.ts';
import { text } from '../../core/client/keys.ts';
import { type Committed, type Isolation, type Transaction, transact } from '../../core/client/recipes/stm.ts';
import { checkBalances, checkTransactions } from '../../sim/checkers/recipes/transactions.ts';
import type { Observed, ScenarioCheck, Workload, WorkloadClient } from '../../sim/scenario.ts';
import type { Script } from '../../sim/script.ts';
import { Topic, bytes, checkOf, counted } from './recipes.ts';

const accounts = ['a', 'b', 'c', 'd', 'e'].map((name) => bytes(`accounts/${name}`));
const startAmount = 100;
const timeoutMs = 4000;

const serializable: readonly Isolation[] = ['serializable-snapshot', 'serializable', 'repeatable-reads'];

const committed = new Topic<{
  readonly revision: number;
  readonly reads: readonly { readonly key: string; readonly modRevision: number }[];
  readonly writes: readonly string[];
  readonly conflicts: number;
}>('bank-committed');
const balance = new Topic<{ readonly revision: number; readonly amounts: readonly number[] }>('bank-balance');

/** Each client moves money between accounts, and looks at all of them now and then. A test passes an isolation that is too weak. */
export function bankWorkload(isolations: readonly Isolation[] = serializable): Workload {
  return (client) => bankClient(client, isolations);
}

function* bankClient(client: WorkloadClient, isolations: readonly Isolation[]): Script {
  const { etcd, random } = client;
  yield* openAccounts(client);
  while (!client.over) {
    yield* client.sleep(random.below(150));
    const isolation = random.pick(isolations);
    if (random.chance(1, 5)) {
      const looked = yield* transact(etcd, isolation, readAll, timeoutMs);
      if (looked.status !== 'ok') continue;
      const { value: amounts, revision } = looked.value;
      if (amounts.length === accounts.length) balance.note(client, { revision, amounts });
    } else {
      const [from, to] = random.shuffle(accounts) as [ByteString, ByteString];
      const amount = random.between(1, 60);
      const moved = yield* transact(etcd, isolation, (txn) => transfer(txn, from, to, amount), timeoutMs);
      if (moved.status === 'ok') noteCommit(client, moved.value);
    }
  }
}

function noteCommit(
  client: WorkloadClient,
  { revision, reads, writes, conflicts }: Committed<unknown>,
): void {
  const plain = reads.map(({ key, modRevision }) => ({ key: text(key), modRevision }));
  committed.note(client, { revision, reads: plain, writes: writes.map(text), conflicts });
}

/** Whoever is first puts the money in, all at once. */
function* openAccounts(client: WorkloadClient): Script {
  for (;;) {
    const opened = yield* transact(client.etcd, 'serializable-snapshot', putMoney, timeoutMs);
    if (opened.status === 'ok' || client.over) return;
    yield* client.sleep(100);
  }
}

function* putMoney(txn: Transaction): Task<null> {
  if ((yield* txn.get(accounts[0] as ByteString)) !== null) return null;
  for (const account of accounts) txn.put(account, bytes(String(startAmount)));
  return null;
}

/** Empty before the accounts are open. */
function* readAll(txn: Transaction): Task<number[]> {
  const amounts: number[] = [];
  for (const account of accounts) {
    const amount = yield* txn.get(account);
    if (amount !== null) amounts.push(Number(text(amount)));
  }
  return amounts;
}

function* transfer(txn: Transaction, from: ByteString, to: ByteString, amount: number): Task<null> {
  const available = Number(text((yield* txn.get(from)) ?? bytes('0')));
  const there = yield* txn.get(to);
  if (available < amount || there === null) return null;
  txn.put(from, bytes(String(available - amount)));
  txn.put(to, bytes(String(Number(text(there)) + amount)));
  return null;
}

export function bankFacts(observed: Observed): { readonly conflicts: number; readonly balances: number } {
  const conflicts = committed.of(observed).reduce((sum, { data }) => sum + data.conflicts, 0);
  return { conflicts, balances: balance.of(observed).length };
}

export function judgeBank(observed: Observed): ScenarioCheck[] {
  const transactions = committed.of(observed);
  const balances = balance.of(observed);
  return [
    checkOf(
      {
        name: 'transactions are serializable',
        guarantee: 'nobody changes what a transaction has read before it commits (etcd: concurrency.STM)',
      },
      `${counted(transactions.length, 'transaction')}, ${bankFacts(observed).conflicts} conflicts`,
      checkTransactions(transactions.map(({ data }) => data)),
      (position) => transactions[position]?.ns ?? 0,
    ),
    checkOf(
      {
        name: 'no money is made or lost',
        guarantee: 'transfers keep the sum of all accounts, and none is overdrawn',
      },
      counted(balances.length, 'balance'),
      checkBalances(
        balances.map(({ data }) => data),
        accounts.length * startAmount,
      ),
      (position) => balances[position]?.ns ?? 0,
    ),
  ];
}
