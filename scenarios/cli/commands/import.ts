import { type Command, print, printJson } from '../command.ts';
import { hexId } from '../dump/readable.ts';
import { finishRun, outputFlags, outputHelp } from '../finish_run.ts';
import { flagText, importRunFlags, parseFlags, runChoice, scenarioChosen } from '../flags.ts';
import { grouped, plural, styleFor } from '../format.ts';
import { type ImportedMember, readImports } from '../imports.ts';
import { type OpenedMember, openDirectories } from '../opened.ts';
import { UsageError, exitCodes } from '../usage_error.ts';

const name = 'import';
const usualScenario = 'calm-days';

export const importDirectory: Command = {
  name,
  summary: "run a scenario on real members' directories: ours or a real etcd's",
  help: `usage: detcd import DIR... [options]

Starts simulated members on data directories, says what was opened, then runs a scenario on them and reports as \`detcd run\` does. One
directory goes on alone, as with etcd's --force-new-cluster; several must be those of all members of one cluster, which go on as
they are. Nothing in them is changed: the members work on copies.

  --scenario NAME   what happens to the members (default ${usualScenario})
  --check           only say what the directories hold, and whether a member can start on them
  --seed N          which run: the same directories and seed give the same run, byte for byte (default 1)
  --clients N       clients, 1 to 200 (default: the scenario's); they use keys of their own
  --duration T      virtual time under load, such as 30s or 10m (default: the scenario's)
  --bug ID[,ID]     switch a planted bug on; the checkers should find it
  --out DIR         folder for trace.detcd and timeline.html (default runs/import-SCENARIO-SEED)
${outputHelp}

exit codes: 0 every guarantee held (--check: members can start), 1 a violation was found, or a member can't start, 2 a mistake on
the command line`,
  run(args) {
    const checkFlag = { check: { type: 'boolean' }, scenario: { type: 'string' } } as const;
    const parsed = parseFlags(name, args, { ...importRunFlags, ...outputFlags, ...checkFlag });
    if (parsed.positionals.length === 0)
      throw new UsageError(`detcd ${name}: expected a data directory, got nothing.`);
    const scenario = flagText(parsed, 'scenario') ?? usualScenario;
    const chosen = scenarioChosen(scenario);
    const choice = runChoice(parsed);
    const imports = readImports(name, parsed.positionals);
    const json = parsed.values['json'] === true;
    const fit = imports.every(({ examined }) => examined.faults.length === 0);
    if (parsed.values['check'] === true || !fit) {
      if (json) printJson(imports.length === 1 ? asJson(imports[0] as ImportedMember) : imports.map(asJson));
      else imports.forEach(printFindings);
      return fit ? exitCodes.passed : exitCodes.violation;
    }
    const imported = imports.map(({ directory }) => directory);
    const request = { ...chosen, ...choice, members: imports.length, imported };
    const opening = openDirectories(request, imports);
    if (opening.kind === 'refused') {
      process.stderr.write(`detcd ${name}: a member can not start: ${opening.sentence}\n`);
      return exitCodes.violation;
    }
    if (!json) printOpened(opening.members);
    return finishRun(request, parsed, {
      scenario,
      folder: [name],
      imported: imports.map(({ path }) => path),
      json: { opened: opening.members.map(openedJson) },
    });
  },
};

// --- what was opened

function openedJson({ member, cluster, ...facts }: OpenedMember): unknown {
  return { ...facts, member: hexId(member), cluster: hexId(cluster) };
}

function printOpened(members: readonly OpenedMember[]): void {
  const style = styleFor(process.stdout);
  for (const opened of members) {
    const { member, cluster, term, appliedIndex, revision, compactRevision, keys, hashKv } = opened;
    print(style(`${opened.name} is member ${hexId(member)} of cluster ${hexId(cluster)}`, 'bold'));
    const compacted = compactRevision > 0 ? `, compacted at ${grouped(compactRevision)}` : '';
    print(
      `  opened at   term ${term}, index ${grouped(appliedIndex)}, revision ${grouped(revision)}${compacted}`,
    );
    print(`  holds       ${plural(keys, 'key')}, HashKV ${hashKv}`);
  }
  if (members.length === 1) print('  goes on     alone, as with --force-new-cluster');
  print('');
}

// --- what is there

function asJson({ path, examined, directory }: ImportedMember): unknown {
  const { wal, snaps, appliedIndex, members, faults } = examined;
  return {
    path,
    node: hexId(wal.node),
    cluster: hexId(wal.cluster),
    members: members.map(hexId),
    hardState: { ...wal.hardState, vote: hexId(wal.hardState.vote) },
    appliedIndex,
    walDamage: wal.damage,
    snapFiles: snaps,
    faults,
    files: directory.files.map((file) => ({ path: file.path, bytes: file.bytes.length })),
  };
}

function printFindings({ examined, directory }: ImportedMember): void {
  const { wal, snaps, appliedIndex, members, faults } = examined;
  const style = styleFor(process.stdout);
  const { term, commit } = wal.hardState;
  print(style(`member ${hexId(wal.node)} of cluster ${hexId(wal.cluster)}`, 'bold'));
  const damage = wal.damage === null ? '' : `, ${wal.damage.verdict} damage in ${wal.damage.file}`;
  print(
    `  log        term ${term}, commit ${commit}, ${plural(wal.entries.length, 'entry', 'entries')}${damage}`,
  );
  const newest = snaps.filter(({ status }) => status === 'valid').at(-1);
  print(`  snapshot   ${newest?.text ?? 'none: the log is read from its first entry'}`);
  print(`  database   ${appliedIndex === null ? 'none' : `holds the log up to index ${appliedIndex}`}`);
  print(`  members    ${members.length === 0 ? 'not known' : members.map(hexId).join(' ')}`);
  const bytes = directory.files.reduce((sum, file) => sum + file.bytes.length, 0);
  print(`  files      ${directory.files.length}, ${plural(bytes, 'byte')} without reserved space`);
  print('');
  if (faults.length === 0) print(style('FIT  a member can start on it', 'green'));
  else print(style('UNFIT  a member can not start on it', 'red'));
  for (const fault of faults) print(`  ${fault}`);
}
