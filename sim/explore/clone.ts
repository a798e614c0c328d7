/**
 * A deep copy of plain state: objects keep their prototypes, what is reached twice is copied once. Functions, byte arrays and whatever
 * has a `type` (messages, entries: they never change after they were made) are shared.
 */
export function cloneState<State>(state: State): State {
  return cloned(state, new Map()) as State;
}

function cloned(value: unknown, copies: Map<object, unknown>): unknown {
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array || 'type' in value)
    return value;
  const known = copies.get(value);
  if (known !== undefined) return known;
  if (Array.isArray(value)) {
    const copy: unknown[] = [];
    copies.set(value, copy);
    for (const item of value) copy.push(cloned(item, copies));
    return copy;
  }
  if (value instanceof Map) {
    const copy = new Map<unknown, unknown>();
    copies.set(value, copy);
    for (const [key, item] of value) copy.set(key, cloned(item, copies));
    return copy;
  }
  if (value instanceof Set) return new Set<unknown>(value);
  const copy = Object.create(Object.getPrototypeOf(value) as object | null) as Record<string, unknown>;
  copies.set(value, copy);
  for (const [key, item] of Object.entries(value)) copy[key] = cloned(item, copies);
  return copy;
}
