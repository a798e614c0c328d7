/**
 * What the layers draw with: the part of a canvas' context that they use, so that a picture can be drawn into something else, too (see
 * export/svg_pen.ts).
 */
export type Pen = Pick<
  CanvasRenderingContext2D,
  | 'fillStyle'
  | 'strokeStyle'
  | 'lineWidth'
  | 'lineCap'
  | 'font'
  | 'textAlign'
  | 'textBaseline'
  | 'globalAlpha'
  | 'fillRect'
  | 'strokeRect'
  | 'beginPath'
  | 'moveTo'
  | 'lineTo'
  | 'arc'
  | 'roundRect'
  | 'closePath'
  | 'fill'
  | 'stroke'
  | 'fillText'
  | 'strokeText'
  | 'measureText'
  | 'setLineDash'
  | 'translate'
  | 'setTransform'
> & {
  drawImage(image: HTMLCanvasElement, x: number, y: number): void;
  createPattern(image: HTMLCanvasElement, repetition: string): CanvasPattern | null;
  /** Diagonal lines as a fill of its own kind, where a pattern of pixels will not do. */
  hatch?(color: string, spacing: number, lineWidth: number): string;
};
