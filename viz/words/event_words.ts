import {
  Kind,
  argument,
  crashModeNames,
  diskErrorNames,
  kindSchemas,
  logLevelNames,
  roleNames,
} from '../../sim/trace/kinds.ts';
import type { RunModel } from '../model/run_model.ts';
import { durationText } from '../scale/time_format.ts';
import { messageSentence } from './message_words.ts';
import { plainName } from './plain_name.ts';

export function laneName(model: RunModel, lane: number): string {
  return model.info.lanes.find((candidate) => candidate.id === lane)?.name ?? `lane ${lane}`;
}

const at = (kind: string, name: string): number => argument(kind as never, name);

/** An event in one sentence, for the tooltip, the inspector's head and the live region. */
export function eventSentence(model: RunModel, event: number): string {
  const { trace, messages } = model;
  const lane = laneName(model, trace.lanes[event] as number);
  const row = messages.rowOfEvent[event] as number;
  if (row >= 0) return messageSentence(trace, messages, row, (id) => laneName(model, id));
  const arg = (position: number): number => trace.arg(event, position);
  switch (trace.kinds[event]) {
    case Kind.boot:
      return arg(0) > 1 ? `${lane} starts again (start ${arg(0)})` : `${lane} starts`;
    case Kind.recovered:
      return `${lane} recovered ${arg(0)} entries from its log${arg(3) > 0 ? ` behind its snapshot at ${arg(3)}` : ''}, commit ${arg(1)}${arg(2) > 0 ? `; ${arg(2)} bytes of torn tail cut off` : ''}`;
    case Kind.crash:
      return `${lane} crashes (${crashModeNames[arg(3)] ?? 'unknown mode'}): ${arg(0)} unsynced sectors kept, ${arg(1)} lost, ${arg(2)} files torn${trace.text(event, 4) === '' ? '' : `: ${trace.text(event, 4)}`}`;
    case Kind.pause:
      return `${lane} is paused`;
    case Kind.resume:
      return `${lane} goes on`;
    case Kind.stopped:
      return `${lane} has ended, as it was asked to`;
    case Kind.failed:
      return `${lane} failed: ${trace.text(event, 0)}`;
    default:
      return (
        raftSentence(model, event, lane) ??
        diskSentence(model, event, lane) ??
        otherSentence(model, event, lane)
      );
  }
}

function raftSentence(model: RunModel, event: number, lane: string): string | null {
  const { trace } = model;
  const arg = (position: number): number => trace.arg(event, position);
  switch (trace.kinds[event]) {
    case Kind.role: {
      const role = plainName(roleNames[arg(0)] ?? `role ${arg(0)}`);
      const leader = arg(2) > 0 && roleNames[arg(0)] !== 'leader' ? ` of n${arg(2)}` : '';
      return `${lane} is ${role}${leader} in term ${arg(1)}`;
    }
    case Kind.vote:
      return arg(1) === 0
        ? `${lane} has no vote in term ${arg(0)} yet`
        : `${lane} votes for n${arg(1)} in term ${arg(0)}`;
    case Kind.append: {
      const last = arg(0) + arg(1) - 1;
      const range = arg(1) === 1 ? `entry ${arg(0)}` : `entries ${arg(0)} to ${last}`;
      return `${lane} appends ${range} of term ${arg(2)} to its log (${arg(3)} bytes)`;
    }
    case Kind.commit:
      return `${lane} knows that entries up to ${arg(0)} are committed`;
    case Kind.apply:
      return `${lane} has applied entries up to ${arg(0)}; revision ${arg(1)}`;
    case Kind.snapshotSaved:
      return `${lane} has a durable snapshot of its state at index ${arg(0)}, term ${arg(1)}`;
    case Kind.snapshotInstalled:
      return `a snapshot from the leader replaces the state of ${lane}: index ${arg(0)}, term ${arg(1)}, revision ${arg(2)}`;
    default:
      return null;
  }
}

