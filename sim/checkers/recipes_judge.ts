import type { RecipeHistory } from './history/recipe_lines.ts';
import type { HistoryCheck } from './linearizability/report.ts';
import { plural } from './linearizability/wording.ts';
import { checkAuthWindows } from './recipes/auth_windows.ts';
import { checkExclusion } from './recipes/mutual_exclusion.ts';
import { checkQueue } from './recipes/queue.ts';
import type { RecipeViolation } from './recipes/timing.ts';

export const recipeGuarantees = {
  queue: {
    name: 'queue',
    guarantee:
      'What is taken was put, once, and what was put first is taken first; a drained queue lost nothing.',
  },
  lock: {
    name: 'mutual exclusion by fencing token',
    guarantee:
      'Tokens are unique and grow from owner to owner, and a lower one is refused after a higher. That two owners believe to hold a lock at one time is not excluded (etcd: the lock alone does not).',
  },
  permissions: {
    name: 'permissions without windows',
    guarantee: 'Nobody sees or changes what was not allowed to them at any moment of the attempt.',
  },
} as const;

export interface RecipeJudgement {
  readonly operations: number;
  readonly check: HistoryCheck;
  readonly violations: readonly RecipeViolation[];
}

export function judgeRecipe(history: RecipeHistory): RecipeJudgement {
  const { operations, violations, more } = found(history);
  const status = violations.length > 0 ? 'violated' : 'passed';
  const detail = `${plural(operations, 'operation')}${more}`;
  return { operations, violations, check: { ...recipeGuarantees[history.recipe], status, detail } };
}

function found(history: RecipeHistory): {
  readonly operations: number;
  readonly violations: readonly RecipeViolation[];
  readonly more: string;
} {
  if (history.recipe === 'queue') {
    const { operations, drained } = history;
    return { operations: operations.length, violations: checkQueue(operations, drained), more: '' };
  }
  if (history.recipe === 'lock') {
    const { holds, uses } = history;
    const { violations, overlaps } = checkExclusion(holds, uses);
    const more =
      overlaps === 0 ? '' : `; ${plural(overlaps, 'pair')} of owners overlapped, which nobody excludes`;
    return { operations: holds.length + uses.length, violations, more };
  }
  const { changes, attempts } = history;
  return {
    operations: changes.length + attempts.length,
    violations: checkAuthWindows(changes, attempts),
    more: '',
  };
}
