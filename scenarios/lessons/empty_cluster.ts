import type { Scenario } from '../../sim/scenario.ts';

/** What the page's live mode begins with: whatever happens in it is an intervention of somebody who looks on. */
export const emptyCluster: Scenario = {
  name: 'empty-cluster',
  sentence: 'A cluster to which nothing happens but what is done to it by hand.',
  members: 3,
  clients: 2,
  durationMs: 10_000,
  *workload() {},
  *nemesis() {},
  sometimes: [],
};
