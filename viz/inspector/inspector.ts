import { h, replaceChildren } from '../page/dom.ts';
import type { Session } from '../timeline/session.ts';
import { eventPanel } from './event_panel.ts';
import { InsidePanel } from './inside_panel.ts';
import { runPanel } from './run_panel.ts';

/** The right-hand panel (a sheet at the bottom on small screens): the run as a whole, or the selected event. */
export class Inspector {
  readonly element: HTMLElement;
  private readonly body = h('div', { class: 'inspector-body' });
  private readonly session: Session;
  private readonly go: (event: number) => void;
  private readonly inside: InsidePanel;

  /** `name` tells it from another one on the page. */
  constructor(session: Session, go: (event: number) => void, name = 'Inspector') {
    this.session = session;
    this.go = go;
    this.inside = new InsidePanel(session);
    this.element = h(
      'aside',
      { class: 'inspector', 'aria-label': name, tabindex: 0 },
      h('h2', { class: 'unseen' }, name),
      this.body,
    );
    session.onChange((change) => {
      if (change === 'rest' || change === 'selection') this.render();
      else if (change === 'cone') this.renderInPlace();
      else if (change === 'inside' && session.selected >= 0) this.inside.update();
    });
    this.render();
  }

  /** The same event, told anew: what one reads, and where the keyboard is, stay where they are. */
  private renderInPlace(): void {
    const top = this.body.scrollTop;
    const buttons = [...this.body.querySelectorAll('button')];
    const focused = document.activeElement;
    const label = focused?.closest('.inspector-body') === this.body ? focused.closest('section') : null;
    const title = label?.querySelector('h3')?.textContent;
    this.render();
    this.body.scrollTop = top;
    if (title === undefined || buttons.length === 0) return;
    const part = [...this.body.querySelectorAll('section')].find(
      (each) => each.querySelector('h3')?.textContent === title,
    );
    part?.querySelector('button')?.focus({ preventScroll: true });
  }

  private render(): void {
    const { session } = this;
    const panel =
      session.selected < 0 ? runPanel(session, this.go) : eventPanel(session, this.go, this.inside.update());
    replaceChildren(this.body, ...panel);
    this.body.scrollTop = 0;
    this.element.classList.toggle('has-selection', session.selected >= 0);
  }
}
