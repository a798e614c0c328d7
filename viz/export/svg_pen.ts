import type { Pen } from '../layers/pen.ts';

/**
 * Writes down as SVG what the layers draw: lines, bars and words stay vectors; only a layer that is made of pixels, as the density of many
 * messages is, becomes an image.
 */
export class SvgPen implements Pen {
  /** A colour or a pattern of `hatch`. */
  fillStyle = '#000000';
  strokeStyle = '#000000';
  lineWidth = 1;
  lineCap: CanvasLineCap = 'butt';
  font = '10px sans-serif';
  textAlign: CanvasTextAlign = 'start';
  textBaseline: CanvasTextBaseline = 'alphabetic';
  globalAlpha = 1;
  private readonly parts: string[] = [];
  private readonly patterns = new Map<string, string>();
  private path = '';
  private dash: readonly number[] = [];
  private left = 0;
  private top = 0;
  /** For the widths of texts; null outside of a browser, where they are guessed. */
  private readonly ruler: CanvasRenderingContext2D | null;

  constructor(ruler: CanvasRenderingContext2D | null) {
    this.ruler = ruler;
  }

  /** Everything so far, with the patterns that it fills with. */
  finish(): string {
    const patterns = [...this.patterns.values()].join('');
    return (patterns === '' ? '' : `<defs>${patterns}</defs>`) + this.parts.join('');
  }

  // --- where

  /** The pixel ratio is a canvas' business. */
  setTransform(): void {
    this.left = 0;
    this.top = 0;
  }

  translate(x: number, y: number): void {
    this.left += x;
    this.top += y;
  }

  private at(x: number, y: number): string {
    return `${short(x + this.left)} ${short(y + this.top)}`;
  }

  // --- shapes

  fillRect(x: number, y: number, width: number, height: number): void {
    if (width !== 0 && height !== 0) this.rect(x, y, width, height, this.fillWords());
  }

  strokeRect(x: number, y: number, width: number, height: number): void {
    this.rect(x, y, width, height, `fill="none"${this.strokeWords()}`);
  }

  private rect(x: number, y: number, width: number, height: number, paint: string): void {
    const [left, top] = [Math.min(x, x + width), Math.min(y, y + height)];
    const place = `x="${short(left + this.left)}" y="${short(top + this.top)}"`;
    this.parts.push(
      `<rect ${place} width="${short(Math.abs(width))}" height="${short(Math.abs(height))}" ${paint}/>`,
    );
  }

  beginPath(): void {
    this.path = '';
  }

  moveTo(x: number, y: number): void {
    this.path += `M${this.at(x, y)}`;
  }

  lineTo(x: number, y: number): void {
    this.path += `${this.path === '' ? 'M' : 'L'}${this.at(x, y)}`;
  }

  closePath(): void {
    this.path += 'Z';
  }

  /** The layers draw whole circles only. */
  arc(x: number, y: number, radius: number): void {
    const size = short(radius);
    const half = (end: number): string => `A${size} ${size} 0 0 1 ${this.at(end, y)}`;
    this.path += `M${this.at(x + radius, y)}${half(x - radius)}${half(x + radius)}Z`;
  }

  roundRect(x: number, y: number, width: number, height: number, radii?: unknown): void {
    const radius = typeof radii === 'number' ? radii : 0;
    const corner = (endX: number, endY: number): string =>
      `A${short(radius)} ${short(radius)} 0 0 1 ${this.at(endX, endY)}`;
    const [right, bottom] = [x + width, y + height];
    this.path += `M${this.at(x + radius, y)}L${this.at(right - radius, y)}${corner(right, y + radius)}`;
    this.path += `L${this.at(right, bottom - radius)}${corner(right - radius, bottom)}`;
    this.path += `L${this.at(x + radius, bottom)}${corner(x, bottom - radius)}`;
    this.path += `L${this.at(x, y + radius)}${corner(x + radius, y)}Z`;
  }

  fill(): void {
    if (this.path !== '') this.parts.push(`<path d="${this.path}" ${this.fillWords()}/>`);
  }

  stroke(): void {
    if (this.path !== '') this.parts.push(`<path d="${this.path}" fill="none"${this.strokeWords()}/>`);
  }

  setLineDash(segments: Iterable<number>): void {
    this.dash = [...segments];
  }

  // --- texts

  fillText(text: string, x: number, y: number): void {
    this.text(text, x, y, this.fillWords());
  }

  strokeText(text: string, x: number, y: number): void {
    this.text(text, x, y, `fill="none"${this.strokeWords()} stroke-linejoin="round"`);
  }

  private text(text: string, x: number, y: number, paint: string): void {
    const [, weight = '400', size = '10', family = ''] = /^(\d+) ([\d.]+)px (.*)$/.exec(this.font) ?? [];
    const anchor = { center: 'middle', right: 'end', end: 'end' }[this.textAlign as string] ?? 'start';
    // Readers of SVG differ in their baselines; the alphabetic one is alike everywhere.
    const shift = this.textBaseline === 'middle' ? Number(size) * 0.35 : 0;
    const place = `x="${short(x + this.left)}" y="${short(y + this.top + shift)}"`;
    const type = `font-family="${escaped(family)}" font-size="${size}" font-weight="${weight}" text-anchor="${anchor}"`;
    this.parts.push(`<text ${place} ${type} ${paint}>${escaped(text)}</text>`);
  }

  measureText(text: string): TextMetrics {
    if (this.ruler === null) return { width: text.length * 6 } as TextMetrics;
    this.ruler.font = this.font;
    return this.ruler.measureText(text);
  }

  // --- fills

  private fillWords(): string {
    return `fill="${escaped(this.fillStyle)}"${this.opacity('fill-opacity')}`;
  }

  private strokeWords(): string {
    const dash = this.dash.length === 0 ? '' : ` stroke-dasharray="${this.dash.join(' ')}"`;
    const cap = this.lineCap === 'butt' ? '' : ` stroke-linecap="${this.lineCap}"`;
    const color = escaped(this.strokeStyle);
    return ` stroke="${color}" stroke-width="${short(this.lineWidth)}"${dash}${cap}${this.opacity('stroke-opacity')}`;
  }

  private opacity(name: string): string {
    return this.globalAlpha === 1 ? '' : ` ${name}="${short(this.globalAlpha)}"`;
  }

  hatch(color: string, spacing: number, lineWidth: number): string {
    const id = `hatch-${color.replaceAll(/[^\w]+/g, '-')}-${spacing}-${lineWidth}`.replaceAll('.', '_');
    const size = Math.max(4, spacing);
    const line = `M${-size} ${size}L${size} ${-size}M0 ${size}L${size} 0M0 ${2 * size}L${2 * size} 0`;
    const stroke = `fill="none" stroke="${escaped(color)}" stroke-width="${lineWidth}"`;
    const tile = `<pattern id="${id}" width="${size}" height="${size}" patternUnits="userSpaceOnUse">`;
    this.patterns.set(id, `${tile}<path d="${line}" ${stroke}/></pattern>`);
    return `url(#${id})`;
  }

  createPattern(): null {
    return null;
  }

  drawImage(image: HTMLCanvasElement, x: number, y: number): void {
    const place = `x="${short(x + this.left)}" y="${short(y + this.top)}"`;
    const size = `width="${image.width}" height="${image.height}"`;
    this.parts.push(`<image ${place} ${size} href="${image.toDataURL('image/png')}"/>`);
  }
}

/** A hundredth of a pixel is enough. */
function short(value: number): string {
  return String(Math.round(value * 100) / 100);
}

export function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
