import { h, replaceChildren } from '../page/dom.ts';
import type { Session } from '../timeline/session.ts';
import { eventPanel } from './event_panel.ts';
import { runPanel } from './run_panel.ts';

/** The right-hand panel (a sheet at the bottom on small screens): the run as a whole, or the selected event. */
export class Inspector {
  readonly element: HTMLElement;
  private readonly body = h('div', { class: 'inspector-body' });
  private readonly session: Session;
  private readonly go: (event: number) => void;

  constructor(session: Session, go: (event: number) => void) {
    this.session = session;
    this.go = go;
    this.element = h('aside', { class: 'inspector', 'aria-label': 'Inspector', tabindex: 0 }, this.body);
    session.onChange((change) => {
      if (change === 'selection') this.render();
    });
    this.render();
  }

  private render(): void {
    const { session } = this;
    const panel = session.selected < 0 ? runPanel(session, this.go) : eventPanel(session, this.go);
    replaceChildren(this.body, ...panel);
    this.body.scrollTop = 0;
    this.element.classList.toggle('has-selection', session.selected >= 0);
  }
}
