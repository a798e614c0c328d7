import { compareNumbers } from '../../../core/base/bytes.ts';
import type { RecipeViolation } from './timing.ts';

/** A transaction that was told it committed. */
export interface CommittedTransaction {
  /** Of its writes; of a transaction that wrote nothing, the one it read at. */
  readonly revision: number;
  readonly reads: readonly { readonly key: string; readonly modRevision: number }[];
  /** Keys. */
  readonly writes: readonly string[];
}

/**
 * Serializability by revisions: between what a transaction read and its commit nobody changed it, it read nothing of later, and no two
 * wrote at one revision. One whose outcome is unknown is
 * left out: what others read of it carries a revision that nobody here owns.
 */
export function checkTransactions(transactions: readonly CommittedTransaction[]): RecipeViolation[] {
  const writers = new Map<string, { revision: number; at: number }[]>();
  transactions.forEach(({ revision, writes }, at) => {
    for (const key of writes) {
      const known = writers.get(key);
      if (known === undefined) writers.set(key, [{ revision, at }]);
      else known.push({ revision, at });
    }
  });
  for (const list of writers.values()) list.sort((a, b) => a.revision - b.revision || a.at - b.at);
  return [...sharedRevisions(transactions), ...staleReads(transactions, writers)];
}

function sharedRevisions(transactions: readonly CommittedTransaction[]): RecipeViolation[] {
  const owners = new Map<number, number>();
  return transactions.flatMap(({ revision, writes }, at) => {
    if (writes.length === 0) return [];
    const other = owners.get(revision);
    owners.set(revision, at);
    if (other === undefined) return [];
    const sentence = `two transactions wrote and committed at revision ${revision}`;
    return [{ rule: 'own revision', sentence, involved: [other, at] }];
  });
}

function staleReads(
  transactions: readonly CommittedTransaction[],
  writers: ReadonlyMap<string, readonly { readonly revision: number; readonly at: number }[]>,
): RecipeViolation[] {
  return transactions.flatMap(({ revision, reads, writes }, at) =>
    reads.flatMap(({ key, modRevision }): RecipeViolation[] => {
      // One that wrote has read what was before its own revision.
      const until = writes.length > 0 ? revision - 1 : revision;
      if (modRevision > until) {
        const sentence = `a transaction read ${key} of revision ${modRevision}, and committed at ${revision}`;
        return [{ rule: 'nothing of later', sentence, involved: [at] }];
      }
      const between = writers.get(key)?.find((each) => each.revision > modRevision && each.revision <= until);
      if (between === undefined) return [];
      const sentence = `a transaction read ${key} of revision ${modRevision} and committed at ${revision}, but another changed ${key} at ${between.revision}`;
      return [{ rule: 'serializable', sentence, involved: [at, between.at] }];
    }),
  );
}

/** Everything that is moved about, added up by somebody who saw all of it at one revision. */
export interface Balance {
  readonly revision: number;
  readonly amounts: readonly number[];
}

/** Transfers keep the sum, and no account is overdrawn. */
export function checkBalances(balances: readonly Balance[], sum: number): RecipeViolation[] {
  return balances.flatMap(({ revision, amounts }, at) => {
    const found: RecipeViolation[] = [];
    const total = amounts.reduce((a, b) => a + b, 0);
    if (total !== sum) {
      const sentence = `at revision ${revision} the accounts hold ${total} instead of ${sum}`;
      found.push({ rule: 'the sum', sentence, involved: [at] });
    }
    const lowest = [...amounts].sort(compareNumbers)[0] ?? 0;
    if (lowest < 0) {
      const sentence = `at revision ${revision} an account holds ${lowest}`;
      found.push({ rule: 'no overdraft', sentence, involved: [at] });
    }
    return found;
  });
}
