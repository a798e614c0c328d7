import { type Edn, parseEdn } from './edn.ts';
import { jepsenRegister } from './jepsen_etcd.ts';
import type { Expected, KvInput, KvOperation, KvOutput } from './kv_operation.ts';
import { HistoryFormatError, LogPairing, excerpt } from './log_pairing.ts';
import type { Outcome } from './operation.ts';

const verbs: Readonly<Record<string, KvInput['kind']>> = {
  ':read': 'get',
  ':write': 'put',
  ':cas': 'compareAndSwap',
};

interface Event {
  readonly line: number;
  readonly key: string;
  /** The value without its key. */
  readonly value: Edn;
}

/**
 * Reads a Jepsen history of registers as EDN maps, one per line (`history.edn`): :process, :type, :f (:read, :write, :cas) and
 * :value; a value may be a tuple [key value] (jepsen.independent), and a register's value a pair [version value], as in
 * Jepsen's test of etcd. Operations of the nemesis and of others are left out. Throws HistoryFormatError.
 */
export function parseJepsenEdn(text: string): KvOperation[] {
  const pairing = new LogPairing<KvInput, KvOutput>();
  const keyOf = new Map<number, string>();
  text.split('\n').forEach((content, index) => {
    const line = index + 1;
    const trimmed = content
      .trim()
      .replace(/^\[(?=\{)/, '')
      .replace(/\}\]$/, '}');
    if (trimmed === '' || trimmed === '[' || trimmed === ']') return;
    const map = parseEdn(line, trimmed);
    if (!(map instanceof Map)) throw new HistoryFormatError(line, 'an EDN map', excerpt(content));
    const process = map.get(':process');
    const verb = map.get(':f');
    const kind = typeof verb === 'string' ? verbs[verb] : undefined;
    if (typeof process !== 'number' || kind === undefined) {
      if (process === ':nemesis') return;
      throw new HistoryFormatError(line, ':process N and :f :read, :write or :cas', excerpt(content));
    }
    const type = map.get(':type');
    const invoked = type === ':invoke';
    const event = withKey(
      line,
      kind,
      map.get(':key'),
      map.get(':value') ?? null,
      invoked ? undefined : keyOf.get(process),
    );
    keyOf.set(process, event.key);
    if (invoked) pairing.call(line, process, inputOf(kind, event));
    else pairing.answer(line, process, kind, outcomeOf(kind, event, type, map.get(':error') ?? null));
  });
  return pairing.finish();
}

/** A tuple's first part is the key; a cas is a tuple if its second part is a pair. */
function withKey(
  line: number,
  kind: KvInput['kind'],
  own: Edn | undefined,
  value: Edn,
  known: string | undefined,
): Event {
  if (own !== undefined) return { line, key: textOf(own), value };
  const isTuple =
    Array.isArray(value) && value.length === 2 && (kind !== 'compareAndSwap' || Array.isArray(value[1]));
  if (isTuple) return { line, key: textOf(value[0] as Edn), value: value[1] as Edn };
  return { line, key: known ?? jepsenRegister, value };
}

function textOf(value: Edn): string {
  if (value === null || typeof value !== 'object') return String(value);
  if ('text' in value) return value.text;
  const parts: readonly Edn[] = [...value];
  return parts.map((part) => (part === null ? '' : textOf(part))).join(',');
}

/** A value alone, or the second part of [version value]. */
function registerValue(value: Edn): { readonly value: string | null; readonly version?: number } {
  if (!Array.isArray(value)) return { value: value === null ? null : textOf(value) };
  const [version, own] = value as readonly Edn[];
  const told = own === null || own === undefined ? null : textOf(own);
  return typeof version === 'number' ? { value: told, version } : { value: told };
}

function inputOf(kind: KvInput['kind'], { line, key, value }: Event): KvInput {
  if (kind === 'get') return { kind, key };
  if (kind === 'put') {
    const written = registerValue(value).value;
    if (written === null) throw new HistoryFormatError(line, 'a value to write', 'nil');
    return { kind, key, value: written };
  }
  const pair = Array.isArray(value) && Array.isArray(value[1]) ? (value[1] as readonly Edn[]) : value;
  if (!Array.isArray(pair) || pair.length !== 2)
    throw new HistoryFormatError(line, ':value [OLD NEW]', excerpt(JSON.stringify(value)));
  const expected: Expected = { value: pair[0] === null ? null : textOf(pair[0] as Edn) };
  return { kind: 'compareAndSwap', key, expected, value: textOf(pair[1] as Edn) };
}

function outcomeOf(
  kind: KvInput['kind'],
  { value }: Event,
  type: Edn | undefined,
  error: Edn,
): Outcome<KvOutput> {
  if (type === ':info') return { status: 'unknown' };
  if (type !== ':ok') {
    const compared = kind === 'compareAndSwap' && (error === null || error === ':did-not-succeed');
    return compared
      ? { status: 'ok', output: { kind: 'compareAndSwap', succeeded: false } }
      : { status: 'fail' };
  }
  if (kind === 'put') return { status: 'ok', output: { kind: 'put' } };
  if (kind === 'compareAndSwap') return { status: 'ok', output: { kind, succeeded: true } };
  return { status: 'ok', output: { kind: 'get', ...registerValue(value) } };
}
