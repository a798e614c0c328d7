import type { Fields } from '../history/fields.ts';
import { type Attempt, type PermissionChange, checkAuthWindows } from '../recipes/auth_windows.ts';
import { type RecipeForm, foundIn, judged, ofType, onlyTypes, span } from './form.ts';

export const permissionsForm: RecipeForm = {
  recipe: 'permissions',
  name: 'permissions without windows',
  guarantee:
    'Nobody sees or changes what was not allowed to them at any moment of the attempt; a serializable read may be as old as the state that it shows.',
  head: [],
  read: (_head, lines) => {
    onlyTypes(lines, ['change', 'attempt']);
    const changes = ofType(lines, 'change', (fields): PermissionChange => ({
      ...permission(fields, ['allowed']),
      allowed: fields.flag('allowed'),
    }));
    const attempts = ofType(lines, 'attempt', (fields): Attempt => ({
      ...permission(fields, ['succeeded', 'serializable']),
      succeeded: fields.flag('succeeded'),
      ...fields.maybeFlag('serializable'),
    }));
    return {
      operations: lines.length,
      judge: () => judged(foundIn(checkAuthWindows(changes.items, attempts.items), attempts)),
    };
  },
};

function permission(fields: Fields, more: readonly string[]): Omit<PermissionChange, 'allowed'> {
  fields.refuseOthers(['type', 'user', 'key', 'access', 'call', 'return', ...more]);
  return {
    user: fields.text('user'),
    key: fields.text('key'),
    access: fields.oneOf('access', ['read', 'write']),
    ...span(fields),
  };
}
