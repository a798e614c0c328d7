import type { Flag } from '../model/faults.ts';
import { lowerBound } from '../model/time_index.ts';
import { fitText } from '../layout/label_slots.ts';
import { alpha } from '../theme/palette.ts';
import { type Frame, font, xOf } from '../timeline/frame.ts';
import { eventAlpha } from './cone.ts';
import { roundedRect } from './hatch.ts';
import { textWidth } from './text_width.ts';

const flagSize = { height: 16, top: 5, nextLine: 18, gap: 4, padding: 5 };
const flagsMax = 200;

interface Placed {
  readonly flag: Flag;
  readonly x: number;
  readonly line: number;
  text: string;
  width: number;
}

const marks = { fault: '\u00d7 ', violation: '! ', repair: '', goal: '\u2713 ', note: '' } as const;
// Violations choose their place first, then faults; repairs and notes take what is left.
const rank = { violation: 0, fault: 1, goal: 2, note: 3, repair: 4 } as const;

/** Flags of the world's lane: what was done, what was reached, what broke. */
export function drawFlags(frame: Frame): void {
  const world = frame.rows.list.find((row) => row.lane.kind === 'world');
  if (world === undefined) return;
  const { context } = frame;
  const flags = visibleFlags(frame);
  const poles = new Set<number>();
  for (const flag of flags) {
    // Of flags of one kind that stand on one pixel, one pole shows.
    const pole = Math.round(xOf(frame, flag.atNs)) * 8 + rank[flag.kind];
    if (frame.cone === null && poles.has(pole)) continue;
    poles.add(pole);
    context.globalAlpha = eventAlpha(frame, flag.event);
    drawPole(frame, flag, world.y, world.height);
  }
  context.globalAlpha = 1;
  context.textBaseline = 'middle';
  context.textAlign = 'left';
  const placed: Placed[] = [];
  for (const flag of flags.slice(0, flagsMax)) place(frame, flag, placed);
  for (const one of placed) lengthen(frame, one, placed);
  for (const one of placed) {
    context.globalAlpha = eventAlpha(frame, one.flag.event);
    drawFlag(frame, one, world.y);
  }
  context.globalAlpha = 1;
}

function visibleFlags({ model, window, nsPerPixel }: Frame): Flag[] {
  const times = model.flags.map((flag) => flag.atNs);
  // A flag left of the window may reach into it with its words.
  const first = lowerBound(times, window.startNs - 240 * nsPerPixel);
  const end = lowerBound(times, window.endNs + nsPerPixel);
  return model.flags.slice(first, end).toSorted((a, b) => rank[a.kind] - rank[b.kind] || a.event - b.event);
}

function flagFont(flag: Flag): string {
  return font(10.5, flag.kind === 'violation' ? 700 : 500);
}

/** Takes one of the two lines if the short words fit there. */
function place(frame: Frame, flag: Flag, placed: Placed[]): void {
  const { context } = frame;
  const x = xOf(frame, flag.atNs);
  const text = marks[flag.kind] + (flag.short === '' ? '\u2026' : flag.short);
  const width = textWidth(context, flagFont(flag), text) + 2 * flagSize.padding;
  if (x + width < 0 || x > frame.width) return;
  const start = Math.max(0, Math.min(x, frame.width - width));
  const free = [0, 1].filter((line) =>
    placed.every(
      (other) =>
        other.line !== line ||
        start + width + flagSize.gap <= other.x ||
        start >= other.x + other.width + flagSize.gap,
    ),
  );
  // The line whose flag before is the farther one: that one has its words to show, too.
  const before = (line: number): number =>
    Math.max(-1, ...placed.filter((other) => other.line === line && other.x < start).map((other) => other.x));
  const [line] = free.toSorted((a, b) => before(a) - before(b) || a - b);
  if (line !== undefined) placed.push({ flag, x: start, line, text, width });
}

/** Gives a placed flag its long words as far as the next flag of its line lets it. */
function lengthen(frame: Frame, one: Placed, placed: readonly Placed[]): void {
  const { context } = frame;
  let limit = frame.width;
  for (const other of placed)
    if (other.line === one.line && other.x > one.x) limit = Math.min(limit, other.x - flagSize.gap);
  const room = Math.min(420, limit - one.x) - 2 * flagSize.padding;
  const wordsFont = flagFont(one.flag);
  const measure = (text: string): number => textWidth(context, wordsFont, text);
  const longer = fitText(marks[one.flag.kind] + one.flag.words, room, measure);
  // A few more letters of a sentence say less than the short words do.
  const cut = longer.endsWith('\u2026') && longer.length < one.text.length + 10;
  if (cut || longer.length <= one.text.length) return;
  one.text = longer;
  one.width = measure(longer) + 2 * flagSize.padding;
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
  context.lineWidth = flag.kind === 'violation' ? 2 : 1;
  context.setLineDash(flag.kind === 'repair' ? [2, 2] : []);
  context.beginPath();
  context.moveTo(x, y + flagSize.top);
  context.lineTo(x, y + height);
  context.stroke();
  if (flag.kind === 'violation') {
    // It concerns every lane, but must not hide what happens on them.
    context.strokeStyle = alpha(colorOf(frame, flag), 0.5);
    context.beginPath();
    context.moveTo(x, y + height);
    context.lineTo(x, frame.rows.height);
    context.stroke();
  }
  context.setLineDash([]);
}

function drawFlag(frame: Frame, { flag, x, line, text, width }: Placed, y: number): void {
  const { context, palette } = frame;
  const top = y + flagSize.top + line * flagSize.nextLine;
  const color = colorOf(frame, flag);
  const strong = flag.kind === 'fault' || flag.kind === 'violation';
  context.font = flagFont(flag);
  context.fillStyle = palette.background;
  context.fillRect(x, top, width, flagSize.height);
  context.fillStyle = strong ? color : alpha(color, 0.16);
  roundedRect(context, x, top, width, flagSize.height, 3);
  context.fill();
  context.fillStyle = strong ? '#ffffff' : palette.ink;
  context.fillText(text, x + flagSize.padding, top + flagSize.height / 2 + 0.5);
}
