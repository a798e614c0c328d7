import { commands } from '../input/commands.ts';
import { setSingleKeys, singleKeysOn } from '../input/single_keys.ts';
import { h } from './dom.ts';
import type { Toggled } from './late_dialog.ts';
import { legend } from './legend.ts';

/** Keys, pointer and legend in a dialog. */
export function helpDialog(): Toggled {
  const rows = commands
    .filter((command) => command.shown !== '')
    .map((command) => h('li', {}, h('kbd', {}, command.shown), h('span', {}, command.words)));
  const dialog = h(
    'dialog',
    { class: 'help', 'aria-labelledby': 'help-title' },
    h('div', { class: 'head-line' }, h('h2', { id: 'help-title' }, 'Keys'), closeButton()),
    h('ul', { class: 'keys' }, ...rows),
    keysChoice(),
    h(
      'p',
      { class: 'quiet' },
      'Wheel: zoom. Drag, or Shift and wheel: move. Click: select. In the strip at the bottom, drag a stretch of time.',
    ),
    h('h2', {}, 'Legend'),
    legend('all'),
    h(
      'p',
      { class: 'quiet' },
      'A band\u2019s colour and the number beside it are the term. Lost messages end at a cross. Red belongs to faults.',
    ),
  );
  dialog.addEventListener('click', (event) => {
    if (event.target === dialog) dialog.close();
  });
  return { element: dialog, toggle: () => (dialog.open ? dialog.close() : dialog.showModal()) };
}

function keysChoice(): HTMLElement {
  const input = h('input', { id: 'single-keys', type: 'checkbox', checked: singleKeysOn() });
  input.addEventListener('change', () => setSingleKeys(input.checked));
  const words = 'single letters and signs are commands (arrows, Home and Esc always are)';
  return h('label', { for: 'single-keys', class: 'keys-choice' }, input, h('span', {}, words));
}

function closeButton(): HTMLElement {
  const button = h('button', { type: 'button', class: 'close', 'aria-label': 'Close' }, '\u00d7');
  button.addEventListener('click', () => button.closest('dialog')?.close());
  return button;
}
