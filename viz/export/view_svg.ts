import { drawFrame } from '../layers/draw.ts';
import { durationText, momentText, tickText } from '../scale/time_format.ts';
import { stateText } from '../timeline/gutter.ts';
import { type Frame, font } from '../timeline/frame.ts';
import type { Session } from '../timeline/session.ts';
import { SvgPen, escaped } from './svg_pen.ts';

const gutterWidth = 124;
const headHeight = 34;
const axisHeight = 26;

export interface Picture {
  readonly text: string;
  readonly width: number;
  readonly height: number;
}

/** The stretch of time that is shown, with all lanes, their names and the axis, as an SVG file. */
export function viewSvg(session: Session, shown: Frame): Picture {
  const width = gutterWidth + shown.width;
  const height = headHeight + axisHeight + shown.rows.height;
  const ruler = document.createElement('canvas').getContext('2d');
  const pen = new SvgPen(ruler);
  const frame: Frame = { ...shown, context: pen, scrollY: 0, height: shown.rows.height };
  drawFrame(frame);
  const title = titleOf(session, shown);
  const lanes = `<g transform="translate(${gutterWidth} ${headHeight + axisHeight})"><svg width="${shown.width}" height="${shown.rows.height}">${pen.finish()}</svg></g>`;
  const text =
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img">` +
    `<title>${escaped(title)}</title>` +
    `<rect width="${width}" height="${height}" fill="${shown.palette.background}"/>` +
    margins(session, frame, title) +
    `${lanes}</svg>\n`;
  return { text, width, height };
}

function titleOf({ model, window }: Session, { nsPerPixel, width }: Frame): string {
  const { scenario, seed } = model.info;
  return `${scenario}, seed ${seed}: ${durationText(nsPerPixel * width)} from ${momentText(Math.round(window.startNs))}`;
}

/** The title, the names of the lanes, and the axis. */
function margins(session: Session, frame: Frame, title: string): string {
  const { palette, rows, grid, window, nsPerPixel } = frame;
  const pen = new SvgPen(null);
  const write = (text: string, x: number, y: number, size: number, weight: number, color: string): void => {
    pen.font = font(size, weight);
    pen.fillStyle = color;
    pen.fillText(text, x, y);
  };
  write(title, 12, 22, 13, 600, palette.ink);
  const step = ((grid[1] ?? 0) - (grid[0] ?? 0)) * nsPerPixel;
  pen.textAlign = 'center';
  for (const x of grid) {
    const atNs = Math.round(window.startNs + x * nsPerPixel);
    write(tickText(atNs, step), gutterWidth + x, headHeight + axisHeight - 9, 11, 400, palette.muted);
  }
  pen.textAlign = 'start';
  const { selected, model } = session;
  const momentNs = selected < 0 ? window.endNs - 1 : (model.trace.timesNs[selected] as number);
  for (const row of rows.list) {
    const y = headHeight + axisHeight + row.center;
    const isMember = row.lane.kind === 'member';
    const name = row.lane.kind === 'world' ? 'faults' : row.lane.name;
    write(name, 12, y + 3, isMember ? 14 : 11, isMember ? 700 : 400, isMember ? palette.ink : palette.muted);
    const state = stateText(row, momentNs, session);
    if (state !== '') write(state, 12, y + 18, 11, 400, palette.muted);
  }
  return pen.finish();
}
