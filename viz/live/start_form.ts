import { h } from '../page/dom.ts';
import type { CatalogueEntry } from '../worker_protocol.ts';
import { busyCluster, liveAddress } from './live_start.ts';

/** No scenario has such a name. */
const traffic = '+traffic';

/** Starts a live run: an empty cluster of some size, or a scenario whose script goes on beside what the person does. */
export function startForm(scenarios: readonly CatalogueEntry[]): HTMLElement {
  const scenario = h(
    'select',
    { id: 'live-scenario' },
    h('option', { value: '' }, 'nothing but what I do'),
    h('option', { value: traffic }, 'nothing, while its clients put and get'),
    ...scenarios.map(({ name }) => h('option', { value: name }, name)),
  );
  const number = (id: string, low: number, high: number): HTMLInputElement =>
    h('input', { id, type: 'number', min: low, max: high, step: 1, inputmode: 'numeric' });
  const members = number('live-members', 1, 9);
  const clients = number('live-clients', 1, 20);
  const seed = number('live-seed', 0, Number.MAX_SAFE_INTEGER);
  seed.value = '1';
  const suit = (): void => {
    const named = scenario.value === traffic ? busyCluster : scenario.value;
    const entry = scenarios.find(({ name }) => name === named);
    members.value = String(entry?.members ?? 3);
    clients.value = String(entry?.clients ?? 2);
  };
  scenario.addEventListener('change', suit);
  suit();
  const field = (label: string, input: HTMLElement): HTMLElement =>
    h('label', { for: input.id }, h('span', {}, label), input);
  const form = h(
    'form',
    { class: 'live-form', 'aria-labelledby': 'live-title' },
    h('h2', { id: 'live-title' }, 'Or start a cluster, and do to it what you like'),
    h(
      'div',
      { class: 'live-fields' },
      field('What happens to it', scenario),
      field('Members', members),
      field('Clients', clients),
      field('Seed', seed),
      h('button', { type: 'submit', class: 'main' }, 'Start it'),
    ),
  );
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    location.hash = liveAddress({
      scenario: scenario.value === traffic ? '' : scenario.value,
      traffic: scenario.value === traffic,
      seed: seed.value,
      members: members.value,
      clients: clients.value,
    });
  });
  return form;
}
