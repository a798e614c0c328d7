import { clientsMax, durationMsMax, membersMax } from '../core/limits.ts';

/** What a scenario from outside must be, field by field, for whoever wrote it without types. */
const fields: readonly (readonly [name: string, expected: string, holds: (value: unknown) => boolean])[] = [
  [
    'name',
    "lower-case words joined by '-'",
    (value) => typeof value === 'string' && /^[a-z0-9]+(-[a-z0-9]+)*$/.test(value),
  ],
  ['sentence', 'a text', (value) => typeof value === 'string' && value.length > 0],
  ['members', `a whole number from 1 to ${membersMax}`, isWhole(1, membersMax)],
  ['clients', `a whole number from 1 to ${clientsMax}`, isWhole(1, clientsMax)],
  ['durationMs', `a whole number from 1 to ${durationMsMax}`, isWhole(1, durationMsMax)],
  ['workload', 'a function', isFunction],
  ['nemesis', 'a function', isFunction],
  ['sometimes', 'a list of { goal, when }', (value) => Array.isArray(value) && value.every(isGoal)],
  ['judge', 'a function, or absent', (value) => value === undefined || isFunction(value)],
  [
    'windDownMs',
    'a whole number, or absent',
    (value) => value === undefined || isWhole(0, durationMsMax)(value),
  ],
];

/** Null if a value has the form of a Scenario; else what was expected and what was found, in one sentence. */
export function checkScenario(value: unknown): string | null {
  if (typeof value !== 'object' || value === null) return `expected an object, found ${shown(value)}.`;
  const record = value as Readonly<Record<string, unknown>>;
  if (Object.keys(record).length === 0) return 'expected an object with its fields, found none.';
  for (const [name, expected, holds] of fields) {
    if (!holds(record[name])) return `expected \`${name}\` to be ${expected}, found ${shown(record[name])}.`;
  }
  return null;
}

function isWhole(low: number, high: number): (value: unknown) => boolean {
  return (value) => typeof value === 'number' && Number.isInteger(value) && value >= low && value <= high;
}

function isFunction(value: unknown): boolean {
  return typeof value === 'function';
}

function isGoal(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const { goal, when } = value as { readonly goal?: unknown; readonly when?: unknown };
  return typeof goal === 'string' && (when === undefined || isFunction(when));
}

function shown(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (typeof value === 'string') return `"${value}"`;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return Array.isArray(value) ? 'a list' : `a value of type ${typeof value}`;
}
