import { type PathEvent, operationPath } from '../model/operation_path.ts';
import type { Operation } from '../model/operations.ts';
import { h } from '../page/dom.ts';
import { durationText } from '../scale/time_format.ts';
import type { Session } from '../timeline/session.ts';
import { laneName } from '../words/event_words.ts';
import { jump, section } from './parts.ts';

const eventsMax = 40;

/** What members did for an operation, in order. */
export function pathSection(
  session: Session,
  operation: Operation,
  go: (event: number) => void,
): HTMLElement {
  const { model } = session;
  const { events } = session.path ?? operationPath(model, operation);
  const rows = events.slice(0, eventsMax).map((one) => {
    const tookNs = (model.trace.timesNs[one.event] as number) - operation.startNs;
    return jump(stepWords(session, one), `+${durationText(tookNs)}`, () => go(one.event));
  });
  const more = events.length - rows.length;
  return section(
    'Its way through the cluster',
    ...(rows.length === 0 ? [h('p', { class: 'quiet' }, 'its request reached no member')] : rows),
    more > 0 ? h('p', { class: 'quiet' }, `and ${more} more`) : null,
  );
}

function stepWords({ model }: Session, { event, step }: PathEvent): string {
  const { trace } = model;
  const name = laneName(model, trace.lanes[event] as number);
  switch (step) {
    case 'request':
      return `${name} gets the request`;
    case 'proposal':
      return `${name} passes the proposal on to ${laneName(model, trace.arg(event, 0))}`;
    case 'read index':
      return `${name}: ReadIndex, to ${laneName(model, trace.arg(event, 0))}`;
    case 'append':
      return `${name} appends ${entries(trace.arg(event, 0), trace.arg(event, 1))}, term ${trace.arg(event, 2)}`;
    case 'fsync':
      return trace.arg(event, 1) === 0 ? `${name} has it on its disk` : `${name}: the sync failed`;
    case 'commit':
      return `${name} knows index ${trace.arg(event, 0)} committed`;
    case 'apply':
      return `${name} has applied index ${trace.arg(event, 0)}, revision ${trace.arg(event, 1)}`;
    case 'answer':
      return `${name} answers`;
    default:
      return name;
  }
}

function entries(first: number, count: number): string {
  return count === 1 ? `entry ${first}` : `entries ${first} to ${first + count - 1}`;
}
