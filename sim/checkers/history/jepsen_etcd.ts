import type { KvInput, KvOperation, KvOutput } from './kv_operation.ts';
import { HistoryFormatError, LogPairing, excerpt } from './log_pairing.ts';
import type { Outcome } from './operation.ts';

/** The one register of Jepsen's etcd test. */
export const jepsenRegister = 'register';

const event = /^INFO\s+jepsen\.util - (\d+)\s+:(invoke|ok|fail|info)\s+:(read|write|cas)\s+(\S.*?)\s*$/;
const nemesis = /^INFO\s+jepsen\.util - :nemesis\s/;
const kinds = { read: 'get', write: 'put', cas: 'compareAndSwap' } as const;

interface Line {
  readonly number: number;
  readonly verb: keyof typeof kinds;
  readonly argument: string;
}

/**
 * Reads the log of Jepsen's etcd test: read, write and compare-and-set on one register of small integers, `nil` when absent.
 * A failed cas that repeats its arguments is the answer that the compare didn't hold. Throws HistoryFormatError.
 */
export function parseJepsenEtcd(text: string): KvOperation[] {
  const pairing = new LogPairing<KvInput, KvOutput>();
  text.split('\n').forEach((content, index) => {
    const number = index + 1;
    if (content.trim() === '' || nemesis.test(content)) return;
    const match = event.exec(content);
    if (match === null) {
      throw new HistoryFormatError(
        number,
        '"INFO  jepsen.util - PROCESS :invoke|:ok|:fail|:info :read|:write|:cas VALUE"',
        excerpt(content),
      );
    }
    const [, process, type, verb, argument] = match as unknown as [
      string,
      string,
      string,
      keyof typeof kinds,
      string,
    ];
    const line = { number, verb, argument };
    if (type === 'invoke') pairing.call(number, Number(process), inputOf(line));
    else pairing.answer(number, Number(process), kinds[verb], outcomeOf(line, type));
  });
  return pairing.finish();
}

function inputOf(line: Line): KvInput {
  const key = jepsenRegister;
  if (line.verb === 'read') return { kind: 'get', key };
  if (line.verb === 'write') return { kind: 'put', key, value: integer(line) };
  const [expected, value] = pair(line);
  return { kind: 'compareAndSwap', key, expected: { value: expected }, value };
}

function outcomeOf(line: Line, type: string): Outcome<KvOutput> {
  if (type === 'info') return { status: 'unknown' };
  const { verb, argument } = line;
  if (type === 'fail' && (verb !== 'cas' || argument.startsWith(':'))) return { status: 'fail' };
  if (verb === 'read') {
    return { status: 'ok', output: { kind: 'get', value: argument === 'nil' ? null : integer(line) } };
  }
  if (verb === 'write') return { status: 'ok', output: { kind: 'put' } };
  return { status: 'ok', output: { kind: 'compareAndSwap', succeeded: type === 'ok' } };
}

function integer({ number, argument }: Line): string {
  if (!/^-?\d+$/.test(argument)) throw new HistoryFormatError(number, 'an integer', excerpt(argument));
  return argument;
}

function pair({ number, argument }: Line): [string, string] {
  const match = /^\[(-?\d+) (-?\d+)\]$/.exec(argument);
  if (match === null) throw new HistoryFormatError(number, 'two integers, [OLD NEW]', excerpt(argument));
  return [match[1] as string, match[2] as string];
}
