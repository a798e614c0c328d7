import { type IncomingMessage, get as getPlain } from 'node:http';
import { get as getSecure } from 'node:https';
import { parseEndpoint } from '../client/endpoint.ts';
import { clientTlsOf, tlsChoiceOf } from '../client/credentials.ts';
import type { Ctl } from '../command.ts';
import { CtlFailure, ctlExit, reasonOf } from '../failure.ts';

const metric = 'process_resident_memory_bytes';

/** Memory of the first endpoint's process, as its /metrics tell. Rejects with CtlFailure. */
export async function residentBytes(ctl: Ctl): Promise<number> {
  const [endpoint = ''] = ctl.endpoints;
  const { target, isSecure } = parseEndpoint(endpoint);
  const url = `${isSecure === true ? 'https' : 'http'}://${target.replace(/^dns:/, '')}/metrics`;
  const failed = (reason: string): CtlFailure => new CtlFailure(ctlExit.error, `${url}: ${reason}`);
  const text = await new Promise<string>((resolve, reject) => {
    const read = (response: IncomingMessage): void => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (part: string) => void (body += part));
      response.on('end', () => resolve(body));
    };
    const timeout = ctl.commandTimeoutMs;
    const request =
      isSecure === true
        ? getSecure(url, { timeout, ...clientTlsOf(tlsChoiceOf(ctl.flags)) }, read)
        : getPlain(url, { timeout }, read);
    request.on('timeout', () => request.destroy(new Error('no answer in time')));
    request.on('error', (error) => reject(failed(reasonOf(error))));
  });
  const found = text.split('\n').find((line) => line.startsWith(`${metric} `));
  const value = Number(found?.slice(metric.length) ?? NaN);
  if (!Number.isFinite(value)) throw failed(`expected ${metric}, found none`);
  return value;
}
