import type { ClientCall } from '../../sim/trace/client_call.ts';
import { h } from '../page/dom.ts';

export type CallKind = ClientCall['kind'];

/** In the order of the form's list. */
export const callKinds: readonly (readonly [CallKind, string])[] = [
  ['put', 'put a key'],
  ['get', 'get a key'],
  ['range', 'get the keys that begin with'],
  ['delete', 'delete a key'],
  ['watch', 'watch a key'],
  ['grant', 'grant a lease'],
  ['stopKeeping', 'keep a lease no more'],
  ['revoke', 'revoke a lease'],
];

type FieldName = 'key' | 'value' | 'lease' | 'ttlSeconds' | 'keep' | 'prefix' | 'serializable' | 'via';

const fieldsOf: Readonly<Record<CallKind, readonly FieldName[]>> = {
  put: ['key', 'value', 'lease', 'via'],
  get: ['key', 'via', 'serializable'],
  range: ['key', 'via', 'serializable'],
  delete: ['key', 'via'],
  watch: ['key', 'prefix'],
  grant: ['lease', 'ttlSeconds', 'keep', 'via'],
  stopKeeping: ['lease'],
  revoke: ['lease', 'via'],
};

interface Inputs {
  readonly key: HTMLInputElement;
  readonly value: HTMLInputElement;
  readonly lease: HTMLInputElement;
  readonly ttlSeconds: HTMLInputElement;
  readonly keep: HTMLInputElement;
  readonly prefix: HTMLInputElement;
  readonly serializable: HTMLInputElement;
  readonly via: HTMLSelectElement;
}

/** The fields of a call, of which those are shown that its kind has. What was written stays from one call to the next. */
export class CallForm {
  readonly element = h('div', { class: 'call-fields' });
  private readonly inputs: Inputs;
  private readonly labels: ReadonlyMap<FieldName, HTMLElement>;
  private kind: CallKind = 'put';

  constructor() {
    const text = (id: string, value: string): HTMLInputElement =>
      h('input', {
        id,
        type: 'text',
        value,
        autocomplete: 'off',
        autocapitalize: 'off',
        spellcheck: 'false',
      });
    const number = (id: string, value: string, high: number): HTMLInputElement =>
      h('input', { id, type: 'number', min: 1, max: high, step: 1, value, inputmode: 'numeric' });
    const check = (id: string, checked: boolean): HTMLInputElement =>
      h('input', { id, type: 'checkbox', checked });
    this.inputs = {
      key: text('call-key', 'a'),
      value: text('call-value', '1'),
      lease: number('call-lease', '', Number.MAX_SAFE_INTEGER),
      ttlSeconds: number('call-ttl', '5', 86_400),
      keep: check('call-keep', true),
      prefix: check('call-prefix', false),
      serializable: check('call-serializable', false),
      via: h('select', { id: 'call-via' }),
    };
    this.inputs.key.maxLength = 1024;
    this.inputs.value.maxLength = 16_384;
    const words: Readonly<Record<FieldName, string>> = {
      key: 'Key',
      value: 'Value',
      lease: 'Lease (a number)',
      ttlSeconds: 'Seconds to live',
      keep: 'and keep it: the client renews it in the background',
      prefix: 'and every key that begins so',
      serializable: 'serializable: the member answers by itself, which may be old',
      via: 'Which member',
    };
    this.labels = new Map(
      (Object.keys(this.inputs) as FieldName[]).map((name) => {
        const input = this.inputs[name];
        const isCheck = input.type === 'checkbox';
        const said = h('span', {}, words[name]);
        const parts = isCheck ? [input, said] : [said, input];
        return [name, h('label', { for: input.id, class: isCheck ? 'check' : undefined }, ...parts)];
      }),
    );
    this.element.append(...this.labels.values());
  }

  /** Shows the fields of a kind. `members` are those that can be asked by name, `via` the one that is meant; 0: any. */
  show(kind: CallKind, members: ReadonlyMap<number, string>, via: number): void {
    this.kind = kind;
    const { key, lease, via: member } = this.inputs;
    const had = member.value;
    member.replaceChildren(
      h('option', { value: '' }, 'whichever the client talks to'),
      ...[...members].map(([number, name]) => h('option', { value: number }, `${name}, and no other`)),
    );
    member.value = via > 0 ? String(via) : had;
    for (const [name, label] of this.labels) label.hidden = !fieldsOf[kind].includes(name);
    key.required = kind !== 'range';
    key.placeholder = kind === 'range' ? 'nothing: every key' : '';
    lease.required = kind !== 'put' && fieldsOf[kind].includes('lease');
    lease.placeholder = kind === 'put' ? 'none' : '';
    if (lease.required && lease.value === '') lease.value = '1';
  }

  focus(): void {
    const first = fieldsOf[this.kind][0];
    const input = this.inputs[first ?? 'key'];
    input.focus();
    if (input instanceof HTMLInputElement) input.select();
  }

  /** What the fields say. */
  read(): ClientCall {
    const { inputs, kind } = this;
    const key = inputs.key.value;
    const lease = Number(inputs.lease.value);
    const via = inputs.via.value === '' ? {} : { via: Number(inputs.via.value) };
    const alone = inputs.serializable.checked ? { serializable: true } : {};
    switch (kind) {
      case 'put':
        return {
          kind,
          key,
          value: inputs.value.value,
          ...(inputs.lease.value === '' ? {} : { lease }),
          ...via,
        };
      case 'get':
        return { kind, key, ...alone, ...via };
      case 'range':
        return { kind, prefix: key, ...alone, ...via };
      case 'delete':
        return { kind, key, ...via };
      case 'watch':
        return { kind, key, ...(inputs.prefix.checked ? { prefix: true } : {}) };
      case 'grant':
        return {
          kind,
          lease,
          ttlSeconds: Number(inputs.ttlSeconds.value),
          keep: inputs.keep.checked,
          ...via,
        };
      case 'stopKeeping':
        return { kind, lease };
      case 'revoke':
        return { kind, lease, ...via };
    }
  }
}
