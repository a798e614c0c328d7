/** When something was asked for and answered; `returnNs` null: nobody heard, it may be at any later time or never. */
export interface Span {
  readonly callNs: number;
  readonly returnNs: number | null;
}

/** `a` was over before `b` began. Equal times count as concurrent. */
export function isOver(a: Span, b: Span): boolean {
  return a.returnNs !== null && a.returnNs < b.callNs;
}

/** What a checker of recipes found: a sentence, and positions in its input. */
export interface RecipeViolation {
  readonly rule: string;
  readonly sentence: string;
  readonly involved: readonly number[];
}
