import type { Frame } from '../timeline/frame.ts';

let canvas: HTMLCanvasElement | null = null;
let image: ImageData | null = null;

/** An empty picture of the lanes' visible size, one pixel per CSS pixel; kept from frame to frame. */
export function emptyImage(frame: Frame): ImageData {
  const width = Math.ceil(frame.width);
  const height = Math.ceil(frame.height);
  if (image === null || image.width !== width || image.height !== height)
    image = new ImageData(width, height);
  else image.data.fill(0);
  return image;
}

/** Puts the picture over what is drawn so far. */
export function putImage(frame: Frame, picture: ImageData): void {
  canvas ??= document.createElement('canvas');
  if (canvas.width !== picture.width || canvas.height !== picture.height) {
    canvas.width = picture.width;
    canvas.height = picture.height;
  }
  const pen = canvas.getContext('2d');
  if (pen === null) return;
  pen.putImageData(picture, 0, 0);
  frame.context.drawImage(canvas, 0, frame.scrollY);
}
