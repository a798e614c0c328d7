import type {
  ClockBound,
  EtcdHistory,
  PersistedEntry,
  WatchEvent,
  WatchRecord,
  WatchResponse,
} from './etcd_history.ts';
import type { EtcdOperation, EtcdResponse } from './etcd_operation.ts';
import { type Fields, parseLine } from './fields.ts';
import { readPrevKv, readRequest, readResponse } from './json_requests.ts';
import { HistoryFormatError } from './log_pairing.ts';
import type { Outcome } from './operation.ts';

/** Version of the form that docs/CHECKERS.md describes. */
export const historyVersion = 1;

/** A history in our JSON lines. The first line says so; operations keep their order. */
export function writeJsonLines(history: EtcdHistory): string {
  const { fastPpm = 0, slowPpm = 0 } = history.clocks ?? {};
  const clocks = { ...(fastPpm > 0 ? { fastPpm } : {}), ...(slowPpm > 0 ? { slowPpm } : {}) };
  const lines: object[] = [{ type: 'history', format: 'detcd', version: historyVersion, ...clocks }];
  for (const {
    id,
    process,
    client,
    input,
    callNs,
    callSequence,
    returnNs,
    returnSequence,
    outcome,
  } of history.operations) {
    lines.push({
      type: 'operation',
      id,
      process,
      ...(client === undefined ? {} : { client }),
      call: [callNs, callSequence],
      return: returnNs === null ? null : [returnNs, returnSequence],
      request: input,
      status: outcome.status,
      ...(outcome.status === 'ok' ? { response: outcome.output } : {}),
    });
  }
  for (const { id, client, request, callNs, callSequence, responses } of history.watches) {
    lines.push({
      type: 'watch',
      id,
      ...(client === undefined ? {} : { client }),
      call: [callNs, callSequence],
      request,
      responses: responses.map(({ ns, sequence, ...response }) => ({ ...response, at: [ns, sequence] })),
    });
  }
  for (const entry of history.persisted ?? []) lines.push({ type: 'persisted', ...entry });
  return `${lines.map((line) => JSON.stringify(line)).join('\n')}\n`;
}

