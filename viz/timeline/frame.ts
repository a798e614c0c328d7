import type { ShownCone } from '../cone/shown_cone.ts';
import type { Detail } from '../model/level_of_detail.ts';
import type { OperationPath } from '../model/operation_path.ts';
import type { RunModel } from '../model/run_model.ts';
import type { Pen } from '../layers/pen.ts';
import type { Rows } from '../layout/rows.ts';
import type { Palette } from '../theme/palette.ts';
import type { TimeWindow } from './view.ts';

/** All that a layer needs to draw one picture. Coordinates are CSS pixels; the context is scaled and scrolled. */
export interface Frame {
  readonly context: Pen;
  readonly model: RunModel;
  readonly window: TimeWindow;
  readonly rows: Rows;
  readonly palette: Palette;
  readonly width: number;
  readonly height: number;
  readonly scrollY: number;
  readonly pixelRatio: number;
  readonly detail: Detail;
  /** Message rows to draw one by one; empty when there are too many. */
  readonly messages: readonly number[];
  /** Positions of the axis' ticks. */
  readonly grid: readonly number[];
  readonly nsPerPixel: number;
  /** Selected event, -1 for none. */
  readonly selected: number;
  /** Operation under the pointer or selected, -1 for none: its key's order is numbered. */
  readonly operation: number;
  /** The way of the selected operation through the cluster; null for none. */
  readonly path: OperationPath | null;
  /** What is not in it is dimmed; null to show everything. */
  readonly cone: ShownCone | null;
}

export const fontFamily = 'Inter, "SF Pro Text", "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif';

export function font(size: number, weight = 400): string {
  return `${weight} ${size}px ${fontFamily}`;
}

export function xOf(frame: Frame, atNs: number): number {
  return (atNs - frame.window.startNs) / frame.nsPerPixel;
}

/** Start and width on the screen of a stretch of time, cut to the visible part; null when it is out of sight. */
export function stretch(
  frame: Frame,
  startNs: number,
  endNs: number,
): { readonly x: number; readonly width: number } | null {
  if (endNs < frame.window.startNs || startNs > frame.window.endNs) return null;
  const x = Math.max(-40, xOf(frame, startNs));
  const end = Math.min(frame.width + 40, xOf(frame, endNs));
  return { x, width: Math.max(0, end - x) };
}
