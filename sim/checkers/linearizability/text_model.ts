import type { TextInput, TextOutput } from '../history/text_operation.ts';
import { type Model, impossible } from './model.ts';

/** One key of a store with get, put and append. The state is the text; a key nobody wrote holds the empty one. */
export const textModel: Model<string, TextInput, TextOutput> = {
  name: 'one key with get, put and append',
  init: '',
  step: (state, { kind, value }, output) => {
    if (kind === 'get') return output === state ? state : impossible;
    return kind === 'put' ? value : state + value;
  },
  key: (state) => state,
  writes: ({ kind }) => kind !== 'get',
  describeInput: ({ kind, key, value }) =>
    kind === 'get' ? `get(${key})` : `${kind}(${key}, ${JSON.stringify(value)})`,
  describeOutput: (_input, output) => (output === null ? '' : ` = ${JSON.stringify(output)}`),
  describeState: (state) => `the text is ${JSON.stringify(state)}`,
};
