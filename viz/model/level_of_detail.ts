/** How much of each message is drawn, by how many are in view. The steps are those at which the picture stays legible. */
export type Detail = 'density' | 'traces' | 'arrows' | 'labels';

export const densityAbove = 4000;
export const tracesAbove = 400;
export const arrowsAbove = 150;

export function detailFor(messagesInView: number): Detail {
  if (messagesInView > densityAbove) return 'density';
  if (messagesInView > tracesAbove) return 'traces';
  return messagesInView > arrowsAbove ? 'arrows' : 'labels';
}

/** Disk lines from the write to the fsync's end: legible once a pixel is well below an fsync. */
export const diskBelowNsPerPixel = 400_000;
