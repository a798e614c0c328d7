import type { LoadResult } from './load.ts';

/** etcdctl's bounds. */
const throughputShareMin = 0.9;
const slowestSecondsMax = 0.5;
const deviationSecondsMax = 0.1;

/** Whether the cluster kept up, in etcdctl's words. */
export function verdictOf(
  { tookMs, latenciesMs, failures }: LoadResult,
  writesPerSecond: number,
): { readonly lines: readonly string[]; readonly passed: boolean } {
  const lines: string[] = [];
  let passed = true;
  const judge = (isGood: boolean, good: string, bad: string): void => {
    lines.push(isGood ? `PASS: ${good}` : `FAIL: ${bad}`);
    passed &&= isGood;
  };
  if (failures.size > 0) {
    judge(false, '', 'too many errors');
    for (const [text, count] of failures) lines.push(`FAIL: ERROR(${text}) -> ${count}`);
  }
  const perSecond = (latenciesMs.length * 1000) / tookMs;
  const shown = `${Math.floor(perSecond) + 1} writes/s`;
  const isFast = perSecond / writesPerSecond > throughputShareMin;
  judge(isFast, `Throughput is ${shown}`, `Throughput too low: ${shown}`);
  const slowest = latenciesMs.reduce((most, one) => Math.max(most, one), 0) / 1000;
  const slow = `${slowest.toFixed(6)}s`;
  judge(
    slowest <= slowestSecondsMax,
    `Slowest request took ${slow}`,
    `Slowest request took too long: ${slow}`,
  );
  const deviation = deviationMs(latenciesMs) / 1000;
  const spread = `${deviation.toFixed(6)}s`;
  judge(deviation <= deviationSecondsMax, `Stddev is ${spread}`, `Stddev too high: ${spread}`);
  return { lines, passed };
}

/** The standard deviation. */
function deviationMs(values: readonly number[]): number {
  if (values.length === 0) return 0;
  const mean = values.reduce((sum, one) => sum + one, 0) / values.length;
  return Math.sqrt(values.reduce((sum, one) => sum + (one - mean) ** 2, 0) / values.length);
}
