import { entryText } from './canonical.ts';
import { firstIndex } from './node.ts';
import type { ExploredState } from './state.ts';

/** What is wrong after an action that led from `before` to `state`: a sentence, or null. The properties of the Raft paper's figure 3. */
export function brokenIn(before: ExploredState, state: ExploredState): string | null {
  const logs = state.nodes.map((node) => node.log().map(entryText));
  for (const [i, { raw, id }] of state.nodes.entries()) {
    if (raw === before.nodes[i]?.raw) continue;
    const log = logs[i] as string[];
    if (raw.role === 'leader') {
      const other = state.leaders[raw.term];
      if (other !== id) return `election safety: n${String(other)} and n${id} lead in term ${raw.term}`;
      const lacks = before.committed.findIndex((entry, at) => log[at] !== entry);
      const isNew = before.nodes[i]?.raw.role !== 'leader' || before.nodes[i]?.raw.term !== raw.term;
      if (isNew && lacks >= 0)
        return `leader completeness: n${id} leads in term ${raw.term} without the committed entry ${lacks + firstIndex + 1}`;
    }
    const known = log.slice(0, raw.commitIndex - firstIndex);
    const differs = known.findIndex((entry, at) => entry !== state.committed[at]);
    if (differs >= 0)
      return `state machine safety: n${id} takes another entry for committed at ${differs + firstIndex + 1} than was`;
    const mismatch = logs.findIndex((other, j) => j !== i && !matches(log, other));
    if (mismatch >= 0)
      return `log matching: the logs of n${id} and n${mismatch + 1} have an equal entry, and differ before it`;
  }
  return null;
}

/** If two logs have the same entry at an index, they are the same up to it. */
function matches(one: readonly string[], other: readonly string[]): boolean {
  let same = true;
  for (let at = 0; at < Math.min(one.length, other.length); at++) {
    const equal = one[at] === other[at];
    if (equal && !same) return false;
    same = equal;
  }
  return true;
}
