import { crc32, deflateSync } from 'node:zlib';
import { PNG } from 'pngjs';

const colorsMax = 256;
const signature = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];

/** A screenshot with a palette, for documents: a quarter of its size, and hardly to be told from it. Fully opaque. */
export function smallPng(shot: Buffer): Buffer {
  const { width, height, data } = PNG.sync.read(shot);
  const palette = paletteOf(data);
  const places = new Map(palette.map((color, place) => [color, place]));
  const rows = Buffer.alloc(height * (width + 1));
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const color = colorAt(data, (y * width + x) * 4);
      let place = places.get(color);
      if (place === undefined) {
        place = nearest(palette, color);
        places.set(color, place);
      }
      // The first byte of a row says that it is not filtered.
      rows[y * (width + 1) + 1 + x] = place;
    }
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  // Eight bits, by palette.
  header.set([8, 3, 0, 0, 0], 8);
  const colors = Buffer.from(palette.flatMap((color) => [color >> 16, (color >> 8) & 255, color & 255]));
  return Buffer.concat([
    Buffer.from(signature),
    chunk('IHDR', header),
    chunk('PLTE', colors),
    chunk('IDAT', deflateSync(rows, { level: 9 })),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function colorAt(data: Buffer, at: number): number {
  return ((data[at] as number) << 16) | ((data[at + 1] as number) << 8) | (data[at + 2] as number);
}

/** Half of it are the colours that are there most often; the others are those that differ most from what there is already. */
function paletteOf(data: Buffer): number[] {
  const counts = new Map<number, number>();
  for (let at = 0; at < data.length; at += 4) {
    const color = colorAt(data, at);
    counts.set(color, (counts.get(color) ?? 0) + 1);
  }
  const ordered = [...counts].sort(([a, more], [b, less]) => less - more || a - b).map(([color]) => color);
  const palette = ordered.slice(0, colorsMax / 2);
  const others = ordered.slice(colorsMax / 2).map((color) => ({ color, far: Infinity }));
  const take = (taken: number): void => {
    for (const other of others) other.far = Math.min(other.far, distance(other.color, taken));
  };
  palette.forEach(take);
  while (palette.length < Math.min(colorsMax, ordered.length)) {
    const next = others.reduce((best, other) => (other.far > best.far ? other : best));
    palette.push(next.color);
    take(next.color);
  }
  return palette;
}

function distance(one: number, other: number): number {
  return [16, 8, 0].reduce((sum, shift) => sum + (((one >> shift) & 255) - ((other >> shift) & 255)) ** 2, 0);
}

function nearest(palette: readonly number[], color: number): number {
  let best = 0;
  palette.forEach((other, place) => {
    if (distance(other, color) < distance(palette[best] as number, color)) best = place;
  });
  return best;
}

function chunk(name: string, body: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(name, 'latin1'), body]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(body.length);
  const check = Buffer.alloc(4);
  check.writeUInt32BE(crc32(named));
  return Buffer.concat([length, named, check]);
}
