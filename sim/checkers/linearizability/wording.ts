import type { Operation } from '../history/operation.ts';
import type { Model } from './model.ts';
import { isOpen } from './partition.ts';

/** How a history tells the time of an event. */
export type TimeText = (ns: number) => string;

/** Milliseconds with up to three decimals, rounded down, by integer arithmetic: `286.5 ms`. */
export const milliseconds: TimeText = (ns) => {
  const micros = Math.floor(ns / 1000);
  const fraction = String(micros % 1000)
    .padStart(3, '0')
    .replace(/0+$/, '');
  return `${Math.floor(micros / 1000)}${fraction === '' ? '' : `.${fraction}`} ms`;
};

/** For histories whose times are line numbers of a log. */
export const lineOfLog: TimeText = (ns) => `line ${ns}`;

/** 12345 as `12,345`. */
export function countText(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ',');
}

export function plural(count: number, singular: string): string {
  return `${countText(count)} ${singular}${count === 1 ? '' : 's'}`;
}

/** Words for operations of one model. */
export class Wording<State, Input, Output> {
  private readonly model: Model<State, Input, Output>;
  readonly time: TimeText;

  constructor(model: Model<State, Input, Output>, time: TimeText) {
    this.model = model;
    this.time = time;
  }

  /** `get(x) = "2" by client 3` */
  name({ input, outcome, process, client }: Operation<Input, Output>): string {
    const answer = outcome.status === 'ok' ? this.model.describeOutput(input, outcome.output) : '';
    return `${this.model.describeInput(input)}${answer} by ${client ?? `client ${process}`}`;
  }

  state(state: State): string {
    return this.model.describeState(state);
  }

  /** `get(x) = "2" by client 3, from 300 ms to 310 ms` */
  withTimes(operation: Operation<Input, Output>): string {
    const name = `${this.name(operation)}, from ${this.time(operation.callNs)}`;
    if (operation.outcome.status === 'fail') return `${name}, refused without effect`;
    if (isOpen(operation)) return `${name}, outcome unknown: it may have taken effect at any time after that`;
    return operation.returnNs === null ? name : `${name} to ${this.time(operation.returnNs)}`;
  }

  called({ callNs }: Operation<Input, Output>): string {
    return this.time(callNs);
  }

  returned({ returnNs }: Operation<Input, Output>): string {
    return returnNs === null ? 'an unknown time' : this.time(returnNs);
  }
}
