import { describe } from 'vitest';
import { raftScripts } from '../../scenarios/bugs/raft_scripts.ts';
import { itShows } from './script_runs.ts';
import { slowRaftBugs } from './slow_raft_bugs.ts';

describe('the scripts of planted bugs that take long: raft', () => {
  itShows(raftScripts.filter(({ bug }) => slowRaftBugs.has(bug)));
});
