/** What opens when it is closed and closes when it is open. */
export interface Toggled {
  readonly element: HTMLDialogElement;
  readonly toggle: () => void;
}

/** A dialog that is made, and whose code is fetched, when somebody first asks for it. */
export class LateDialog {
  private readonly place: HTMLElement;
  private readonly make: () => Promise<Toggled>;
  private readonly say: (words: string) => void;
  private made: Promise<Toggled> | null = null;

  /** `place`: where it goes; `say`: for the reason why it can't be had. */
  constructor(place: HTMLElement, make: () => Promise<Toggled>, say: (words: string) => void) {
    this.place = place;
    this.make = make;
    this.say = say;
  }

  toggle(): void {
    this.made ??= this.make().then((dialog) => {
      this.place.append(dialog.element);
      return dialog;
    });
    this.made
      .then((dialog) => dialog.toggle())
      .catch((error: unknown) => {
        // The next time may find the server there again.
        this.made = null;
        this.say(`It can't be opened: ${error instanceof Error ? error.message : String(error)}`);
      });
  }
}
