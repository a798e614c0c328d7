import { otherEnd } from '../model/effects.ts';
import { Kind } from '../../sim/trace/kinds.ts';
import { lowerBound } from '../model/time_index.ts';
import type { RareSort } from '../model/rare.ts';
import { showViolation } from '../page/violation_panel.ts';
import { nextLanes } from '../page/lane_choice.ts';
import type { Session } from '../timeline/session.ts';
import { zoomWindow } from '../timeline/view.ts';

/** What the keyboard can do; the help lists exactly this table. */
export interface Command {
  readonly keys: readonly string[];
  readonly shown: string;
  readonly words: string;
  readonly run: (context: CommandContext) => void;
}

export interface CommandContext {
  readonly session: Session;
  readonly go: (event: number) => void;
  readonly toggleTheme: () => void;
  readonly help: () => void;
  readonly open: () => void;
  readonly table: () => void;
  readonly compare: () => void;
  readonly exporting: () => void;
  readonly copyLink: () => void;
  /** Changing the run: live, and by forks. */
  readonly desk: {
    actHere(): void;
    askClient(): void;
    openForks(): Promise<void>;
    toggleLive(): boolean;
    step(): void;
  };
  readonly search: { focus(): void; step(direction: 1 | -1): void };
}

function command(keys: string, shown: string, words: string, run: Command['run']): Command {
  return { keys: keys.split(' '), shown, words, run };
}

export const commands: readonly Command[] = [
  command('ArrowRight', '\u2192', 'move right', ({ session }) => pan(session, 0.15)),
  command('ArrowLeft', '\u2190', 'move left', ({ session }) => pan(session, -0.15)),
  command('+ =', '+', 'zoom in', ({ session }) => zoom(session, 1.6)),
  command('- _', '\u2212', 'zoom out', ({ session }) => zoom(session, 1 / 1.6)),
  command('0 Home', '0', 'the whole run', ({ session }) =>
    session.show({ startNs: 0, endNs: session.model.durationNs }),
  ),
  command('.', '.', 'next event of the same lane', (context) => step(context, 1)),
  command(',', ',', 'event before on the same lane', (context) => step(context, -1)),
  command('m M', 'M', 'other end of a message, sync or operation', ({ session, go }) => {
    const { trace, messages, effects } = session.model;
    if (session.selected >= 0) goIfAny(go, otherEnd(trace, messages, effects, session.selected));
  }),
  command('[', '[', 'what caused it', ({ session, go }) => {
    if (session.selected >= 0) goIfAny(go, session.model.trace.causes[session.selected] as number);
  }),
  command(']', ']', 'what it caused', ({ session, go }) => {
    if (session.selected >= 0) goIfAny(go, session.model.effects.of(session.selected)[0] ?? -1);
  }),
  command('e', 'E', 'next election (with Shift: the one before)', (context) =>
    rare(context, ['campaign', 'leader'], 1),
  ),
  command('E', '', '', (context) => rare(context, ['campaign', 'leader'], -1)),
  command('f', 'F', 'next fault (with Shift: the one before)', (context) =>
    rare(context, ['fault', 'crash', 'diskFault'], 1),
  ),
  command('F', '', '', (context) => rare(context, ['fault', 'crash', 'diskFault'], -1)),
  command('v V', 'V', 'next violation', ({ session }) => nextViolation(session)),
  command('/', '/', 'search', ({ search }) => search.focus()),
  command('n', 'N', 'next search hit (with Shift: the one before)', ({ search }) => search.step(1)),
  command('N', '', '', ({ search }) => search.step(-1)),
  command('b B', 'B', 'table of events', (context) => context.table()),
  command('d D', 'D', 'compare with another trace, or stop', (context) => context.compare()),
  command('l L', 'L', 'copy a link to this view', (context) => context.copyLink()),
  command('c C', 'C', 'causal cone: dim what the event neither follows from nor leads to', ({ session }) => {
    if (session.selected >= 0) session.showCone(session.cone === null ? Infinity : null);
  }),
  command('i I', 'I', 'look inside a member: keys, watchers, leases', ({ session }) => {
    if (session.selected >= 0) session.showInside(!session.insideShown);
  }),
  command('Escape', 'Esc', 'back to the run as a whole', ({ session }) => session.select(-1)),
  command('x X', 'X', 'save a picture, the trace, a page', (context) => context.exporting()),
  command('k K', 'K', 'below the members: by client, by key, watches', ({ session }) => {
    session.showLanes(nextLanes(session));
  }),
  command('t T', 'T', 'light or dark', (context) => context.toggleTheme()),
  command('a A', 'A', 'act: do something to the cluster: now if it is live, else as a fork', ({ desk }) =>
    desk.actHere(),
  ),
  command('p P', 'P', 'put, get, watch: ask a client, now if the run is live, else as a fork', ({ desk }) =>
    desk.askClient(),
  ),
  command('r R', 'R', 'runs and forks: show, compare, leave out, save', ({ desk }) => void desk.openForks()),
  command('g G', 'G', 'a live run goes on, or rests', ({ desk }) => void desk.toggleLive()),
  command('y Y', 'Y', 'a live run goes on until something happens', ({ desk }) => desk.step()),
  command('o O', 'O', 'open another trace', (context) => context.open()),
  command('?', '?', 'this list', (context) => context.help()),
];

function pan(session: Session, share: number): void {
  const { startNs, endNs } = session.window;
  const shift = (endNs - startNs) * share;
  session.show({ startNs: startNs + shift, endNs: endNs + shift });
}

function zoom(session: Session, factor: number): void {
  const { window, model, selected } = session;
  const selectedNs = selected < 0 ? -1 : (model.trace.timesNs[selected] as number);
  const inside = selectedNs >= window.startNs && selectedNs <= window.endNs;
  const around = inside ? selectedNs : (window.startNs + window.endNs) / 2;
  session.show(zoomWindow(window, factor, around, model.durationNs));
}

function goIfAny(go: (event: number) => void, event: number): void {
  if (event >= 0) go(event);
}

/** The moment from which "next" counts: the selection's, else the window's start. */
function here({ selected, window, model }: Session): number {
  return selected >= 0 ? (model.trace.timesNs[selected] as number) : window.startNs;
}

function step({ session, go }: CommandContext, direction: 1 | -1): void {
  const { trace } = session.model;
  let at = session.selected;
  if (at < 0) {
    const first = lowerBound(trace.timesNs.subarray(0, trace.length), session.window.startNs);
    goIfAny(go, first < trace.length ? first : -1);
    return;
  }
  const lane = trace.lanes[at];
  do at += direction;
  while (at >= 0 && at < trace.length && (trace.lanes[at] !== lane || trace.kinds[at] === Kind.log));
  if (at < trace.length) goIfAny(go, at);
}

function rare({ session, go }: CommandContext, sorts: readonly RareSort[], direction: 1 | -1): void {
  const events = session.model.rare.get(-1);
  if (events === undefined) return;
  const all = sorts.flatMap((sort) => [...events[sort].refs]).toSorted((a, b) => a - b);
  const nowNs = here(session);
  const { selected, model } = session;
  const after = (event: number): boolean =>
    selected >= 0 ? event > selected : (model.trace.timesNs[event] as number) >= nowNs;
  const before = (event: number): boolean =>
    selected >= 0 ? event < selected : (model.trace.timesNs[event] as number) < nowNs;
  goIfAny(go, (direction > 0 ? all.find(after) : all.findLast(before)) ?? -1);
}

function nextViolation(session: Session): void {
  const { violations } = session.model.info.verdict;
  if (violations.length > 0) showViolation(session, (session.violation + 1) % violations.length);
}
