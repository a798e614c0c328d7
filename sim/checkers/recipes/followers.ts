import type { RecipeViolation } from './timing.ts';

/** The whole of what somebody who follows a prefix had, at one time of its own. */
export interface View {
  readonly follower: string;
  /** The store's revision that the view stands for. */
  readonly revision: number;
  /** The content as text: equal contents have equal texts. */
  readonly content: string;
}

/**
 * Followers of one prefix: none goes back, two that name the same revision have the same, and with `last` every one of `followers`
 * ends with it. Views are in the order in which they were seen.
 */
export function checkFollowers(
  views: readonly View[],
  last: { readonly content: string; readonly followers: readonly string[] } | null,
): RecipeViolation[] {
  const violations: RecipeViolation[] = [];
  const latest = new Map<string, number>();
  const byRevision = new Map<number, number>();
  views.forEach(({ follower, revision, content }, at) => {
    const before = latest.get(follower);
    const earlier = before === undefined ? undefined : views[before];
    if (before !== undefined && earlier !== undefined && earlier.revision > revision) {
      const sentence = `${follower} had revision ${earlier.revision} and went back to ${revision}`;
      violations.push({ rule: 'never back', sentence, involved: [before, at] });
    }
    latest.set(follower, at);
    const first = byRevision.get(revision);
    if (first === undefined) byRevision.set(revision, at);
    else if (views[first]?.content !== content) {
      const sentence = `at revision ${revision} ${follower} had ${content}, but ${views[first]?.follower} ${views[first]?.content}`;
      violations.push({ rule: 'one content', sentence, involved: [first, at] });
    }
  });
  for (const follower of last?.followers ?? []) {
    const at = latest.get(follower);
    const content = at === undefined ? 'nothing' : views[at]?.content;
    if (content === last?.content) continue;
    const sentence = `${follower} ended with ${content} instead of ${last?.content}`;
    violations.push({ rule: 'arrives', sentence, involved: at === undefined ? [] : [at] });
  }
  return violations;
}
