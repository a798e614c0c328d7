import type { BugScript } from '../bug_script.ts';
import { halfCommitted } from './half_committed.ts';

export const metaBeforeData: BugScript = {
  bug: 'meta-before-data',
  schedule: [
    'A member commits its database.',
    'It loses power when the first step of a commit is durable and the second is not.',
    'It starts again.',
  ],
  scenario: halfCommitted('bug-meta-before-data', 'beforeSyncMetaPage'),
  seed: '1',
  hunt: ['failpoint-swarm', 'defrag-storm'],
};
