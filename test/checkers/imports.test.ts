import { describe, expect, it } from 'vitest';
import { importsOf, sources } from '../tidy/sources.ts';

/** Numbers and small helpers; nothing of how a member works. */
const allowed = /^(?:sim\/checkers\/|core\/base\/|core\/limits\.ts$)/;

describe('checkers', () => {
  it('know nothing of the implementation: they see histories and what they are told', () => {
    const own = sources(/^sim\/checkers\/.*\.ts$/);
    const foreign = own.flatMap((source) =>
      importsOf(source)
        .filter((target) => !allowed.test(target))
        .map((target) => `${source.path}: ${target}`),
    );
    expect(foreign).toEqual([]);
    expect(own.length).toBeGreaterThan(50);
  });
});
