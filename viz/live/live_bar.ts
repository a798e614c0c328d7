import { h } from '../page/dom.ts';
import { durationText } from '../scale/time_format.ts';
import type { LiveRun } from './live_run.ts';
import { speedText, speeds } from './pace.ts';

export interface LiveBarActions {
  /** Something to do to the cluster, from the list. */
  readonly act: () => void;
  /** Something to ask a client for, in a form. */
  readonly ask: () => void;
  /** Ends the live run: judged, and shown like every other. */
  readonly finish: () => void;
}

/** Lets a live run go, rest and step; says how far it is and whether something broke. */
export function liveBar(live: LiveRun, actions: LiveBarActions): HTMLElement {
  const go = h('button', { type: 'button', class: 'live-go' });
  const now = h('b', { class: 'live-now' });
  const words = h('span', { class: 'live-words', role: 'status' });
  const select = h(
    'select',
    { 'aria-label': 'Speed' },
    ...speeds.map((speed) => h('option', { value: speed }, speedText(speed))),
  );
  select.value = String(live.speed);
  select.addEventListener('change', () => live.setSpeed(Number(select.value)));
  go.addEventListener('click', () => toggle(live));
  const step = button('Step', 'Go on until something happens (Y)', () => void live.step());
  const act = button('Do something \u2026', 'Crash, cut, slow down \u2026 (A)', actions.act);
  const ask = button('Put, get \u2026', 'Ask a client: put, get, watch, a lease (P)', actions.ask);
  const finish = button('Finish and judge', 'End the run here and check every promise', actions.finish);
  const render = (): void => {
    go.textContent = live.going ? 'Pause' : 'Go on';
    go.disabled = live.over;
    step.disabled = live.going || live.over;
    act.disabled = live.over;
    ask.disabled = live.over;
    now.textContent = durationText(live.nowNs);
    words.textContent = stateWords(live);
  };
  live.onChange(render);
  render();
  return h(
    'section',
    { class: 'live-bar', 'aria-label': 'Live run' },
    h('span', { class: 'live-mark' }, 'live'),
    go,
    step,
    select,
    now,
    words,
    ask,
    act,
    finish,
  );
}

export function toggle(live: LiveRun): void {
  if (live.going) live.pause();
  else live.go();
}

function stateWords({ mistake, over, model }: LiveRun): string {
  if (mistake !== '') return mistake;
  const [broken] = model.info.verdict.violations;
  if (broken !== undefined) return `${broken.check} broke: ${broken.sentence}`;
  return over ? 'the time is up: finish it to have it judged' : '';
}

function button(text: string, label: string, act: () => void): HTMLButtonElement {
  return h('button', { type: 'button', class: 'plain', title: label, onclick: act }, text);
}
