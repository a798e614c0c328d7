/** Judges recorded histories of any known form: what `detcd check` does, without files. */
import { onFastestClock } from './history/clock_bound.ts';
import type { EtcdHistory } from './history/etcd_history.ts';
import { isJsonLines, parseJsonLines } from './history/json_lines.ts';
import { parseJepsenEdn } from './history/jepsen_edn.ts';
import { parseJepsenEtcd } from './history/jepsen_etcd.ts';
import { toKvOperation } from './history/kv_conversion.ts';
import type { KvOperation } from './history/kv_operation.ts';
import { HistoryFormatError, excerpt } from './history/log_pairing.ts';
import { parsePorcupineKv } from './history/porcupine_kv.ts';
import { type RecipeHistory, isRecipeLines, parseRecipeLines, recipeNames } from './forms/index.ts';
import type { TextOperation } from './history/text_operation.ts';
import { leaseGuarantees } from './leases/guarantees.ts';
import { checkLeases } from './leases/index.ts';
import { type LinearizabilityReport, checkLinearizability } from './linearizability/index.ts';
import type { HistoryCheck, HistoryViolation } from './linearizability/report.ts';
import { checkWholeStore } from './linearizability/whole_store.ts';
import { checkTextStore } from './linearizability/text_store.ts';
import { type TimeText, countText, lineOfLog, milliseconds, plural } from './linearizability/wording.ts';
import { checkSessions, sessionGuarantees } from './sessions.ts';
import { checkStore, storeGuarantee } from './store/index.ts';
import { checkWatches, watchGuarantees } from './watch/index.ts';

/**
 * `store`: all of etcd by revisions. `registers`: single keys by their values. `sessions`: only that no client goes back behind
 * what it saw or wrote. `texts`: keys that can be appended to. The others: recipes.
 */
export const modelNames = ['store', 'registers', 'sessions', 'texts', ...recipeNames] as const;
export type ModelName = (typeof modelNames)[number];

export type Recorded =
  | { readonly form: 'detcd JSON lines' | "etcd's robustness report"; readonly history: EtcdHistory }
  | { readonly form: "Jepsen's log" | "Jepsen's EDN"; readonly registers: readonly KvOperation[] }
  | { readonly form: 'JSON lines of a recipe'; readonly recipe: RecipeHistory }
  | { readonly form: "Porcupine's log"; readonly texts: readonly TextOperation[] };

