import { h } from './dom.ts';

/** One tooltip for the page, kept inside the window. */
export class Tooltip {
  readonly element = h('div', { class: 'tooltip', role: 'tooltip', hidden: true });

  show(text: string, when: string, x: number, y: number): void {
    const { element } = this;
    element.replaceChildren(h('span', { class: 'tooltip-time' }, when), h('span', {}, text));
    element.hidden = false;
    const { offsetWidth, offsetHeight } = element;
    const left = x + 14 + offsetWidth > innerWidth - 8 ? x - offsetWidth - 12 : x + 14;
    const top = y + 16 + offsetHeight > innerHeight - 8 ? y - offsetHeight - 12 : y + 16;
    element.style.left = `${Math.max(8, left)}px`;
    element.style.top = `${Math.max(8, top)}px`;
  }

  hide(): void {
    this.element.hidden = true;
  }
}
