/** Keeps labels of one line from overlapping: a label is drawn only if its stretch is still free. */
export class LabelSlots {
  private readonly taken: { readonly start: number; readonly end: number }[] = [];

  /** Takes [start, start + width] if it is free and says whether it was. */
  take(start: number, width: number, gap = 6): boolean {
    const end = start + width + gap;
    if (this.taken.some((slot) => start < slot.end && end > slot.start)) return false;
    this.taken.push({ start, end });
    return true;
  }
}

/** Cuts a text so that it fits `width`, with an ellipsis; '' when not even four characters would fit. */
export function fitText(text: string, width: number, measure: (text: string) => number): string {
  if (measure(text) <= width) return text;
  let low = 0;
  let high = text.length;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (measure(`${text.slice(0, middle)}\u2026`) <= width) low = middle;
    else high = middle - 1;
  }
  return low < 4 ? '' : `${text.slice(0, low).trimEnd()}\u2026`;
}
