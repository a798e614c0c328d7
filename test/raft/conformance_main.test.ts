import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runConformance } from './conformance_main.ts';

const right = '# Two of two.\nvote cfg=(1,2) votes=(y,y)\n----\nVoteWon\n';
const wrong =
  'vote cfg=(1,2) votes=(y,n)\n----\nVoteWon\n\n# The end.\nvote cfg=(1) votes=(_)\n----\nVotePending\n';

describe('the conformance command', () => {
  let folder = '';
  let lines: string[] = [];
  const run = (...args: string[]): number => {
    lines = [];
    const print = (line: string): unknown => lines.push(line);
    return runConformance(args, { out: print, error: print });
  };

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'detcd-conformance-'));
    mkdirSync(join(folder, 'below'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('finds transcripts in subfolders and tells their kind by their commands', () => {
    writeFileSync(join(folder, 'below', 'a.txt'), right);
    writeFileSync(join(folder, 'b.txt'), 'simple\nv1\n----\nvoters=(1)\n1: StateProbe match=0 next=1\n');
    expect(run(folder)).toBe(0);
    expect(lines).toEqual(['2 passed (2 cases), 0 failed']);
  });

  it('shows the first difference of each failure', () => {
    writeFileSync(join(folder, 'a.txt'), wrong);
    writeFileSync(join(folder, 'below', 'b.txt'), right);
    expect(run(folder)).toBe(1);
    expect(lines.join('\n')).toContain('line 1: vote, output line 1');
    expect(lines.join('\n')).toContain('- VoteWon');
    expect(lines.join('\n')).toContain('+ VoteLost');
    expect(lines.at(-1)).toBe('1 passed (1 cases), 1 failed');
  });

  it('a file that is no transcript fails, and so does a folder without any', () => {
    expect(run(folder)).toBe(1);
    expect(lines).toContain('no transcripts found');
    writeFileSync(join(folder, 'a.txt'), 'fly to=the-moon\n----\nok\n');
    expect(run(folder)).toBe(1);
    expect(lines.join('\n')).toContain('no transcript of a known kind');
  });

  it('rewrites only what differs', () => {
    const path = join(folder, 'a.txt');
    writeFileSync(path, wrong);
    expect(run('--update', folder)).toBe(1);
    expect(readFileSync(path, 'utf8')).toBe(wrong.replace('VoteWon', 'VoteLost'));
    expect(run(folder)).toBe(0);
  });

  it('says how it is used', () => {
    expect(run()).toBe(2);
    expect(lines.join('\n')).toContain('usage:');
    expect(run(join(folder, 'nowhere'))).toBe(2);
    expect(lines.join('\n')).toContain('no such file or folder');
    expect(run('--fast', folder)).toBe(2);
    expect(lines.join('\n')).toContain('unknown option: --fast');
  });
});
