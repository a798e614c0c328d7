/**
 * Colours of the canvas. Group, fault and term colours were searched for colour-blind safety (smallest CIEDE2000 distance of
 * normal, protan, deutan and tritan sight) with at least 3:1 against the background; text colours keep 4.5:1.
 */
export interface Palette {
  readonly name: ThemeName;
  readonly background: string;
  readonly stripe: string;
  readonly line: string;
  readonly ink: string;
  readonly muted: string;
  readonly faint: string;
  /** By group number: append, vote, snapshot, read, client, heartbeat. */
  readonly groups: readonly string[];
  /** Marks of faults; `faultText` is the same hue with a text's contrast. */
  readonly fault: string;
  readonly faultText: string;
  readonly good: string;
  /** A cycle; the printed number tells the terms apart. */
  readonly terms: readonly string[];
  readonly disk: string;
  readonly place: string;
}

export type ThemeName = 'light' | 'dark';

export const palettes: Readonly<Record<ThemeName, Palette>> = {
  light: {
    name: 'light',
    background: '#ffffff',
    stripe: '#f7f8fb',
    line: '#e2e6ee',
    ink: '#161c28',
    muted: '#566072',
    faint: '#8d97a8',
    groups: ['#403cc1', '#d38200', '#9e80fd', '#47877a', '#471d33', '#8d97a8'],
    fault: '#971400',
    faultText: '#971400',
    good: '#0b6b3a',
    terms: ['#7e83f7', '#a78e69', '#00402d', '#675c82', '#7a5a00', '#44077e'],
    disk: '#47505f',
    place: '#ffffff',
  },
  dark: {
    name: 'dark',
    background: '#0f141b',
    stripe: '#131a23',
    line: '#232d3b',
    ink: '#e9eef6',
    muted: '#9aa7ba',
    faint: '#66748a',
    groups: ['#487bfc', '#efc900', '#e0cdfe', '#c0f3d0', '#865871', '#66748a'],
    fault: '#c42003',
    faultText: '#ff7d63',
    good: '#5fd08f',
    terms: ['#6f71e4', '#e6b9a4', '#007222', '#80556e', '#7ba100', '#b0c5ec'],
    disk: '#aab6c8',
    place: '#ffffff',
  },
};

export function termColor(palette: Palette, term: number): string {
  return palette.terms[term % palette.terms.length] as string;
}

export function groupColor(palette: Palette, group: number): string {
  return palette.groups[group] as string;
}

export type Rgb = readonly [number, number, number];

export function rgbOf(color: string): Rgb {
  const value = Number.parseInt(color.slice(1), 16);
  return [(value >> 16) & 255, (value >> 8) & 255, value & 255];
}

export function alpha(color: string, opacity: number): string {
  const [red, green, blue] = rgbOf(color);
  return `rgba(${red},${green},${blue},${opacity})`;
}

/** Relative luminance as WCAG defines it. */
export function luminance(color: string): number {
  const [red, green, blue] = rgbOf(color).map((channel) => {
    const share = channel / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** Black or white, whichever reads better on `color`. */
export function inkOn(color: string): string {
  return luminance(color) > 0.22 ? '#10151d' : '#ffffff';
}
