import { brushX, scaleLinear, select, type BrushBehavior, type D3BrushEvent } from 'd3';
import { addCounts, visitColumns } from '../model/time_index.ts';
import { type RareSort } from '../model/rare.ts';
import { Role } from '../model/roles.ts';
import { h, svg } from '../page/dom.ts';
import { turn } from '../scale/turn.ts';
import { type Palette, alpha, palettes, termColor } from '../theme/palette.ts';
import type { Theme } from '../theme/theme.ts';
import type { Session } from '../timeline/session.ts';
import { cross } from '../layers/hatch.ts';

export const overviewHeight = 74;

const marks: readonly { readonly sort: RareSort; readonly y: number }[] = [
  { sort: 'drop', y: 47 },
  { sort: 'snapshot', y: 47 },
  { sort: 'campaign', y: 56 },
  { sort: 'leader', y: 56 },
  { sort: 'diskFault', y: 65 },
  { sort: 'fault', y: 65 },
  { sort: 'crash', y: 65 },
  { sort: 'violation', y: 65 },
];

/** The whole run in one strip: density, who led, and every rare event; its brush is the timeline's window. */
export class Overview {
  readonly element: HTMLElement;
  private readonly canvas = h('canvas', {});
  private readonly brush: BrushBehavior<unknown>;
  private readonly brushGroup;
  private readonly session: Session;
  private readonly theme: Theme;
  private width = 0;
  private applying = false;

  constructor(session: Session, theme: Theme) {
    this.session = session;
    this.theme = theme;
    const root = svg('svg', { class: 'brush', 'aria-hidden': 'true' }, svg('g', {}));
    this.brushGroup = select(root.firstChild as SVGGElement);
    const strip = h('div', { class: 'overview-strip' }, this.canvas);
    strip.append(root);
    const label = h('div', { class: 'overview-label' }, h('span', {}, 'whole run'));
    this.element = h('div', { class: 'overview' }, label, strip);
    this.brush = brushX<unknown>().on('brush end', (event: D3BrushEvent<unknown>) => this.brushed(event));
    session.onChange((change) => {
      if (change === 'window') this.moveBrush();
      else if (change === 'search') this.draw();
      else if (change === 'model') {
        this.moveBrush();
        this.draw();
      }
    });
    theme.onChange(() => this.draw());
    new ResizeObserver(() => this.resize(strip)).observe(strip);
  }

  private resize(strip: HTMLElement): void {
    const first = this.width === 0;
    this.width = Math.max(20, strip.clientWidth);
    const ratio = Math.min(2, devicePixelRatio || 1);
    this.canvas.width = Math.round(this.width * ratio);
    this.canvas.height = overviewHeight * ratio;
    this.canvas.style.width = `${this.width}px`;
    this.canvas.style.height = `${overviewHeight}px`;
    this.brush.extent([
      [0, 0],
      [this.width, overviewHeight],
    ]);
    this.brushGroup.call(this.brush);
    this.moveBrush();
    // Beside the page's first layout, drawing would make one long task of two.
    if (first) void turn().then(() => this.draw());
    else this.draw();
  }

  private brushed(event: D3BrushEvent<unknown>): void {
    if (this.applying || !event.sourceEvent) return;
    if (event.selection === null) {
      // A click outside the brush shows the whole run again.
      if (event.type === 'end') this.session.show({ startNs: 0, endNs: this.session.model.durationNs });
      return;
    }
    const [start, end] = event.selection as [number, number];
    const scale = this.session.model.durationNs / this.width;
    this.session.show({ startNs: start * scale, endNs: end * scale });
  }

  private moveBrush(): void {
    // Before the first layout there is no brush.
    if (this.width === 0) return;
    const { window, model } = this.session;
    const scale = scaleLinear([0, model.durationNs], [0, this.width]);
    const start = scale(window.startNs);
    const end = Math.max(start + 3, scale(window.endNs));
    this.applying = true;
    this.brushGroup.call((group) => this.brush.move(group, [start, end]));
    this.applying = false;
  }

  private draw(): void {
    const pen = this.canvas.getContext('2d');
    if (pen === null || this.width === 0) return;
    const palette = palettes[this.theme.name];
    const ratio = this.canvas.width / this.width;
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    pen.clearRect(0, 0, this.width, overviewHeight);
    this.drawCuts(pen, palette);
    this.drawDensity(pen, palette);
    this.drawLeaders(pen, palette);
    this.drawMarks(pen, palette);
    this.drawHits(pen, palette);
  }

