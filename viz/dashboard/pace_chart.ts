import { h, svg } from '../page/dom.ts';

const width = 720;
const height = 90;

/** Runs per minute over the swarm's real time, as columns; the sentence below says the same. */
export function paceChart(pace: readonly number[]): HTMLElement {
  const most = Math.max(1, ...pace);
  const step = width / pace.length;
  const columns = pace.map((runs, minute) =>
    svg('rect', {
      x: minute * step + step * 0.08,
      y: height - (runs / most) * height,
      width: step * 0.84,
      height: (runs / most) * height,
      class: 'pace-column',
    }),
  );
  const picture = svg(
    'svg',
    { viewBox: `0 0 ${width} ${height}`, class: 'pace', preserveAspectRatio: 'none', 'aria-hidden': 'true' },
    ...columns,
  );
  const figure = h(
    'figure',
    { class: 'pace-figure' },
    h(
      'figcaption',
      { class: 'quiet' },
      `${pace.length} minutes; from ${Math.min(...pace).toLocaleString('en-US')} to ${most.toLocaleString('en-US')} runs a minute.`,
    ),
  );
  figure.prepend(picture);
  return figure;
}
