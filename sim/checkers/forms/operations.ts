import type { Fields } from '../history/fields.ts';
import type { Operation } from '../history/operation.ts';
import { span } from './form.ts';

/** Who asked and when: `client`, `call`, `return`. Equal times count as concurrent. */
export function timesOf(
  fields: Fields,
  id: number,
): Pick<
  Operation<never, never>,
  'process' | 'client' | 'callNs' | 'callSequence' | 'returnNs' | 'returnSequence'
> {
  const { callNs, returnNs } = span(fields);
  if (returnNs === null && statusOf(fields) === 'ok') fields.fail('return', 'a time, as the status is ok');
  const client = fields.has('client') ? fields.text('client') : `line ${fields.line}`;
  return {
    process: id,
    client,
    callNs,
    callSequence: 0,
    returnNs,
    returnSequence: returnNs === null ? null : 1,
  };
}

/** `ok`, `fail` or `unknown`; left out, it goes by whether there was an answer. */
export function statusOf(fields: Fields): 'ok' | 'fail' | 'unknown' {
  if (fields.has('status')) return fields.oneOf('status', ['ok', 'fail', 'unknown']);
  return fields.has('return') ? 'ok' : 'unknown';
}
