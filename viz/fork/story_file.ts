import type { RunInfo } from '../../sim/trace/run_info.ts';
import type { CatalogueEntry } from '../worker_protocol.ts';
import { registerLoads } from './known_loads.ts';
import { literal } from './literal.ts';
import { storyLine } from './story_lines.ts';

/** A file to save, or why there can be none. */
export type SavedText =
  | { readonly kind: 'file'; readonly name: string; readonly text: string }
  | { readonly kind: 'none'; readonly why: string };

/**
 * What was done as a scenario of its own, for `detcd run ./FILE`: the same load, the same faults at the same times. The worlds of two
 * scenarios draw differently, so that its seeds are other histories; the trace is what replays this one.
 */
export function scenarioFile(info: RunInfo, entry: CatalogueEntry, branch: string): SavedText {
  const why = whyNoStory(info);
  if (why !== null) return { kind: 'none', why };
  const name = fileName(info, branch);
  const lines = [
    `import { type Scenario, mixedRegisters, registers } from 'detcd/scenario';`,
    '',
    `// What was done to ${info.scenario}, seed ${info.seed}, as a scenario of its own: ${runLine(info, `${name}.ts`)}`,
    `// Its seeds draw other delays than those of ${info.scenario}: only the trace replays that very run.`,
    `const scenario: Scenario = ${scenarioText(info, entry, name, saidGoals(info))};`,
    '',
    'export default scenario;',
    '',
  ];
  return { kind: 'file', name: `${name}.ts`, text: lines.join('\n') };
}

/** The very run as a test of vitest's: under its scenario's own name the world draws what it drew. */
export function testFile(info: RunInfo, entry: CatalogueEntry, branch: string): SavedText {
  const why = whyNoStory(info);
  if (why !== null) return { kind: 'none', why };
  const { bugs } = info.options;
  const options = {
    seeds: 1,
    from: Number(info.seed),
    goals: false,
    ...(bugs.length === 0 ? {} : { bugs }),
  };
  const lines = [
    `import { type Scenario, mixedRegisters, registers } from 'detcd/scenario';`,
    `import { simTest } from 'detcd/vitest';`,
    '',
    `// The run with digest ${info.digest}, under build ${info.build}.`,
    `const scenario: Scenario = ${scenarioText(info, entry, info.scenario, reachedGoals(info))};`,
    '',
    `simTest(${literal(`${info.scenario}, seed ${info.seed}: ${branch}`)}, ${literal(options)}, scenario);`,
    '',
  ];
  return { kind: 'file', name: `${fileName(info, branch)}.test.ts`, text: lines.join('\n') };
}

function whyNoStory(info: RunInfo): string | null {
  if (registerLoads[info.scenario] === undefined && !isIdle(info))
    return `the clients of ${info.scenario} do what a file of its own can't say; save the trace`;
  if (info.options.load !== undefined)
    return "only a part of its clients' load is left, which a file of its own can't say; save the trace";
  const unsaid = info.interventions.find((done) => storyLine(done) === null);
  return unsaid === undefined
    ? null
    : `it has ${unsaid.kind}, which a scenario's story has no word for; save the trace`;
}

/** Its clients do nothing by themselves. */
function isIdle({ scenario }: RunInfo): boolean {
  return scenario === 'empty-cluster';
}

function scenarioText(
  info: RunInfo,
  { settings }: CatalogueEntry,
  name: string,
  goals: readonly string[],
): string {
  const { members, clients, durationMs } = info.options;
  const load = registerLoads[info.scenario] ?? {};
  const workload =
    Object.keys(load).length === 0 ? 'mixedRegisters' : literal(load).replace('{ ', '{ ...mixedRegisters, ');
  const fields = {
    name,
    sentence: info.sentence,
    members,
    clients,
    durationMs,
    ...settings,
  };
  return [
    '{',
    ...Object.entries(fields).map(([field, value]) => `  ${field}: ${literal(value)},`),
    isIdle(info) ? '  *workload() {},' : `  workload: registers(${workload}),`,
    '  *nemesis(story) {',
    ...nemesisLines(info).map((line) => `    ${line}`),
    '  },',
    `  sometimes: [${goals.join(', ')}],`,
    '}',
  ].join('\n');
}

/** Goals that the story itself says: those that are judged at the end are the scenario's own. */
function saidGoals(info: RunInfo): string[] {
  return info.sometimes.filter(({ goal }) => isSaid(info, goal)).map(({ goal }) => literal({ goal }));
}

/** All goals, each reached as it was in this run. */
function reachedGoals(info: RunInfo): string[] {
  return info.sometimes.map(({ goal, reached }) =>
    reached && !isSaid(info, goal) ? `{ goal: ${literal(goal)}, when: () => true }` : literal({ goal }),
  );
}

function isSaid({ interventions }: RunInfo, goal: string): boolean {
  return interventions.some((done) => done.kind === 'goal' && done.goal === goal);
}

function nemesisLines({ interventions }: RunInfo): string[] {
  let nowNs = 0;
  return interventions.flatMap((done) => {
    const sleepNs = done.atNs - nowNs;
    nowNs = done.atNs;
    const line = storyLine(done) ?? '';
    return sleepNs > 0 ? [`yield* story.sleep(${sleepNs / 1_000_000});`, line] : [line];
  });
}

function fileName({ scenario, seed }: RunInfo, branch: string): string {
  const words = branch.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');
  return `${scenario}-${seed}-${words}`.replaceAll(/-+/g, '-').replaceAll(/^-|-$/g, '');
}

function runLine({ seed, options: { bugs } }: RunInfo, file: string): string {
  return `npx detcd run ./${file} --seed ${seed}${bugs.map((bug) => ` --bug ${bug}`).join('')}`;
}
