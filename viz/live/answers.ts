import { Kind, argument } from '../../sim/trace/kinds.ts';
import type { InterventionAction } from '../../sim/trace/run_info.ts';
import type { RunModel } from '../model/run_model.ts';
import { durationText } from '../scale/time_format.ts';
import { askedWords } from '../words/asked_words.ts';

type AskedAction = Extract<InterventionAction, { kind: 'call' }>;

/** What a client was asked for by hand, and what came of it so far. */
export interface Answer {
  /** The event that says it best: the return, else the call, else the intervention. */
  readonly event: number;
  readonly words: string;
  readonly result: string;
  readonly state: 'open' | 'ok' | 'failed';
}

const watchNumber = argument('watched', 'watch');
const watchCount = argument('watched', 'count');
const watchText = argument('watched', 'text');

/** Finds what was asked by hand in a run that grows. */
export class Answers {
  private readonly asked: { readonly event: number; readonly action: AskedAction }[] = [];
  private seen = 0;

  /** The last of them, the newest first. */
  of(model: RunModel, last: number): readonly Answer[] {
    const { trace } = model;
    for (; this.seen < trace.length; this.seen++) {
      if (trace.kinds[this.seen] !== Kind.intervene) continue;
      const action = JSON.parse(trace.text(this.seen, 0)) as InterventionAction;
      if (action.kind === 'call') this.asked.push({ event: this.seen, action });
    }
    return this.asked
      .slice(-last)
      .toReversed()
      .map(({ event, action }) => answerOf(model, event, action));
  }
}

/** The answer to what is asked at this event of the run; `open` as long as there is none. */
export function answerOf(model: RunModel, event: number, action: AskedAction): Answer {
  const { long: words } = askedWords([action]);
  const [effect] = model.effects.of(event);
  if (action.request.kind === 'watch') return { words, ...heard(model, event, effect) };
  if (action.request.kind === 'stopKeeping') return { event, words, result: 'done', state: 'ok' };
  const operation = effect === undefined ? undefined : model.operations.byId(model.trace.arg(effect, 0));
  if (operation === undefined) return { event, words, result: 'asked', state: 'open' };
  const { returnEvent, invokeEvent, startNs, endNs, status } = operation;
  if (returnEvent < 0) return { event: invokeEvent, words, result: 'no answer yet', state: 'open' };
  const took = durationText(endNs - startNs);
  const result = `${operation.result}, after ${took}`;
  return { event: returnEvent, words, result, state: status === 0 ? 'ok' : 'failed' };
}

function heard(model: RunModel, event: number, opened: number | undefined): Omit<Answer, 'words'> {
  const { trace } = model;
  if (opened === undefined) return { event, result: 'asked', state: 'open' };
  const watch = trace.arg(opened, watchNumber);
  let count = 0;
  let last = opened;
  for (let row = opened; row < trace.length; row++) {
    if (trace.kinds[row] !== Kind.watched || trace.arg(row, watchNumber) !== watch) continue;
    const events = trace.arg(row, watchCount);
    count += events;
    if (events > 0) last = row;
  }
  if (count === 0) return { event: opened, result: 'has heard of nothing yet', state: 'open' };
  const { events = [] } = JSON.parse(trace.text(last, watchText)) as { readonly events?: readonly string[] };
  const newest = (events.at(-1) ?? '').replace(/@(\d+)$/, 'at revision $1');
  return {
    event: last,
    result: `${count === 1 ? '1 event' : `${count} events`}, the last: ${newest}`,
    state: 'ok',
  };
}

/** The last event at which a client was asked by hand; -1 for none. */
export function lastAsked({ trace }: RunModel): number {
  for (let row = trace.length - 1; row >= 0; row--) {
    if (trace.kinds[row] !== Kind.intervene) continue;
    const { kind } = JSON.parse(trace.text(row, 0)) as InterventionAction;
    if (kind === 'call') return row;
  }
  return -1;
}
