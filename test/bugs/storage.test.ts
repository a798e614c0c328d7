import { describe } from 'vitest';
import { storageScripts } from '../../scenarios/bugs/storage_scripts.ts';
import { itShows } from './script_runs.ts';
import { slowStorageBugs } from './slow_storage_bugs.ts';

describe('the scripts of planted bugs: storage', () => {
  // The others' load takes seconds together: see storage.long.test.ts.
  itShows(storageScripts.filter(({ bug }) => !slowStorageBugs.has(bug)));
});
