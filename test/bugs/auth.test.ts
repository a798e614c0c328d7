import { describe } from 'vitest';
import { authScripts } from '../../scenarios/bugs/auth_scripts.ts';
import { itShows } from './script_runs.ts';

describe('the scripts of planted bugs: auth', () => {
  itShows(authScripts);
});
