import { Kind, type KindName, argument, roleNames } from '../../sim/trace/kinds.ts';
import type { RoleName } from '../../sim/trace/kinds.ts';
import { type MessageTypeName, messageTypeNames } from '../../sim/trace/message_types.ts';
import type { Operation } from '../model/operations.ts';
import type { RunModel } from '../model/run_model.ts';
import type { Find } from './lesson.ts';

type Where = (run: RunModel, event: number) => boolean;
const always: Where = () => true;

/** The first event of a kind (for which `where` holds) after another one. */
export function event(kind: KindName, where: Where = always): Find {
  const number = Kind[kind];
  return (run, after) => {
    const { trace } = run;
    for (let at = after + 1; at < trace.length; at++)
      if (trace.kinds[at] === number && where(run, at)) return at;
    return -1;
  };
}

/** One after the other (not named `then`: a module with that export is taken for a promise): the event that `second` finds after the one that `first` finds. */
export function thereafter(first: Find, second: Find): Find {
  return (run, after) => {
    const at = first(run, after);
    return at < 0 ? -1 : second(run, at);
  };
}

/** The same event again, where what there is to see is in view already. */
export const itself: Find = (_, after) => after;

/** A named argument of an event. */
export function arg(run: RunModel, at: number, kind: KindName, name: string): number {
  return run.trace.arg(at, argument(kind, name));
}

/** A member takes a role. */
export function becomes(role: RoleName, where: Where = always): Find {
  const number = roleNames.indexOf(role);
  return event('role', (run, at) => arg(run, at, 'role', 'role') === number && where(run, at));
}

/** A raft message leaves. */
export function sent(type: MessageTypeName, where: Where = always): Find {
  return event('send', (run, at) => isType(run, at, 'send', type) && where(run, at));
}

export function delivered(type: MessageTypeName, where: Where = always): Find {
  return event('deliver', (run, at) => isType(run, at, 'deliver', type) && where(run, at));
}

function isType(run: RunModel, at: number, kind: 'send' | 'deliver', type: MessageTypeName): boolean {
  return arg(run, at, kind, 'type') === messageTypeNames.indexOf(type);
}

/** The world does something of this kind to the cluster. */
export function done(
  kind: string,
  where: (action: Readonly<Record<string, unknown>>) => boolean = () => true,
): Find {
  return event('intervene', (run, at) => {
    const action = JSON.parse(run.trace.text(at, 0)) as Readonly<Record<string, unknown>>;
    return action['kind'] === kind && where(action);
  });
}

/** The story says something that begins so. */
export function said(beginning: string): Find {
  return event('note', (run, at) => run.trace.text(at, 0).startsWith(beginning));
}

/** A client's operation begins, or returns. */
export function begins(where: (operation: Operation) => boolean): Find {
  return event('invoke', (run, at) => holdsOf(run, at, 'invoke', where));
}

export function returns(where: (operation: Operation) => boolean): Find {
  return event('return', (run, at) => holdsOf(run, at, 'return', where));
}

function holdsOf(
  run: RunModel,
  at: number,
  kind: 'invoke' | 'return',
  where: (operation: Operation) => boolean,
): boolean {
  const operation = run.operations.byId(arg(run, at, kind, 'operation'));
  return operation !== undefined && where(operation);
}

/** The return of the operation whose invocation it stands at. */
export const itsReturn: Find = (run, after) => {
  const operation = run.operations.byId(arg(run, after, 'invoke', 'operation'));
  return operation?.returnEvent ?? -1;
};

/** On the lane of the event that it begins at. */
export function onItsLane(find: Find): Find {
  return (run, after) => {
    const lane = run.trace.lanes[after];
    for (let at = find(run, after); at >= 0; at = find(run, at)) if (run.trace.lanes[at] === lane) return at;
    return -1;
  };
}

/** The first return of an operation that comes at least so many ms later. */
export function returnsLater(ms: number): Find {
  return (run, after) => {
    const { timesNs } = run.trace;
    const fromNs = (timesNs[after] as number) + ms * 1e6;
    return event('return', (_, at) => (timesNs[at] as number) >= fromNs)(run, after);
  };
}
