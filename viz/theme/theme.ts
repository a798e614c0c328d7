import type { ThemeName } from './palette.ts';

const storageKey = 'detcd-theme';

function stored(): ThemeName | null {
  // Storage may be forbidden, as for some file:// pages.
  try {
    const value = localStorage.getItem(storageKey);
    return value === 'light' || value === 'dark' ? value : null;
  } catch {
    return null;
  }
}

/** The page's theme: the link's, else the one chosen last, else the system's. */
export class Theme {
  name: ThemeName;
  private readonly listeners: (() => void)[] = [];

  constructor(wanted: string | null) {
    const system: ThemeName = matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
    this.name = wanted === 'light' || wanted === 'dark' ? wanted : (stored() ?? system);
    this.apply();
  }

  toggle(): void {
    this.name = this.name === 'light' ? 'dark' : 'light';
    try {
      localStorage.setItem(storageKey, this.name);
    } catch {
      // Only the memory of the choice is lost.
    }
    this.apply();
    for (const listener of this.listeners) listener();
  }

  onChange(listener: () => void): void {
    this.listeners.push(listener);
  }

  private apply(): void {
    document.documentElement.dataset['theme'] = this.name;
  }
}
