import type { RunColumns } from '../model/run_model.ts';

/**
 * What the page asks a worker that reads trace files: everything, or one of the halves that two workers take. Lines of JSON are not shared:
 * whoever is asked for the traffic sends everything, the other nothing.
 */
export interface LoadRequest {
  readonly bytes: Uint8Array;
  readonly part: 'all' | 'traffic' | 'work';
}

/** What the worker answers. */
export type LoadMessage =
  | { readonly type: 'progress'; readonly words: string }
  | { readonly type: 'columns'; readonly columns: Partial<RunColumns> }
  /** A sentence for people. */
  | { readonly type: 'error'; readonly text: string };

/** Every buffer that a plain value holds, once: what a message may hand over instead of copying. */
export function buffersOf(value: unknown): ArrayBuffer[] {
  const found = new Set<ArrayBuffer>();
  visit(value, found);
  return [...found];
}

function visit(value: unknown, found: Set<ArrayBuffer>): void {
  if (typeof value !== 'object' || value === null) return;
  if (ArrayBuffer.isView(value)) {
    if (value.buffer instanceof ArrayBuffer) found.add(value.buffer);
  } else if (value instanceof Map) for (const inner of value.values()) visit(inner, found);
  else if (Array.isArray(value)) {
    // Lists of numbers and texts are long and hold none.
    if (typeof value[0] === 'object') for (const inner of value) visit(inner, found);
  } else for (const inner of Object.values(value)) visit(inner, found);
}
