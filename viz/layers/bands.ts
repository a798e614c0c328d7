import { Role, type GapSpan, type RoleSpan, firstSpanEndingAfter } from '../model/roles.ts';
import { alpha, inkOn, termColor } from '../theme/palette.ts';
import { type Frame, font, stretch, xOf } from '../timeline/frame.ts';
import type { Row } from '../layout/rows.ts';
import { LabelSlots, fitText } from '../layout/label_slots.ts';
import { cross, hatch, roundedRect } from './hatch.ts';
import { textWidth } from './text_width.ts';

/** Thickness tells the role: a follower is thin and pale, a leader thick and solid. */
export function bandHeight(role: number): number {
  if (role === Role.leader) return 22;
  return role === Role.candidate || role === Role.preCandidate ? 15 : 8;
}

export function drawBands(frame: Frame): void {
  for (const row of frame.rows.list) {
    const life = row.lane.kind === 'member' ? frame.model.lives.get(row.lane.id) : undefined;
    if (life === undefined) continue;
    const first = firstSpanEndingAfter(life.roles, frame.window.startNs);
    let lastPixel = -Infinity;
    for (let i = first; i < life.roles.length; i++) {
      const span = life.roles[i] as RoleSpan;
      if (span.startNs > frame.window.endNs) break;
      // Spans thinner than a pixel that lie in one already drawn pixel would cost and not show; leaders always show.
      const pixel = Math.floor(xOf(frame, span.endNs));
      if (pixel === lastPixel && span.role !== Role.leader) continue;
      lastPixel = pixel;
      drawSpan(frame, row, span);
    }
    for (const gap of life.gaps) drawGap(frame, row, gap);
    drawTermLabels(frame, row, life.roles, first);
  }
}

function drawSpan(frame: Frame, row: Row, span: RoleSpan): void {
  const seen = stretch(frame, span.startNs, span.endNs);
  if (seen === null) return;
  const { context, palette } = frame;
  const color = termColor(palette, span.term);
  const height = bandHeight(span.role);
  const y = row.center - height / 2;
  const width = Math.max(1, seen.width);
  if (span.role === Role.leader) {
    context.fillStyle = color;
    roundedRect(context, seen.x, y, Math.max(2, width), height, 4);
    context.fill();
  } else if (span.role === Role.candidate || span.role === Role.preCandidate) {
    const fine = span.role === Role.preCandidate;
    context.fillStyle = alpha(color, 0.18);
    context.fillRect(seen.x, y, Math.max(2, width), height);
    context.fillStyle = hatch(context, color, fine ? 4 : 7, fine ? 1 : 2.4, frame.pixelRatio);
    context.fillRect(seen.x, y, Math.max(2, width), height);
    context.strokeStyle = color;
    context.lineWidth = 1;
    context.strokeRect(seen.x + 0.5, y + 0.5, Math.max(1, width - 1), height - 1);
  } else {
    context.fillStyle = alpha(color, palette.name === 'light' ? 0.36 : 0.62);
    context.fillRect(seen.x, y, width, height);
  }
  // A change of role or term is a hard edge even when the hues of two terms are near.
  context.fillStyle = color;
  context.fillRect(seen.x, y, 1.5, height);
}

function drawGap(frame: Frame, row: Row, gap: GapSpan): void {
  const seen = stretch(frame, gap.startNs, gap.endNs);
  if (seen === null) return;
  const { context, palette } = frame;
  const height = 26;
  const y = row.center - height / 2;
  const width = Math.max(2, seen.width);
  if (gap.kind === 'paused') {
    context.fillStyle = alpha(palette.background, 0.55);
    context.fillRect(seen.x, y, width, height);
    context.fillStyle = hatch(context, alpha(palette.muted, 0.7), 5, 1, frame.pixelRatio);
    context.fillRect(seen.x, y, width, height);
    drawGapWords(frame, row, seen, 'paused', palette.muted);
    return;
  }
  context.fillStyle = alpha(palette.fault, palette.name === 'light' ? 0.05 : 0.1);
  context.fillRect(seen.x, y, width, height);
  context.fillStyle = hatch(context, alpha(palette.fault, 0.4), 9, 1.2, frame.pixelRatio);
  context.fillRect(seen.x, y, width, height);
  drawGapWords(frame, row, seen, 'down', palette.faultText);
  context.strokeStyle = palette.fault;
  context.lineWidth = 2.5;
  cross(context, Math.max(seen.x, 8), row.center, 6);
}

function drawGapWords(
  frame: Frame,
  row: Row,
  seen: { readonly x: number; readonly width: number },
  words: string,
  color: string,
): void {
  const { context, palette } = frame;
  const start = Math.max(seen.x, 0) + 16;
  if (Math.min(frame.width, seen.x + seen.width) - start < 52) return;
  const wordsFont = font(11, 600);
  const width = textWidth(context, wordsFont, words);
  context.font = wordsFont;
  context.fillStyle = palette.background;
  roundedRect(context, start - 4, row.center - 8, width + 8, 16, 4);
  context.fill();
  context.fillStyle = color;
  context.textAlign = 'left';
  context.textBaseline = 'middle';
  context.fillText(words, start, row.center + 0.5);
}

/** The term's number at every change, and the word inside a leader's band. */
function drawTermLabels(frame: Frame, row: Row, roles: readonly RoleSpan[], first: number): void {
  const { context, palette } = frame;
  const slots = new LabelSlots();
  const termFont = font(10.5, 700);
  let term = first > 0 ? (roles[first - 1]?.term ?? -1) : -1;
  let drawn = 0;
  for (let i = first; i < roles.length && drawn < 200; i++) {
    const span = roles[i] as RoleSpan;
    if (span.startNs > frame.window.endNs) break;
    const changed = span.term !== term;
    term = span.term;
    if (span.role === Role.leader) drawLeaderWords(frame, row, span);
    if ((!changed && i > first) || span.term === 0 || span.role === Role.leader) continue;
    const x = Math.max(2, xOf(frame, span.startNs) + 3);
    const text = String(span.term);
    const width = textWidth(context, termFont, text);
    if (!slots.take(x, width)) continue;
    context.font = termFont;
    drawn += 1;
    context.textAlign = 'left';
    context.textBaseline = 'alphabetic';
    const y = row.center - bandHeight(span.role) / 2 - 4;
    context.lineWidth = 3;
    context.strokeStyle = palette.background;
    context.strokeText(text, x, y);
    context.fillStyle = palette.muted;
    context.fillText(text, x, y);
  }
}

function drawLeaderWords(frame: Frame, row: Row, span: RoleSpan): void {
  const seen = stretch(frame, span.startNs, span.endNs);
  if (seen === null) return;
  const { context, palette } = frame;
  const start = Math.max(0, seen.x) + 8;
  const room = Math.min(frame.width, seen.x + seen.width) - start - 6;
  const wordsFont = font(11, 700);
  const long = `leader \u00b7 term ${span.term}`;
  const measure = (text: string): number => textWidth(context, wordsFont, text);
  const text = measure(long) <= room ? long : measure(String(span.term)) <= room ? String(span.term) : '';
  if (fitText(text, room, measure) === '' && text === '') return;
  context.font = wordsFont;
  context.fillStyle = inkOn(termColor(palette, span.term));
  context.textAlign = 'left';
  context.textBaseline = 'middle';
  context.fillText(text, start, row.center + 0.5);
}
