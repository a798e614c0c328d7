import type { Script, Wait } from './script.ts';
import type { KeptOperations } from './trace/run_info.ts';

const refused = { status: 'fail', message: 'left out of this run', error: null } as const;

/** A script that sleeps more often than this without an operation is waiting for something: then its sleeps are real. */
const skippedSleepsMax = 10_000;

/**
 * A client's script of which only some operations are done. The script draws from its random stream what it drew before, and what is
 * kept begins when it began before, so that leaving out one operation moves no other.
 */
export function* limited(script: Script, operations: readonly KeptOperations[], nowNs: () => number): Script {
  let number = 0;
  let place = 0;
  let sleeps = 0;
  let step = operations.length === 0 ? null : script.next();
  while (step !== null && step.done !== true) {
    const wait = step.value;
    const range = operations[place];
    let answer: unknown = refused;
    if (!isOperation(wait)) {
      const skips = wait.kind === 'sleep' && number + 1 < (range?.first ?? 0) && ++sleeps < skippedSleepsMax;
      answer = skips ? undefined : yield wait;
    } else if (range === undefined) return;
    else if (++number >= range.first) {
      if (number === range.first && range.atNs > nowNs()) yield { kind: 'sleep', ns: range.atNs - nowNs() };
      if (number === range.last) place++;
      answer = yield wait;
    } else sleeps = 0;
    // The script hears what came of the last one, too.
    step = script.next(answer);
  }
}

function isOperation({ kind }: Wait): boolean {
  return kind === 'call' || kind === 'request';
}
