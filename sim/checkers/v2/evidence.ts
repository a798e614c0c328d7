/** What watchers' events say of operations whose answers nobody heard, and of what expired: it settles them. */
import { nsPerSecond } from '../../../core/limits.ts';
import type { TimeText } from '../linearizability/wording.ts';
import type { V2NodeView, V2Operation } from './operation.ts';
import { type Heard, type ToldChange, type ToldChanges, actionOf } from './told.ts';
import { cleanPath } from './tree.ts';
import type { V2WatchGuarantee, V2WatchViolation } from './watch_guarantees.ts';
import { eventWords } from './watch_reader.ts';

export interface Settled {
  /** The operations, with what events tell of them. */
  readonly operations: readonly V2Operation[];
  /** By the operation that gave the node its time to live. */
  readonly expired: ReadonlyMap<number, Heard>;
  readonly violations: readonly V2WatchViolation[];
}

export interface EvidenceOptions {
  readonly clockErrorNs: number;
  readonly time: TimeText;
}

/**
 * An event at an index that no answer names was done by an operation without an answer, or something expired. Where only one can
 * have done it, its outcome is known: it took effect before it was heard of. Where none can, the event is an invention.
 */
export function settle(
  operations: readonly V2Operation[],
  told: ToldChanges,
  options: EvidenceOptions,
): Settled {
  const violations: V2WatchViolation[] = [];
  const owners = resolve(operations, told, violations, options.time);
  const expired = new Map<number, Heard>();
  for (const change of told.all) {
    if (change.action !== 'expire' || change.heard === null) continue;
    const found = expiry(change, change.heard, operations, told, owners, options);
    if (found === null) continue;
    if ('guarantee' in found) violations.push(found);
    else expired.set(found.id, change.heard);
  }
  const byOperation = new Map([...owners].map(([index, { id }]) => [id, told.at(index) as ToldChange]));
  return {
    operations: operations.map((operation) => withEvidence(operation, byOperation, told)),
    expired,
    violations,
  };
}

// --- operations without an answer

/** By index, who must have done it. */
function resolve(
  operations: readonly V2Operation[],
  told: ToldChanges,
  violations: V2WatchViolation[],
  time: TimeText,
): Map<number, V2Operation> {
  const lost = operations.filter(
    ({ input, outcome }) => outcome.status === 'unknown' && input.kind !== 'get',
  );
  const owners = new Map<number, V2Operation>();
  const taken = new Set<number>();
  let open = told.all.flatMap(({ action, operation, heard }) => {
    if (operation !== null || heard === null || action === 'expire') return [];
    return [{ heard, possible: lost.filter((each) => couldBe(each, heard)) }];
  });
  // What one event has for sure, no other can have.
  for (let isNew = true; isNew;) {
    isNew = false;
    for (const each of open) each.possible = each.possible.filter(({ id }) => !taken.has(id));
    for (const { heard, possible } of open) {
      const [only] = possible;
      if (possible.length !== 1 || only === undefined || taken.has(only.id)) continue;
      owners.set(heard.event.index, only);
      taken.add(only.id);
      isNew = true;
    }
    open = open.filter(({ heard }) => !owners.has(heard.event.index));
  }
  for (const { heard, possible } of open) {
    if (possible.length > 0) continue;
    violations.push(violation('truthful', heard, time, 'which nobody asked for'));
  }
  return owners;
}

function couldBe({ input, callNs }: V2Operation, { event }: Heard): boolean {
  const { kind, key, value = '', dir } = input;
  if (kind === 'get' || kind === 'expire' || kind === 'refresh' || actionOf(kind) !== event.action)
    return false;
  if (callNs > event.atNs) return false;
  const path = cleanPath(event.node.key);
  const asked = cleanPath(key);
  if (kind === 'createInOrder' ? path !== inOrder(asked, event.index) : path !== asked) return false;
  const { prevValue, prevIndex } = input;
  const before = event.prevNode;
  if (prevValue !== undefined && (before?.value ?? prevValue) !== prevValue) return false;
  if (prevIndex !== undefined && (before?.modifiedIndex ?? prevIndex) !== prevIndex) return false;
  if (kind === 'delete' || kind === 'compareAndDelete') return true;
  return dir === true || event.node.value === undefined || event.node.value === value;
}

/** Digits of the names that a createInOrder makes. */
const nameDigits = 20;

function inOrder(directory: string, index: number): string {
  return cleanPath(`${directory}/${`${index}`.padStart(nameDigits, '0')}`);
}

