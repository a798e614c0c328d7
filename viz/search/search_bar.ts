import { h } from '../page/dom.ts';
import type { Session } from '../timeline/session.ts';
import { Finder } from './find.ts';
import { parseQuery, queryFields } from './query.ts';
import { countWords } from '../words/count_words.ts';

const waitMs = 90;

/** The field that searches the run: words and `field:value`; Enter goes to the next hit, with Shift to the one before. */
export class SearchBar {
  readonly element: HTMLElement;
  private readonly input = h('input', {
    type: 'search',
    class: 'search-input',
    placeholder: 'search  /',
    'aria-label': `Search events: words, or ${queryFields.join(':, ')}:, t:1s..2s`,
    autocomplete: 'off',
    spellcheck: 'false',
  });
  private readonly count = h('span', { class: 'search-count', role: 'status' });
  private readonly session: Session;
  private finder: Finder;
  private readonly go: (event: number) => void;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private mistake = '';

  constructor(session: Session, go: (event: number) => void) {
    this.session = session;
    this.finder = new Finder(session.model);
    this.go = go;
    this.element = h(
      'div',
      { class: 'search', role: 'search' },
      this.input,
      this.count,
      turn('\u2039', 'Hit before (Shift N)', () => this.step(-1)),
      turn('\u203a', 'Next hit (N)', () => this.step(1)),
    );
    this.input.addEventListener('input', () => {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.run(), waitMs);
    });
    this.input.addEventListener('keydown', (event) => {
      if (event.key === 'Enter') {
        clearTimeout(this.timer);
        this.run();
        this.step(event.shiftKey ? -1 : 1);
      } else if (event.key === 'Escape') {
        this.input.value = '';
        this.run();
        this.input.blur();
      }
    });
    session.onChange((change) => {
      if (change === 'search' || change === 'selection') this.say();
      else if (change === 'model') this.finder = new Finder(session.model);
    });
  }

  focus(): void {
    this.input.focus();
    this.input.select();
  }

  step(direction: 1 | -1): void {
    const event = this.session.hitFrom(direction);
    if (event >= 0) this.go(event);
  }

  private run(): void {
    const text = this.input.value.trim();
    const query = parseQuery(text);
    this.mistake = query.mistake;
    performance.mark('detcd search');
    const none = text === '' || query.mistake !== '';
    this.session.found(none ? new Int32Array(0) : this.finder.find(query));
    performance.measure('detcd search', 'detcd search');
  }

  private say(): void {
    const { hits, selected } = this.session;
    const at = hits.indexOf(selected);
    const all = countWords(hits.length);
    const words = at >= 0 ? `${countWords(at + 1)} of ${all}` : all;
    this.count.textContent = this.mistake || (this.input.value.trim() === '' ? '' : words);
    this.input.setAttribute('aria-invalid', String(this.mistake !== ''));
  }
}

function turn(sign: string, label: string, act: () => void): HTMLElement {
  return h(
    'button',
    { type: 'button', class: 'plain', title: label, 'aria-label': label, onclick: act },
    sign,
  );
}
