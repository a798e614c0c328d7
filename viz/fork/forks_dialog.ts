import { h, replaceChildren, type Child } from '../page/dom.ts';
import { momentText } from '../scale/time_format.ts';
import { interventionWords } from '../words/intervention_words.ts';
import type { Intervention } from '../../sim/trace/run_info.ts';
import type { Branch } from './branches.ts';
import type { LoadedRun, Workshop } from './workshop.ts';

export interface ForksActions {
  readonly show: (branch: Branch<LoadedRun>) => void;
  readonly compare: (branch: Branch<LoadedRun>) => void;
  readonly leaveOut: (at: number) => void;
  readonly nearest: () => void;
  readonly save: (what: SavedForm) => void;
  readonly link: () => void;
  /** Compares with a run from a file. */
  readonly file: () => void;
}

export type SavedForm = 'trace' | 'scenario' | 'test';

const moment = (atNs: number): string => momentText(Math.round(atNs));
/** A longer list would take longer to show than anybody reads it. */
const shownMax = 400;

/** The runs that were made of one another, what was done in the one that is shown, and how to keep it. */
export class ForksDialog {
  readonly element = h('dialog', { class: 'forks', 'aria-labelledby': 'forks-title' });
  private readonly workshop: Workshop;
  private readonly actions: ForksActions;
  private readonly words = h('p', { class: 'quiet', role: 'status' });

  constructor(workshop: Workshop, actions: ForksActions) {
    this.workshop = workshop;
    this.actions = actions;
    this.element.addEventListener('click', (event) => {
      if (event.target === this.element) this.element.close();
    });
  }

  say(text: string): void {
    this.words.textContent = text;
  }

  open(whyNot: string | null): void {
    this.render(whyNot);
    if (!this.element.open) this.element.showModal();
  }

  private render(whyNot: string | null): void {
    const { branches, underway } = this.workshop;
    this.say(whyNot ?? '');
    const close = button('\u00d7', 'Close', () => this.element.close(), 'close');
    replaceChildren(
      this.element,
      h('div', { class: 'head-line' }, h('h2', { id: 'forks-title' }, 'Runs and forks'), close),
      this.words,
      ...(branches === null ? [] : [this.tree(whyNot !== null)]),
      ...(underway === null
        ? []
        : [h('p', { class: 'quiet' }, `${underway.name} is live; finish it, and it is one of these.`)]),
      ...(branches === null || underway !== null || whyNot !== null ? [] : this.done(branches.shown)),
      underway === null
        ? h(
            'div',
            { class: 'dialog-buttons' },
            button('Compare with a file', 'Compare with a file: a trace that was saved', this.actions.file),
          )
        : null,
      h('h3', {}, 'Keep it'),
      this.saving(),
    );
  }

  private tree(fixed: boolean): HTMLElement {
    const { branches, underway } = this.workshop;
    const rows = (branches?.inTree ?? []).map((branch) => {
      const { info } = branch.run.model;
      const shown = underway === null && branch.id === branches?.shown.id;
      const left = branch.parent < 0 ? '' : `from ${moment(branch.atNs)}`;
      return h(
        'li',
        { style: `--depth: ${branches?.depthOf(branch) ?? 0}`, ...(shown ? { 'aria-current': 'true' } : {}) },
        h('span', { class: 'fork-name' }, branch.name),
        h('span', { class: 'quiet' }, left),
        h(
          'span',
          { class: info.verdict.passed ? 'fork-passed' : 'fork-violated' },
          info.verdict.passed ? '\u2713 passed' : '\u2717 violated',
        ),
        h('code', {}, info.digest.slice(0, 8)),
        shown
          ? h('span', { class: 'quiet' }, 'shown')
          : h(
              'span',
              { class: 'fork-buttons' },
              button('Show', `Show ${branch.name}`, () => this.actions.show(branch)),
              underway === null
                ? button('Compare', `Compare with ${branch.name}`, () => this.actions.compare(branch))
                : null,
            ),
      );
    });
    const hint = fixed
      ? null
      : h(
          'p',
          { class: 'quiet' },
          'A right click on a lane, a message or a name, or A, changes a run from there on.',
        );
    return h('div', {}, h('ul', { class: 'fork-list', 'aria-label': 'Runs' }, ...rows), hint);
  }

  private done({ run }: Branch<LoadedRun>): Child[] {
    const { interventions } = run.model.info;
    const rows = interventions.slice(0, shownMax).map((each, at) => this.doneRow(each, at));
    const more = interventions.length - rows.length;
    return [
      h('h3', {}, 'What was done in it'),
      interventions.length === 0
        ? h('p', { class: 'quiet' }, 'Nothing.')
        : h('ul', { class: 'done-list', tabindex: 0, 'aria-label': 'What was done' }, ...rows),
      more > 0 ? h('p', { class: 'quiet' }, `and ${more} more`) : null,
      run.model.info.verdict.passed || interventions.length === 0
        ? null
        : button(
            'Find the nearest passing run',
            'The run with one of these fewer that passes, and the comparison with it',
            this.actions.nearest,
          ),
    ];
  }

  private doneRow(each: Intervention, at: number): HTMLElement {
    const { long } = interventionWords([each]);
    // What was only said can't be left undone.
    const said = each.kind === 'note' || each.kind === 'goal';
    return h(
      'li',
      {},
      h('span', { class: 'quiet' }, moment(each.atNs)),
      h('span', {}, long),
      said
        ? null
        : button('Leave out', `Leave out: ${long}, at ${moment(each.atNs)}`, () => this.actions.leaveOut(at)),
    );
  }

  private saving(): HTMLElement {
    const { save, link } = this.actions;
    return h(
      'div',
      { class: 'dialog-buttons' },
      button('Trace', 'Save the trace: detcd replay runs it again, and finds the same digest', () =>
        save('trace'),
      ),
      button('Scenario', 'Save what was done as a scenario of its own: detcd run takes it', () =>
        save('scenario'),
      ),
      button('Test', 'Save this very run as a test of vitest', () => save('test')),
      button('Link', 'Copy a link to this run and view (L)', link),
    );
  }
}

function button(text: string, label: string, act: () => void, kind = 'plain'): HTMLElement {
  return h('button', { type: 'button', class: kind, title: label, 'aria-label': label, onclick: act }, text);
}
