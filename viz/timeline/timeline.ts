import { axisTop, select, scaleLinear, type ScaleLinear, type Selection } from 'd3';
import { detailFor, densityAbove, tracesAbove } from '../model/level_of_detail.ts';
import { messagesTouching } from '../model/messages.ts';
import { lowerLanes } from '../layout/lower_lanes.ts';
import { type Rows, layOutRows } from '../layout/rows.ts';
import { drawFrame, drawInSteps } from '../layers/draw.ts';
import type { Pen } from '../layers/pen.ts';
import { tickText } from '../scale/time_format.ts';
import { turn } from '../scale/turn.ts';
import { palettes } from '../theme/palette.ts';
import type { Theme } from '../theme/theme.ts';
import { h, svg } from '../page/dom.ts';
import { drawGutter } from './gutter.ts';
import { drawOverlay } from './overlay.ts';
import type { Frame } from './frame.ts';
import type { Session } from './session.ts';

export const axisHeight = 30;
/** A run of so many events is first drawn in pieces, of at most this many milliseconds, so that the page answers meanwhile. */
const manyEvents = 200_000;
const pieceMs = 20;

/** The lanes over time: a canvas for what is many, SVG for the axis and what is selected, labels in the gutter. */
export class Timeline {
  readonly element: HTMLElement;
  readonly overlay: SVGSVGElement;
  scrollY = 0;
  rows: Rows;
  width = 0;
  height = 0;
  frame: Frame | null = null;
  private readonly canvas = h('canvas', { class: 'lanes' });
  private readonly gutter = h('div', { class: 'gutter' });
  private readonly axis: Selection<SVGGElement, unknown, null, undefined>;
  private readonly session: Session;
  private readonly theme: Theme;
  private painted = false;
  private requested: 'nothing' | 'overlay' | 'all' = 'nothing';

  constructor(session: Session, theme: Theme) {
    this.session = session;
    this.theme = theme;
    this.rows = layOutRows(session.model.info.lanes, 600);
    this.overlay = svg('svg', { class: 'overlay', 'aria-hidden': 'true' }) as SVGSVGElement;
    const axisSvg = svg('svg', { class: 'axis', 'aria-hidden': 'true' }, svg('g', {}));
    this.axis = select(axisSvg.firstChild as SVGGElement);
    const stage = h('div', {
      class: 'stage',
      tabindex: 0,
      role: 'application',
      'aria-label': 'Timeline. Arrow keys move, plus and minus zoom, question mark lists all keys.',
    });
    stage.append(axisSvg, this.canvas, this.overlay);
    this.element = h('div', { class: 'timeline' }, this.gutter, stage);
    session.onChange((change) => {
      if (change === 'lanes') this.resize();
      else if (change === 'cursor') this.requestOverlay();
      else if (change !== 'search' && change !== 'table') this.request();
    });
    theme.onChange(() => this.request());
    new ResizeObserver(() => this.resize()).observe(stage);
  }

  get stage(): HTMLElement {
    return this.overlay.parentElement as HTMLElement;
  }

  /** Asks for one picture at the next animation frame, however often it is called. */
  request(): void {
    this.requestPart('all');
  }

  /** As `request`, for a change of the cursor only: the lanes' canvas stays. */
  requestOverlay(): void {
    if (this.requested !== 'all') this.requestPart('overlay');
  }

  private requestPart(part: 'overlay' | 'all'): void {
    const pending = this.requested !== 'nothing';
    this.requested = part;
    if (pending) return;
    requestAnimationFrame(() => {
      const wanted = this.requested;
      this.requested = 'nothing';
      if (wanted === 'all') this.draw();
      else this.drawOverlay();
    });
  }

  scrollBy(pixels: number): void {
    const most = Math.max(0, this.rows.height - this.height);
    this.scrollY = Math.min(most, Math.max(0, this.scrollY + pixels));
    this.request();
  }

