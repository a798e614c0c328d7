import { operationKindNames, statusNames } from '../../sim/trace/kinds.ts';

type Fields = Readonly<Record<string, unknown>>;

/** The JSON of an operation's text as an object; anything else becomes an empty one, for a trace may hold any text. */
export function fieldsOf(text: string): Fields {
  if (text === '') return {};
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === 'object' && parsed !== null ? (parsed as Fields) : { value: parsed };
  } catch {
    return { value: text };
  }
}

function shown(value: unknown): string {
  if (value === null || value === undefined) return '(none)';
  if (typeof value === 'string') return value === '' ? '""' : value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return JSON.stringify(value);
}

const keyFirst = '{"key":"';

/** The key of an operation's text, null for none. A search asks for thousands, so the usual text is not taken apart as a whole. */
export function keyIn(text: string): string | null {
  if (text.startsWith(keyFirst)) {
    const end = text.indexOf('"', keyFirst.length);
    const key = text.slice(keyFirst.length, end);
    if (end > 0 && text.endsWith('}') && !key.includes('\\') && !text.includes('"key"', end)) return key;
  }
  const { key } = fieldsOf(text) as { key?: unknown };
  return typeof key === 'string' ? key : null;
}

export function keyOf(text: string): string {
  return keyIn(text) ?? '';
}

/** "put x = 3", "get x", "delete x", "swap x: 3 to 4". */
export function callWords(kind: number, text: string): string {
  const fields = fieldsOf(text) as {
    key?: unknown;
    value?: unknown;
    expected?: unknown;
    name?: unknown;
    words?: unknown;
  };
  const key = shown(fields.key ?? '');
  switch (operationKindNames[kind]) {
    case 'put':
      return `put ${key} = ${shown(fields.value)}`;
    case 'get':
      return `get ${key}`;
    case 'delete':
      return `delete ${key}`;
    case 'compareAndSwap':
      return `swap ${key}: ${shown(fields.expected)} \u2192 ${shown(fields.value)}`;
    default:
      return typeof fields.words === 'string'
        ? fields.words
        : typeof fields.name === 'string'
          ? fields.name
          : text || 'operation';
  }
}

/** What came back: "= 3", "done", "swapped", "not deleted", "failed: ...", "unknown: ...". */
export function resultWords(kind: number, status: number, text: string): string {
  const fields = fieldsOf(text) as {
    value?: unknown;
    error?: unknown;
    message?: unknown;
    deleted?: unknown;
    swapped?: unknown;
    succeeded?: unknown;
    words?: unknown;
  };
  const said = fields.error ?? fields.message ?? fields.value;
  if (statusNames[status] !== 'ok') {
    const verb = statusNames[status] === 'fail' ? 'failed' : 'unknown';
    return typeof said === 'string' && said !== '' ? `${verb}: ${said}` : verb;
  }
  const flag = fields.swapped ?? fields.deleted ?? fields.succeeded ?? fields.value;
  switch (operationKindNames[kind]) {
    case 'get':
      return `= ${shown(fields.value)}`;
    case 'delete':
      return flag === false ? 'nothing to delete' : 'deleted';
    case 'compareAndSwap':
      return flag === false ? 'not swapped' : 'swapped';
    default:
      return typeof fields.words === 'string' ? fields.words : 'done';
  }
}
