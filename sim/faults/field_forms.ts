/** What interventions may name. Machines are numbered from 1; on the network the clients come after them. */
export interface RunSizes {
  /** Members and spares. */
  readonly machines: number;
  readonly clients: number;
}

/** What was expected, or null if the value is that. */
export type FieldForm = (value: unknown, sizes: RunSizes) => string | null;

export type Fields = Readonly<Record<string, FieldForm>>;

export const integer =
  (low: number, high = Number.MAX_SAFE_INTEGER): FieldForm =>
  (value) => {
    if (Number.isSafeInteger(value) && (value as number) >= low && (value as number) <= high) return null;
    return high === Number.MAX_SAFE_INTEGER
      ? `a whole number from ${low}`
      : `a whole number from ${low} to ${high}`;
  };

export const boolean: FieldForm = (value) => (typeof value === 'boolean' ? null : 'true or false');

export const text: FieldForm = (value) => (typeof value === 'string' ? null : 'a text');

export const oneOf =
  (...names: readonly string[]): FieldForm =>
  (value) =>
    names.some((name) => name === value) ? null : `one of ${names.join(', ')}`;

/** May be left out. */
export const optional =
  (form: FieldForm): FieldForm =>
  (value, sizes) =>
    value === undefined ? null : form(value, sizes);

export function membersText({ machines }: RunSizes): string {
  return machines === 1 ? 'the run has only member 1' : `the run has members 1 to ${machines}`;
}

export const isUpTo = (value: unknown, high: number): boolean =>
  Number.isSafeInteger(value) && (value as number) >= 1 && (value as number) <= high;

export const member: FieldForm = (value, sizes) =>
  isUpTo(value, sizes.machines) ? null : `the number of a member (${membersText(sizes)})`;

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
