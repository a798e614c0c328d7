import { type LowerLanes, lowerLaneNames, lowerLanes } from '../layout/lower_lanes.ts';
import { Kind } from '../../sim/trace/kinds.ts';
import type { Session } from '../timeline/session.ts';
import { h } from './dom.ts';

const words: Readonly<Record<LowerLanes, string>> = {
  clients: 'by client',
  keys: 'by key',
  watches: 'watches',
};

/** What a run has to show below the members; without a watch there are no watches. */
function choicesOf({ model }: Session): readonly LowerLanes[] {
  const watched = model.rare.get(-1)?.watched.refs.some((event) => model.trace.kinds[event] === Kind.watched);
  return lowerLaneNames.filter((name) => name !== 'watches' || watched === true);
}

export function nextLanes(session: Session): LowerLanes {
  const choices = choicesOf(session);
  return choices[(choices.indexOf(session.lowerLanes) + 1) % choices.length] ?? 'clients';
}

/** Chooses what is below the members: operations by client or by key, or what watches heard. */
export function laneChoice(session: Session): HTMLElement {
  const buttons = choicesOf(session).map((name) =>
    h('button', { type: 'button', class: 'plain', onclick: () => session.showLanes(name) }, words[name]),
  );
  const tell = (): void => {
    choicesOf(session).forEach((name, i) => {
      buttons[i]?.setAttribute('aria-pressed', String(session.lowerLanes === name));
    });
  };
  session.onChange((change) => {
    if (change === 'lanes') tell();
  });
  tell();
  return h(
    'div',
    { class: 'lane-choice choices', role: 'group', 'aria-label': 'Lanes below the members (K)' },
    h('span', { class: 'quiet' }, 'lanes'),
    ...buttons,
  );
}

/** What the live region says. */
export function laneWords({ model, lowerLanes: shown }: Session): string {
  const count = lowerLanes(model, shown).length;
  if (shown === 'watches') return `${count} clients\u2019 watches: revision over time`;
  return shown === 'keys' ? `Operations by key, on ${count} lanes` : `Operations by client, ${count} lanes`;
}
