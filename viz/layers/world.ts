import type { Flag } from '../model/faults.ts';
import { lowerBound } from '../model/time_index.ts';
import { LabelSlots, fitText } from '../layout/label_slots.ts';
import { alpha } from '../theme/palette.ts';
import { type Frame, font, xOf } from '../timeline/frame.ts';
import { roundedRect } from './hatch.ts';

const flagSize = { height: 16, top: 5, nextLine: 18, pole: 40 };

/** Flags of the world's lane: what was done, what was reached, what broke. */
export function drawFlags(frame: Frame): void {
  const world = frame.rows.list.find((row) => row.lane.kind === 'world');
  if (world === undefined) return;
  const { context, model, window } = frame;
  const times = model.flags.map((flag) => flag.atNs);
  const first = lowerBound(times, window.startNs - 200 * frame.nsPerPixel);
  const visible: Flag[] = [];
  for (let i = first; i < model.flags.length && (times[i] as number) <= window.endNs; i++) {
    visible.push(model.flags[i] as Flag);
  }
  // Violations choose their place first, then faults; repairs and notes take what is left.
  const rank = { violation: 0, fault: 1, goal: 2, note: 3, repair: 4 };
  visible.sort((a, b) => rank[a.kind] - rank[b.kind] || a.event - b.event);
  const lines = [new LabelSlots(), new LabelSlots()];
  context.textBaseline = 'middle';
  context.textAlign = 'left';
  for (const flag of visible) drawPole(frame, flag, world.y, world.height);
  const roomUntil = nextFlagX(frame, visible);
  for (const flag of visible.slice(0, 160)) drawFlag(frame, flag, world.y, lines, roomUntil(flag));
}

/** How far a flag's words may run: to the next flag of the lane, but at least a few words. */
function nextFlagX(frame: Frame, flags: readonly Flag[]): (flag: Flag) => number {
  const xs = flags.map((flag) => xOf(frame, flag.atNs)).toSorted((a, b) => a - b);
  return (flag) => {
    const x = xOf(frame, flag.atNs);
    const next = xs.find((other) => other > x + 1) ?? frame.width;
    return Math.max(next - x, Math.min(260, frame.width - x));
  };
}

function colorOf(frame: Frame, flag: Flag): string {
  const { palette } = frame;
  if (flag.kind === 'fault' || flag.kind === 'violation') return palette.fault;
  return flag.kind === 'goal' ? palette.good : palette.muted;
}

function drawPole(frame: Frame, flag: Flag, y: number, height: number): void {
  const { context } = frame;
  const x = Math.round(xOf(frame, flag.atNs)) + 0.5;
  context.strokeStyle = alpha(colorOf(frame, flag), flag.kind === 'note' ? 0.4 : 0.75);
  context.lineWidth = flag.kind === 'violation' ? 2.5 : 1;
  context.setLineDash(flag.kind === 'repair' ? [2, 2] : []);
  context.beginPath();
  context.moveTo(x, y + flagSize.top);
  context.lineTo(x, flag.kind === 'violation' ? frame.rows.height : y + height);
  context.stroke();
  context.setLineDash([]);
}

function drawFlag(frame: Frame, flag: Flag, y: number, lines: readonly LabelSlots[], room: number): void {
  const { context, palette } = frame;
  const x = xOf(frame, flag.atNs);
  context.font = font(10.5, flag.kind === 'violation' ? 700 : 500);
  const mark = { fault: '\u00d7 ', violation: '! ', repair: '', goal: '\u2713 ', note: '' }[flag.kind];
  const text = fitText(mark + flag.words, Math.max(0, room - 16), (part) => context.measureText(part).width);
  if (text === '' || x > frame.width - 20) return;
  const width = context.measureText(text).width + 10;
  const start = Math.max(0, x);
  if (x < -width) return;
  const line = lines.findIndex((slots) => slots.take(start, width, 4));
  if (line < 0) return;
  const top = y + flagSize.top + line * flagSize.nextLine;
  const color = colorOf(frame, flag);
  const strong = flag.kind === 'fault' || flag.kind === 'violation';
  context.fillStyle = palette.background;
  context.fillRect(start, top, width, flagSize.height);
  context.fillStyle = strong ? color : alpha(color, 0.14);
  roundedRect(context, start, top, width, flagSize.height, 3);
  context.fill();
  context.fillStyle = strong ? '#ffffff' : palette.ink;
  context.fillText(text, start + 5, top + flagSize.height / 2 + 0.5);
}
