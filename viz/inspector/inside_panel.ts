import { memberStateAt } from '../model/member_state.ts';
import { prefixSum } from '../model/prefix_sum.ts';
import { type Child, h, replaceChildren } from '../page/dom.ts';
import { momentText } from '../scale/time_format.ts';
import type { Session } from '../timeline/session.ts';
import { lookRequest, lookSource, whyNoLook } from './look_source.ts';
import { lookSections } from './look_sections.ts';
import type { MemberLook } from './member_look.ts';

/**
 * What the trace does not say: raft's view of the others, keys with their generations, watchers, leases. The run is run again up to the
 * selected event, in a worker, and the member's state is read there.
 */
export class InsidePanel {
  readonly element = h('section', { class: 'part inside' });
  private readonly session: Session;
  /** The member that was chosen by hand; 0: the selected event's own. */
  private chosen = 0;
  private readonly body = h('div', { class: 'inside-body' });
  private readonly status = h('p', { class: 'quiet', role: 'status' });
  /** Parts that are folded, by their titles. */
  private readonly folded = new Set<string>();

  constructor(session: Session) {
    this.session = session;
  }

  /** For the selected event. */
  update(): HTMLElement {
    const { session, element } = this;
    const { info } = session.model;
    const why = whyNoLook(info);
    const head = h('h3', {}, 'Inside a member ', h('kbd', {}, 'I'));
    if (why !== null) replaceChildren(element, head, h('p', { class: 'quiet' }, why));
    else if (!session.insideShown) replaceChildren(element, head, this.opener());
    else {
      const member = this.member();
      replaceChildren(element, head, this.chooser(member), this.status, this.body);
      this.ask(member);
    }
    return element;
  }

  private opener(): HTMLElement {
    return h(
      'button',
      {
        type: 'button',
        class: 'plain wide',
        onclick: () => {
          this.session.showInside(true);
          this.element.querySelector<HTMLElement>('.choices button')?.focus();
        },
      },
      'Run it again up to here and look at keys, watchers, leases',
    );
  }

  private chooser(member: number): HTMLElement {
    return h(
      'div',
      { class: 'choices', role: 'group', 'aria-label': 'Member' },
      ...this.session.model.members.map((lane, i) =>
        h(
          'button',
          {
            type: 'button',
            class: 'plain',
            'aria-pressed': String(i + 1 === member),
            onclick: () => {
              this.chosen = i + 1;
              this.update();
              this.element.querySelectorAll<HTMLElement>('.choices button')[i]?.focus();
            },
          },
          lane.name,
        ),
      ),
      h(
        'button',
        { type: 'button', class: 'plain', 'aria-label': 'Look inside no more', onclick: () => this.close() },
        '\u00d7',
      ),
    );
  }

  private close(): void {
    this.session.showInside(false);
    this.element.querySelector('button')?.focus();
  }

  /** The chosen one, else that of the selected event, else who leads then, else the first. */
  private member(): number {
    const { model, selected } = this.session;
    if (this.chosen > 0) return this.chosen;
    const lane = model.trace.lanes[selected];
    const own = model.members.findIndex(({ id }) => id === lane);
    if (own >= 0) return own + 1;
    for (const { id } of model.members) {
      const { role } = memberStateAt(model.trace, model.lives.get(id), model.progress.get(id), selected);
      if (role !== undefined && role.leader > 0) return role.leader;
    }
    return 1;
  }

  private ask(member: number): void {
    const { model, selected } = this.session;
    const atNs = model.trace.timesNs[selected] as number;
    this.status.textContent = `running the scenario again up to ${momentText(atNs)}`;
    this.body.classList.add('stale');
    lookSource.ask(lookRequest(model.info, member, atNs), (answer) => {
      if (this.session.selected !== selected) return;
      this.body.classList.remove('stale');
      this.show(answer);
    });
  }

  private show(answer: MemberLook | string): void {
    if (typeof answer === 'string') {
      this.status.textContent = `It can\u2019t be run again here: ${answer}`;
      replaceChildren(this.body);
      return;
    }
    const { trace, info } = this.session.model;
    const same = answer.events <= trace.length && prefixSum(trace, answer.events) === answer.sum;
    if (!same) {
      this.status.textContent = `This build does not repeat the recorded run (it was recorded by build ${info.build}), so its state is not known.`;
      replaceChildren(this.body);
      return;
    }
    this.status.textContent = placeWords(answer);
    replaceChildren(this.body, ...lookSections(answer, info).map((part) => this.part(part.title, part.body)));
  }

  private part(title: string, body: readonly Child[]): HTMLElement {
    const details = h('details', { open: !this.folded.has(title) }, h('summary', {}, title), ...body);
    details.addEventListener('toggle', () => {
      if (details.open) this.folded.delete(title);
      else this.folded.add(title);
    });
    return details;
  }
}

function placeWords({ askedNs, atNs, member, process }: MemberLook): string {
  const name = `n${member}`;
  const state = { up: 'runs', paused: 'is paused', starting: 'is starting', down: 'is down' }[process];
  const place = `${name} ${state}, with all events of ${momentText(atNs)}`;
  if (atNs >= askedNs) return place;
  return `${place}: the load ended there; after that the world is healed and read, which is not run again`;
}
