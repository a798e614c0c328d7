import { writeFileSync } from 'node:fs';
import { type Command, print, printJson } from '../command.ts';
import { failureReason } from '../failure_reason.ts';
import { flagText, onePositional, parseFlags } from '../flags.ts';
import { styleFor } from '../format.ts';
import { collect } from '../swarm/collected.ts';
import { swarmPage } from '../swarm/page.ts';
import { reportJson } from '../swarm/report_json.ts';
import { readResults, resultsFiles } from '../swarm/results_file.ts';
import { summary } from '../swarm/summary.ts';
import { UsageError, exitCodes } from '../usage_error.ts';

export const reportSwarm: Command = {
  name: 'report',
  summary: "turn a swarm's results into a table or a page",
  help: `usage: detcd report DIR|FILE [--json] [--html PAGE]

Reads the results that \`detcd swarm\` wrote, of one file or of all below a folder (the shards of one campaign), and shows per scenario
how many runs there were and failed, how fast they were and which goals they reached; failures by what they have in common, each with
the lines that make it again; faults, failpoints and the canary.

  --html PAGE       write one page that needs nothing else
  --json            print the same for programs
  --help            show this text

exit codes: 0 green; 1 red: a run failed, a goal was never reached, the canary was not found, or the same run had two digests;
2 a mistake on the command line, or a file that is no such file`,
  run(args) {
    const parsed = parseFlags('report', args, { html: { type: 'string' } });
    const path = onePositional('report', parsed, "a swarm's folder or file of results");
    const collected = collect(resultsFiles(path).map(readResults));
    const page = flagText(parsed, 'html');
    if (page !== undefined) write(page, swarmPage(collected));
    if (parsed.values['json'] === true) printJson(reportJson(collected));
    else {
      print(summary(collected, styleFor(process.stdout)));
      if (page !== undefined) print(`  page        ${page}`);
    }
    return collected.red.length === 0 ? exitCodes.passed : exitCodes.violation;
  },
};

function write(path: string, text: string): void {
  try {
    writeFileSync(path, text);
  } catch (error) {
    throw new UsageError(`--html ${path}: can't write there: ${failureReason(error)}`);
  }
}
