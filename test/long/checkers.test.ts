import { expect, it } from 'vitest';
import { expectAgreement } from '../checkers/store/agreement.ts';

it('20,000 small histories of the whole store are judged as trying all their orders says', () => {
  const seen = expectAgreement(100_001, 120_000);
  expect(seen.linearizable).toBeGreaterThan(2000);
  expect(seen.violation).toBeGreaterThan(2000);
});