  private resize(): void {
    const { stage } = this;
    this.width = Math.max(50, stage.clientWidth);
    this.height = Math.max(50, stage.clientHeight - axisHeight);
    const { model, lowerLanes: shown } = this.session;
    this.rows = layOutRows(model.info.lanes, this.height, lowerLanes(model, shown));
    const ratio = Math.min(2, devicePixelRatio || 1);
    this.canvas.width = Math.round(this.width * ratio);
    this.canvas.height = Math.round(this.height * ratio);
    this.canvas.style.width = `${this.width}px`;
    this.canvas.style.height = `${this.height}px`;
    this.scrollBy(0);
    this.session.tell('size');
  }

  /** The moment the gutter speaks of: the pointer's, else the selection's, else the end of the window. */
  private momentNs(frame: Frame): number {
    const { selected, model } = this.session;
    if (this.session.cursorNs >= 0) return this.session.cursorNs;
    return selected < 0 ? frame.window.endNs : (model.trace.timesNs[selected] as number);
  }

  private draw(): void {
    const context = this.canvas.getContext('2d');
    if (this.width === 0 || context === null) return;
    const { window } = this.session;
    const scale = scaleLinear([window.startNs, window.endNs], [0, this.width]);
    const ticks = scale.ticks(Math.max(2, Math.floor(this.width / 110)));
    this.frame = this.makeFrame(
      context,
      ticks.map((tick) => scale(tick)),
    );
    this.drawAxis(scale, ticks);
    this.drawOverlay();
    if (!this.painted && this.session.model.trace.length >= manyEvents) void this.drawInTurns(this.frame);
    else {
      drawFrame(this.frame);
      this.markPainted();
    }
  }

  private async drawInTurns(frame: Frame): Promise<void> {
    const steps = drawInSteps(frame, pieceMs);
    while (steps.next().done !== true) {
      // oxlint-disable-next-line no-await-in-loop
      await turn();
      // A newer picture has been begun.
      if (this.frame !== frame) return;
    }
    this.markPainted();
  }

  private markPainted(): void {
    if (!this.painted) performance.mark('detcd painted');
    this.painted = true;
  }

  private drawOverlay(): void {
    if (this.frame === null) return;
    drawGutter(this.gutter, this.frame, this.momentNs(this.frame), this.session);
    drawOverlay(this.overlay, this.frame, this.session.cursorNs);
  }

  private makeFrame(context: Pen, grid: readonly number[]): Frame {
    const { session } = this;
    const { window, model } = session;
    const rows = messagesTouching(model.messages, window.startNs, window.endNs, densityAbove + 1);
    return {
      context,
      model,
      window,
      rows: this.rows,
      palette: palettes[this.theme.name],
      width: this.width,
      height: this.height,
      scrollY: this.scrollY,
      pixelRatio: this.canvas.width / this.width,
      detail: detailFor(rows.length),
      messages: rows.length > tracesAbove ? [] : rows,
      grid,
      nsPerPixel: (window.endNs - window.startNs) / this.width,
      selected: session.selected,
      operation: session.hoveredOperation >= 0 ? session.hoveredOperation : session.selectedOperation,
      path: session.path,
      cone: session.cone,
    };
  }

  private drawAxis(scale: ScaleLinear<number, number>, ticks: readonly number[]): void {
    const step = (ticks[1] ?? 0) - (ticks[0] ?? 0);
    const axis = axisTop<number>(scale)
      .tickValues(ticks)
      .tickSizeOuter(0)
      .tickFormat((tick) => tickText(tick, step));
    this.axis
      .attr('transform', `translate(0,${axisHeight - 1})`)
      .call(axis as unknown as (group: typeof this.axis) => void)
      .selectAll<SVGTextElement, number>('text')
      // Labels at the ends stay whole.
      .attr('text-anchor', (tick) => anchorAt(scale(tick), this.width));
  }
}

function anchorAt(x: number, width: number): string {
  if (x < 24) return 'start';
  return x > width - 24 ? 'end' : 'middle';
}
