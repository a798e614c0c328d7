import { roleNames } from '../../sim/trace/kinds.ts';
import { spanAt } from '../model/roles.ts';
import { h } from '../page/dom.ts';
import { plainName } from '../words/plain_name.ts';
import type { Row } from '../layout/rows.ts';
import type { Frame } from './frame.ts';
import type { Session } from './session.ts';

interface Label {
  readonly element: HTMLElement;
  readonly state: HTMLElement;
  place: string;
  words: string;
}

const labels = new WeakMap<HTMLElement, Map<number, Label>>();

/** Names of the lanes, and each member's role at the selected moment. */
export function drawGutter(gutter: HTMLElement, frame: Frame, atNs: number, session: Session): void {
  const known = labels.get(gutter) ?? new Map<number, Label>();
  labels.set(gutter, known);
  for (const [id, { element }] of known) {
    if (frame.rows.byLane.has(id)) continue;
    element.remove();
    known.delete(id);
  }
  for (const row of frame.rows.list) {
    let label = known.get(row.lane.id);
    if (label === undefined) {
      const state = h('span', { class: 'lane-state' });
      const name = row.lane.kind === 'world' ? 'faults' : row.lane.name;
      const element = h(
        'div',
        { class: `lane-label ${row.lane.kind}`, 'data-lane': row.lane.id },
        h('span', { class: 'lane-name' }, name),
        state,
      );
      label = { element, state, place: '', words: '' };
      known.set(row.lane.id, label);
      gutter.append(element);
    }
    const top = row.y - frame.scrollY;
    const hidden = top + row.height < 8 || top > frame.height - 8;
    const state = stateText(row, atNs, session);
    // Writing what is there already would lay the page out anew in every frame.
    const place = `${top}/${row.height}/${hidden}`;
    if (place !== label.place) {
      label.place = place;
      label.element.style.top = `${top + 30}px`;
      label.element.style.height = `${row.height}px`;
      label.element.style.visibility = hidden ? 'hidden' : 'visible';
    }
    if (state !== label.words) {
      label.words = state;
      label.state.textContent = state;
    }
  }
}

/** A member's role and term at a moment, or that it is down; '' for other lanes. */
export function stateText(row: Row, atNs: number, session: Session): string {
  if (row.lane.kind !== 'member') return '';
  const { lives, durationNs } = session.model;
  const life = lives.get(row.lane.id);
  if (life === undefined) return '';
  // Who is down at the end of the run is so at its very last moment, too.
  const gap = life.gaps.find(
    ({ startNs, endNs }) => startNs <= atNs && (endNs > atNs || endNs >= durationNs),
  );
  if (gap !== undefined) return gap.kind;
  const span = spanAt(life.roles, Math.min(atNs, durationNs - 1));
  if (span === undefined) return '';
  return `${plainName(roleNames[span.role] ?? '')} t${span.term}`;
}
