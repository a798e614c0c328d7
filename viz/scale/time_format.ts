const units = [
  { ns: 1_000_000_000, name: 's' },
  { ns: 1_000_000, name: 'ms' },
  { ns: 1_000, name: '\u00b5s' },
  { ns: 1, name: 'ns' },
] as const;

/** A length of time with three significant digits: "1.25 ms", "800 µs", "30 s". */
export function durationText(ns: number): string {
  const unit = units.find((candidate) => Math.abs(ns) >= candidate.ns) ?? units[3];
  const value = ns / unit.ns;
  const digits = value >= 100 ? 0 : value >= 10 ? 1 : 2;
  return `${trimZeros(value.toFixed(unit.ns === 1 ? 0 : digits))} ${unit.name}`;
}

function trimZeros(text: string): string {
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text;
}

/** A moment in seconds, exact to the microsecond: "12.345678 s". */
export function momentText(ns: number): string {
  return `${trimZeros((ns / 1e9).toFixed(6))} s`;
}

/** Labels of an axis whose ticks are `stepNs` apart: seconds with as many decimals as the step needs. */
export function tickText(ns: number, stepNs: number): string {
  let decimals = 0;
  let unitNs = 1_000_000_000;
  while (decimals < 9 && stepNs < unitNs * 0.9999) {
    decimals += 1;
    unitNs /= 10;
  }
  return `${(ns / 1e9).toFixed(decimals)} s`;
}
