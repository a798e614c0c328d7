import { attachKeys } from '../input/keys.ts';
import { attachPointer } from '../input/pointer.ts';
import { CompareControl } from '../diff/compare_control.ts';
import { Inspector } from '../inspector/inspector.ts';
import { linkWords } from '../load/sources.ts';
import type { RunModel } from '../model/run_model.ts';
import { Overview } from '../overview/overview.ts';
import { momentText } from '../scale/time_format.ts';
import type { Theme } from '../theme/theme.ts';
import { SearchBar } from '../search/search_bar.ts';
import { EventTable } from '../table/event_table.ts';
import { Session } from '../timeline/session.ts';
import { Timeline } from '../timeline/timeline.ts';
import { eventSentence } from '../words/event_words.ts';
import { h, replaceChildren } from './dom.ts';
import { header } from './header.ts';
import { helpDialog } from './help.ts';
import { legend } from './legend.ts';
import { applyLink, linkTo } from './link.ts';
import { Tooltip } from './tooltip.ts';
import { violationPanel } from './violation_panel.ts';

/** A run on the page. */
export interface OpenRun {
  /** Shows what a link to this run asks for. */
  readonly follow: (address: URL) => void;
  /** Takes its listeners off the window again. */
  readonly close: () => void;
}

/** Builds the page of one run. */
export function openRun(root: HTMLElement, model: RunModel, theme: Theme, open: () => void): OpenRun {
  const session = new Session(model);
  const timeline = new Timeline(session, theme);
  const overview = new Overview(session, theme);
  const tooltip = new Tooltip();
  const help = helpDialog();
  const live = h('div', { class: 'live', role: 'status', 'aria-live': 'polite' });
  const go = (event: number): void => {
    session.reveal(event);
    session.select(event);
  };
  const search = new SearchBar(session, go);
  const table = new EventTable(session, go);
  const pair = h('div', { class: 'pair' }, timeline.element);
  const inspector = new Inspector(session, go);
  const side = h('div', { class: 'side' }, inspector.element);
  const top = h('div', { class: 'compare-top' });
  const compare = new CompareControl(session, theme, tooltip, { top, lanes: pair, side });
  const actions = {
    compare: () => compare.toggle(),
    copyLink: () => {
      const link = linkTo(new URL(location.href), session);
      history.replaceState(null, '', link);
      navigator.clipboard?.writeText(link).catch(() => undefined);
      live.textContent = 'The address is a link to this view';
    },
    table: () => session.showTable(!session.tableShown),
    search,
    toggleTheme: () => theme.toggle(),
    help: () => (help.open ? help.close() : help.showModal()),
    open,
  };
  session.onChange((change) => {
    if (change === 'selection') live.textContent = announcement(session);
  });
  attachPointer(timeline, session, tooltip);
  const detach = attachKeys({ session, go, ...actions });
  const center = h('div', { class: 'center' }, legend('common'), pair, table.element, overview.element);
  replaceChildren(
    root,
    h(
      'div',
      { class: 'run' },
      header(session, actions, search.element),
      violationPanel(session),
      top,
      h('main', { class: 'work' }, center, side),
    ),
    tooltip.element,
    live,
    help,
  );
  timeline.request();
  return {
    follow: (address) => {
      applyLink(address, session);
      compare.follow(linkWords(address).get('cmp'));
    },
    close: () => {
      detach();
      compare.close();
    },
  };
}

function announcement(session: Session): string {
  const { selected, model } = session;
  if (selected < 0) return 'Nothing selected';
  return `${momentText(model.trace.timesNs[selected] as number)}: ${eventSentence(model, selected)}`;
}
