import { Inspector } from '../inspector/inspector.ts';
import { attachPointer } from '../input/pointer.ts';
import { type Child, h } from '../page/dom.ts';
import type { Tooltip } from '../page/tooltip.ts';
import { momentText } from '../scale/time_format.ts';
import type { Theme } from '../theme/theme.ts';
import { Session } from '../timeline/session.ts';
import { Timeline } from '../timeline/timeline.ts';
import type { RunModel } from '../model/run_model.ts';
import { eventSentence } from '../words/event_words.ts';
import { firstDifference, laneDifferences } from './difference.ts';

export interface Comparison {
  /** What differs first, in words, with the way to it. */
  readonly banner: HTMLElement;
  /** The other run's lanes, on the same stretch of time. */
  readonly lanes: HTMLElement;
  readonly inspector: HTMLElement;
  /** What looks at the other run. */
  readonly session: Session;
}

const aroundNs = 60_000_000;

/** A second run under the first: equal lanes, one window, and the first event in which they differ. */
export function compareRuns(
  session: Session,
  other: RunModel,
  theme: Theme,
  tooltip: Tooltip,
  close: () => void,
): Comparison {
  const second = new Session(other);
  const timeline = new Timeline(second, theme);
  attachPointer(timeline, second, tooltip);
  tie(session, second);
  const go = (event: number): void => {
    second.reveal(event);
    second.select(event);
  };
  const inspector = new Inspector(second, go, 'Inspector of the other run');
  const { trace } = session.model;
  const at = firstDifference(trace, other.trace);
  const show = (): void => {
    const event = Math.min(at, trace.length - 1, other.trace.length - 1);
    const atNs = trace.timesNs[event] as number;
    session.show({ startNs: atNs - aroundNs, endNs: atNs + aroundNs });
    if (at < other.trace.length) second.select(at);
    if (at < trace.length) session.select(at);
  };
  const banner = h(
    'section',
    { class: 'difference', 'aria-label': 'Comparison' },
    h(
      'div',
      { class: 'difference-text', tabindex: 0, role: 'group', 'aria-label': 'Where the two part' },
      ...differenceWords(session.model, other, at),
    ),
    h('button', { type: 'button', class: 'plain', onclick: show }, 'Show the first difference'),
    h(
      'button',
      { type: 'button', class: 'close', 'aria-label': 'Stop comparing (D)', onclick: close },
      '\u00d7',
    ),
  );
  const name = `${other.info.scenario}, seed ${other.info.seed}`;
  const lanes = h('div', { class: 'second-run' }, h('h2', { class: 'second-name' }, name), timeline.element);
  timeline.request();
  show();
  return { banner, lanes, inspector: inspector.element, session: second };
}

/** One window and one cursor for both; a run that is shorter shows as much of it as it has. */
function tie(a: Session, b: Session): void {
  let busy = false;
  const follow = (from: Session, to: Session): void =>
    from.onChange((change) => {
      if (busy || (change !== 'window' && change !== 'cursor')) return;
      busy = true;
      if (change === 'window') to.show(from.window);
      else to.pointAt(from.cursorNs);
      busy = false;
    });
  follow(a, b);
  follow(b, a);
}

function differenceWords(a: RunModel, b: RunModel, at: number): Child[] {
  if (at === a.trace.length && at === b.trace.length)
    return [
      h('p', {}, h('strong', {}, 'The two runs are equal, '), `all ${at.toLocaleString('en-US')} events.`),
    ];
  const sentence = (model: RunModel, event: number): string =>
    event < 0 || event >= model.trace.length
      ? 'nothing more'
      : `${momentText(model.trace.timesNs[event] as number)}: ${eventSentence(model, event)}`;
  const lanes = laneDifferences(a.trace, b.trace, a.info.lanes).map(({ lane, a: mine, b: theirs }) => {
    const [model, event] = mine >= 0 ? [a, mine] : [b, theirs];
    return `${lane.name} from ${momentText(model.trace.timesNs[event] as number)}`;
  });
  return [
    h('p', {}, h('strong', {}, `Equal up to event ${at.toLocaleString('en-US')}. `), 'Then'),
    h(
      'dl',
      { class: 'facts' },
      h('dt', {}, 'this run'),
      h('dd', {}, sentence(a, at)),
      h('dt', {}, 'the other'),
      h('dd', {}, sentence(b, at)),
      h('dt', {}, 'by lane'),
      h('dd', {}, lanes.join(', ')),
    ),
  ];
}
