/** Histories of recipes as JSON lines: what each line may say, and how they are judged. */
import { parseLine } from '../history/fields.ts';
import { HistoryFormatError } from '../history/log_pairing.ts';
import { barrierForm } from './barriers.ts';
import { electionForm, lockForm } from './exclusion.ts';
import type { FormHistory, RecipeForm } from './form.ts';
import { membershipForm } from './membership.ts';
import { permissionsForm } from './permissions.ts';
import { priorityQueueForm, queueForm } from './queues.ts';
import { discoveryForm, followersForm, stmForm } from './readers.ts';
import { v2Form } from './v2.ts';

export type { FormViolation, JudgedForm } from './form.ts';

const forms = {
  queue: queueForm,
  priorityQueue: priorityQueueForm,
  lock: lockForm,
  election: electionForm,
  barrier: barrierForm,
  stm: stmForm,
  discovery: discoveryForm,
  followers: followersForm,
  permissions: permissionsForm,
  membership: membershipForm,
  v2: v2Form,
} as const satisfies Record<string, RecipeForm>;

export type RecipeName = keyof typeof forms;

export const recipeNames = Object.keys(forms) as readonly RecipeName[];

export interface RecipeHistory extends FormHistory {
  readonly recipe: RecipeName;
  readonly form: RecipeForm;
}

export function isRecipeLines(first: string): boolean {
  return /^\s*\{\s*"type"\s*:\s*"recipe"/.test(first);
}

/** Reads JSON lines, the first of which names the recipe. Throws HistoryFormatError with line and field. */
export function parseRecipeLines(text: string): RecipeHistory {
  const lines = text
    .split('\n')
    .flatMap((content, at) => (content.trim() === '' ? [] : [parseLine(at + 1, content)]));
  const [head, ...rest] = lines;
  if (head === undefined) throw new HistoryFormatError(1, 'a recipe', 'an empty file');
  head.oneOf('type', ['recipe']);
  const recipe = head.oneOf('recipe', recipeNames);
  const form: RecipeForm = forms[recipe];
  head.refuseOthers(['type', 'recipe', ...form.head]);
  return { recipe, form, ...form.read(head, rest) };
}
