import { select } from 'd3';
import { Kind } from '../../sim/trace/kinds.ts';
import type { Operation } from '../model/operations.ts';
import { momentText } from '../scale/time_format.ts';
import { operationBarHeight } from '../layers/operations.ts';
import type { Row } from '../layout/rows.ts';
import { type Frame, xOf } from './frame.ts';

interface Mark {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** The cursor's line and moment, and the ring around the selected event. */
export function drawOverlay(overlay: SVGSVGElement, frame: Frame, cursorNs: number): void {
  const root = select(overlay);
  root.attr('width', frame.width).attr('height', frame.height);
  const cursorX = cursorNs < 0 ? -1 : xOf(frame, cursorNs);
  const cursor = cursorX >= 0 && cursorX <= frame.width ? [cursorX] : [];
  root
    .selectAll<SVGLineElement, number>('line.cursor')
    .data(cursor)
    .join('line')
    .attr('class', 'cursor')
    .attr('x1', (x) => x + 0.5)
    .attr('x2', (x) => x + 0.5)
    .attr('y1', 0)
    .attr('y2', frame.height);
  root
    .selectAll<SVGTextElement, number>('text.cursor')
    .data(cursor)
    .join('text')
    .attr('class', 'cursor')
    .attr('x', (x) => (x > frame.width - 100 ? x - 6 : x + 6))
    .attr('text-anchor', (x) => (x > frame.width - 100 ? 'end' : 'start'))
    .attr('y', frame.height - 6)
    .text((x) => momentText(Math.round(frame.window.startNs + x * frame.nsPerPixel)));
  const mark = selectionMark(frame);
  root
    .selectAll<SVGRectElement, Mark>('rect.selection')
    .data(mark === null ? [] : [mark])
    .join('rect')
    .attr('class', 'selection')
    .attr('x', (ring) => ring.x)
    .attr('y', (ring) => ring.y)
    .attr('width', (ring) => ring.width)
    .attr('height', (ring) => ring.height)
    .attr('rx', 5);
}

function selectionMark(frame: Frame): Mark | null {
  const { selected, model } = frame;
  if (selected < 0) return null;
  const row = frame.rows.byLane.get(model.trace.lanes[selected] as number) ?? rowOfKey(frame);
  if (row === undefined) return null;
  const x = xOf(frame, model.trace.timesNs[selected] as number);
  const operation = operationOf(frame);
  if (operation !== undefined) {
    const height = operationBarHeight(row) + 8;
    const end = xOf(frame, operation.endNs);
    const left = Math.max(-20, x);
    return {
      x: left - 4,
      y: row.center - height / 2 - frame.scrollY,
      width: Math.max(6, Math.min(end, frame.width + 20) - left) + 8,
      height,
    };
  }
  if (x < -20 || x > frame.width + 20) return null;
  const height = row.lane.kind === 'world' ? 20 : Math.min(34, row.height - 4);
  const middle = row.lane.kind === 'world' ? row.y + row.height - 13 : row.center;
  return { x: x - 6, y: middle - height / 2 - frame.scrollY, width: 12, height };
}

/** Where the operations are by key, the track of the selected one. */
function rowOfKey({ model, rows, selected }: Frame): Row | undefined {
  const { invokeEvents } = model.operations.columns;
  return rows.list.find(({ track }) => track?.rows.some((row) => invokeEvents[row] === selected));
}

function operationOf({ model, selected }: Frame): Operation | undefined {
  return model.trace.kinds[selected] === Kind.invoke
    ? model.operations.byId(model.trace.arg(selected, 0))
    : undefined;
}