/** Whether a file looks like ours: its first line names the format. */
export function isJsonLines(text: string): boolean {
  return /^\s*\{\s*"type"\s*:\s*"(?:history|operation|watch|persisted)"/.test(text);
}

/** Reads a history out of our JSON lines. Throws HistoryFormatError with line and field. */
export function parseJsonLines(text: string): EtcdHistory {
  const operations: EtcdOperation[] = [];
  const watches: WatchRecord[] = [];
  const persisted: PersistedEntry[] = [];
  /** By its id, where an operation stands. */
  const seen = new Map<number, number>();
  let clocks: ClockBound | null = null;
  let heads = 0;
  text.split('\n').forEach((content, index) => {
    if (content.trim() === '') return;
    const line = index + 1;
    const fields = parseLine(line, content);
    const type = fields.oneOf('type', ['history', 'operation', 'watch', 'persisted']);
    if (type === 'history') {
      clocks = readHead(line, fields);
      if (operations.length + watches.length + persisted.length + heads++ > 0) {
        throw new HistoryFormatError(line, 'the line of type history before all others', 'one behind others');
      }
    } else if (type === 'operation') {
      const operation = readOperation(fields);
      const other = seen.get(operation.id);
      if (other !== undefined) {
        fields.fail('id', 'its own', `${operation.id}, the id of the operation in line ${other}, too`);
      }
      seen.set(operation.id, line);
      operations.push(operation);
    } else if (type === 'watch') watches.push(readWatch(fields));
    else {
      fields.refuseOthers(['type', 'revision', 'request']);
      persisted.push({ request: readRequest(fields.child('request')), ...fields.maybeInteger('revision') });
    }
  });
  return {
    operations,
    watches,
    ...(persisted.length === 0 ? {} : { persisted }),
    ...(clocks === null ? {} : { clocks }),
  };
}

/** How far off clocks may have been, if it says so. */
function readHead(line: number, fields: Fields): ClockBound | null {
  fields.refuseOthers(['type', 'format', 'version', 'fastPpm', 'slowPpm']);
  fields.oneOf('format', ['detcd']);
  const version = fields.integer('version');
  if (version !== historyVersion) {
    throw new HistoryFormatError(line, `version ${historyVersion} of the form`, `version ${version}`);
  }
  const [fastPpm, slowPpm] = (['fastPpm', 'slowPpm'] as const).map((name) => {
    const ppm = fields.has(name) ? fields.integer(name) : 0;
    return ppm >= 0 ? ppm : fields.fail(name, 'at least 0');
  }) as [number, number];
  return fastPpm + slowPpm > 0 ? { fastPpm, slowPpm } : null;
}

function readOperation(fields: Fields): EtcdOperation {
  fields.refuseOthers(['type', 'id', 'process', 'client', 'call', 'return', 'request', 'status', 'response']);
  const [callNs, callSequence] = fields.moment('call');
  const status = fields.oneOf('status', ['ok', 'fail', 'unknown']);
  const end = fields.has('return') ? fields.moment('return') : null;
  if (end !== null && (end[0] < callNs || (end[0] === callNs && end[1] < callSequence))) {
    fields.fail('return', 'later than the call');
  }
  const input = readRequest(fields.child('request'));
  const outcome: Outcome<EtcdResponse> =
    status === 'ok' ? { status, output: readResponse(fields.child('response')) } : { status };
  if (outcome.status === 'ok' && outcome.output.kind !== 'error' && outcome.output.kind !== input.kind) {
    fields.fail('response', `an answer to a ${input.kind}`);
  }
  if (status === 'ok' && end === null) fields.fail('return', 'a time, as the status is ok');
  if (status !== 'ok' && fields.has('response'))
    fields.fail('response', `left out, as the status is ${status}`);
  return {
    id: fields.integer('id'),
    process: fields.integer('process'),
    ...fields.maybeText('client'),
    input,
    callNs,
    callSequence,
    returnNs: end === null ? null : end[0],
    returnSequence: end === null ? null : end[1],
    outcome,
  };
}

function readWatch(fields: Fields): WatchRecord {
  fields.refuseOthers(['type', 'id', 'client', 'call', 'request', 'responses']);
  const [callNs, callSequence] = fields.moment('call');
  const request = fields.child('request');
  request.refuseOthers(['key', 'rangeEnd', 'startRevision', 'noPut', 'noDelete', 'prevKv', 'progressNotify']);
  return {
    id: fields.integer('id'),
    ...fields.maybeText('client'),
    callNs,
    callSequence,
    request: {
      key: request.text('key'),
      ...request.maybeText('rangeEnd'),
      ...request.maybeInteger('startRevision'),
      ...request.maybeFlag('noPut'),
      ...request.maybeFlag('noDelete'),
      ...request.maybeFlag('prevKv'),
      ...request.maybeFlag('progressNotify'),
    },
    responses: fields.children('responses').map(readWatchResponse),
  };
}

function readWatchResponse(fields: Fields): WatchResponse {
  fields.refuseOthers(['kind', 'revision', 'at', 'events', 'compactRevision', 'fragment']);
  const [ns, sequence] = fields.moment('at');
  return {
    kind: fields.oneOf('kind', ['created', 'events', 'progress', 'canceled']),
    revision: fields.integer('revision'),
    ns,
    sequence,
    ...(fields.has('events') ? { events: fields.children('events').map(readEvent) } : {}),
    ...fields.maybeInteger('compactRevision'),
    ...fields.maybeFlag('fragment'),
  };
}

function readEvent(fields: Fields): WatchEvent {
  fields.refuseOthers([
    'type',
    'key',
    'value',
    'modRevision',
    'createRevision',
    'version',
    'lease',
    'isCreate',
    'prevKv',
  ]);
  return {
    type: fields.oneOf('type', ['put', 'delete']),
    key: fields.text('key'),
    value: fields.text('value'),
    modRevision: fields.integer('modRevision'),
    ...fields.maybeInteger('createRevision'),
    ...fields.maybeInteger('version'),
    ...fields.maybeText('lease'),
    ...fields.maybeFlag('isCreate'),
    ...readPrevKv(fields),
  };
}
