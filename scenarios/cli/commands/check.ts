import { spawnSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Judgement, type ModelName, modelNames } from '../../../sim/checkers/judge.ts';
import { findScenario } from '../../catalogue.ts';
import { type CheckedFile, checkFile } from '../check_files.ts';
import { checkPage } from '../check_page.ts';
import { type Command, print, printJson } from '../command.ts';
import { execute } from '../execute.ts';
import { failureReason } from '../failure_reason.ts';
import {
  type Parsed,
  flagText,
  onePositional,
  parseFlags,
  runChoice,
  runFlags,
  scenarioNamed,
} from '../flags.ts';
import { type Style, plural, styleFor, wrapped } from '../format.ts';
import { UsageError, exitCodes } from '../usage_error.ts';

export const check: Command = {
  name: 'check',
  summary: 'judge recorded histories, or check that a scenario replays exactly',
  help: `usage: detcd check FILE... [--model NAME] [--explain] [--html OUT] [--json]
       detcd check --determinism SCENARIO [--seed N] [--members N] [--clients N] [--duration T] [--bug ID] [--json]

Judges histories that were recorded of an etcd, or of another store: one line for each file, and a total. Reads detcd's JSON
lines (\`detcd run --history\`; docs/CHECKERS.md), Jepsen's etcd logs and EDN maps, Porcupine's key-value logs, and folders of
reports of etcd's robustness suite (client-N/operations.json, watch.json). JSON lines of a recipe are judged as that recipe.

  --model NAME      ${modelNames.join(', ')} (default: what suits the file)
  --explain         tell of each violation why no order explains it
  --html OUT        write the verdicts and explanations as a page
  --json            print the verdicts and explanations as JSON

With --determinism: runs the scenario twice in this process and once in a new one, and compares the digests over all their events.

exit codes: 0 all linearizable (all the same), 1 not, 3 undecided, 2 a mistake on the command line`,
  run(args) {
    const parsed = parseFlags('check', args, {
      ...runFlags,
      determinism: { type: 'boolean' },
      model: { type: 'string' },
      explain: { type: 'boolean' },
      html: { type: 'string' },
    });
    return parsed.values['determinism'] === true ? checkDeterminism(args, parsed) : checkFiles(parsed);
  },
};

// --- histories

/** Steps that a search may take per key, or per history; beyond, the answer is "unknown". */
const stepsMax = 50_000_000;
const undecidedCode = 3;

function checkFiles(parsed: Parsed): number {
  const files = parsed.positionals;
  if (files.length === 0) throw new UsageError('detcd check: expected FILE..., or --determinism SCENARIO.');
  const [first] = files;
  if (first !== undefined && !existsSync(first) && findScenario(first) !== undefined) {
    throw new UsageError(`detcd check: ${first} is a scenario: say what to check: --determinism.`);
  }
  const model = modelNamed(flagText(parsed, 'model'));
  const style = styleFor(process.stdout);
  const json = parsed.values['json'] === true;
  const checked: CheckedFile[] = [];
  for (const file of files) {
    const each = checkFile(file, model === undefined ? { stepsMax } : { stepsMax, model });
    checked.push(each);
    if (!json) printFile(each, parsed.values['explain'] === true, style);
  }
  const count = (verdict: Judgement['verdict']): number =>
    checked.filter(({ judgement }) => judgement.verdict === verdict).length;
  const total = {
    linearizable: count('linearizable'),
    violation: count('violation'),
    unknown: count('unknown'),
  };
  const page = flagText(parsed, 'html');
  if (page !== undefined) writePage(page, checked);
  if (json) printJson({ files: checked.map(({ file, judgement }) => ({ file, ...judgement })), total });
  else if (checked.length > 1) {
    print(
      `${plural(checked.length, 'file')}: ${total.linearizable} linearizable, ${total.violation} not, ${total.unknown} undecided`,
    );
  }
  if (total.violation > 0) return exitCodes.violation;
  return total.unknown > 0 ? undecidedCode : exitCodes.passed;
}

function modelNamed(name: string | undefined): ModelName | undefined {
  if (name === undefined) return undefined;
  const model = modelNames.find((known) => known === name);
  if (model === undefined)
    throw new UsageError(`--model: there is no model "${name}". Known: ${modelNames.join(', ')}.`);
  return model;
}

const marks = {
  linearizable: ['LINEARIZABLE', 'green'],
  violation: ['VIOLATION   ', 'red'],
  unknown: ['UNKNOWN     ', 'yellow'],
} as const;

function printFile({ file, judgement }: CheckedFile, explain: boolean, style: Style): void {
  const { verdict, operations, form, checks, violations } = judgement;
  const [mark, colour] = marks[verdict];
  print(`${style(mark, colour)}  ${file}  ${style(`${plural(operations, 'operation')}, ${form}`, 'dim')}`);
  if (verdict === 'unknown') {
    for (const { name, status, detail } of checks)
      if (status === 'unknown') print(wrapped(`${name}: ${detail}`, '  '));
  }
  if (!explain) {
    const [only] = violations;
    if (only !== undefined) print(wrapped(only.sentence, '  '));
    return;
  }
  for (const { check: name, sentence, lines } of violations) {
    print(style(`  ${name}`, 'bold'));
    print(wrapped(sentence, '  '));
    for (const line of lines) print(wrapped(line, '    '));
  }
}

function writePage(path: string, checked: readonly CheckedFile[]): void {
  try {
    writeFileSync(path, checkPage(checked));
  } catch (error) {
    throw new UsageError(`--html ${path}: can't write there: ${failureReason(error)}`);
  }
}

// --- determinism

function checkDeterminism(args: readonly string[], parsed: Parsed): number {
  const scenario = scenarioNamed(onePositional('check', parsed, 'the name of a scenario'));
  const choice = runChoice(parsed);
  const json = parsed.values['json'] === true;
  const first = execute({ scenario, ...choice }, !json).file.info;
  const second = execute({ scenario, ...choice }, !json).file.info;
  const third = digestInNewProcess(args);
  const digests = { first: first.digest, second: second.digest, newProcess: third };
  const same = first.digest === second.digest && first.digest === third;
  if (json) {
    const { traceEvents } = first.summary;
    printJson({ scenario: scenario.name, seed: choice.seed, same, digests, traceEvents });
  } else {
    const style = styleFor(process.stdout);
    const verdict = same ? style('SAME', 'green') : style('DIFFERENT', 'red');
    print(`${verdict}  ${scenario.name} seed ${choice.seed}, ${first.summary.traceEvents} events`);
    print(`  first run    ${digests.first}`);
    print(`  second run   ${digests.second}`);
    print(`  new process  ${digests.newProcess}`);
  }
  return same ? exitCodes.passed : exitCodes.violation;
}

const main = fileURLToPath(new URL('../main.js', import.meta.url));

function digestInNewProcess(args: readonly string[]): string {
  const passed = args.filter((arg) => arg !== '--determinism' && arg !== '--json');
  const child = spawnSync(process.execPath, [main, 'run', ...passed, '--no-out', '--json'], {
    encoding: 'utf8',
    maxBuffer: 1024 * 1024 * 1024,
  });
  try {
    return String((JSON.parse(child.stdout) as { digest: unknown }).digest);
  } catch {
    throw new Error(`the run in a new process failed: ${child.stderr}`);
  }
}
