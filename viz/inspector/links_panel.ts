import { clockAt, isTrue } from '../model/clocks.ts';
import { type LinkTraffic, inFlightAt } from '../model/in_flight.ts';
import { Outcome } from '../model/messages.ts';
import { type Child, h } from '../page/dom.ts';
import { durationText } from '../scale/time_format.ts';
import type { Session } from '../timeline/session.ts';
import { laneName } from '../words/event_words.ts';
import { messageChip } from '../words/message_words.ts';
import { facts, jump, section } from './parts.ts';

const perLinkMax = 4;
const linksMax = 24;

/** The network at the selected event: what is cut, and what is under way on each link. */
export function linksSection(session: Session, event: number, go: (event: number) => void): HTMLElement {
  const { model } = session;
  const atNs = model.trace.timesNs[event] as number;
  const cuts = model.cuts.filter(({ startNs, endNs }) => startNs <= atNs && atNs < endNs);
  const links = inFlightAt(model, event);
  const sum = links.reduce((total, { rows }) => total + rows.length, 0);
  return section(
    'Network',
    ...cuts.map(({ words }) => h('p', { class: 'at-risk' }, words)),
    sum === 0
      ? h('p', { class: 'quiet' }, 'nothing in flight')
      : h('p', {}, `${sum} in flight on ${links.length} ${links.length === 1 ? 'link' : 'links'}`),
    ...links.slice(0, linksMax).flatMap((link) => linkRows(session, link, atNs, go)),
    links.length > linksMax ? h('p', { class: 'quiet' }, `and ${links.length - linksMax} more links`) : null,
  );
}

function linkRows(
  { model }: Session,
  { from, to, rows }: LinkTraffic,
  atNs: number,
  go: (event: number) => void,
): Child[] {
  const { trace, messages } = model;
  const shown = rows.slice(0, perLinkMax).map((row) => {
    const age = atNs - (messages.sentNs[row] as number);
    const lost = messages.outcomes[row] === Outcome.dropped ? ', will be lost' : '';
    const words = `${messageChip(trace, messages, row)}${lost}`;
    return jump(words, `\u2212${durationText(age)}`, () => go(messages.sendEvents[row] as number));
  });
  const more = rows.length - shown.length;
  return [
    h('h4', {}, `${laneName(model, from)} \u2192 ${laneName(model, to)}`),
    ...shown,
    more > 0 ? h('p', { class: 'quiet' }, `and ${more} more`) : null,
  ];
}

/** Clocks that a fault has touched; null if all show the world's time. */
export function clocksSection(session: Session, event: number): HTMLElement | null {
  const { model } = session;
  const atNs = model.trace.timesNs[event] as number;
  const rows = model.members.flatMap((lane, i) => {
    const clock = clockAt(model.info.interventions, i + 1, atNs);
    return isTrue(clock) ? [] : [[lane.name, clockWords(clock)] as const];
  });
  return rows.length === 0 ? null : section('Clocks that are wrong', facts(rows));
}

function clockWords({ offsetNs, driftPpm, frozen, steppedNs }: ReturnType<typeof clockAt>): string {
  const parts: string[] = [];
  if (offsetNs !== 0) parts.push(`${durationText(Math.abs(offsetNs))} ${offsetNs > 0 ? 'ahead' : 'behind'}`);
  if (frozen) parts.push('stands still');
  else if (driftPpm !== 0) parts.push(`${Math.abs(driftPpm)} ppm too ${driftPpm > 0 ? 'fast' : 'slow'}`);
  if (steppedNs !== 0)
    parts.push(
      `time of day set ${steppedNs > 0 ? 'forward' : 'back'} by ${durationText(Math.abs(steppedNs))}`,
    );
  return parts.join('; ');
}
