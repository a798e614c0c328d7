import type { Explanation } from './explanation.ts';
import type { SearchVerdict } from './model.ts';

export interface LinearizabilityReport {
  readonly verdict: SearchVerdict;
  readonly checks: readonly HistoryCheck[];
  readonly violations: readonly HistoryViolation[];
  /** Per key, ids in an order that explains every answer; empty where none was found. */
  readonly linearizations: readonly { readonly key: string; readonly operations: readonly number[] }[];
  /** One per key without an order. */
  readonly explanations: readonly Explanation[];
}

export interface HistoryCheck {
  readonly name: string;
  readonly guarantee: string;
  readonly status: 'passed' | 'violated' | 'unknown';
  readonly detail: string;
}

export interface HistoryViolation {
  readonly check: string;
  readonly atNs: number;
  readonly sentence: string;
  readonly lines: readonly string[];
  /** The one that can't be placed first, then those it contradicts. */
  readonly operations: readonly number[];
  readonly events: readonly number[];
}
