import type { RunInfo, Violation } from '../../sim/trace/run_info.ts';
import { type Style, grouped, plural, seconds, wrapped } from './format.ts';

/** What a line for the shell needs beside the trace's head, as a person named it. */
export interface Named {
  /** The directories that it ran on, if it ran on any. */
  readonly imported?: readonly string[];
  /** The scenario: a file has no other name. */
  readonly scenario?: string;
}

/** The command that does this run again. */
export function reproducingLine(
  info: Pick<RunInfo, 'scenario' | 'seed' | 'options'>,
  named: Named = {},
): string {
  const { seed, options } = info;
  const scenario = asArgument(named.scenario ?? info.scenario);
  const bug = options.bugs.length > 0 ? ` --bug ${options.bugs.join(',')}` : '';
  const sizes = `--clients ${options.clients} --duration ${durationText(options.durationMs)}${bug}`;
  if (options.imported === undefined)
    return `npx detcd run ${scenario} --seed ${seed} --members ${options.members} ${sizes}`;
  return `npx detcd import ${(named.imported ?? []).map(asArgument).join(' ')} --scenario ${scenario} --seed ${seed} ${sizes}`;
}

/** The command that does a trace's run again, also one that was shrunk, forked or guided: a scenario and a seed do not name its faults. */
export function replayingLine(trace: string): string {
  return `npx detcd replay ${asArgument(trace)}`;
}

/** As a shell takes it. */
function asArgument(path: string): string {
  return /^[\w@%+=:,./][\w@%+=:,./-]*$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
}

export function durationText(ms: number): string {
  return ms % 1000 === 0 ? `${ms / 1000}s` : `${ms}ms`;
}

/** What a person reads after a run. */
export function report(info: RunInfo, style: Style): string {
  const { summary, verdict, options } = info;
  const out: string[] = [];
  const title = `${info.scenario}  seed ${info.seed}  ${plural(options.members, 'member')}  ${plural(options.clients, 'client')}`;
  out.push(style(title, 'bold'), style(wrapped(info.sentence, ''), 'dim'), '');
  const lost = verdict.checks.filter(({ status }) => status === 'not promised').length;
  const time = `${seconds(summary.virtualNs)} of virtual time`;
  out.push(
    !verdict.passed
      ? style(`VIOLATED  ${verdict.violations[0]?.check ?? 'a guarantee'}`, 'red')
      : lost === 0
        ? style(`PASSED  every guarantee held for ${time}`, 'green')
        : style(
            `PASSED  what is promised on such disks held for ${time}; lost: ${plural(lost, 'guarantee')}`,
            'yellow',
          ),
  );
  for (const violation of verdict.violations.slice(0, violationsShown))
    out.push('', ...violationLines(violation, style));
  const more = verdict.violations.length - violationsShown;
  if (more > 0) out.push('', `  and ${plural(more, 'more violation')}; the timeline has all of them`);
  out.push('', ...numbers(info), ...disks(info), '', ...checks(info, style), ...goals(info, style));
  return out.join('\n');
}

const violationsShown = 3;

function violationLines(violation: Violation, style: Style): string[] {
  const head = wrapped(violation.sentence, '  ');
  const where = violation.atNs > 0 ? style(`  at ${seconds(violation.atNs)}`, 'dim') : '';
  return [style(head, 'bold'), ...violation.lines.map((line) => wrapped(line, '    ')), where].filter(
    (line) => line !== '',
  );
}

function numbers(info: RunInfo): string[] {
  const { operations, messages } = info.summary;
  const total = operations.ok + operations.fail + operations.unknown;
  return [
    `  operations  ${grouped(total)}: ${grouped(operations.ok)} ok, ${grouped(operations.fail)} refused, ${grouped(operations.unknown)} unknown; revision ${grouped(info.summary.revision)}`,
    `  messages    ${grouped(messages.sent)} sent, ${grouped(messages.delivered)} delivered, ${grouped(messages.dropped)} lost`,
    `  trouble     ${plural(info.interventions.length, 'intervention')}, ${plural(info.summary.crashes, 'crash', 'crashes')}, ${plural(info.summary.elections, 'election')}`,
    `  events      ${grouped(info.summary.traceEvents)} in the trace, digest ${info.digest}`,
  ];
}

/** Which disks were damaged, and what that cost. */
function disks({ verdict }: RunInfo): string[] {
  const { damage } = verdict;
  if (damage === undefined) return [];
  const members = damage.members.map(
    ({ member, faults, copy }) => `n${member} ${faults.join(', ')} (${copy})`,
  );
  const lines = [`  disks       ${members.join('; ')}`];
  if (damage.safetyLostNs >= 0)
    lines.push(
      `              from ${seconds(damage.safetyLostNs)} on more members could forget than Raft survives`,
    );
  else if (damage.availabilityLost)
    lines.push('              too many were stopped at once to make a quorum');
  for (const { sentence } of damage.expected.slice(0, violationsShown))
    lines.push(`              not promised: ${sentence}`);
  const more = damage.expected.length - violationsShown;
  if (more > 0) lines.push(`              and ${more} more`);
  return lines;
}

const marks = {
  passed: ['ok  ', 'green'],
  violated: ['FAIL', 'red'],
  unknown: ['??  ', 'yellow'],
  'not promised': ['lost', 'yellow'],
} as const;

function checks(info: RunInfo, style: Style): string[] {
  return info.verdict.checks.map((check) => {
    const [mark, colour] = marks[check.status];
    return `  ${style(mark, colour)}  ${check.name}${style(`  ${check.detail}`, 'dim')}`;
  });
}

function goals(info: RunInfo, style: Style): string[] {
  if (info.sometimes.length === 0) return [];
  return [
    '',
    ...info.sometimes.map(({ goal, reached }) => {
      return `  ${reached ? style('seen', 'green') : style('not ', 'yellow')}  ${goal}`;
    }),
  ];
}
