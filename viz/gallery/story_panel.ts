import type { RunParts } from '../lessons/run_parts.ts';
import { h } from '../page/dom.ts';
import { showViolation } from '../page/violation_panel.ts';
import { momentText } from '../scale/time_format.ts';
import type { Exhibit } from './exhibit.ts';

/** The story of a known bug beside its run: promised, the mistake, done, happened, lesson. As `detcd bugs run` tells it. */
export function attachStory(parts: RunParts, exhibit: Exhibit): void {
  const { session } = parts;
  const { violations } = session.model.info.verdict;
  const at = Math.max(
    0,
    violations.findIndex(({ check }) => check === exhibit.check),
  );
  const seen = violations[at];
  const show = (): void => showViolation(session, at);
  const panel = h(
    'section',
    { class: 'story', 'aria-labelledby': 'story-title', tabindex: -1 },
    h('p', { class: 'lesson-where' }, h('a', { href: '#gallery' }, 'Known bugs')),
    h('h2', { id: 'story-title' }, exhibit.code === null ? '' : `${exhibit.code}  `, exhibit.title),
    h('p', { class: 'quiet' }, `${exhibit.source}; versions: ${exhibit.versions}`),
    ...part('Promised', h('p', {}, exhibit.guarantee)),
    ...part('The mistake', h('p', {}, exhibit.cause)),
    ...part(
      'What was done',
      h('ol', {}, ...(exhibit.script?.schedule ?? []).map((sentence) => h('li', {}, sentence))),
    ),
    ...part(
      'What happened',
      seen?.check === exhibit.check
        ? h('p', { class: 'story-happened' }, seen.sentence)
        : h('p', {}, `The check \u201c${exhibit.check}\u201d found nothing in this run.`),
      seen?.check !== exhibit.check
        ? null
        : h(
            'button',
            { type: 'button', class: 'strong', onclick: show },
            `Show it at ${momentText(Math.round(seen.atNs / 1e6) * 1e6)}`,
          ),
      h('p', { class: 'quiet' }, `Caught by: ${exhibit.check}. ${exhibit.missed}`),
    ),
    ...part('Lesson', h('p', { class: 'lesson-home' }, exhibit.lesson)),
    h('pre', {}, `npx detcd bugs run ${exhibit.code ?? exhibit.id}`),
    withoutIt(exhibit),
  );
  parts.page.classList.add('with-story');
  parts.side.prepend(panel);
  if (seen !== undefined) show();
  parts.announce(`${exhibit.title}. ${seen?.sentence ?? ''}`);
}

function part(title: string, ...children: readonly (HTMLElement | null)[]): HTMLElement[] {
  return [h('h3', {}, title), ...children.filter((child) => child !== null)];
}

/** The same story on the right program. */
function withoutIt({ script }: Exhibit): HTMLElement {
  const words = new URLSearchParams(script === null ? {} : { scenario: script.scenario, seed: script.seed });
  return h('p', {}, h('a', { href: `#${words.toString()}` }, 'The same story without the bug'));
}
