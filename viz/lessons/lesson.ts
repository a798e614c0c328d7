import type { RunModel } from '../model/run_model.ts';

/** Finds an event of a run after another one; -1 if it never comes. */
export type Find = (run: RunModel, after: number) => number;

/** What a step speaks of: its run, the event it waited for, and the one that answers its question. */
export interface Scene {
  readonly run: RunModel;
  readonly at: number;
  readonly shown: number;
  /** Every run of the lesson, for steps that compare. */
  readonly runs: readonly RunModel[];
}

/** A text for people, or one that names the members of this run. */
export type Words = string | ((scene: Scene) => string);

export interface LessonRun {
  /** "with PreVote": where a lesson has several. */
  readonly name: string;
  readonly scenario: string;
  readonly seed: string;
  readonly bugs?: readonly string[];
}

/** Which stretch of time is in view: so many ms before the event that was waited for, and after the last one that may be seen. */
export interface Camera {
  readonly beforeMs: number;
  readonly afterMs: number;
}

export interface Question {
  readonly ask: Words;
  readonly choices: readonly Words[];
  /** Index of the right one. */
  readonly right: number;
}

export interface LessonStep {
  readonly title: string;
  /** Index of the run it is about; absent: the first. */
  readonly run?: number;
  /** What it waits for, in words: "a timer runs out". */
  readonly waits: string;
  readonly when: Find;
  readonly camera: Camera;
  /** The situation, with everything after `when` still hidden. */
  readonly text: Words;
  readonly question: Question;
  /** The event that answers; what comes after it stays hidden. */
  readonly reveal: Find;
  /** What the run shows, and why. */
  readonly answer: Words;
  /** What must be so in the run, or the text is wrong. */
  readonly assert: { readonly says: Words; readonly holds: (scene: Scene) => boolean };
}

/** Data: runs that anybody can make again, and what to look at in them. */
export interface Lesson {
  /** In links: lower-case words joined by '-'. */
  readonly id: string;
  readonly title: string;
  /** What one knows afterwards, in a sentence. */
  readonly summary: string;
  readonly runs: readonly LessonRun[];
  /** The second run is shown below the first, on the same time. */
  readonly sideBySide?: boolean;
  readonly steps: readonly LessonStep[];
  /** What to take home. */
  readonly end: string;
}
