import { kindSchemas } from '../../sim/trace/kinds.ts';
import { lowerBound } from '../model/time_index.ts';
import { h, replaceChildren } from '../page/dom.ts';
import type { Session } from '../timeline/session.ts';
import { plainName } from '../words/plain_name.ts';
import { tableCells, tableColumns, tableEvents } from './table_rows.ts';
import { countWords } from '../words/count_words.ts';

const rowHeight = 24;
/** Browsers forget about heights above some tens of millions of pixels; above this, a pixel of scrolling is more than one. */
const heightMax = 8_000_000;

/** Every event in words, one a row; only the rows in sight exist. It is also the text alternative of the picture. */
export class EventTable {
  readonly element: HTMLElement;
  private readonly session: Session;
  private readonly go: (event: number) => void;
  private readonly lane: HTMLSelectElement;
  private readonly kind: HTMLSelectElement;
  private readonly onlyHits = h('input', { type: 'checkbox', id: 'only-hits' });
  private readonly count = h('span', { class: 'quiet', role: 'status' });
  private readonly head = h('div', { class: 'table-row table-head', role: 'row', 'aria-rowindex': 1 });
  private readonly body = h('div', { class: 'table-rows', role: 'rowgroup' });
  private readonly space = h('div', { class: 'table-space', role: 'presentation' });
  private readonly scroller: HTMLElement;
  private events: Int32Array = new Int32Array(0);
  private stale = true;

  constructor(session: Session, go: (event: number) => void) {
    this.session = session;
    this.go = go;
    const { model } = session;
    this.lane = select('Lane', [
      ['-1', 'every lane'],
      ...model.info.lanes.map(({ id, name }) => [String(id), name] as const),
    ]);
    this.kind = select('Kind', [['-1', 'every kind']]);
    this.scroller = h(
      'div',
      { class: 'table-scroller', role: 'table', tabindex: 0, 'aria-label': 'Events' },
      h('div', { role: 'rowgroup', class: 'table-top' }, this.head),
      this.space,
    );
    this.space.append(this.body);
    this.element = h(
      'section',
      { class: 'event-table', 'aria-label': 'Event table', hidden: true },
      h(
        'div',
        { class: 'table-bar' },
        this.lane,
        this.kind,
        h('label', { for: 'only-hits' }, this.onlyHits, 'only what the search found'),
        this.count,
        h(
          'button',
          {
            type: 'button',
            class: 'close',
            'aria-label': 'Close the table (B)',
            onclick: () => session.showTable(false),
          },
          '\u00d7',
        ),
      ),
      this.scroller,
    );
    this.listen();
  }

  private listen(): void {
    const { session, scroller } = this;
    for (const field of [this.lane, this.kind, this.onlyHits])
      field.addEventListener('change', () => this.refill());
    scroller.addEventListener('scroll', () => this.render());
    scroller.addEventListener('keydown', (event) => this.key(event));
    this.body.addEventListener('click', (event) => {
      const found = eventOf(event.target);
      if (found >= 0) this.go(found);
    });
    this.body.addEventListener('pointermove', (event) => {
      const found = eventOf(event.target);
      session.pointAt(found < 0 ? -1 : (session.model.trace.timesNs[found] as number));
    });
    this.body.addEventListener('pointerleave', () => session.pointAt(-1));
    new ResizeObserver(() => this.render()).observe(scroller);
    session.onChange((change) => {
      if (change === 'table') this.toggle();
      else if (change === 'search') {
        this.stale = true;
        if (this.onlyHits.checked) this.refill();
      } else if (change === 'rest') this.refill();
      else if (change === 'selection') this.reveal(session.selected);
      else if (change === 'cursor') this.render();
    });
  }

  private toggle(): void {
    this.element.hidden = !this.session.tableShown;
    if (this.element.hidden) return;
    if (this.kind.options.length === 1) this.offerKinds();
    if (this.stale) this.refill();
    this.reveal(this.session.selected);
    this.scroller.focus({ preventScroll: true });
  }

  /** The kinds that the run has. Looked for when the table is first shown: a long run takes a while. */
  private offerKinds(): void {
    const { model, live } = this.session;
    const present = new Uint8Array(kindSchemas.length);
    for (const kind of model.trace.kinds) present[kind] = 1;
    // Of a live run anything may still come.
    if (live) present.fill(1);
    kindSchemas.forEach(({ name }, kind) => {
      if (present[kind] === 1) this.kind.append(h('option', { value: kind }, plainName(name)));
    });
  }

