import { h } from '../page/dom.ts';
import type { Session } from '../timeline/session.ts';
import type { Timeline } from '../timeline/timeline.ts';
import { pngOf } from './raster.ts';
import { chromeBlob, fileName, jsonLinesBlob, save, traceBlob } from './save.ts';
import { standalonePage } from './standalone.ts';
import { type Picture, viewSvg } from './view_svg.ts';

interface Choice {
  readonly name: string;
  readonly words: string;
  readonly ending: string;
  /** Needs a run that has come to its end. */
  readonly whole: boolean;
  readonly make: () => Promise<Blob>;
}

/** What can be saved: the picture, the run in several formats, the page with the run in it. */
export class ExportDialog {
  readonly element: HTMLDialogElement;
  private readonly session: Session;
  private readonly timeline: Timeline;
  private readonly status = h('p', { class: 'quiet', role: 'status' });

  constructor(session: Session, timeline: Timeline) {
    this.session = session;
    this.timeline = timeline;
    const close = h('button', { type: 'button', class: 'close', 'aria-label': 'Close' }, '\u00d7');
    close.addEventListener('click', () => this.element.close());
    this.element = h(
      'dialog',
      { class: 'help export', 'aria-labelledby': 'export-title' },
      h('div', { class: 'head-line' }, h('h2', { id: 'export-title' }, 'Save'), close),
      h('ul', { class: 'exports' }, ...this.choices().map((choice) => this.item(choice))),
      this.status,
    );
    this.element.addEventListener('click', (event) => {
      if (event.target === this.element) this.element.close();
    });
  }

  toggle(): void {
    const { element, status, session } = this;
    if (element.open) {
      element.close();
      return;
    }
    status.textContent = session.live ? 'A live run can be saved as a whole when it has ended.' : '';
    for (const button of element.querySelectorAll<HTMLButtonElement>('button[data-whole]'))
      button.disabled = session.live;
    element.showModal();
  }

  private picture(): Picture {
    const { frame } = this.timeline;
    if (frame === null) throw new Error('nothing is drawn yet');
    return viewSvg(this.session, frame);
  }

  private choices(): readonly Choice[] {
    const { model } = this.session;
    return [
      {
        name: 'Picture, SVG',
        words: 'what the timeline shows, all lanes, as vectors',
        ending: '.svg',
        whole: false,
        make: () => Promise.resolve(new Blob([this.picture().text], { type: 'image/svg+xml' })),
      },
      {
        name: 'Picture, PNG',
        words: 'the same in pixels, twice as fine as on the screen',
        ending: '.png',
        whole: false,
        make: () => pngOf(this.picture()),
      },
      {
        name: 'Trace',
        words: 'for this page and the command line',
        ending: '.detcd',
        whole: true,
        make: () => traceBlob(model),
      },
      {
        name: 'JSON lines',
        words: 'every event with its arguments by name; can be opened here again',
        ending: '.jsonl.gz',
        whole: true,
        make: () => jsonLinesBlob(model),
      },
      {
        name: 'Chrome trace',
        words: 'for Perfetto (ui.perfetto.dev) and chrome://tracing',
        ending: '.json',
        whole: true,
        make: () => chromeBlob(model),
      },
      {
        name: 'Page',
        words: 'one HTML file with this run, to send and to open without a network',
        ending: '.html',
        whole: true,
        make: async () => standalonePage(await traceBlob(model)),
      },
    ];
  }

  private item(choice: Choice): HTMLElement {
    const button = h('button', { type: 'button', class: 'export-choice' });
    if (choice.whole) button.dataset['whole'] = '';
    button.append(h('strong', {}, choice.name), h('span', {}, choice.words), h('code', {}, choice.ending));
    button.addEventListener('click', () => void this.save(choice));
    return h('li', {}, button);
  }

  private async save({ name, ending, make }: Choice): Promise<void> {
    const { status, session } = this;
    const file = fileName(session.model, ending);
    status.textContent = `writing ${file}`;
    try {
      const blob = await make();
      save(file, blob);
      status.textContent = `${file}: ${sizeText(blob.size)}`;
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      status.textContent = `${name} was not saved: ${reason}`;
    }
  }
}

function sizeText(bytes: number): string {
  if (bytes < 100_000) return `${Math.ceil(bytes / 1000)} kB`;
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
