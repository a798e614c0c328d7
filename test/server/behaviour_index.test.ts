import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { behaviourLines as readLines } from './behaviour_lines.ts';

const behaviourLines = readLines();

const root = new URL('..', import.meta.url);
const testName = /\bit(?:\.each\((?:[^()]|\([^()]*\))*\))?\(\s*(['"`])((?:\\.|(?!\1).)*)\1/gs;

const cache = new Map<string, ReadonlySet<string>>();

/** Names of a file's tests, as they are written there. */
function testsOf(file: string): ReadonlySet<string> {
  const known = cache.get(file);
  if (known !== undefined) return known;
  const text = readFileSync(new URL(file, root), 'utf8');
  const names = new Set([...text.matchAll(testName)].map(([, , name = '']) => name.replaceAll("\\'", "'")));
  cache.set(file, names);
  return names;
}

describe('what reimplementations usually get wrong', () => {
  it('has a test for every line, which is there', () => {
    const missing = behaviourLines.filter(({ file, test }) => !testsOf(file).has(test));
    expect(missing).toEqual([]);
  });

  it('has lines of every part of the server, each once', () => {
    const lines = behaviourLines.map(({ section, line }) => `${section}: ${line}`);
    expect(new Set(lines).size).toBe(lines.length);
    const sections = new Set(behaviourLines.map(({ section }) => section));
    const parts = 'alarms auth backend lease membership mvcc raft loop server snapshot txn v2 wal watch';
    expect([...sections].sort().join(' ')).toBe(parts);
    expect(lines.length).toBeGreaterThanOrEqual(140);
  });

  it('would notice a line without its test', () => {
    expect(testsOf('server/requests.test.ts').has('a test that nobody wrote')).toBe(false);
    expect(testsOf('server/requests.test.ts').size).toBeGreaterThan(10);
  });
});
