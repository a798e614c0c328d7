import { h, replaceChildren } from '../page/dom.ts';
import type { ForkRest } from '../worker_protocol.ts';

export interface ForkChoice {
  readonly name: string;
  readonly rest: ForkRest;
  /** Goes on live from there, or to the end at once. */
  readonly how: 'live' | 'end';
}

const rests: readonly (readonly [ForkRest, string])[] = [
  ['recorded', 'what was recorded happens as it did'],
  ['nothing', 'nothing but what I do'],
  ['nemesis', "the scenario's script goes on and sees the changed world"],
];

/** Asks how a fork is to go on. */
export class ForkDialog {
  readonly element = h('dialog', { class: 'fork-dialog', 'aria-labelledby': 'fork-title' });

  open(title: string, name: string, choose: (choice: ForkChoice) => void): void {
    const field = h('input', { type: 'text', id: 'fork-name', value: name, autocomplete: 'off' });
    const form = h('form', { method: 'dialog' });
    const options = rests.map(([rest, words], at) =>
      h(
        'label',
        {},
        h('input', { type: 'radio', name: 'rest', value: rest, checked: at === 0 }),
        h('span', {}, words),
      ),
    );
    form.append(
      h('h2', { id: 'fork-title' }, title),
      h('label', { for: 'fork-name' }, 'Name of the fork', field),
      h('fieldset', {}, h('legend', {}, 'After that'), ...options),
      h(
        'div',
        { class: 'dialog-buttons' },
        h('button', { type: 'submit', class: 'main', value: 'live' }, 'Go on live from there'),
        h('button', { type: 'submit', class: 'plain', value: 'end' }, 'Run to the end'),
        h('button', { type: 'submit', class: 'plain', value: '', formnovalidate: true }, 'Cancel'),
      ),
    );
    form.addEventListener('submit', (event) => {
      const how = (event.submitter as HTMLButtonElement | null)?.value;
      if (how !== 'live' && how !== 'end') return;
      const rest = new FormData(form).get('rest') as ForkRest;
      choose({ name: field.value, rest, how });
    });
    replaceChildren(this.element, form);
    this.element.showModal();
    field.select();
  }
}
