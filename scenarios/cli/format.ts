/** Numbers, times and colours for a terminal. */
export function grouped(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+(?!\d))/g, ',');
}

/** Nanoseconds as seconds with milliseconds: `12.345 s`. */
export function seconds(ns: number): string {
  return `${(ns / 1e9).toFixed(3)} s`;
}

export function plural(count: number, one: string, many = `${one}s`): string {
  return `${grouped(count)} ${count === 1 ? one : many}`;
}

const codes = { bold: '1', dim: '2', red: '31', green: '32', yellow: '33' } as const;
export type Style = (text: string, style: keyof typeof codes) => string;

/** Colours only on a terminal, and only where the person has not asked for none (https://no-color.org). */
export function styleFor(stream: { readonly isTTY?: boolean }): Style {
  const on = stream.isTTY === true && process.env['NO_COLOR'] === undefined;
  return (text, style) => (on ? `\u001b[${codes[style]}m${text}\u001b[0m` : text);
}

/** Breaks text at spaces so that no line is longer than `width`; further lines are indented. */
export function wrapped(text: string, indent: string, width = 100): string {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line.length > 0 && indent.length + line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else {
      line = line.length === 0 ? word : `${line} ${word}`;
    }
  }
  lines.push(line);
  return lines.map((part) => indent + part).join('\n');
}
