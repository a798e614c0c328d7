import type { Picture } from './view_svg.ts';

/** Sharp on screens with twice the pixels. */
const scale = 2;

/** The picture as a PNG file. Throws an Error whose message is for people. */
export async function pngOf({ text, width, height }: Picture): Promise<Blob> {
  const address = URL.createObjectURL(new Blob([text], { type: 'image/svg+xml' }));
  try {
    const image = new Image();
    image.src = address;
    await image.decode();
    const canvas = document.createElement('canvas');
    canvas.width = width * scale;
    canvas.height = height * scale;
    canvas.getContext('2d')?.drawImage(image, 0, 0, canvas.width, canvas.height);
    const made = await new Promise<Blob | null>((resolve) => {
      canvas.toBlob(resolve, 'image/png');
    });
    if (made === null)
      throw new Error('the picture is too large for this browser; zoom in or save it as SVG');
    return made;
  } finally {
    URL.revokeObjectURL(address);
  }
}
