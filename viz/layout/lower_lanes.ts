import type { Lane } from '../../sim/trace/run_info.ts';
import { type KeyTrack, keyTracks } from '../model/key_lanes.ts';
import type { RunModel } from '../model/run_model.ts';
import { type WatchTrack, watchTracks } from '../model/watch_lanes.ts';

/** What the lanes below the members show: operations by client, operations by key, or what watches heard. */
export const lowerLaneNames = ['clients', 'keys', 'watches'] as const;
export type LowerLanes = (typeof lowerLaneNames)[number];

/** A lane below the members. Those that are no client's have ids of their own, below those that mean something. */
export interface LowerLane {
  readonly lane: Lane;
  readonly track?: KeyTrack;
  readonly watches?: readonly WatchTrack[];
}

const firstKeyId = -2;
const firstWatchId = -1000;

const keysOfRun = new WeakMap<RunModel, readonly LowerLane[]>();
const watchesOfRun = new WeakMap<RunModel, readonly LowerLane[]>();

/** Made when they are first shown, and kept. */
export function lowerLanes(model: RunModel, which: LowerLanes): readonly LowerLane[] {
  if (which === 'keys') return kept(keysOfRun, model, byKey);
  if (which === 'watches') return kept(watchesOfRun, model, byWatch);
  return model.clients.map((lane) => ({ lane }));
}

function kept(
  known: WeakMap<RunModel, readonly LowerLane[]>,
  model: RunModel,
  make: (model: RunModel) => readonly LowerLane[],
): readonly LowerLane[] {
  const lanes = known.get(model) ?? make(model);
  known.set(model, lanes);
  return lanes;
}

function byKey({ operations }: RunModel): LowerLane[] {
  return keyTracks(operations).map((track, i) => ({
    lane: { id: firstKeyId - i, kind: 'client', name: track.place === 0 ? track.key : '' },
    track,
  }));
}

function byWatch(model: RunModel): LowerLane[] {
  const tracks = watchTracks(model);
  return model.clients.flatMap(({ id, name }, i) => {
    const watches = tracks.filter(({ lane }) => lane === id);
    return watches.length === 0
      ? []
      : [{ lane: { id: firstWatchId - i, kind: 'client' as const, name: `${name} watches` }, watches }];
  });
}
