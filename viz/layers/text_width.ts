import type { Pen } from './pen.ts';

/** Of one pen, by font and text. Labels are the same from frame to frame, and measuring one costs more than drawing a bar. */
const known = new WeakMap<Pen, Map<string, Map<string, number>>>();
/** So many texts of a font are kept; then it begins anew. */
const textsMax = 4000;

/** How wide a text is in a font. The pen's own font is not to be relied on afterwards. */
export function textWidth(pen: Pen, fontName: string, text: string): number {
  let fonts = known.get(pen);
  if (fonts === undefined) {
    fonts = new Map();
    known.set(pen, fonts);
  }
  let widths = fonts.get(fontName);
  if (widths === undefined) {
    widths = new Map();
    fonts.set(fontName, widths);
  }
  let width = widths.get(text);
  if (width === undefined) {
    if (widths.size >= textsMax) widths.clear();
    pen.font = fontName;
    width = pen.measureText(text).width;
    widths.set(text, width);
  }
  return width;
}
