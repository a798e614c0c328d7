import type { TraceView } from './trace_view.ts';

/**
 * A sum over kinds, lanes and times of the first `length` events. It tells the page whether a run that was run again in the worker is
 * the one that it shows, up to a moment, without sending the trace.
 */
export function prefixSum(trace: Pick<TraceView, 'kinds' | 'lanes' | 'timesNs'>, length: number): number {
  const { kinds, lanes, timesNs } = trace;
  let sum = 0x811c9dc5;
  for (let i = 0; i < length; i++) {
    sum = Math.imul(sum ^ ((kinds[i] as number) | ((lanes[i] as number) << 8)), 0x01000193);
    const timeNs = timesNs[i] as number;
    sum = Math.imul(sum ^ timeNs, 0x01000193) ^ Math.floor(timeNs / 2 ** 32);
  }
  return sum >>> 0;
}
