/** The table that etcdctl draws with `-w table`: headings in the middle, cells to the right, long cells over several lines. */
const cellWidthMax = 30;

export function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const cells = rows.map((row) => row.map((cell) => wrapped(cell)));
  const widths = heads.map((head, column) =>
    Math.max(head.length, ...cells.flatMap((row) => (row[column] ?? []).map(({ length }) => length))),
  );
  const rule = `+${widths.map((width) => '-'.repeat(width + 2)).join('+')}+`;
  const out = [
    rule,
    line(heads.map((head, column) => centred(head.toUpperCase(), widths[column] ?? 0))),
    rule,
  ];
  for (const row of cells) {
    const height = Math.max(1, ...row.map(({ length }) => length));
    for (let part = 0; part < height; part++)
      out.push(line(widths.map((width, column) => (row[column]?.[part] ?? '').padStart(width))));
  }
  if (cells.length > 0) out.push(rule);
  return `${out.join('\n')}\n`;
}

function line(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}

function centred(text: string, width: number): string {
  const left = Math.floor((width - text.length) / 2);
  return `${' '.repeat(left)}${text}${' '.repeat(width - text.length - left)}`;
}

/** At spaces only, as few lines as fit. */
function wrapped(cell: string): readonly string[] {
  const out: string[] = [];
  for (const word of cell.split(' ').filter((part) => part !== '')) {
    const last = out.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= cellWidthMax)
      out[out.length - 1] = `${last} ${word}`;
    else out.push(word);
  }
  return out;
}
