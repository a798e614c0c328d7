import type { Session } from '../timeline/session.ts';
import { durationText } from '../scale/time_format.ts';
import { h, svg } from './dom.ts';
import { countWords } from '../words/count_words.ts';

export interface HeaderActions {
  readonly toggleTheme: () => void;
  readonly help: () => void;
  readonly open: () => void;
  readonly table: () => void;
  readonly compare: () => void;
  readonly forks: () => void;
  readonly exporting: () => void;
}

/** Which run this is, in the scenario's own sentence, and whether every promise held. */
export function header(session: Session, actions: HeaderActions, search: HTMLElement): HTMLElement {
  const { info } = session.model;
  return h(
    'header',
    { class: 'top' },
    logo(),
    h('div', { class: 'run-name' }, h('h1', {}, info.scenario), h('p', {}, info.sentence)),
    h(
      'ul',
      { class: 'counts', 'aria-label': 'The run in numbers' },
      stat('seed', info.seed),
      stat('members', String(info.options.members)),
      stat('virtual time', durationText(session.model.durationNs)),
      stat('events', countWords(session.model.trace.length)),
      stat('lost', countWords(info.summary.messages.dropped)),
      stat('elections', String(info.summary.elections)),
    ),
    verdict(session),
    search,
    h(
      'div',
      { class: 'buttons' },
      button('Table', 'Table of events (B)', actions.table),
      button('Compare', 'Compare with another trace (D)', actions.compare),
      button('Forks', 'Runs and forks: change it, compare, save (R)', actions.forks),
      button('Open', 'Open another trace (O)', actions.open),
      button('Save', 'Save a picture, the trace, a page (X)', actions.exporting),
      button('\u25d0', 'Light or dark (T)', actions.toggleTheme),
      button('?', 'Keys and legend (?)', actions.help),
    ),
  );
}

function stat(name: string, value: string): HTMLElement {
  return h('li', {}, h('b', {}, value), h('span', {}, name));
}

function button(text: string, label: string, act: () => void): HTMLElement {
  return h(
    'button',
    { type: 'button', class: 'plain', title: label, 'aria-label': label, onclick: act },
    text,
  );
}

function verdict(session: Session): HTMLElement {
  if (session.live) return verdictPill('unknown', '\u25cf', 'live: not judged yet');
  const { verdict: found } = session.model.info;
  const unknown = found.checks.some((check) => check.status === 'unknown');
  if (!found.passed) {
    const [first = 'a check', ...others] = new Set(found.violations.map((violation) => violation.check));
    const more = others.length > 0 ? ` and ${others.length} more` : '';
    return verdictPill('violated', '\u2717', `violated: ${first}${more}`);
  }
  if (unknown) return verdictPill('unknown', '?', 'undecided');
  const notPromised = found.checks.filter((check) => check.status === 'not promised').length;
  const words = notPromised > 0 ? `passed; ${notPromised} not promised` : 'passed';
  return verdictPill('passed', '\u2713', words);
}

function verdictPill(kind: string, mark: string, words: string): HTMLElement {
  return h(
    'div',
    { class: `verdict ${kind}` },
    h('span', { 'aria-hidden': 'true' }, mark),
    h('span', {}, words),
  );
}

export function logo(): HTMLElement {
  const mark = svg('svg', { viewBox: '0 0 32 32', width: 30, height: 30, 'aria-hidden': 'true' });
  mark.append(
    svg('rect', { x: 2, y: 5, width: 28, height: 5, rx: 2.5, class: 'logo-a' }),
    svg('rect', { x: 8, y: 13.5, width: 22, height: 5, rx: 2.5, class: 'logo-b' }),
    svg('rect', { x: 2, y: 22, width: 17, height: 5, rx: 2.5, class: 'logo-a' }),
    svg('path', { d: 'M6 10 L12 22', class: 'logo-line' }),
  );
  const element = h('span', { class: 'logo' }, h('b', {}, 'detcd'));
  element.prepend(mark);
  return element;
}
