import type { RunModel } from '../model/run_model.ts';
import type { Session } from '../timeline/session.ts';
import { Curtain } from './curtain.ts';
import type { Lesson, Scene } from './lesson.ts';
import { LessonPanel, type Place } from './lesson_panel.ts';
import type { RunParts } from './run_parts.ts';
import { endsOf, say, walk } from './walk.ts';

export interface PlayerHost {
  /** Shows a run in the place of the one that is shown; the player is attached to its page. */
  display(model: RunModel): void;
  /** The learner is at this step now, counted from 1. */
  moved(step: number): void;
}

/** Leads through a lesson: which run is in view, which stretch of it, what is hidden, what is asked. */
export class LessonPlayer {
  readonly lesson: Lesson;
  readonly models: readonly RunModel[];
  private readonly scenes: readonly Scene[];
  private readonly host: PlayerHost;
  private readonly panel: LessonPanel;
  /** What was chosen at each step: going back does not ask again. */
  private readonly chosen = new Map<number, number>();
  private place: Place;
  private parts: RunParts | null = null;
  private sessions: readonly Session[] = [];
  private curtain: Curtain | null = null;

  /** Throws LessonError if a step does not fit its run. `step` counts from 0. */
  constructor(lesson: Lesson, models: readonly RunModel[], step: number, host: PlayerHost) {
    this.lesson = lesson;
    this.models = models;
    this.scenes = walk(lesson, models);
    this.host = host;
    this.place = { step: Math.min(Math.max(0, step), lesson.steps.length), chosen: null, arrived: false };
    this.panel = new LessonPanel(lesson, endsOf(lesson, models, this.scenes), {
      choose: (choice) => this.choose(choice),
      goTo: (next) => this.goTo(next),
    });
  }

  /** The run that the present step is about. */
  get model(): RunModel {
    return this.models[this.runShown] as RunModel;
  }

  private get runShown(): number {
    if (this.lesson.sideBySide === true) return 0;
    const { steps } = this.lesson;
    return steps[Math.min(this.place.step, steps.length - 1)]?.run ?? 0;
  }

  /** Takes its place on the page of a run. */
  attach(parts: RunParts): void {
    this.parts = parts;
    parts.page.classList.add('in-lesson');
    parts.side.prepend(this.panel.element);
    const second = this.models[1];
    const below = this.lesson.sideBySide === true && second !== undefined ? parts.compareWith(second) : null;
    this.sessions = below === null ? [parts.session] : [parts.session, below];
    this.curtain = new Curtain(parts.session, [...parts.page.querySelectorAll('.stage')]);
    this.enter();
  }

  goTo(step: number): void {
    const before = this.model;
    this.place = {
      step: Math.min(Math.max(0, step), this.lesson.steps.length),
      chosen: null,
      arrived: false,
    };
    this.host.moved(this.place.step + 1);
    if (this.model === before) this.enter();
    else this.host.display(this.model);
    this.panel.element.focus({ preventScroll: true });
  }

  private choose(choice: number): void {
    const { step } = this.place;
    this.chosen.set(step, choice);
    this.place = { ...this.place, chosen: choice };
    this.panel.render(this.place, this.scenes[step]);
    this.reveal();
    this.panel.element.querySelector<HTMLElement>('.lesson-answer')?.focus();
  }

  /** Begins a step: time runs up to what it waits for. */
  private enter(): void {
    const { parts, curtain, place } = this;
    if (parts === null || curtain === null) return;
    const { step } = place;
    const scene = this.scenes[step];
    const known = this.chosen.get(step) ?? null;
    if (scene === undefined) {
      curtain.open();
      parts.page.classList.add('lesson-over');
      this.panel.render({ ...place, arrived: true }, undefined);
      parts.session.show({ startNs: 0, endNs: parts.session.model.durationNs });
      return;
    }
    parts.page.classList.remove('lesson-over');
    this.place = { step, chosen: known, arrived: known !== null };
    this.panel.render(this.place, scene);
    if (known !== null) {
      this.reveal();
      return;
    }
    const atNs = timeOf(scene, scene.at);
    const { startNs } = this.look(scene, scene.at);
    void curtain.moveTo(atNs + hairNs, startNs).then(() => {
      if (this.place.step !== step || this.curtain !== curtain) return;
      this.place = { ...this.place, arrived: true };
      this.panel.render(this.place, scene);
      parts.announce(
        `${this.lesson.steps[step]?.title ?? ''}: ${say(this.lesson.steps[step]?.text ?? '', scene)}`,
      );
    });
  }

  private reveal(): void {
    const scene = this.scenes[this.place.step];
    if (scene === undefined) return;
    this.look(scene, scene.shown);
    void this.curtain?.moveTo(timeOf(scene, scene.shown) + hairNs);
  }

  /** The camera: the stretch of time, the selected event, and its lane. */
  private look(scene: Scene, selected: number): { readonly startNs: number } {
    const { parts, lesson, place } = this;
    const step = lesson.steps[place.step];
    if (parts === null || step === undefined) return { startNs: 0 };
    const atNs = timeOf(scene, scene.at);
    const endNs = timeOf(scene, selected) + step.camera.afterMs * 1e6;
    const beforeNs = step.camera.beforeMs * 1e6;
    // With the answer in view, what led to the question needs less room.
    const lead =
      selected === scene.at ? beforeNs : Math.min(beforeNs, Math.max(leadNsMin, (endNs - atNs) * 0.6));
    const startNs = Math.max(0, atNs - lead);
    parts.session.show({ startNs, endNs });
    const looking = this.sessions[this.sessions.length > 1 ? (step.run ?? 0) : 0];
    for (const session of this.sessions) session.select(session === looking ? selected : -1);
    const lane = scene.run.trace.lanes[selected] as number;
    const row = parts.timeline.rows.list.find((candidate) => candidate.lane.id === lane);
    if (row !== undefined && looking === parts.session) bringIntoView(parts, row.y, row.height);
    return { startNs };
  }
}

/** So that the event itself is seen in front of the curtain. */
const hairNs = 300_000;
const leadNsMin = 15_000_000;

function timeOf({ run }: Scene, event: number): number {
  return run.trace.timesNs[event] as number;
}

function bringIntoView({ timeline }: RunParts, y: number, height: number): void {
  const above = y - timeline.scrollY;
  const below = y + height - (timeline.scrollY + timeline.height);
  if (above < 0) timeline.scrollBy(above);
  else if (below > 0) timeline.scrollBy(below);
}
