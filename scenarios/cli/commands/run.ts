import type { Command } from '../command.ts';
import { finishRun, outputFlags, outputHelp } from '../finish_run.ts';
import { onePositional, parseFlags, runChoice, runFlags, scenarioChosen } from '../flags.ts';

export const run: Command = {
  name: 'run',
  summary: 'run a scenario, judge it, write its trace and timeline',
  help: `usage: detcd run SCENARIO [options]

Runs one scenario from a seed, checks every guarantee, and writes the trace and a timeline page. SCENARIO is a name (\`detcd list\`) or
a file of your own, such as ./my-scenario.ts, whose default export is a Scenario (docs/SWARM.md).

  --seed N          which run: the same seed gives the same run, byte for byte (default 1)
  --members N       cluster size, 1 to 51 (default: the scenario's)
  --clients N       clients, 1 to 200 (default: the scenario's)
  --duration T      virtual time under load, such as 30s or 10m (default: the scenario's)
  --bug ID[,ID]     switch a planted bug on; the checkers should find it
  --out DIR         folder for trace.detcd and timeline.html (default runs/SCENARIO-SEED)
${outputHelp}

exit codes: 0 every guarantee held, 1 a violation was found, 2 a mistake on the command line`,
  run(args) {
    const parsed = parseFlags('run', args, { ...runFlags, ...outputFlags });
    const scenario = onePositional('run', parsed, 'the name of a scenario');
    const request = { ...scenarioChosen(scenario), ...runChoice(parsed) };
    return finishRun(request, parsed, { scenario, folder: [], imported: [], json: {} });
  },
};