function diskSentence(model: RunModel, event: number, lane: string): string | null {
  const { trace, effects } = model;
  const arg = (position: number): number => trace.arg(event, position);
  const file = (): string => shortPath(trace.text(event, 0));
  switch (trace.kinds[event]) {
    case Kind.write:
      return `${lane} writes ${arg(2)} bytes to ${file()} at ${arg(1)}: not durable yet`;
    case Kind.syncStart: {
      const done = effects.of(event).find((effect) => trace.kinds[effect] === Kind.syncDone);
      const took = done === undefined ? 'never done' : `takes ${between(model, event, done)}`;
      return `${lane} syncs ${file()} (${arg(1)} bytes), ${took}`;
    }
    case Kind.syncDone:
      return arg(1) === 0
        ? `${file()} is durable on ${lane}`
        : `sync of ${file()} failed on ${lane}: ${diskErrorNames[arg(1)] ?? 'error'}`;
    case Kind.rename:
      return `${lane} renames ${file()} to ${shortPath(trace.text(event, 1))}`;
    case Kind.truncate:
      return `${lane} truncates ${file()} to ${arg(1)} bytes`;
    case Kind.remove:
      return `${lane} removes ${file()}`;
    case Kind.diskFault:
      return diskFaultSentence(lane, trace.text(event, 0), trace.text(event, 1), arg(2), arg(3));
    default:
      return null;
  }
}

function diskFaultSentence(lane: string, fault: string, path: string, offset: number, bytes: number): string {
  const place = path === '' ? '' : ` in ${shortPath(path)}`;
  const size = bytes === 1 ? '1 byte' : `${bytes} bytes`;
  const range = bytes === 0 ? '' : offset === 0 ? `, ${size}` : `, ${size} at ${offset}`;
  return `disk fault on ${lane}: ${fault}${place}${range}`;
}

function otherSentence(model: RunModel, event: number, lane: string): string {
  const { trace } = model;
  switch (trace.kinds[event]) {
    case Kind.invoke:
    case Kind.return: {
      const id = trace.arg(event, at('invoke', 'operation'));
      return operationSentence(model, id);
    }
    case Kind.intervene:
    case Kind.violation:
    case Kind.sometimes:
    case Kind.note: {
      const flag = model.flags.find((candidate) => candidate.events.includes(event));
      const head = {
        fault: 'fault',
        repair: 'repair',
        violation: 'violation',
        goal: 'reached',
        note: 'note',
      };
      if (flag === undefined) return lane;
      const asked = flag.kind === 'note' && trace.kinds[event] === Kind.intervene;
      return `${asked ? 'asked' : head[flag.kind]}: ${flag.words}`;
    }
    case Kind.peerCall:
      return `${lane} asks ${laneName(model, trace.arg(event, 0))}: ${trace.text(event, 1)}`;
    case Kind.peerAnswer:
      return `${lane} answers ${laneName(model, trace.arg(event, 0))}: ${trace.text(event, 1)}`;
    case Kind.watched: {
      const count = trace.arg(event, 2);
      const events = count === 1 ? '1 event' : `${count} events`;
      return `${lane} hears of ${events} on watch ${trace.arg(event, 0)}, up to revision ${trace.arg(event, 1)}`;
    }
    case Kind.log:
      return `${lane} logs (${logLevelNames[trace.arg(event, 0)] ?? ''}): ${trace.text(event, 1)}`;
    default:
      return `${lane}: ${plainName(kindSchemas[trace.kinds[event] as number]?.name ?? 'event')}`;
  }
}

export function operationSentence(model: RunModel, id: number): string {
  const operation = model.operations.byId(id);
  if (operation === undefined) return `operation ${id}`;
  const took = durationText(operation.endNs - operation.startNs);
  const answered = operation.result.startsWith('=') ? ` ${operation.result}` : `: ${operation.result}`;
  const result = operation.result === '' ? ', never answered' : `${answered}, after ${took}`;
  const order =
    operation.order > 0 ? `; number ${operation.order} of ${operation.orderOf} on ${operation.key}` : '';
  const illegal = operation.illegal === '' ? '' : `. Illegal: ${operation.illegal}`;
  return `${laneName(model, operation.lane)}: ${operation.words}${result}${order}${illegal}`;
}

function between(model: RunModel, a: number, b: number): string {
  return durationText((model.trace.timesNs[b] as number) - (model.trace.timesNs[a] as number));
}

/** The last two parts of a path say enough in a sentence. */
export function shortPath(path: string): string {
  return path === '' ? 'its directory' : path.split('/').slice(-2).join('/');
}
