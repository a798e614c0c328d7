/** The stretch of virtual time that is shown. */
export interface TimeWindow {
  readonly startNs: number;
  readonly endNs: number;
}

/** The shortest stretch one can zoom to. */
export const windowNsMin = 20_000;

/** Moves and shortens a window so that it lies within the run. */
export function clampWindow(window: TimeWindow, durationNs: number): TimeWindow {
  const lengthMin = Math.min(windowNsMin, durationNs);
  const length = Math.min(durationNs, Math.max(lengthMin, window.endNs - window.startNs));
  const middle = (window.startNs + window.endNs) / 2;
  const startNs = Math.min(durationNs - length, Math.max(0, middle - length / 2));
  return { startNs, endNs: startNs + length };
}

/** A window around [startNs, endNs] with some room left and right. */
export function windowAround(
  startNs: number,
  endNs: number,
  durationNs: number,
  lengthMinNs: number,
): TimeWindow {
  const length = Math.max(lengthMinNs, (endNs - startNs) * 1.5);
  const middle = (startNs + endNs) / 2;
  return clampWindow({ startNs: middle - length / 2, endNs: middle + length / 2 }, durationNs);
}

/** Zooms by `factor` (above 1: closer) and leaves `aroundNs` where it is on the screen. */
export function zoomWindow(
  window: TimeWindow,
  factor: number,
  aroundNs: number,
  durationNs: number,
): TimeWindow {
  const length = Math.min(durationNs, Math.max(windowNsMin, (window.endNs - window.startNs) / factor));
  const share = (aroundNs - window.startNs) / (window.endNs - window.startNs);
  const startNs = Math.min(durationNs - length, Math.max(0, aroundNs - share * length));
  return { startNs, endNs: startNs + length };
}