  private drawDensity(pen: CanvasRenderingContext2D, palette: Palette): void {
    const columns = Math.ceil(this.width / 2);
    const counts = new Uint32Array(columns);
    for (const lane of this.session.model.traffic) {
      for (const index of lane.sent) addCounts(index, 0, this.session.model.durationNs, counts);
    }
    let most = 1;
    for (const count of counts) most = Math.max(most, count);
    pen.fillStyle = alpha(palette.groups[0] as string, 0.55);
    for (let column = 0; column < columns; column++) {
      const height = (26 * Math.log1p(counts[column] as number)) / Math.log1p(most);
      pen.fillRect(column * 2, 30 - height, 1.5, height);
    }
  }

  /** A strip in the colour of the term of whoever led; gaps are times without a leader. */
  private drawLeaders(pen: CanvasRenderingContext2D, palette: Palette): void {
    const { model } = this.session;
    const scale = this.width / model.durationNs;
    for (const life of model.lives.values()) {
      for (const span of life.roles) {
        if (span.role !== Role.leader) continue;
        pen.fillStyle = termColor(palette, span.term);
        pen.fillRect(span.startNs * scale, 33, Math.max(1, (span.endNs - span.startNs) * scale - 1), 6);
      }
    }
  }

  private drawCuts(pen: CanvasRenderingContext2D, palette: Palette): void {
    const { model } = this.session;
    const scale = this.width / model.durationNs;
    pen.fillStyle = alpha(palette.fault, palette.name === 'light' ? 0.09 : 0.22);
    for (const cut of model.cuts)
      pen.fillRect(cut.startNs * scale, 0, (cut.endNs - cut.startNs) * scale, overviewHeight);
  }

  /** What the search found: marks along the upper edge. */
  private drawHits(pen: CanvasRenderingContext2D, palette: Palette): void {
    const { hits, model } = this.session;
    if (hits.length === 0) return;
    const scale = this.width / model.durationNs;
    pen.fillStyle = palette.ink;
    let last = -Infinity;
    for (const event of hits) {
      const x = Math.floor((model.trace.timesNs[event] as number) * scale);
      if (x < last + 2) continue;
      pen.fillRect(x, 0, 2, 7);
      last = x;
    }
  }

  private drawMarks(pen: CanvasRenderingContext2D, palette: Palette): void {
    const { model } = this.session;
    const rare = model.rare.get(-1);
    if (rare === undefined) return;
    const step = 4;
    const columns = Math.max(1, Math.ceil(this.width / step));
    for (const { sort, y } of marks) {
      visitColumns(rare[sort], 0, model.durationNs, columns, (column) => {
        drawMark(pen, palette, sort, column * step + step / 2, y);
      });
    }
  }
}

function drawMark(
  pen: CanvasRenderingContext2D,
  palette: Palette,
  sort: RareSort,
  x: number,
  y: number,
): void {
  pen.lineWidth = 1.2;
  if (sort === 'drop') {
    pen.strokeStyle = alpha(palette.fault, 0.8);
    cross(pen, x, y, 1.8);
  } else if (sort === 'crash') {
    pen.strokeStyle = palette.fault;
    pen.lineWidth = 2.2;
    cross(pen, x, y, 3.6);
  } else if (sort === 'violation') {
    pen.fillStyle = palette.fault;
    pen.fillRect(x - 1.5, 0, 3, overviewHeight);
    pen.beginPath();
    pen.arc(x, 6, 5, 0, 2 * Math.PI);
    pen.fill();
  } else if (sort === 'fault' || sort === 'diskFault') {
    pen.fillStyle = palette.fault;
    pen.fillRect(x - 0.75, y - 3.5, 1.5, 7);
  } else {
    const up = sort === 'leader';
    pen.fillStyle = sort === 'snapshot' ? (palette.groups[2] as string) : up ? palette.ink : palette.muted;
    pen.beginPath();
    const radius = up ? 3.6 : 2.2;
    pen.moveTo(x - radius, y + radius);
    pen.lineTo(x + radius, y + radius);
    pen.lineTo(x, y - radius);
    pen.fill();
  }
}
