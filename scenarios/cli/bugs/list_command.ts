import { missingBugs } from '../../../core/bugs.ts';
import { print, printJson } from '../command.ts';
import type { Parsed } from '../flags.ts';
import { grouped, styleFor, wrapped } from '../format.ts';
import { exitCodes } from '../usage_error.ts';
import { type Exhibit, gallery, galleryTotals } from './gallery.ts';

export function listBugs(parsed: Parsed): number {
  const exhibits = gallery();
  if (parsed.values['json'] === true) {
    printJson({ bugs: exhibits.map(asJson), missing: missingBugs });
    return exitCodes.passed;
  }
  const style = styleFor(process.stdout);
  const width = Math.max(...exhibits.map(({ bug }) => bug.id.length));
  print(
    style(`     ${'id'.padEnd(width)}  ${'runs'.padStart(6)}  ${'time'.padStart(8)}  what goes wrong`, 'dim'),
  );
  for (const { bug, finding } of exhibits) {
    const runs = finding === undefined ? '-' : finding.found === null ? 'never' : grouped(finding.runs);
    const time = finding === undefined ? '-' : `${(finding.wallMs / 1000).toFixed(1)} s`;
    print(
      `${(bug.code ?? '').padEnd(3)}  ${style(bug.id.padEnd(width), 'bold')}  ${runs.padStart(6)}  ${time.padStart(8)}  ${bug.title}`,
    );
  }
  for (const { code, title, why } of missingBugs)
    print(wrapped(`${code}  not planted: ${title}: ${why}`, ''));
  print('');
  print(wrapped(galleryTotals(exhibits), ''));
  print(
    '`detcd bugs run ID` shows one; runs and time: what chance needed without its script (docs/BUGS.md).',
  );
  return exitCodes.passed;
}

function asJson({ bug, script, finding }: Exhibit): object {
  return {
    ...bug,
    script:
      script === undefined
        ? null
        : { scenario: script.scenario.name, seed: script.seed, schedule: script.schedule, hunt: script.hunt },
    hunted: finding ?? null,
  };
}
