/** How histories of recipes are written as JSON lines and judged: one form for each kind. */
import type { Fields } from '../history/fields.ts';
import { HistoryFormatError } from '../history/log_pairing.ts';
import type { HistoryCheck, LinearizabilityReport } from '../linearizability/report.ts';
import type { RecipeViolation } from '../recipes/timing.ts';

export interface JudgedForm {
  readonly verdict: 'linearizable' | 'violation' | 'unknown';
  readonly violations: readonly FormViolation[];
  /** What else is to be told: something that is counted and no violation. */
  readonly more: string;
  /** Where the form has checks of several names. */
  readonly checks?: readonly HistoryCheck[];
}

export interface FormViolation {
  /** Where the form has checks of several names. */
  readonly check?: string;
  readonly sentence: string;
  readonly lines: readonly string[];
  /** For programs. */
  readonly data: unknown;
}

export interface FormHistory {
  readonly operations: number;
  readonly judge: (stepsMax: number) => JudgedForm;
}

export interface RecipeForm {
  /** As `--model` and the first line name it. */
  readonly recipe: string;
  readonly name: string;
  readonly guarantee: string;
  /** Fields of the first line beside type and recipe. */
  readonly head: readonly string[];
  /** Throws HistoryFormatError with line and field. */
  readonly read: (head: Fields, lines: readonly Fields[]) => FormHistory;
}

/** Things that were read, and the lines they stood on. */
export interface Records<Item> {
  readonly items: readonly Item[];
  readonly lines: readonly Fields[];
}

/** Those of the lines that have this type, read in their order. */
export function ofType<Item>(
  lines: readonly Fields[],
  type: string,
  read: (fields: Fields) => Item,
): Records<Item> {
  const own = lines.filter((fields) => fields.text('type') === type);
  return { items: own.map(read), lines: own };
}

/** No line may have another type: a mistyped one must not pass as one left out. */
export function onlyTypes(lines: readonly Fields[], types: readonly string[]): void {
  for (const fields of lines) fields.oneOf('type', types);
}

/** What a checker of recipes found, with the lines that it is about. */
export function foundIn(
  violations: readonly RecipeViolation[],
  { lines }: Records<unknown>,
): readonly FormViolation[] {
  return violations.map((violation) => {
    const involved = violation.involved.flatMap((at) => lines[at] ?? []);
    return {
      sentence: violation.sentence,
      lines: involved.map((fields) => fields.quote()),
      data: { rule: violation.rule, sentence: violation.sentence, lines: involved.map(({ line }) => line) },
    };
  });
}

export function judged(violations: readonly FormViolation[], more = ''): JudgedForm {
  return { verdict: violations.length > 0 ? 'violation' : 'linearizable', violations, more };
}

/** What a search found, in the same words as for the store. */
export function judgedBySearch(report: LinearizabilityReport): JudgedForm {
  const { verdict, violations, explanations, checks } = report;
  const undecided = checks.find(({ status }) => status === 'unknown');
  return {
    verdict,
    violations: violations.map(({ sentence, lines }, at) => ({ sentence, lines, data: explanations[at] })),
    more: undecided === undefined ? '' : `; ${undecided.detail}`,
  };
}

// --- fields that many have

/** Null where the field is, or is left out. */
export function maybeNs(fields: Fields, name: string): number | null {
  return fields.has(name) ? fields.integer(name) : null;
}

export function span(fields: Fields): { readonly callNs: number; readonly returnNs: number | null } {
  const [callNs, returnNs] = [fields.integer('call'), maybeNs(fields, 'return')];
  if (returnNs !== null && returnNs < callNs) fields.fail('return', 'later than the call');
  return { callNs, returnNs };
}

/** The items of a list, each read as `read` does. */
export function texts(fields: Fields, name: string): string[] {
  return fields.list(name, 'a list of texts', (value) => (typeof value === 'string' ? value : null));
}

export function integers(fields: Fields, name: string): number[] {
  return fields.list(name, 'a list of integers', (value) =>
    Number.isSafeInteger(value) ? (value as number) : null,
  );
}

export function unknownRecipe(line: number, known: readonly string[], found: string): never {
  throw new HistoryFormatError(line, `field recipe to be one of ${known.join(', ')}`, found);
}
