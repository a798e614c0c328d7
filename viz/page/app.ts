import { specOfLink } from '../fork/run_link.ts';
import { Workshop } from '../fork/workshop.ts';
import { startForm } from '../live/start_form.ts';
import { liveStart } from '../live/live_start.ts';
import { isResults } from '../dashboard/is_results.ts';
import { Places } from '../lessons/places.ts';
import { liveScenarios, runLive } from '../load/live_run.ts';
import { type Progress, readRunFile } from '../load/read_run_file.ts';
import { fetchTrace, linkWords, sourceOf } from '../load/sources.ts';
import type { RunModel } from '../model/run_model.ts';
import { Theme } from '../theme/theme.ts';
import { h, replaceChildren } from './dom.ts';
import { runOfLink } from './link.ts';
import { type OpenRun, openRun } from './run_page.ts';
import { errorBox, startPage } from './start_page.ts';

/** Takes the page from an empty document to a run: from its link, from a file, or from the start page. */
export function startApp(root: HTMLElement): void {
  const theme = new Theme(linkWords(new URL(location.href)).get('theme'));
  const app = new App(root, theme);
  app.fromAddress();
  addEventListener('hashchange', () => app.followAddress());
}

/** Runs that fail: a planted bug each, and the checkers that find it. */
const brokenRuns = [
  {
    scenario: 'majority-crash',
    href: '#scenario=majority-crash&seed=2&bugs=respond-before-fsync',
    name: 'majority-crash, broken',
    words:
      'The same story with a planted bug: members answer before their disks have the data. The checkers find it.',
  },
  {
    scenario: 'leader-isolated',
    href: '#scenario=leader-isolated&seed=2&bugs=local-reads',
    name: 'leader-isolated, a stale read',
    words:
      'A leader that was cut off goes on answering reads by itself, with a planted bug: find out why in three minutes.',
  },
];

class App {
  private readonly root: HTMLElement;
  private readonly theme: Theme;
  private readonly picker = h('input', {
    type: 'file',
    accept: '.detcd,.gz,.jsonl',
    multiple: true,
    hidden: true,
    'aria-label': 'Trace file',
  });
  private readonly workshop = new Workshop({
    display: (model) => this.display(model),
    moveTo: (words) => {
      const link = new URL(location.href);
      link.search = '';
      link.hash = words.toString();
      history.replaceState(null, '', link);
    },
  });
  private readonly places = new Places({
    show: (page, title) => {
      this.loads++;
      this.leave();
      this.workshop.leave();
      document.title = title;
      replaceChildren(this.root, page);
    },
    whileLoading: (name, work) => {
      this.workshop.leave();
      this.whileLoading(name, work);
    },
    display: (model) => this.display(model),
    fail: (name, reason) => this.showStart(errorBox(name, reason)),
  });
  private shown: OpenRun | null = null;
  private run = '';
  /** Counts loads, so that a slow one that was overtaken does not replace the newer. */
  private loads = 0;

  constructor(root: HTMLElement, theme: Theme) {
    this.root = root;
    this.theme = theme;
    document.body.append(this.picker);
    this.picker.addEventListener('change', () => {
      void this.openFiles([...(this.picker.files ?? [])]);
      this.picker.value = '';
    });
    this.acceptDrops();
  }

  /** A link to another view of the run that is shown moves only the view. */
  followAddress(): void {
    const address = new URL(location.href);
    if (this.shown !== null && runOfLink(address) === this.run) this.shown.follow(address);
    else this.fromAddress();
  }

  fromAddress(): void {
    const address = new URL(location.href);
    const source = sourceOf(address, document);
    const live = liveStart(address);
    if (this.places.open(address)) return;
    if (live !== null) {
      this.whileLoading(live.spec.scenario, () => this.workshop.start(live));
      return;
    }
    if (source.kind === 'none') this.showStart(null);
    else if (source.kind === 'embedded') this.load('the embedded trace', () => Promise.resolve(source.bytes));
    else if (source.kind === 'url') this.load(source.url, () => fetchTrace(source.url));
    else {
      this.load(source.request.scenario, async (progress) =>
        runLive((await specOfLink(address)) ?? source.request, progress),
      );
    }
  }

  /** A swarm's results may be several files; of traces the first is opened. */
  private async openFiles(files: readonly File[]): Promise<void> {
    const [first] = files;
    if (first === undefined) return;
    if (await isResults(first)) this.places.openResults(files);
    else this.openFile(first);
  }

  private openFile(file: File): void {
    this.load(file.name, async () => new Uint8Array(await file.arrayBuffer()));
  }

  private load(name: string, bytes: (progress: Progress) => Promise<Uint8Array>): void {
    const number = this.loads + 1;
    this.whileLoading(name, async (progress) => {
      const read = await bytes(progress);
      const model = await readRunFile(read, progress);
      if (number === this.loads) this.workshop.adopt({ model, bytes: read }, new URL(location.href));
      return model;
    });
  }

  /** Shows what is being done until there is a run. */
  private whileLoading(name: string, work: (progress: Progress) => Promise<RunModel>): void {
    const number = ++this.loads;
    const words = h('p', { class: 'loading-words', role: 'status' }, 'loading');
    performance.mark('detcd load');
    this.leave();
    replaceChildren(
      this.root,
      h('main', { class: 'loading' }, h('div', { class: 'spinner' }), h('h1', {}, name), words),
    );
    const progress = (text: string): void => {
      words.textContent = text;
    };
    work(progress)
      .then((model) => {
        if (number === this.loads) this.display(model);
      })
      .catch((error: unknown) => {
        const reason = error instanceof Error ? error.message : String(error);
        if (number === this.loads) this.showStart(errorBox(name, reason));
      });
  }

  private display(model: RunModel): void {
    const window = this.shown?.window();
    this.shown?.close();
    document.title = `${model.info.scenario} \u00b7 seed ${model.info.seed} \u00b7 detcd`;
    this.run = runOfLink(new URL(location.href));
    this.shown = openRun(this.root, model, this.theme, () => this.picker.click(), this.workshop);
    // A fork is shown where one was in the run that it left.
    if (window === undefined) this.shown.follow(new URL(location.href));
    else this.shown.show(window);
    this.places.guide(this.shown.parts, new URL(location.href));
  }

  private leave(): void {
    this.shown?.close();
    this.shown = null;
  }

  private showStart(error: HTMLElement | null): void {
    const actions = { pick: () => this.picker.click(), links: [], live: null };
    this.leave();
    this.workshop.leave();
    document.title = 'detcd';
    const page = startPage(actions, error);
    replaceChildren(this.root, page);
    void liveScenarios().then(({ scenarios }) => {
      if (!page.isConnected || scenarios.length === 0) return;
      const links = scenarios.map(({ name, sentence }) => ({
        href: `#scenario=${encodeURIComponent(name)}&seed=1`,
        name,
        words: sentence,
      }));
      for (const broken of brokenRuns)
        if (scenarios.some(({ name }) => name === broken.scenario)) links.unshift(broken);
      page.replaceWith(startPage({ ...actions, links, live: startForm(scenarios) }, error));
    });
  }

  private acceptDrops(): void {
    const { classList } = document.body;
    addEventListener('dragover', (event) => {
      event.preventDefault();
      classList.add('dropping');
    });
    addEventListener('dragleave', (event) => {
      if (event.relatedTarget === null) classList.remove('dropping');
    });
    addEventListener('drop', (event) => {
      event.preventDefault();
      classList.remove('dropping');
      void this.openFiles([...(event.dataTransfer?.files ?? [])]);
    });
  }
}
