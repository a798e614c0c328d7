import { describe } from 'vitest';
import { storageScripts } from '../../scenarios/bugs/storage_scripts.ts';
import { itShows } from './script_runs.ts';
import { slowStorageBugs } from './slow_storage_bugs.ts';

describe('the scripts of planted bugs that take long: storage', () => {
  itShows(storageScripts.filter(({ bug }) => slowStorageBugs.has(bug)));
});