/** Reads a history, telling its form by its first line. Throws HistoryFormatError. */
export function parseRecorded(recorded: string): Recorded {
  // Some programs put a mark of the byte order first.
  const text = recorded.replace(/^\uFEFF/, '');
  const first = text.split('\n').find((line) => line.trim() !== '') ?? '';
  if (isRecipeLines(first)) return { form: 'JSON lines of a recipe', recipe: parseRecipeLines(text) };
  if (isJsonLines(first)) return { form: 'detcd JSON lines', history: parseJsonLines(text) };
  if (/^INFO\s+jepsen/.test(first)) return { form: "Jepsen's log", registers: parseJepsenEtcd(text) };
  if (/^\{:process \d+, :type :\w+, :f :(?:get|put|append)\b/.test(first)) {
    return { form: "Porcupine's log", texts: parsePorcupineKv(text) };
  }
  if (/^\s*\[?\s*(?:#[\w.]+)?\{\s*:/.test(first))
    return { form: "Jepsen's EDN", registers: parseJepsenEdn(text) };
  const forms = "detcd's JSON lines, a Jepsen log or EDN maps, or a Porcupine log";
  throw new HistoryFormatError(1, forms, first === '' ? 'an empty file' : excerpt(first));
}

export interface Judgement {
  readonly form: Recorded['form'];
  readonly model: ModelName;
  readonly verdict: 'linearizable' | 'violation' | 'unknown';
  readonly operations: number;
  readonly checks: readonly HistoryCheck[];
  readonly violations: readonly JudgedViolation[];
}

/** What every check can say of a violation; `data` is its explanation for programs. */
export interface JudgedViolation {
  readonly check: string;
  readonly sentence: string;
  readonly lines: readonly string[];
  readonly data: unknown;
}

export interface JudgeOptions {
  readonly stepsMax: number;
  /** The model that suits the history unless told. */
  readonly model?: ModelName;
}

/** A history can't be judged by a model that it does not fit. */
export class ModelError extends Error {
  override readonly name = 'ModelError';
}

export function judgeRecorded(recorded: Recorded, options: JudgeOptions): Judgement {
  const judgement = judgeByForm(recorded, options);
  const violations = judgement.violations.map((each) => ({
    ...each,
    sentence: readable(each.sentence),
    lines: each.lines.map(readable),
  }));
  return { ...judgement, violations };
}

/** Characters of a sentence that anybody would read: values may be as long as a file. */
const sentenceMax = 2000;

function readable(text: string): string {
  if (text.length <= sentenceMax) return text;
  return `${text.slice(0, sentenceMax)}... (${countText(text.length)} characters)`;
}

function judgeByForm(recorded: Recorded, options: JudgeOptions): Judgement {
  const { model, stepsMax } = options;
  if ('recipe' in recorded) {
    const { form, recipe } = recorded;
    suits(recorded, model, [recipe.recipe]);
    return judgeRecipe(form, recipe, stepsMax);
  }
  if ('texts' in recorded) {
    suits(recorded, model, ['texts']);
    const report = checkTextStore(recorded.texts, { stepsMax, time: lineOfLog });
    return byKeys(recorded.form, 'texts', recorded.texts.length, report);
  }
  if ('registers' in recorded) {
    suits(recorded, model, ['registers']);
    const report = checkLinearizability(recorded.registers, { stepsMax, time: lineOfLog });
    return byKeys(recorded.form, 'registers', recorded.registers.length, report);
  }
  suits(recorded, model, ['store', 'registers', 'sessions']);
  const { history } = recorded;
  if (model === 'sessions') return judgeSessions(recorded.form, history);
  if (model === 'registers') {
    const registers = history.operations.map(toKvOperation);
    if (!registers.every((each) => each !== null)) {
      throw new ModelError(
        '--model registers: the history has operations on more than one key, or with leases',
      );
    }
    return byKeys(
      recorded.form,
      'registers',
      registers.length,
      checkLinearizability(registers, { stepsMax }),
    );
  }
  return judgeStore(recorded.form, history, stepsMax, milliseconds);
}

function judgeRecipe(
  form: Recorded['form'],
  { recipe, form: { name, guarantee }, operations, judge }: RecipeHistory,
  stepsMax: number,
): Judgement {
  const { verdict, violations, more, checks } = judge(stepsMax);
  const status = verdict === 'violation' ? 'violated' : verdict === 'unknown' ? 'unknown' : 'passed';
  const check = { name, guarantee, status, detail: `${plural(operations, 'operation')}${more}` } as const;
  const judged = violations.map((each) => ({ check: name, ...each }));
  return { form, model: recipe, verdict, operations, checks: checks ?? [check], violations: judged };
}

function judgeSessions(form: Recorded['form'], { operations }: EtcdHistory): Judgement {
  const { checks, violations } = checkSessions(operations);
  const judged = violations.map((each) => ({
    check: sessionGuarantees[each.guarantee].name,
    sentence: each.sentence,
    lines: [],
    data: each,
  }));
  const verdict = violations.length > 0 ? 'violation' : 'linearizable';
  return { form, model: 'sessions', verdict, operations: operations.length, checks, violations: judged };
}

function suits({ form }: Recorded, model: ModelName | undefined, possible: readonly ModelName[]): void {
  if (model === undefined || possible.includes(model)) return;
  throw new ModelError(`--model ${model}: ${form} can only be judged as ${possible.join(' or ')}`);
}

function byKeys(
  form: Recorded['form'],
  model: ModelName,
  operations: number,
  report: LinearizabilityReport,
): Judgement {
  const { verdict, checks, violations, explanations } = report;
  const judged = violations.map((violation: HistoryViolation, at): JudgedViolation => ({
    check: violation.check,
    sentence: violation.sentence,
    lines: violation.lines,
    data: explanations[at] ?? { operations: violation.operations },
  }));
  return { form, model, verdict, operations, checks, violations: judged };
}

/** The store by revisions; single keys by values where answers carry none; watches and leases. */
function judgeStore(
  form: Recorded['form'],
  history: EtcdHistory,
  stepsMax: number,
  time: TimeText,
): Judgement {
  const { operations, watches } = history;
  const store = checkStore(onFastestClock(history, history.clocks?.fastPpm ?? 0), { stepsMax, time });
  if (store.verdict === 'inapplicable') {
    const registers = operations.map(toKvOperation);
    if (watches.length === 0 && registers.every((each) => each !== null)) {
      return byKeys(form, 'registers', registers.length, checkLinearizability(registers, { stepsMax, time }));
    }
    const whole = watches.length === 0 ? checkWholeStore(operations, { stepsMax, time }) : null;
    if (whole !== null) return byKeys(form, 'store', operations.length, whole);
  }
  const checks: HistoryCheck[] = [store.check];
  const violations: JudgedViolation[] = [];
  if (store.violation !== null) {
    const { sentence, lines } = store.violation;
    violations.push({ check: storeGuarantee.name, sentence, lines, data: store.violation });
  }
  if (watches.length > 0) {
    const found = checkWatches(history, store.changes(), time);
    checks.push(...found.checks);
    for (const each of found.violations) {
      violations.push({
        check: watchGuarantees[each.guarantee].name,
        sentence: each.sentence,
        lines: each.lines,
        data: each,
      });
    }
  }
  if (operations.some(({ input }) => input.kind === 'leaseGrant')) {
    const found = checkLeases(history, { changes: store.changes(), ...history.clocks, time });
    checks.push(...found.checks);
    for (const each of found.violations) {
      violations.push({
        check: leaseGuarantees[each.guarantee].name,
        sentence: each.sentence,
        lines: each.lines,
        data: each,
      });
    }
  }
  const decided = checks.every(({ status }) => status === 'passed');
  const verdict = violations.length > 0 ? 'violation' : decided ? 'linearizable' : 'unknown';
  return { form, model: 'store', verdict, operations: operations.length, checks, violations };
}
