import type { AuthErrorName } from './errors.ts';
import type { AuthChange } from './state.ts';

/** What an operation comes to, given the state: a change, nothing (it is so already), or an error. */
export type Decision =
  | { readonly kind: 'change'; readonly change: AuthChange }
  | { readonly kind: 'unchanged' }
  | { readonly kind: 'refused'; readonly error: AuthErrorName };

export const unchanged: Decision = { kind: 'unchanged' };

export function changeTo(change: Omit<AuthChange, 'revises'>): Decision {
  return { kind: 'change', change: { ...change, revises: true } };
}

export function refuse(error: AuthErrorName): Decision {
  return { kind: 'refused', error };
}
