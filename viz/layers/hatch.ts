import type { Pen } from './pen.ts';

const tiles = new Map<string, CanvasPattern>();

/** A pattern of diagonal lines; made once per colour and spacing. */
export function hatch(
  context: Pen,
  color: string,
  spacing: number,
  lineWidth: number,
  ratio: number,
): CanvasPattern | string {
  if (context.hatch !== undefined) return context.hatch(color, spacing, lineWidth);
  const name = `${color}/${spacing}/${lineWidth}/${ratio}`;
  const known = tiles.get(name);
  if (known !== undefined) return known;
  const tile = document.createElement('canvas');
  const size = Math.max(4, Math.round(spacing * ratio));
  tile.width = size;
  tile.height = size;
  const pen = tile.getContext('2d');
  if (pen === null) return color;
  pen.strokeStyle = color;
  pen.lineWidth = lineWidth * ratio;
  pen.beginPath();
  for (const offset of [-size, 0, size]) {
    pen.moveTo(offset - 2, size + 2);
    pen.lineTo(offset + size + 2, -2);
  }
  pen.stroke();
  const pattern = context.createPattern(tile, 'repeat');
  if (pattern === null) return color;
  pattern.setTransform(new DOMMatrix().scale(1 / ratio));
  tiles.set(name, pattern);
  return pattern;
}

/** A small cross, centred. */
export function cross(context: Pen, x: number, y: number, radius: number): void {
  context.beginPath();
  addCross(context, x, y, radius);
  context.stroke();
}

export function addCross(context: Pen, x: number, y: number, radius: number): void {
  context.moveTo(x - radius, y - radius);
  context.lineTo(x + radius, y + radius);
  context.moveTo(x + radius, y - radius);
  context.lineTo(x - radius, y + radius);
}

export function roundedRect(
  context: Pen,
  x: number,
  y: number,
  width: number,
  height: number,
  radius: number,
): void {
  context.beginPath();
  context.roundRect(x, y, width, height, Math.min(radius, width / 2, height / 2));
}
