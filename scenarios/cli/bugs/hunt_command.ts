import { writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import type { Finding, Hunted } from '../../bugs/hunt.ts';
import { print, printJson } from '../command.ts';
import { failureReason } from '../failure_reason.ts';
import { type Parsed, flagDurationMs, flagInteger, flagText } from '../flags.ts';
import { UsageError, exitCodes } from '../usage_error.ts';
import { quarriesNamed } from './chosen.ts';
import { findingText } from './gallery.ts';
import { huntAll } from './hunting.ts';

const runsDefault = 200;
const runsMax = 1_000_000;
const jobsMax = 256;
const runLimitMsDefault = 120_000;

/** Hunts the bugs and tells each finding as it comes. */
export async function huntBugs(parsed: Parsed): Promise<number> {
  const runs = flagInteger(parsed, 'seeds', 1, runsMax) ?? runsDefault;
  const jobs = flagInteger(parsed, 'jobs', 1, jobsMax) ?? availableParallelism();
  const runLimitMs = flagDurationMs(parsed, 'run-limit') ?? runLimitMsDefault;
  const quarries = quarriesNamed(parsed.positionals);
  const json = parsed.values['json'] === true;
  const width = Math.max(0, ...quarries.map(({ bug }) => bug.id.length));
  const onFinding = (finding: Finding): void => {
    if (!json)
      print(`${finding.bug.padEnd(width)}  ${findingText(finding)}, ${(finding.wallMs / 1000).toFixed(1)} s`);
  };
  const findings = await huntAll(quarries, { runs, jobs, runLimitMs, onFinding });
  const command = ['npx detcd bugs hunt', ...parsed.positionals, `--seeds ${runs}`].join(' ');
  const result: Hunted = { date: new Date().toISOString().slice(0, 10), command, findings };
  const record = flagText(parsed, 'record');
  if (record !== undefined) writeRecord(record, result);
  if (json) printJson(result);
  return findings.every(({ found }) => found !== null) ? exitCodes.passed : exitCodes.violation;
}

function writeRecord(path: string, hunted: Hunted): void {
  const text = `import type { Hunted } from './hunt.ts';

/** What \`npm run hunt\` found last, and wrote here. */
export const hunted: Hunted = ${literal(hunted)};
`;
  try {
    writeFileSync(path, text);
  } catch (error) {
    throw new UsageError(`--record ${path}: can't write there: ${failureReason(error)}`);
  }
}

/** As prettier leaves it: a finding a line. */
function literal({ date, command, findings }: Hunted): string {
  const rows = findings.map(({ bug, runs, found, wallMs }) => {
    const where = found === null ? 'null' : `{ scenario: '${found.scenario}', seed: '${found.seed}' }`;
    return `    { bug: '${bug}', runs: ${runs}, found: ${where}, wallMs: ${wallMs} },`;
  });
  return `{
  date: '${date}',
  command: '${command}',
  findings: [
${rows.join('\n')}
  ],
}`;
}
