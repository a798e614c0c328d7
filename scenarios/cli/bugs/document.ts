import { missingBugs } from '../../../core/bugs.ts';
import { hunted } from '../../bugs/hunted.ts';
import { durationText } from '../report.ts';
import { type Exhibit, findingText, gallery, galleryTotals } from './gallery.ts';

/** docs/BUGS.md, as it must be for the registry, the scripts and the last hunt. */
export function bugsDocument(): string {
  const exhibits = gallery();
  return `${[intro(exhibits), table(exhibits), ...exhibits.map(chapter), missing()].filter((part) => part !== '').join('\n\n')}\n`;
}

function intro(exhibits: readonly Exhibit[]): string {
  const when = hunted.date === '' ? '' : ` Last hunt: ${hunted.date}, \`${hunted.command}\`.`;
  return `# The bugs that really happened

Bugs of etcd, raft and bbolt, each behind a switch that puts one condition of the right code the wrong way round. A script shows each
with the fewest interventions; a hunt tells how many runs chance needs without it. No checker knows the switches. This file is made from the
registry (\`core/bugs.ts\`), the scripts (\`scenarios/bugs/\`) and the last hunt: \`DETCD_UPDATE=1 npx vitest run test/bugs/document.test.ts\`.
Versions are those that changelogs and reports name; where these are silent they are approximate.

    npx detcd bugs                       # the list
    npx detcd bugs run ID                # shows one: what was promised, what happened, its timeline
    npx detcd bugs hunt ID --seeds 200   # how many runs does chance need?

${galleryTotals(exhibits)}${when}`;
}

function table(exhibits: readonly Exhibit[]): string {
  const rows = exhibits.map(({ bug, finding }) => {
    return `| ${bug.code ?? ''} | [${bug.id}](#${bug.id}) | ${bug.source} | ${bug.check} | ${findingText(finding)} |`;
  });
  return [
    '| | bug | where it happened | caught by | found by chance in |',
    '|---|---|---|---|---|',
    ...rows,
  ].join('\n');
}

function chapter({ bug, script, finding }: Exhibit): string {
  const head = `## ${bug.id}

${bug.code === null ? '' : `**${bug.code}** `}**${bug.title}.** ${bug.source}; versions: ${bug.versions}.

${bug.cause}

- Broken: ${bug.guarantee}
- Caught by: **${bug.check}**. ${bug.missed}
- Lesson: ${bug.lesson}
- Chance: ${findingText(finding)}.`;
  if (script === undefined) return head;
  const { members, durationMs, name } = script.scenario;
  return `${head}

${script.schedule.map((sentence, index) => `${index + 1}. ${sentence}`).join('\n')}

    npx detcd bugs run ${bug.id}    # ${name}, seed ${script.seed}: ${members === 1 ? 'one member' : `${members} members`}, ${durationText(durationMs)}`;
}

function missing(): string {
  if (missingBugs.length === 0) return '';
  const rows = missingBugs.map(
    ({ code, source, title, why }) => `- **${code}** ${title} (${source}): ${why}`,
  );
  return `## Not planted\n\n${rows.join('\n')}`;
}
