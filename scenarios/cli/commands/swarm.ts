import { availableParallelism } from 'node:os';
import { canaryRunsMin } from '../../../sim/swarm/plan.ts';
import { goalRunsDefault } from '../../../sim/swarm/tally.ts';
import { type Command, print, printJson } from '../command.ts';
import { parseFlags, runFlags } from '../flags.ts';
import { styleFor } from '../format.ts';
import { collect } from '../swarm/collected.ts';
import { reportJson } from '../swarm/report_json.ts';
import { type SwarmOptions, swarmFlags, swarmOptions } from '../swarm/options.ts';
import { readResults } from '../swarm/results_file.ts';
import { runSession } from '../swarm/session.ts';
import { summary } from '../swarm/summary.ts';
import { exitCodes } from '../usage_error.ts';

const { seed: _, ...sizeFlags } = runFlags;

export const swarm: Command = {
  name: 'swarm',
  summary: 'run many seeds on all cores, group the failures',
  help: `usage: detcd swarm [SCENARIOS...] [options]

Runs scenarios from many seeds in worker threads, judges each run, and appends every result to a file. SCENARIOS are names
(\`detcd list\`) or files of your own; default: the whole catalogue. Each seed is run by every scenario before the next one.

  --seeds N         runs, all scenarios together (default 200; with --time: as many as there is time for)
  --time T          begin no further run after this much real time, such as 30s or 10m
  --from S          the first seed (default 1)
  --jobs J          worker threads (default: the machine's cores, here ${availableParallelism()})
  --shard I/N       the I-th of N parts of the same campaign, for machines side by side; \`detcd report\` joins them
  --stop-on-failure begin no further run after one has failed
  --collect         go on after failures (default)
  --out DIR         where the results go (default runs/swarm)
  --resume          go on with the results that are there: seeds done are not run again
  --canary          plant a known bug in 1 of 21 runs, apart from the others: a swarm that does not find it is broken. On from
                    ${canaryRunsMin} seeds on; --no-canary switches it off
  --goal-runs N     judge a scenario's goals from this many of its runs on (default ${goalRunsDefault}; 0: never)
  --run-limit T     end a run that takes longer than this in real time; it counts as failed (default 10m)
  --bug ID[,ID]     switch a planted bug on in every run
  --members N, --clients N, --duration T   sizes, as in \`detcd run\`
  --json            print the summary as JSON
  --help            show this text

exit codes: 0 green; 1 red: a run failed, a goal was never reached, the canary was not found; 2 a mistake on the command line`,
  run(args) {
    const parsed = parseFlags('swarm', args, { ...sizeFlags, ...swarmFlags });
    return runSwarm(swarmOptions(parsed), parsed.values['json'] === true);
  },
};

async function runSwarm(options: SwarmOptions, json: boolean): Promise<number> {
  const { interrupted } = await runSession(options, !json);
  const sharded = options.plan.shard.count > 1;
  // What one shard did not reach, another may have.
  const collected = collect([readResults(options.file)], { judgeGoals: !sharded });
  if (json) printJson(reportJson(collected));
  else {
    print(summary(collected, styleFor(process.stdout)));
    print(`  results     ${options.file}`);
    if (interrupted) print('  interrupted: --resume goes on from here');
    if (sharded) print('  goals are judged over all shards, by `detcd report` on their folder');
  }
  return collected.red.length === 0 ? exitCodes.passed : exitCodes.violation;
}
