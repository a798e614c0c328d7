const storageKey = 'detcd-single-keys';

/** The choice on this page, where nothing may be stored, too. */
let chosen: boolean | null = null;

/** Whether single letters and signs are commands. Who speaks to the computer, or misses keys, can turn them off (WCAG 2.1.4). */
export function singleKeysOn(): boolean {
  if (chosen !== null) return chosen;
  try {
    return localStorage.getItem(storageKey) !== 'off';
  } catch {
    // Storage may be forbidden.
    return true;
  }
}

export function setSingleKeys(on: boolean): void {
  chosen = on;
  try {
    localStorage.setItem(storageKey, on ? 'on' : 'off');
  } catch {
    // Only the memory of the choice is lost.
  }
}
