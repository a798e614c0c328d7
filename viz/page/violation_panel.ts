import type { Violation } from '../../sim/trace/run_info.ts';
import { momentText } from '../scale/time_format.ts';
import type { Session } from '../timeline/session.ts';
import { windowAround } from '../timeline/view.ts';
import { type Child, h, replaceChildren } from './dom.ts';

/** A strip with one violation at a time: the sentence, the explanation, and the way to it. Null for a run without one. */
export function violationPanel(session: Session): HTMLElement | null {
  if (session.model.info.verdict.violations.length === 0) return null;
  const panel = h('section', { class: 'violation', 'aria-label': 'Violation' });
  const render = (): void => replaceChildren(panel, ...content(session));
  session.onChange((change) => {
    if (change === 'violation') render();
  });
  render();
  return panel;
}

function content(session: Session): Child[] {
  const { violations } = session.model.info.verdict;
  const at = Math.max(0, session.violation);
  const shown = violations[at] as Violation;
  return [
    h('span', { class: 'violation-mark', 'aria-hidden': 'true' }, '\u2717'),
    h(
      'div',
      { class: 'violation-text' },
      h('p', {}, h('strong', {}, `${shown.check}: `), shown.sentence),
      shown.lines.length === 0
        ? null
        : h(
            'details',
            {},
            h('summary', {}, 'Why'),
            h('ul', {}, ...shown.lines.map((line) => h('li', {}, line))),
          ),
    ),
    violations.length > 1 ? turner(session, at, violations.length) : null,
    h(
      'button',
      { type: 'button', class: 'strong', onclick: () => showViolation(session, at) },
      `Show it at ${momentText(Math.round(shown.atNs / 1e6) * 1e6)}`,
    ),
  ];
}

function turner(session: Session, at: number, count: number): HTMLElement {
  const turn = (label: string, sign: string, to: number): HTMLElement =>
    h(
      'button',
      {
        type: 'button',
        class: 'plain',
        'aria-label': label,
        onclick: () => showViolation(session, (to + count) % count),
      },
      sign,
    );
  return h(
    'div',
    { class: 'turner' },
    turn('violation before', '\u2039', at - 1),
    h('span', {}, `${at + 1} of ${count}`),
    turn('next violation', '\u203a', at + 1),
  );
}

const beforeNs = 200_000_000;

/** Zooms to the operation that can't be placed (else to the moment) and selects it. */
export function showViolation(session: Session, at: number): void {
  const { model } = session;
  const violation = model.info.verdict.violations[at];
  if (violation === undefined) return;
  session.turnToViolation(at);
  const concerned = violation.operations
    .map((id) => model.operations.byId(id))
    .filter((operation) => operation !== undefined);
  const [illegal] = concerned;
  if (illegal === undefined) {
    session.show(windowAround(violation.atNs - beforeNs, violation.atNs, model.durationNs, 1.5 * beforeNs));
    session.select(violation.events[0] ?? -1);
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
