import { nsPerMs, nsPerSecond } from '../../core/limits.ts';
import { type Parsed, flagText } from './flags.ts';
import { UsageError } from './usage_error.ts';

const unitNs: Readonly<Record<string, number>> = {
  ns: 1,
  us: 1000,
  ms: nsPerMs,
  s: nsPerSecond,
  m: 60 * nsPerSecond,
  h: 3600 * nsPerSecond,
};

/** A virtual time: `12.5s`, `800ms`, `1500000000ns`, or `end`. Undefined without the flag. */
export function flagTimeNs(parsed: Parsed, flag: string): number | 'end' | undefined {
  const given = flagText(parsed, flag);
  if (given === undefined || given === 'end') return given;
  const match = /^(\d+)(?:\.(\d+))?(ns|us|ms|s|m|h)$/.exec(given);
  if (match !== null) {
    const [, whole = '', fraction = '', unit = ''] = match;
    // By digits: 0.1 s is exactly 100,000,000 ns.
    const scale = BigInt(unitNs[unit] as number);
    const ns = (BigInt(whole + fraction) * scale) / 10n ** BigInt(fraction.length);
    if (ns <= BigInt(Number.MAX_SAFE_INTEGER)) return Number(ns);
  }
  throw new UsageError(`--${flag}: expected a virtual time such as 12.5s or 800ms, or end, got "${given}".`);
}
