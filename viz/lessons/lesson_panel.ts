import { type Child, h, replaceChildren } from '../page/dom.ts';
import { momentText } from '../scale/time_format.ts';
import { eventSentence } from '../words/event_words.ts';
import { lessons } from './all_lessons.ts';
import type { Lesson, LessonStep, Scene } from './lesson.ts';
import { runAddress, runCommand } from './run_addresses.ts';
import { say } from './walk.ts';

/** Where a learner is: `chosen` is -1 for one who asked to be shown, null for one who has not answered. */
export interface Place {
  readonly step: number;
  readonly chosen: number | null;
  /** The run has come to what the step waits for. */
  readonly arrived: boolean;
}

export interface LessonActions {
  readonly choose: (choice: number) => void;
  readonly goTo: (step: number) => void;
}

/** The text of a lesson, beside the lanes. Its place is drawn anew for every step and every answer. */
export class LessonPanel {
  readonly element: HTMLElement;
  private readonly lesson: Lesson;
  /** Where each run is left, in virtual ns. */
  private readonly ends: readonly number[];
  private readonly actions: LessonActions;

  constructor(lesson: Lesson, ends: readonly number[], actions: LessonActions) {
    this.lesson = lesson;
    this.ends = ends;
    this.actions = actions;
    this.element = h('section', { class: 'lesson', 'aria-labelledby': 'lesson-title', tabindex: -1 });
  }

  render(place: Place, scene: Scene | undefined): void {
    const { lesson, actions } = this;
    const step = lesson.steps[place.step];
    const body = step === undefined || scene === undefined ? this.ending() : this.step(step, scene, place);
    const number = lessons.findIndex(({ id }) => id === lesson.id) + 1;
    replaceChildren(
      this.element,
      h(
        'p',
        { class: 'lesson-where' },
        h('a', { href: '#lessons' }, 'Lessons'),
        ` \u203a ${number} of ${lessons.length}`,
      ),
      h('h2', { id: 'lesson-title' }, lesson.title),
      progress(lesson, place.step, actions.goTo),
      ...body,
    );
    this.element.scrollTop = 0;
  }

  private step(step: LessonStep, scene: Scene, place: Place): Child[] {
    const { question } = step;
    const revealed = place.chosen !== null;
    const runName = this.lesson.runs.length > 1 ? this.lesson.runs[step.run ?? 0]?.name : undefined;
    const choices = question.choices.map((words, at) =>
      this.choice(say(words, scene), at, question.right, place),
    );
    return [
      runName === undefined
        ? null
        : h(
            'p',
            { class: 'lesson-run' },
            /^with(out)? /.test(runName) ? `The run ${runName}` : `The run that ${runName}`,
          ),
      h('h3', {}, step.title),
      place.arrived
        ? h('p', {}, say(step.text, scene))
        : h('p', { class: 'lesson-waits', role: 'status' }, `Waiting for ${step.waits} \u2026`),
      h(
        'fieldset',
        { class: 'lesson-question', disabled: !place.arrived },
        h('legend', {}, say(question.ask, scene)),
        ...choices,
        revealed
          ? null
          : h(
              'button',
              { type: 'button', class: 'lesson-show', onclick: () => this.actions.choose(-1) },
              'Show me',
            ),
      ),
      revealed ? answer(step, scene, place.chosen === question.right, place.chosen === -1) : null,
      this.turn(place),
    ];
  }

  private choice(words: string, at: number, right: number, { chosen }: Place): HTMLElement {
    const state = chosen === null ? '' : at === right ? 'right' : at === chosen ? 'wrong' : 'other';
    const mark = { right: '\u2713', wrong: '\u2717', other: '', '': '' }[state];
    return h(
      'button',
      {
        type: 'button',
        class: `choice ${state}`,
        disabled: chosen !== null,
        'aria-pressed': chosen === null ? undefined : String(at === chosen),
        onclick: () => this.actions.choose(at),
      },
      h('span', { class: 'choice-mark', 'aria-hidden': 'true' }, mark || String.fromCharCode(65 + at)),
      h('span', {}, words),
    );
  }

