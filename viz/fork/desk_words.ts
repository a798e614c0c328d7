import { h } from '../page/dom.ts';

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Where else it is said: in the list of forks, while that is open. */
interface OtherPlace {
  readonly element: HTMLDialogElement;
  say(words: string): void;
}

/** What is being done and takes a while, and why something could not be done: above the lanes, or in a dialog that is open. */
export class DeskWords {
  private readonly complaint = h('p', { class: 'desk-words', role: 'alert', hidden: true });
  private readonly doing = h('p', { class: 'desk-doing', role: 'status', hidden: true });
  readonly elements = [this.complaint, this.doing];
  private readonly other: OtherPlace;
  private busy = false;

  constructor(other: OtherPlace) {
    this.other = other;
  }

  /** One thing after the other: what is asked for meanwhile is not done. */
  attempt(doing: string, work: () => Promise<void>): void {
    if (this.busy) {
      this.tell('Wait: what was asked for before is still being done.');
      return;
    }
    this.busy = true;
    this.complain('');
    this.tell(`${doing} \u2026`);
    work()
      .then(() => '')
      .catch(reasonOf)
      .then((reason) => {
        this.busy = false;
        this.tell(this.other.element.open ? reason : '');
        if (!this.other.element.open) this.complain(reason);
      })
      .catch(() => undefined);
  }

  tell(words: string): void {
    const { other, doing } = this;
    if (other.element.open) other.say(words);
    doing.textContent = other.element.open ? '' : words;
    doing.hidden = doing.textContent === '';
  }

  complain(words: string): void {
    this.complaint.textContent = words;
    this.complaint.hidden = words === '';
  }
}
