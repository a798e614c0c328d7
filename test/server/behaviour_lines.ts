import { readFileSync } from 'node:fs';

/** One thing that reimplementations of etcd usually get wrong, and the test that is named after it. */
export interface BehaviourLine {
  readonly section: string;
  readonly line: string;
  /** Below test/. */
  readonly file: string;
  readonly test: string;
}

/** Reads testdata/behaviour.txt. Throws on a line without a test. */
export function behaviourLines(): BehaviourLine[] {
  const text = readFileSync(new URL('testdata/behaviour.txt', import.meta.url), 'utf8');
  const lines: BehaviourLine[] = [];
  let section = '';
  let open = '';
  for (const row of text.split('\n')) {
    const named = /^ {2}(\S+\.test\.ts): (.*)$/.exec(row);
    if (open !== '' && named === null) throw new Error(`${open}: a test must follow`);
    if (named !== null) {
      lines.push({ section, line: open, file: named[1] ?? '', test: named[2] ?? '' });
      open = '';
    } else if (row.startsWith('== ')) section = row.slice(3);
    else if (row !== '' && !row.startsWith('#')) open = row;
  }
  return lines;
}
