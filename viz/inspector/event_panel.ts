import { Kind, kindSchemas, roleNames } from '../../sim/trace/kinds.ts';
import { otherEnd } from '../model/effects.ts';
import { memberStateAt } from '../model/member_state.ts';
import type { Operation } from '../model/operations.ts';
import { h } from '../page/dom.ts';
import { durationText, momentText } from '../scale/time_format.ts';
import type { Session } from '../timeline/session.ts';
import { eventSentence, laneName } from '../words/event_words.ts';
import { plainName } from '../words/plain_name.ts';
import { argumentRows } from './argument_rows.ts';
import { coneSection } from './cone_panel.ts';
import { clocksSection, linksSection } from './links_panel.ts';
import { storageSections } from './disk_panel.ts';
import { facts, jump, section } from './parts.ts';
import { pathSection } from './path_panel.ts';
import { countWords } from '../words/count_words.ts';

const effectsMax = 24;
const siblingsMax = 8;

/** All that the trace says about the selected event, what caused it and what it caused. */
export function eventPanel(
  session: Session,
  go: (event: number) => void,
  inside: HTMLElement,
): (HTMLElement | null)[] {
  const { model, selected: event } = session;
  const { trace } = model;
  const name = plainName(kindSchemas[trace.kinds[event] as number]?.name ?? 'event');
  const head = h(
    'section',
    { class: 'part head' },
    h(
      'div',
      { class: 'head-line' },
      h('span', { class: 'kind' }, name),
      h('span', { class: 'quiet' }, `event ${countWords(event)}`),
      h(
        'button',
        {
          type: 'button',
          class: 'close',
          'aria-label': 'Back to the run (Escape)',
          onclick: () => session.select(-1),
        },
        '\u00d7',
      ),
    ),
    h('p', { class: 'sentence' }, eventSentence(model, event)),
    h(
      'p',
      { class: 'quiet' },
      `at ${momentText(trace.timesNs[event] as number)} on ${laneName(model, trace.lanes[event] as number)}`,
    ),
  );
  const rows = argumentRows(model, event);
  const operation = operationOf(session, event);
  return [
    head,
    ...(operation === undefined
      ? []
      : [operationSection(session, operation), pathSection(session, operation, go)]),
    ...(rows.length === 0 ? [] : [section('Arguments', facts(rows))]),
    chainSection(session, event, go),
    coneSection(session),
    ...memberSection(session, event, go),
    inside,
    linksSection(session, event, go),
    clocksSection(session, event),
  ];
}

function operationOf(session: Session, event: number): Operation | undefined {
  const { trace, operations } = session.model;
  const kind = trace.kinds[event];
  if (kind === Kind.invoke || kind === Kind.return) return operations.byId(trace.arg(event, 0));
  const carries =
    kind === Kind.requestSend ||
    kind === Kind.requestDeliver ||
    kind === Kind.responseSend ||
    kind === Kind.responseDeliver ||
    kind === Kind.requestDrop;
  return carries ? operations.byId(trace.arg(event, 1)) : undefined;
}

const statusWords = ['ok', 'failed', 'unknown'];

function operationSection(session: Session, operation: Operation): HTMLElement {
  const place =
    operation.order > 0
      ? `number ${operation.order} of ${operation.orderOf} on ${operation.key}, at ${momentText(Math.round(operation.placeNs))}`
      : 'none';
  return section(
    'Operation',
    operation.illegal === '' ? null : h('p', { class: 'illegal' }, `\u2717 ${operation.illegal}`),
    facts([
      ['client', laneName(session.model, operation.lane)],
      ['call', operation.words],
      ['status', operation.returnEvent < 0 ? 'never returned' : (statusWords[operation.status] ?? '')],
      ['result', operation.result === '' ? 'none' : operation.result],
      ['took', durationText(operation.endNs - operation.startNs)],
      ['place', place],
    ]),
  );
}

function chainSection(session: Session, event: number, go: (event: number) => void): HTMLElement {
  const { model } = session;
  const { trace, effects } = model;
  const link = (to: number): HTMLElement =>
    jump(
      eventSentence(model, to),
      `+${durationText((trace.timesNs[to] as number) - (trace.timesNs[event] as number))}`.replace(
        '+-',
        '\u2212',
      ),
      () => go(to),
    );
  const cause = trace.causes[event] as number;
  const other = otherEnd(trace, model.messages, effects, event);
  const caused = [...effects.of(event)];
  const more = caused.length - effectsMax;
  // One input makes a member do several things; the trace gives them all the input as their cause.
  const siblings = (cause < 0 ? [] : [...effects.of(cause)])
    .filter((effect) => effect !== event && trace.kinds[effect] !== Kind.log)
    .slice(0, siblingsMax);
  return section(
    'Cause and effect',
    h('h4', {}, 'caused by ', h('kbd', {}, '[')),
    cause < 0 ? h('p', { class: 'quiet' }, 'nothing in the trace') : link(cause),
    ...(other >= 0 && other !== cause && !caused.includes(other)
      ? [h('h4', {}, 'other end ', h('kbd', {}, 'M')), link(other)]
      : []),
    h('h4', {}, 'caused ', h('kbd', {}, ']')),
    ...(caused.length === 0
      ? [h('p', { class: 'quiet' }, 'nothing')]
      : caused.slice(0, effectsMax).map(link)),
    more > 0 ? h('p', { class: 'quiet' }, `and ${more} more`) : null,
    ...(siblings.length === 0 ? [] : [h('h4', {}, 'in the same step'), ...siblings.map(link)]),
  );
}

function memberSection(session: Session, event: number, go: (event: number) => void): HTMLElement[] {
  const { model } = session;
  const lane = model.trace.lanes[event] as number;
  const life = model.lives.get(lane);
  if (life === undefined) return [];
  const state = memberStateAt(model.trace, life, model.progress.get(lane), event);
  const role = state.role;
  const leader = role === undefined || role.leader === 0 ? 'unknown' : `n${role.leader}`;
  return [
    section(
      `${laneName(model, lane)} at this moment`,
      facts([
        [
          'role',
          state.gap?.kind ?? (role === undefined ? 'not started' : plainName(roleNames[role.role] ?? '')),
        ],
        ['term', role === undefined ? '' : String(role.term)],
        ['leader', leader],
        ['commit index', String(state.commit)],
        ['applied index', String(state.applied)],
        ['revision', String(state.revision)],
      ]),
    ),
    storageSections(session, lane, event, go),
  ];
}
