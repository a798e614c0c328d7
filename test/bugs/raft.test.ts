import { describe } from 'vitest';
import { raftScripts } from '../../scenarios/bugs/raft_scripts.ts';
import { itShows } from './script_runs.ts';
import { slowRaftBugs } from './slow_raft_bugs.ts';

// Whoever loses or commits the wrong entry breaks several guarantees at the same moment, and later more: a lost commit is also a lost
// write and soon another state; a stale read also carries a stale revision; who never catches up also never agrees. What the registry
// names is the first.
describe('the scripts of planted bugs: raft', () => {
  // The others take seconds together: see raft.long.test.ts.
  itShows(raftScripts.filter(({ bug }) => !slowRaftBugs.has(bug)));
});
