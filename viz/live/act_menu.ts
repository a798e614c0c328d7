import { h, replaceChildren } from '../page/dom.ts';
import type { Act } from './acts.ts';

export interface MenuRequest {
  /** "n2", "n1 \u2192 n3". */
  readonly name: string;
  /** When it will happen: "now", "a fork at 3.214 s". */
  readonly when: string;
  readonly acts: readonly Act[];
  /** Entries that lead to another menu, before the acts. */
  readonly more: readonly { readonly words: string; readonly open: () => void }[];
  readonly choose: (act: Act) => void;
  /** Corner in the window; null: in the middle. */
  readonly at: { readonly x: number; readonly y: number } | null;
}

/** One menu for the page: what can be done to what was pointed at. Arrows and first letters move, Enter does it, Escape closes. */
export class ActMenu {
  readonly element = h('div', { class: 'act-menu', role: 'menu', hidden: true });
  private items: HTMLElement[] = [];
  private before: Element | null = null;
  private readonly outside = (event: Event): void => {
    if (event.target instanceof Node && !this.element.contains(event.target)) this.close(false);
  };

  constructor() {
    this.element.addEventListener('keydown', (event) => this.key(event));
  }

  open(request: MenuRequest): void {
    const { element } = this;
    if (element.hidden) this.before = document.activeElement;
    element.setAttribute('aria-label', `Do something to ${request.name}, ${request.when}`);
    this.items = [];
    const head = h('div', { class: 'act-head' }, h('strong', {}, request.name), h('span', {}, request.when));
    replaceChildren(element, head, ...this.groups(request));
    element.hidden = false;
    this.place(request.at);
    this.items[0]?.focus();
    addEventListener('pointerdown', this.outside, true);
  }

  private groups({ acts, more, choose }: MenuRequest): HTMLElement[] {
    const names = [...new Set(acts.map(({ group }) => group))];
    const groups = names.map((name) =>
      h(
        'div',
        { role: 'group', 'aria-label': name },
        h('div', { class: 'act-group', 'aria-hidden': 'true' }, name),
        ...acts.filter(({ group }) => group === name).map((act) => this.item(act.words, () => choose(act))),
      ),
    );
    if (more.length === 0) return groups;
    const others = more.map(({ words, open }) => this.item(`${words} \u2026`, open));
    return [
      ...groups,
      h('div', { role: 'group', 'aria-label': 'Other targets', class: 'act-more' }, ...others),
    ];
  }

  private item(words: string, act: () => void): HTMLElement {
    const item = h('button', { type: 'button', role: 'menuitem', tabindex: -1 }, words);
    item.addEventListener('click', () => {
      this.close(true);
      act();
    });
    this.items.push(item);
    return item;
  }

  private place(at: MenuRequest['at']): void {
    const { element } = this;
    const { offsetWidth, offsetHeight } = element;
    const x = at?.x ?? (innerWidth - offsetWidth) / 2;
    const y = at?.y ?? (innerHeight - offsetHeight) / 3;
    element.style.left = `${Math.max(8, Math.min(x, innerWidth - offsetWidth - 8))}px`;
    element.style.top = `${Math.max(8, Math.min(y, innerHeight - offsetHeight - 8))}px`;
    element.scrollTop = 0;
  }

  private key(event: KeyboardEvent): void {
    const at = this.items.indexOf(document.activeElement as HTMLElement);
    const last = this.items.length - 1;
    const to = {
      ArrowDown: at === last ? 0 : at + 1,
      ArrowUp: at <= 0 ? last : at - 1,
      Home: 0,
      End: last,
    }[event.key];
    // What is pressed here is not for the timeline.
    event.stopPropagation();
    if (to !== undefined) this.items[to]?.focus();
    else if (event.key === 'Escape' || event.key === 'Tab') this.close(true);
    else if (event.key.length === 1 && event.key !== ' ') this.focusByLetter(event.key, at);
    else return;
    event.preventDefault();
  }

  private focusByLetter(letter: string, after: number): void {
    const { items } = this;
    const wanted = letter.toLowerCase();
    const starts = (item: HTMLElement): boolean => (item.textContent ?? '').toLowerCase().startsWith(wanted);
    const found = [...items.slice(after + 1), ...items.slice(0, after + 1)].find(starts);
    found?.focus();
  }

  close(giveBack: boolean): void {
    if (this.element.hidden) return;
    this.element.hidden = true;
    removeEventListener('pointerdown', this.outside, true);
    // What is hidden keeps the focus until the next frame, and would take the keys that come before it.
    if (document.activeElement instanceof HTMLElement && this.element.contains(document.activeElement))
      document.activeElement.blur();
    if (giveBack && this.before instanceof HTMLElement) this.before.focus({ preventScroll: true });
  }
}
