import { readRunFile } from '../load/read_run_file.ts';
import { fetchTrace } from '../load/sources.ts';
import type { RunModel } from '../model/run_model.ts';
import { h } from '../page/dom.ts';
import type { Tooltip } from '../page/tooltip.ts';
import type { Theme } from '../theme/theme.ts';
import type { Session } from '../timeline/session.ts';
import { type Comparison, compareRuns } from './comparison.ts';

/** Where the parts of a comparison go. */
export interface ComparePlaces {
  /** Before the lanes. */
  readonly top: HTMLElement;
  readonly lanes: HTMLElement;
  readonly side: HTMLElement;
}

/** Opens a second run from a file or a link's `cmp`, and puts it away again. */
export class CompareControl {
  private readonly session: Session;
  private readonly theme: Theme;
  private readonly tooltip: Tooltip;
  private readonly places: ComparePlaces;
  private readonly picker = h('input', {
    type: 'file',
    accept: '.detcd,.gz',
    hidden: true,
    'aria-label': 'Trace file to compare with',
    class: 'compare-file',
  });
  private shown: Comparison | null = null;
  private shownUrl = '';

  constructor(session: Session, theme: Theme, tooltip: Tooltip, places: ComparePlaces) {
    this.session = session;
    this.theme = theme;
    this.tooltip = tooltip;
    this.places = places;
    places.top.append(this.picker);
    this.picker.addEventListener('change', () => {
      const [file] = this.picker.files ?? [];
      if (file !== undefined) void this.load(file.name, async () => new Uint8Array(await file.arrayBuffer()));
      this.picker.value = '';
    });
  }

  /** Asks for a file, or stops comparing. */
  toggle(): void {
    if (this.shown === null) this.picker.click();
    else this.close();
  }

  get comparing(): boolean {
    return this.shown !== null;
  }

  /** Compares with a run that is loaded already. */
  with(model: RunModel): void {
    this.beside(model);
  }

  /** As `with`; returns what looks at the other run. */
  beside(model: RunModel): Session {
    this.close();
    const comparison = compareRuns(this.session, model, this.theme, this.tooltip, () => this.close());
    this.show(comparison);
    return comparison.session;
  }

  follow(url: string | null): void {
    if (url === null || url === this.shownUrl) return;
    this.shownUrl = url;
    void this.load(url, () => fetchTrace(url));
  }

  private async load(name: string, bytes: () => Promise<Uint8Array>): Promise<void> {
    this.close();
    const status = h('p', { class: 'difference', role: 'status' }, `loading ${name}`);
    this.places.top.append(status);
    try {
      const model = await readRunFile(await bytes(), () => undefined);
      status.remove();
      this.show(compareRuns(this.session, model, this.theme, this.tooltip, () => this.close()));
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      status.setAttribute('role', 'alert');
      status.textContent = `${name}: ${reason}`;
    }
  }

  private show(comparison: Comparison): void {
    this.shown = comparison;
    this.places.top.append(comparison.banner);
    this.places.lanes.append(comparison.lanes);
    this.places.side.append(comparison.inspector);
    document.body.classList.add('comparing');
  }

  close(): void {
    const { shown } = this;
    this.shown = null;
    for (const element of Array.from(this.places.top.children)) if (element !== this.picker) element.remove();
    if (shown === null) return;
    shown.lanes.remove();
    shown.inspector.remove();
    document.body.classList.remove('comparing');
  }
}
