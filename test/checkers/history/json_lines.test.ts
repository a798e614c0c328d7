import { describe, expect, it } from 'vitest';
import { isJsonLines, parseJsonLines, writeJsonLines } from '../../../sim/checkers/history/json_lines.ts';
import { toEtcdOperation, toKvOperation } from '../../../sim/checkers/history/kv_conversion.ts';
import { drawFrom, realHistory } from '../linearizability/histories.ts';
import { watchedHistory } from '../watch/real_watches.ts';
import { realStoreHistory } from '../store/real_store.ts';

const shape = {
  operations: 400,
  clients: 5,
  keys: 4,
  unknownPer1000: 50,
  values: 3,
  puts: 25,
  gets: 20,
  swaps: 10,
  deletes: 5,
  rich: true,
  sorts: true,
};

const plainFail =
  '{"type":"operation","id":1,"process":1,"call":[1,1],"status":"fail","request":{"kind":"compact","revision":1}}';

describe('histories as JSON lines', () => {
  it('read as they were written', () => {
    const persisted = [{ request: { kind: 'put', key: 'k', value: 'v' }, revision: 2 } as const];
    for (let seed = 1; seed <= 5; seed++) {
      const { watches } = watchedHistory(seed);
      const history = { operations: realStoreHistory(shape, drawFrom(seed)), watches, persisted };
      const text = writeJsonLines(history);
      expect(isJsonLines(text)).toBe(true);
      expect(parseJsonLines(text)).toEqual(history);
    }
  });

  it.each([
    ['{', 'line 2: expected a whole JSON object, found one that breaks off: "{"'],
    ['[1,2]', 'line 2: expected a JSON object, found [1,2]'],
    ['\uFFFD\0', 'line 2: expected a JSON object, found bytes that are no text'],
    [
      '{"type":"opration"}',
      'line 2: expected field type to be one of history, operation, watch, persisted, found "opration"',
    ],
    [
      '{"type":"operation","id":1,"process":1,"call":[1],"status":"ok"}',
      'field call to be two integers, [nanoseconds, sequence]',
    ],
    [
      '{"type":"operation","id":1,"process":1,"call":[1,1],"status":"ok","request":{"kind":"put","key":"a"}}',
      'field request.value to be a text, found nothing',
    ],
    [
      '{"type":"operation","id":1,"process":1,"call":[1,1],"status":"lost","request":{}}',
      'field status to be one of ok, fail, unknown',
    ],
    [
      '{"type":"operation","id":1,"process":1,"call":[1,1],"return":[0,2],"status":"fail","request":{"kind":"compact","revision":1}}',
      'field return to be later than the call',
    ],
    [
      '{"type":"operation","id":1,"process":1,"call":[1,1],"status":"fail","request":{"kind":"range","key":"a","rangeend":"b"}}',
      'no field request.rangeend (known: kind, key, rangeEnd',
    ],
    [
      '{"type":"operation","id":1,"process":1,"call":[1,1],"status":"ok","request":{"kind":"compact","revision":1},"response":{"kind":"put"}}',
      'field response to be an answer to a compact',
    ],
    [
      '{"type":"watch","id":1,"call":[1,1],"request":{"key":"a"},"responses":[{"kind":"events","revision":1,"at":[1,1],"events":[{"type":"put"}]}]}',
      'field responses[0].events[0].key to be a text',
    ],
    [
      '{"type":"history","format":"detcd","version":9}',
      'line 2: expected version 1 of the form, found version 9',
    ],
    [
      '{"type":"history","format":"detcd","version":1}',
      'line 2: expected the line of type history before all others, found one behind others',
    ],
    [
      '{"type":"history","format":"detcd","version":1,"slowPpm":-1}',
      'line 2: expected field slowPpm to be at least 0, found -1',
    ],
    [
      '{"type":"operation","id":1,"process":1,"call":[1,1],"return":null,"status":"ok","request":{"kind":"compact","revision":1},"response":{"kind":"compact"}}',
      'line 2: expected field return to be a time, as the status is ok, found null',
    ],
    [
      '{"type":"operation","id":1,"process":1,"call":[1,1],"return":null,"status":"unknown","request":{"kind":"compact","revision":1},"response":{"kind":"compact"}}',
      'field response to be left out, as the status is unknown',
    ],
    [
      `${plainFail}\n${plainFail}`,
      'line 3: expected field id to be its own, found 1, the id of the operation in line 2, too',
    ],
  ])('say where they are wrong: %s', (line, message) => {
    expect(() => parseJsonLines(`{"type":"history","format":"detcd","version":1}\n${line}\n`)).toThrow(
      message,
    );
  });

  it('hold the operations of single keys, there and back', () => {
    const size = { operations: 300, clients: 4, keys: 3, unknownPer1000: 50, values: 0, revisions: true };
    const history = realHistory(size, drawFrom(4)).map((operation) =>
      operation.input.kind === 'compareAndSwap' &&
      'value' in operation.input.expected &&
      operation.input.expected.value === null
        ? {
            ...operation,
            input: { kind: 'get', key: operation.input.key } as const,
            outcome: { status: 'unknown' } as const,
          }
        : operation,
    );
    const etcd = parseJsonLines(
      writeJsonLines({ operations: history.map(toEtcdOperation), watches: [] }),
    ).operations;
    const strip = (each: unknown): unknown =>
      JSON.parse(
        JSON.stringify(each, (name, value: unknown) =>
          name === 'modRevision' && value === 0 ? undefined : value,
        ),
      );
    expect(etcd.map(toKvOperation).map(strip)).toEqual(history.map(strip));
  });
});
