import type { InterventionAction } from '../../sim/trace/run_info.ts';
import { h, replaceChildren } from '../page/dom.ts';
import type { Shape } from './acts.ts';
import { CallForm, type CallKind, callKinds } from './call_form.ts';

/** Who is to be asked for what; a person may still change all of it. */
export interface CallStart {
  readonly kind: CallKind;
  /** From 1. */
  readonly client: number;
  /** The only member to ask; 0: any. */
  readonly via: number;
}

export interface CallRequest {
  readonly action: Extract<InterventionAction, { kind: 'call' }>;
  /** The run is to go on until there is an answer. */
  readonly goOn: boolean;
}

/** Asks what a client is to be asked for. */
export class CallDialog {
  readonly element = h('dialog', { class: 'call-dialog', 'aria-labelledby': 'call-title' });
  private readonly fields = new CallForm();
  private goesOn = true;

  /** `when`: "now, at 3.2 s". `rests`: a live run that stands still could go on until the answer. */
  open(
    start: CallStart,
    shape: Shape,
    when: string,
    rests: boolean,
    choose: (request: CallRequest) => void,
  ): void {
    const { fields } = this;
    const members = named(shape, shape.machines);
    const clients = shape.clients.map((endpoint, at) =>
      h('option', { value: at + 1 }, shape.names.get(endpoint) ?? ''),
    );
    const client = h('select', { id: 'call-client' }, ...clients);
    client.value = String(start.client);
    const kind = h(
      'select',
      { id: 'call-kind' },
      ...callKinds.map(([each, words]) => h('option', { value: each }, words)),
    );
    kind.value = start.kind;
    const kindNow = (): CallKind => kind.value as CallKind;
    kind.addEventListener('change', () => fields.show(kindNow(), members, 0));
    const goOn = h('input', { id: 'call-go-on', type: 'checkbox', checked: this.goesOn });
    const form = h('form', { method: 'dialog' });
    form.append(
      h('h2', { id: 'call-title' }, 'Ask a client'),
      h('p', { class: 'quiet' }, `${when}. It is one more line in the list of what was done.`),
      h(
        'div',
        { class: 'call-who' },
        h('label', { for: 'call-client' }, h('span', {}, 'Client'), client),
        h('label', { for: 'call-kind' }, h('span', {}, 'is asked to'), kind),
      ),
      fields.element,
      ...(rests
        ? [
            h(
              'label',
              { for: 'call-go-on', class: 'check' },
              goOn,
              h('span', {}, 'and the run goes on until there is an answer'),
            ),
          ]
        : []),
      h(
        'div',
        { class: 'dialog-buttons' },
        h('button', { type: 'submit', class: 'main', value: 'ask' }, 'Ask'),
        h('button', { type: 'submit', class: 'plain', value: '', formnovalidate: true }, 'Cancel'),
      ),
    );
    form.addEventListener('submit', (event) => {
      if ((event.submitter as HTMLButtonElement | null)?.value !== 'ask') return;
      if (rests) this.goesOn = goOn.checked;
      const action = { kind: 'call', client: Number(client.value), request: fields.read() } as const;
      choose({ action, goOn: rests && goOn.checked });
    });
    replaceChildren(this.element, form);
    fields.show(start.kind, members, start.via);
    this.element.showModal();
    fields.focus();
  }
}

function named({ names }: Shape, endpoints: readonly number[]): ReadonlyMap<number, string> {
  return new Map(endpoints.map((endpoint) => [endpoint, names.get(endpoint) ?? '']));
}
