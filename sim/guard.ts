/**
 * The fourth layer of determinism (after types, lint and tidy): while a run goes on, whatever would let the outside in throws.
 * A scenario from outside this repository is checked by nothing else.
 */
type Holder = Record<string, unknown>;

const forbidden: readonly (readonly [holder: string, name: string])[] = [
  ['Math', 'random'],
  ['Date', 'now'],
  ['globalThis', 'setTimeout'],
  ['globalThis', 'setInterval'],
  ['globalThis', 'setImmediate'],
  ['globalThis', 'queueMicrotask'],
  ['globalThis', 'requestAnimationFrame'],
];

/** What reached for entropy, real time or the event loop during a run. */
export class DeterminismError extends Error {
  override readonly name = 'DeterminismError';
}

function holderOf(name: string): Holder {
  return name === 'globalThis'
    ? (globalThis as unknown as Holder)
    : ((globalThis as unknown as Holder)[name] as Holder);
}

/** Runs `work` with the forbidden functions replaced by ones that throw, and puts them back whatever happens. */
export function deterministic<Result>(work: () => Result): Result {
  const replaced: (() => void)[] = [];
  for (const [holderName, name] of forbidden) {
    const holder = holderOf(holderName);
    const original = holder[name];
    if (typeof original !== 'function') continue;
    holder[name] = (): never => {
      const what = holderName === 'globalThis' ? name : `${holderName}.${name}`;
      throw new DeterminismError(
        `${what} was called during a run: use the script's sleep or its random stream`,
      );
    };
    replaced.push(() => (holder[name] = original));
  }
  try {
    return work();
  } finally {
    for (const restore of replaced) restore();
  }
}