  /** Filters anew and stays where it was in time. */
  private refill(): void {
    this.stale = false;
    if (!this.session.tableShown) {
      this.stale = true;
      return;
    }
    this.events = tableEvents(this.session.model, {
      lane: Number(this.lane.value),
      kind: Number(this.kind.value),
      among: this.onlyHits.checked ? this.session.hits : null,
    });
    const columns = tableColumns(Number(this.kind.value));
    this.scroller.style.setProperty('--columns', gridOf(columns));
    replaceChildren(this.head, ...columns.map((name) => h('span', { role: 'columnheader' }, name)));
    this.scroller.setAttribute('aria-rowcount', String(this.events.length + 1));
    this.count.textContent = `${countWords(this.events.length)} events`;
    this.space.style.height = `${Math.min(heightMax, this.events.length * rowHeight)}px`;
    this.reveal(this.session.selected);
    this.render();
  }

  /** Rows that fit into the visible part under the head. */
  private get visibleRows(): number {
    return Math.max(1, Math.floor((this.scroller.clientHeight - rowHeight) / rowHeight));
  }

  private get firstRow(): number {
    const { scroller, events } = this;
    const most = Math.max(0, events.length - this.visibleRows);
    const range = Math.max(1, Math.min(heightMax, events.length * rowHeight) - this.visibleRows * rowHeight);
    return Math.min(most, Math.round((scroller.scrollTop / range) * most));
  }

  private scrollToRow(row: number): void {
    const { events } = this;
    const most = Math.max(1, events.length - this.visibleRows);
    const range = Math.max(0, Math.min(heightMax, events.length * rowHeight) - this.visibleRows * rowHeight);
    this.scroller.scrollTop = (Math.max(0, Math.min(most, row)) / most) * range;
    this.render();
  }

  private reveal(event: number): void {
    if (this.element.hidden || event < 0) return this.render();
    const row = lowerBound(this.events, event);
    const first = this.firstRow;
    if (row < first || row >= first + this.visibleRows) this.scrollToRow(row - (this.visibleRows >> 1));
    else this.render();
  }

  private render(): void {
    if (this.element.hidden) return;
    const { session, events } = this;
    const { model, selected, cursorNs } = session;
    const kind = Number(this.kind.value);
    const first = this.firstRow;
    const last = Math.min(events.length, first + this.visibleRows + 1);
    // The last event up to the moment that is pointed at in the timeline.
    const cursor = cursorNs < 0 ? -1 : this.rowAt(cursorNs);
    const rows: HTMLElement[] = [];
    for (let row = first; row < last; row++) {
      const event = events[row] as number;
      const cells = tableCells(model, event, kind).map((text) =>
        h('span', { role: 'cell', title: text }, text),
      );
      const names = ['table-row', event === selected ? 'selected' : '', row === cursor ? 'pointed' : ''];
      const element = h(
        'div',
        {
          class: names.filter(Boolean).join(' '),
          role: 'row',
          'aria-rowindex': row + 2,
          'data-event': event,
          'aria-current': event === selected ? 'true' : undefined,
        },
        ...cells,
      );
      rows.push(element);
    }
    this.body.style.transform = `translateY(${this.scroller.scrollTop}px)`;
    replaceChildren(this.body, ...rows);
  }

  private rowAt(atNs: number): number {
    const { timesNs } = this.session.model.trace;
    let low = 0;
    let high = this.events.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((timesNs[this.events[middle] as number] as number) <= atNs) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }

  private key(event: KeyboardEvent): void {
    const steps: Readonly<Record<string, number>> = {
      ArrowDown: 1,
      ArrowUp: -1,
      PageDown: this.visibleRows,
      PageUp: -this.visibleRows,
      Home: -Infinity,
      End: Infinity,
    };
    const step = steps[event.key];
    if (step === undefined || this.events.length === 0) return;
    event.preventDefault();
    event.stopPropagation();
    const { selected } = this.session;
    const at = selected < 0 ? this.firstRow - 1 : lowerBound(this.events, selected);
    const row = Math.max(0, Math.min(this.events.length - 1, at + step));
    this.go(this.events[row] as number);
  }
}

function eventOf(target: EventTarget | null): number {
  const row = target instanceof Element ? target.closest<HTMLElement>('.table-row[data-event]') : null;
  return row === null ? -1 : Number(row.dataset['event']);
}

function select(name: string, choices: readonly (readonly [string, string])[]): HTMLSelectElement {
  return h(
    'select',
    { 'aria-label': name },
    ...choices.map(([value, words]) => h('option', { value }, words)),
  );
}

function gridOf(columns: readonly string[]): string {
  const widths: Readonly<Record<string, string>> = {
    event: '76px',
    time: '96px',
    lane: '76px',
    kind: '112px',
    'what happened': 'minmax(220px, 1fr)',
    file: 'minmax(160px, 1fr)',
  };
  return columns.map((name) => widths[name] ?? 'minmax(56px, 110px)').join(' ');
}
