import { describe } from 'vitest';
import { watchScripts } from '../../scenarios/bugs/watch_scripts.ts';
import { itShows } from './script_runs.ts';

describe('the scripts of planted bugs: watch', () => {
  itShows(watchScripts);
});