function withEvidence(
  operation: V2Operation,
  byOperation: ReadonlyMap<number, ToldChange>,
  told: ToldChanges,
): V2Operation {
  const change = byOperation.get(operation.id);
  if (change !== undefined && change.heard !== null) {
    const { node, prevNode, atNs } = change.heard.event;
    const output = { error: null, node: asAnswer(node), prevNode: prevNode ?? null };
    return { ...operation, returnNs: atNs, returnSequence: 1, outcome: { status: 'ok', output } };
  }
  const { outcome } = operation;
  if (outcome.status !== 'ok' || outcome.output.error !== null) return operation;
  const index = outcome.output.node?.modifiedIndex;
  const own = index === undefined ? null : told.at(index);
  const event = own?.operation === operation ? (own.heard?.event ?? null) : null;
  if (event === null) return operation;
  const output = { ...outcome.output, prevNode: outcome.output.prevNode ?? event.prevNode ?? null };
  // Whoever heard of it proves that it was done by then.
  const isSooner =
    operation.returnNs !== null && event.atNs < operation.returnNs && event.atNs >= operation.callNs;
  return { ...operation, ...(isSooner ? { returnNs: event.atNs } : {}), outcome: { status: 'ok', output } };
}

function asAnswer({ key, value, dir, createdIndex, modifiedIndex }: V2NodeView): V2NodeView {
  return {
    ...(key === undefined ? {} : { key }),
    ...(value === undefined ? {} : { value }),
    ...(dir === undefined ? {} : { dir }),
    ...(createdIndex === undefined ? {} : { createdIndex }),
    ...(modifiedIndex === undefined ? {} : { modifiedIndex }),
  };
}

// --- what expired

/** Who gave the node the time that was over, a violation, or null where nobody knows. */
function expiry(
  change: ToldChange,
  heard: Heard,
  operations: readonly V2Operation[],
  told: ToldChanges,
  owners: ReadonlyMap<number, V2Operation>,
  { clockErrorNs, time }: EvidenceOptions,
): V2Operation | V2WatchViolation | null {
  const { prevNode } = heard.event;
  const endNs = ({ callNs, input: { ttl } }: V2Operation): number =>
    ttl === undefined ? Infinity : callNs + ttl * nsPerSecond - clockErrorNs;
  // A directory keeps its index when it is given another time.
  const index = prevNode?.dir === true ? undefined : prevNode?.modifiedIndex;
  const giver = index === undefined ? undefined : (told.at(index)?.operation ?? owners.get(index));
  if (giver === undefined) {
    const possible = operations.filter(
      (each) =>
        each.outcome.status !== 'fail' &&
        madeKey(each, told, owners) === change.key &&
        endNs(each) <= heard.event.atNs,
    );
    const nameless = operations.some(
      ({ input, outcome }) => input.kind === 'createInOrder' && outcome.status === 'unknown',
    );
    if (possible.length > 0 || nameless) return null;
    return violation('expiry', heard, time, 'but nobody gave it a time to live that was over');
  }
  if (giver.input.ttl === undefined) {
    return violation('expiry', heard, time, `but what index ${index} made has no time to live`);
  }
  if (endNs(giver) > heard.event.atNs) {
    return violation(
      'expiry',
      heard,
      time,
      `but what index ${index} made had its time until ${time(endNs(giver))}`,
    );
  }
  return giver;
}

function madeKey(
  operation: V2Operation,
  told: ToldChanges,
  owners: ReadonlyMap<number, V2Operation>,
): string | null {
  const { input, outcome } = operation;
  if (input.kind === 'get') return null;
  if (input.kind !== 'createInOrder') return cleanPath(input.key);
  if (outcome.status === 'ok' && outcome.output.error === null)
    return cleanPath(outcome.output.node?.key ?? '/');
  for (const [index, { id }] of owners) if (id === operation.id) return told.at(index)?.key ?? null;
  return null;
}

function violation(
  guarantee: V2WatchGuarantee,
  { watch, event }: Heard,
  time: TimeText,
  what: string,
): V2WatchViolation {
  return {
    guarantee,
    watch: watch.id,
    index: event.index,
    sentence: `watch of ${watch.client} on ${cleanPath(watch.key)}: it heard of ${eventWords(event)}, ${what}, at ${time(event.atNs)}`,
    lines: [],
    atNs: event.atNs,
  };
}
