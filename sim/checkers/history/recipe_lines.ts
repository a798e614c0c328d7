import type { Attempt, PermissionChange } from '../recipes/auth_windows.ts';
import type { Hold, Use } from '../recipes/mutual_exclusion.ts';
import type { QueueOperation } from '../recipes/queue.ts';
import { type Fields, parseLine } from './fields.ts';
import { HistoryFormatError } from './log_pairing.ts';

/** A history of a recipe: what its users did, without what the store did for it. */
export type RecipeHistory =
  | { readonly recipe: 'queue'; readonly drained: boolean; readonly operations: readonly QueueOperation[] }
  | { readonly recipe: 'lock'; readonly holds: readonly Hold[]; readonly uses: readonly Use[] }
  | {
      readonly recipe: 'permissions';
      readonly changes: readonly PermissionChange[];
      readonly attempts: readonly Attempt[];
    };

export const recipeNames = ['queue', 'lock', 'permissions'] as const;

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
  head.refuseOthers(recipe === 'queue' ? ['type', 'recipe', 'drained'] : ['type', 'recipe']);
  if (recipe === 'queue')
    return { recipe, drained: head.flag('drained'), operations: rest.map(queueOperation) };
  if (recipe === 'lock') {
    const isUse = (fields: Fields): boolean => fields.oneOf('type', ['hold', 'use']) === 'use';
    return {
      recipe,
      holds: rest.filter((fields) => !isUse(fields)).map(hold),
      uses: rest.filter(isUse).map(use),
    };
  }
  const isChange = (fields: Fields): boolean => fields.oneOf('type', ['change', 'attempt']) === 'change';
  return {
    recipe,
    changes: rest
      .filter(isChange)
      .map((fields) => ({ ...permission(fields, 'allowed'), allowed: fields.flag('allowed') })),
    attempts: rest
      .filter((fields) => !isChange(fields))
      .map((fields) => ({ ...permission(fields, 'succeeded'), succeeded: fields.flag('succeeded') })),
  };
}

/** Null where the field is, or is left out. */
function maybeNs(fields: Fields, name: string): number | null {
  return fields.has(name) ? fields.integer(name) : null;
}

function span(fields: Fields): { readonly callNs: number; readonly returnNs: number | null } {
  const [callNs, returnNs] = [fields.integer('call'), maybeNs(fields, 'return')];
  if (returnNs !== null && returnNs < callNs) fields.fail('return', 'later than the call');
  return { callNs, returnNs };
}

function queueOperation(fields: Fields): QueueOperation {
  fields.refuseOthers(['type', 'value', 'call', 'return']);
  const kind = fields.oneOf('type', ['enqueue', 'dequeue']);
  return { kind, value: fields.has('value') ? fields.text('value') : null, ...span(fields) };
}

function hold(fields: Fields): Hold {
  fields.refuseOthers(['type', 'resource', 'owner', 'token', 'call', 'return', 'released']);
  return {
    resource: fields.text('resource'),
    owner: fields.text('owner'),
    token: fields.integer('token'),
    ...span(fields),
    releasedNs: maybeNs(fields, 'released'),
  };
}

function use(fields: Fields): Use {
  fields.refuseOthers(['type', 'resource', 'token', 'at', 'accepted']);
  return {
    resource: fields.text('resource'),
    token: fields.integer('token'),
    ns: fields.integer('at'),
    accepted: fields.flag('accepted'),
  };
}

function permission(fields: Fields, last: string): Omit<PermissionChange, 'allowed'> {
  fields.refuseOthers(['type', 'user', 'key', 'access', 'call', 'return', last]);
  return {
    user: fields.text('user'),
    key: fields.text('key'),
    access: fields.oneOf('access', ['read', 'write']),
    ...span(fields),
  };
}
