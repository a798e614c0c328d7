/** Plays a transcript of any kind and compares it with what it expects. */
import { ConfChangeEnv, isConfChangeCommand } from './confchange_commands.ts';
import { formatTranscript, normalizeOutput, parseTranscript, type TranscriptCase } from './datadriven.ts';
import { isInteractionCommand, runInteraction } from './interaction_commands.ts';
import { InteractionEnv } from './interaction_env.ts';
import { isQuorumCommand, runQuorum } from './quorum_commands.ts';

export type TranscriptKind = 'interaction' | 'quorum' | 'confchange';

export interface TranscriptResult {
  readonly kind: TranscriptKind;
  readonly cases: number;
  /** The first case whose output differs, in words; null if all are equal. */
  readonly difference: string | null;
  /** The file with the actual output in place of what was expected. */
  readonly rewritten: string;
}

/** Tells the kind by the commands; null if the text is no transcript of a known kind. */
export function recogniseTranscript(text: string): TranscriptKind | null {
  const { cases } = parseTranscript(text);
  const isAll = (known: (name: string) => boolean): boolean => cases.every((one) => known(one.command));
  if (cases.length === 0) return null;
  if (isAll(isInteractionCommand)) return 'interaction';
  if (isAll(isQuorumCommand)) return 'quorum';
  return isAll(isConfChangeCommand) ? 'confchange' : null;
}

function playerOf(kind: TranscriptKind): (one: TranscriptCase) => string {
  if (kind === 'quorum') return runQuorum;
  if (kind === 'confchange') {
    const env = new ConfChangeEnv();
    return (one) => env.run(one);
  }
  const env = new InteractionEnv();
  return (one) => runInteraction(env, one);
}

export function playTranscript(text: string, kind: TranscriptKind): TranscriptResult {
  const transcript = parseTranscript(text);
  const play = playerOf(kind);
  const outputs: string[] = [];
  let difference: string | null = null;
  for (const one of transcript.cases) {
    const output = attempt(() => normalizeOutput(play(one)));
    outputs.push(output);
    if (output === one.expected) continue;
    difference ??= describeDifference(one, output);
    // What follows a failed assertion says nothing.
    if (output.startsWith('failed: ')) break;
  }
  return {
    kind,
    cases: transcript.cases.length,
    difference,
    rewritten: formatTranscript(transcript, outputs),
  };
}

function attempt(run: () => string): string {
  try {
    return run();
  } catch (error) {
    return `failed: ${error instanceof Error ? `${error.message}\n${error.stack ?? ''}` : String(error)}\n`;
  }
}

const contextLines = 3;

/** The first line that differs, with the lines before it. */
function describeDifference(one: TranscriptCase, output: string): string {
  const expected = one.expected.split('\n');
  const actual = output.split('\n');
  let at = 0;
  while (expected[at] === actual[at] && at < expected.length) at++;
  const before = expected.slice(Math.max(0, at - contextLines), at).map((line) => `    ${line}`);
  const lines = [
    `line ${one.line}: ${one.command}, output line ${at + 1}`,
    ...before,
    ...expected.slice(at, at + contextLines).map((line) => `  - ${line}`),
    ...actual.slice(at, at + contextLines).map((line) => `  + ${line}`),
  ];
  return lines.join('\n');
}
