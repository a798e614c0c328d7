import type { BugScript } from '../bug_script.ts';
import { halfCommitted } from './half_committed.ts';

export const pageFreedEarly: BugScript = {
  bug: 'page-freed-early',
  schedule: [
    'A member commits its database, again and again.',
    'It loses power while the pages of a commit are written: some of them are there, and some are not.',
    'It starts again, from the commit before.',
  ],
  scenario: halfCommitted('bug-page-freed-early', 'beforeSyncDataPages'),
  seed: '1',
  hunt: ['failpoint-swarm', 'defrag-storm'],
};