  private turn({ step, chosen }: Place): HTMLElement {
    const { goTo } = this.actions;
    const last = step === this.lesson.steps.length - 1;
    return h(
      'div',
      { class: 'lesson-turn' },
      h(
        'button',
        { type: 'button', class: 'plain', disabled: step === 0, onclick: () => goTo(step - 1) },
        '\u2190 Back',
      ),
      h(
        'button',
        {
          type: 'button',
          class: chosen === null ? 'plain lesson-next' : 'primary lesson-next',
          disabled: chosen === null,
          onclick: () => goTo(step + 1),
        },
        last ? 'To the end' : 'Next \u2192',
      ),
    );
  }

  private ending(): Child[] {
    const { lesson } = this;
    const next = lessons[lessons.findIndex(({ id }) => id === lesson.id) + 1];
    return [
      h('h3', {}, 'What to take home'),
      h('p', { class: 'lesson-home' }, lesson.end),
      h(
        'p',
        {},
        'Nothing is hidden any more: look around, every message and every fsync can be selected. Or keep the cluster, live: crash a member, cut a link, put a key, and see what comes of it.',
      ),
      ...lesson.runs.map((run, at) =>
        h(
          'a',
          { class: 'lesson-live primary', href: runAddress(run, this.ends[at] ?? 0) },
          lesson.runs.length > 1
            ? `Go on from here, live: the cluster that ${verb(run.name)}`
            : 'Go on from here, live',
        ),
      ),
      h('p', { class: 'quiet' }, 'The same on the command line:'),
      h('pre', {}, lesson.runs.map(runCommand).join('\n')),
      h(
        'div',
        { class: 'lesson-turn' },
        h(
          'button',
          { type: 'button', class: 'plain', onclick: () => this.actions.goTo(lesson.steps.length - 1) },
          '\u2190 Back',
        ),
        h(
          'a',
          { class: 'plain', href: next === undefined ? '#lessons' : `#lesson=${next.id}` },
          next === undefined ? 'All lessons' : `Next: ${next.title}`,
        ),
      ),
    ];
  }
}

/** "is without PreVote", "answers by itself": a run's name after "that". */
function verb(name: string): string {
  return /^with(out)? /.test(name) ? `is ${name}` : name;
}

function progress(lesson: Lesson, now: number, goTo: (step: number) => void): HTMLElement {
  const items = lesson.steps.map(({ title }, at) =>
    h(
      'li',
      {},
      h(
        'button',
        {
          type: 'button',
          class: at < now ? 'past' : at === now ? 'now' : '',
          'aria-current': at === now ? 'step' : undefined,
          'aria-label': `Step ${at + 1} of ${lesson.steps.length}: ${title}`,
          onclick: () => goTo(at),
        },
        String(at + 1),
      ),
    ),
  );
  return h('nav', { class: 'lesson-steps', 'aria-label': 'Steps of the lesson' }, h('ol', {}, ...items));
}

function answer(step: LessonStep, scene: Scene, right: boolean, asked: boolean): HTMLElement {
  const head = asked ? 'This is what happened' : right ? 'Yes' : 'Not quite';
  const { run, shown } = scene;
  const when = momentText(run.trace.timesNs[shown] as number);
  return h(
    'div',
    { class: `lesson-answer ${right || asked ? 'right' : 'wrong'}`, role: 'status', tabindex: -1 },
    h('strong', {}, head),
    h('p', {}, say(step.answer, scene)),
    h('p', { class: 'quiet' }, `${when}: ${eventSentence(run, shown)}`),
    h(
      'p',
      { class: 'lesson-check' },
      h('span', { 'aria-hidden': 'true' }, step.assert.holds(scene) ? '\u2713 ' : '\u2717 '),
      step.assert.holds(scene) ? 'Checked in this run: ' : 'Does not hold in this run: ',
      say(step.assert.says, scene),
    ),
  );
}
