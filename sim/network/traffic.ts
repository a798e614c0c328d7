import { type MessageTypeName, messageTypeNames } from '../trace/message_types.ts';

/** The sort of what travels: a raft message's type, or this for everything else (requests, answers, watch streams, peers' calls). */
export const otherTraffic = 31;

/** Sorts of traffic, a bit each. */
export type TrafficSet = number;

export const allTraffic: TrafficSet = -1;

export function includesTraffic(set: TrafficSet, sort: number): boolean {
  return ((set >>> sort) & 1) === 1;
}

/** The named types and nothing else; everything if none are named. */
export function trafficOf(only: readonly MessageTypeName[] | undefined): TrafficSet {
  if (only === undefined) return allTraffic;
  return only.reduce((set, name) => set | (1 << messageTypeNames.indexOf(name)), 0);
}
