import { availableParallelism } from 'node:os';
import { type Command } from '../command.ts';
import { huntBugs } from '../bugs/hunt_command.ts';
import { listBugs } from '../bugs/list_command.ts';
import { runBug } from '../bugs/run_command.ts';
import { parseFlags } from '../flags.ts';
import { outputFlags } from '../finish_run.ts';
import { UsageError } from '../usage_error.ts';

export const bugs: Command = {
  name: 'bugs',
  summary: 'show, reproduce and hunt the planted bugs',
  help: `usage: detcd bugs [--json]
       detcd bugs run ID [--seed N] [--out DIR] [--no-out] [--open] [--json]
       detcd bugs hunt [ID...] [--seeds N] [--jobs J] [--record FILE] [--json]

Bugs that etcd, raft and bbolt really had, each behind a switch, each with a script that shows it. Without a word after it: the list,
with what chance needed to find each. ID is a bug's name or its code, such as watch-back-in-time or W2.

  run ID            does its script, tells what was promised and what happened, writes the trace and the timeline
    --seed N        another seed than the script's
    --out DIR       folder for trace.detcd and timeline.html (default runs/bug-ID)
    --no-out        write no files
    --open          open the timeline in the browser
  hunt [ID...]      runs stories of the catalogue with the bug on, seed after seed, until its check catches it; all bugs if none is named
    --seeds N       runs for each bug (default 200)
    --jobs J        bugs at once, each in a thread (default: the machine's cores, here ${availableParallelism()})
    --run-limit T   end a run that takes longer than this in real time (default 2m)
    --record FILE   write what was found as the module that the list and docs/BUGS.md are made of
  --json            print as JSON
  --help            show this text

exit codes: 0 listed, or every bug was found; 1 one was not; 2 a mistake on the command line`,
  run(args) {
    const [verb] = args;
    const rest = args.slice(1);
    if (verb === 'run') {
      return runBug(
        parseFlags('bugs run', rest, { ...outputFlags, seed: { type: 'string' }, open: { type: 'boolean' } }),
      );
    }
    if (verb === 'hunt') {
      const text = { type: 'string' } as const;
      return huntBugs(
        parseFlags('bugs hunt', rest, { seeds: text, jobs: text, 'run-limit': text, record: text }),
      );
    }
    const parsed = parseFlags('bugs', args, {});
    if (parsed.positionals.length === 0) return listBugs(parsed);
    throw new UsageError(`detcd bugs: expected run, hunt or nothing, got "${parsed.positionals[0]}".`);
  },
};
