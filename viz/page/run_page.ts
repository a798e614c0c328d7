import { attachKeys } from '../input/keys.ts';
import { attachPointer } from '../input/pointer.ts';
import { CompareControl } from '../diff/compare_control.ts';
import { Desk } from '../fork/desk.ts';
import type { Workshop } from '../fork/workshop.ts';
import { coneWords } from '../inspector/cone_panel.ts';
import { Inspector } from '../inspector/inspector.ts';
import { lookSource } from '../inspector/look_source.ts';
import type { RunParts } from '../lessons/run_parts.ts';
import { linkWords } from '../load/sources.ts';
import type { RunModel } from '../model/run_model.ts';
import { Overview } from '../overview/overview.ts';
import { momentText } from '../scale/time_format.ts';
import type { Theme } from '../theme/theme.ts';
import { SearchBar } from '../search/search_bar.ts';
import { EventTable } from '../table/event_table.ts';
import { Session } from '../timeline/session.ts';
import { Timeline } from '../timeline/timeline.ts';
import type { TimeWindow } from '../timeline/view.ts';
import { eventSentence } from '../words/event_words.ts';
import { type Child, h, replaceChildren } from './dom.ts';
import { header } from './header.ts';
import { laneChoice, laneWords } from './lane_choice.ts';
import { legend } from './legend.ts';
import { LateDialog } from './late_dialog.ts';
import { applyLink, linkTo } from './link.ts';
import { Tooltip } from './tooltip.ts';
import { violationPanel } from './violation_panel.ts';

/** A run on the page. */
export interface OpenRun {
  /** Shows what a link to this run asks for. */
  readonly follow: (address: URL) => void;
  /** The stretch of time that is shown. */
  readonly window: () => TimeWindow;
  readonly show: (window: TimeWindow) => void;
  /** For whoever guides through the run. */
  readonly parts: RunParts;
  /** Takes its listeners off the window again. */
  readonly close: () => void;
}

/** Builds the page of one run. */
export function openRun(
  root: HTMLElement,
  model: RunModel,
  theme: Theme,
  open: () => void,
  workshop: Workshop,
): OpenRun {
  const session = new Session(model);
  session.live = workshop.underway !== null;
  const timeline = new Timeline(session, theme);
  const overview = new Overview(session, theme);
  const tooltip = new Tooltip();
  const live = h('div', { class: 'live', role: 'status', 'aria-live': 'polite' });
  const say = (words: string): void => void (live.textContent = words);
  const dialogs = h('div', { class: 'late' });
  const late = lateDialogs(session, timeline, dialogs, say);
  const go = goIn(session);
  const search = new SearchBar(session, go);
  const table = new EventTable(session, go);
  const pair = h('div', { class: 'pair' }, timeline.element);
  const inspector = new Inspector(session, go);
  const side = h('div', { class: 'side' }, inspector.element);
  const top = h('div', { class: 'compare-top' });
  const compare = new CompareControl(session, theme, tooltip, { top, lanes: pair, side });
  const view = { session, timeline, say, go, compare };
  const desk: Desk = new Desk(workshop, { ...view, copyLink: () => void copyLink(session, desk, say) });
  const actions = {
    compare: () => desk.compareOr(() => compare.toggle()),
    copyLink: () => void copyLink(session, desk, say),
    desk,
    forks: () => void desk.openForks(),
    ...late,
    search,
    ...viewActions(session, theme),
    open,
  };
  announceChanges(session, say);
  attachPointer(timeline, session, tooltip);
  const detach = attachKeys({ session, go, ...actions });
  const lanes = [pair, table.element, overview.element];
  const above = [header(session, actions, search.element), violationPanel(session), ...desk.top, top];
  const layers = [tooltip.element, live, dialogs];
  replaceChildren(root, page(session, above, lanes, [side, ...desk.layers]), ...layers);
  timeline.request();
  return {
    follow: (address) => {
      applyLink(address, session);
      compare.follow(linkWords(address).get('cmp'));
    },
    window: () => session.window,
    show: (window) => session.show(window),
    parts: {
      session,
      timeline,
      side,
      page: root.querySelector('.run') ?? root,
      announce: say,
      compareWith: (other) => compare.beside(other),
    },
    close: () => {
      detach();
      desk.close();
      compare.close();
      lookSource.close();
    },
  };
}

function goIn(session: Session): (event: number) => void {
  return (event) => {
    session.reveal(event);
    session.select(event);
  };
}

/** Made when they are asked for: they are a part of the page that most never see. */
function lateDialogs(
  session: Session,
  timeline: Timeline,
  place: HTMLElement,
  say: (words: string) => void,
): Record<'help' | 'exporting', () => void> {
  const help = new LateDialog(place, async () => (await import('./help.ts')).helpDialog(), say);
  const exporting = new LateDialog(
    place,
    async () => new (await import('../export/export_dialog.ts')).ExportDialog(session, timeline),
    say,
  );
  return { help: () => help.toggle(), exporting: () => exporting.toggle() };
}

function viewActions(session: Session, theme: Theme): Record<'table' | 'toggleTheme', () => void> {
  return {
    table: () => session.showTable(!session.tableShown),
    toggleTheme: () => theme.toggle(),
  };
}

function page(
  session: Session,
  above: readonly Child[],
  lanes: readonly Child[],
  beside: readonly Child[],
): HTMLElement {
  const key = legend('common');
  key.append(laneChoice(session));
  const center = h('div', { class: 'center' }, key, ...lanes);
  return h('div', { class: 'run' }, ...above, h('main', { class: 'work' }, center, ...beside));
}

/** What somebody who does not see the picture should hear. */
function announceChanges(session: Session, say: (words: string) => void): void {
  session.onChange((change) => {
    if (change === 'selection') say(announcement(session));
    else if (change === 'cone') say(coneWords(session));
    else if (change === 'lanes') say(laneWords(session));
  });
}

/** Puts a link to exactly this view into the address and the clipboard. */
async function copyLink(session: Session, desk: Desk, say: (words: string) => void): Promise<void> {
  const address = new URL(location.href);
  const words = await desk.linkWords();
  if (words !== null) {
    address.search = '';
    address.hash = words.toString();
  }
  const link = linkTo(address, session);
  if (!session.live) history.replaceState(null, '', link);
  navigator.clipboard?.writeText(link).catch(() => undefined);
  say(
    session.live ? 'A link to the run until now is in the clipboard' : 'The address is a link to this view',
  );
}

function announcement(session: Session): string {
  const { selected, model } = session;
  if (selected < 0) return 'Nothing selected';
  return `${momentText(model.trace.timesNs[selected] as number)}: ${eventSentence(model, selected)}`;
}
