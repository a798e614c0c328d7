import type { Violation } from '../../sim/trace/run_info.ts';
import { momentText } from '../scale/time_format.ts';
import type { Session } from '../timeline/session.ts';
import { windowAround } from '../timeline/view.ts';
import { h } from './dom.ts';

/** One strip per violation (the first few): the sentence, the explanation, and the way to it. */
export function violationPanel(session: Session): HTMLElement | null {
  const { violations } = session.model.info.verdict;
  const [first, ...others] = violations;
  if (first === undefined) return null;
  const more =
    others.length > 0
      ? h('p', { class: 'quiet' }, `and ${others.length} more; V goes from one to the next`)
      : null;
  return h(
    'section',
    { class: 'violation', 'aria-label': 'Violation' },
    h('span', { class: 'violation-mark', 'aria-hidden': 'true' }, '\u2717'),
    h(
      'div',
      { class: 'violation-text' },
      h('p', {}, h('strong', {}, `${first.check}: `), first.sentence),
      first.lines.length === 0
        ? null
        : h(
            'details',
            {},
            h('summary', {}, 'Why'),
            h('ul', {}, ...first.lines.map((line) => h('li', {}, line))),
          ),
      more,
    ),
    h(
      'button',
      { type: 'button', class: 'strong', onclick: () => showViolation(session, first) },
      `Show it at ${momentText(Math.round(first.atNs / 1e6) * 1e6)}`,
    ),
  );
}

/** Zooms to the operation that can't be placed (else to the moment) and selects it. */
export function showViolation(session: Session, violation: Violation): void {
  const { model } = session;
  const concerned = violation.operations
    .map((id) => model.operationById.get(id))
    .filter((operation) => operation !== undefined);
  const [illegal] = concerned;
  if (illegal === undefined) {
    session.show(windowAround(violation.atNs - 200_000_000, violation.atNs, model.durationNs, 300_000_000));
    const [event] = violation.events;
    if (event !== undefined) session.select(event);
    return;
  }
  // The operations it contradicts come into view, too, when they are near enough to be told apart.
  const near = concerned.filter((operation) => Math.abs(operation.startNs - illegal.startNs) < 2_000_000_000);
  const startNs = Math.min(...near.map((operation) => operation.startNs));
  const endNs = Math.max(
    ...near.map((operation) => Math.min(operation.endNs, illegal.endNs + 1_000_000_000)),
  );
  session.show(windowAround(startNs, endNs, model.durationNs, 20_000_000));
  session.select(illegal.invokeEvent);
}
