import type { RunInfo, Violation } from '../../../sim/trace/run_info.ts';
import type { BugScript } from '../../bugs/bug_script.ts';
import type { PlantedBug } from '../../../core/bugs.ts';
import { type Style, plural, seconds, wrapped } from '../format.ts';

/** The story of a run with a planted bug: what was promised, what was done, what happened. */
export function bugStory(bug: PlantedBug, script: BugScript, info: RunInfo, style: Style): string {
  const code = bug.code === null ? '' : `${bug.code}  `;
  const seen = info.verdict.violations.find(({ check }) => check === bug.check);
  const part = (title: string, lines: readonly string[]): string[] => ['', style(title, 'bold'), ...lines];
  const text = (sentence: string): string => wrapped(sentence, '  ');
  return [
    style(`${code}${bug.id}  ${bug.title}`, 'bold'),
    style(wrapped(`${bug.source}; versions: ${bug.versions}`, ''), 'dim'),
    ...part('promised', [text(bug.guarantee)]),
    ...part('the mistake', [text(bug.cause)]),
    ...part(
      `what was done (${plural(info.interventions.length, 'intervention')}, seed ${info.seed})`,
      script.schedule.map((sentence, index) => wrapped(`${index + 1}. ${sentence}`, '  ')),
    ),
    ...part('what happened', seen === undefined ? [notSeen(bug, info)] : happened(seen, bug, style)),
    ...part('without that check', [text(bug.missed)]),
    ...part('lesson', [text(bug.lesson)]),
  ].join('\n');
}

function happened({ sentence, lines, atNs }: Violation, bug: PlantedBug, style: Style): string[] {
  const where = atNs > 0 ? `, at ${seconds(atNs)}` : '';
  return [
    style(wrapped(sentence, '  '), 'red'),
    ...lines.map((line) => wrapped(line, '    ')),
    style(`  caught by: ${bug.check}${where}`, 'dim'),
  ];
}

function notSeen(bug: PlantedBug, { verdict }: RunInfo): string {
  const other = verdict.violations[0];
  const instead = other === undefined ? 'every guarantee held' : `${other.check}: ${other.sentence}`;
  return wrapped(`The check "${bug.check}" found nothing with this seed; ${instead}`, '  ');
}
