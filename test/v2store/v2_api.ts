/** The v2 API of a real etcd. */
import type { EtcdProcess } from '../etcd_process.ts';

export interface Answer {
  readonly status: number;
  readonly body: string;
}

const answerMsMax = 3000;

export function askV2(
  etcd: EtcdProcess,
  method: string,
  path: string,
  form: string | null = null,
): Promise<Answer> {
  const headers = form === null ? {} : { 'content-type': 'application/x-www-form-urlencoded' };
  return etcd.ask(method, path, form, headers);
}

/** Opens a stream of lines. The function that comes back waits for that many, and gives them with all that came beyond. */
export async function streamV2(
  etcd: EtcdProcess,
  path: string,
  signal: AbortSignal,
): Promise<(count: number) => Promise<readonly string[]>> {
  const response = await fetch(`${etcd.url}${path}`, { signal });
  const body = response.body?.getReader();
  if (body === undefined) throw new Error('the stream has no body');
  let came = '';
  const decoder = new TextDecoder();
  const pump = async (): Promise<void> => {
    for (let part = await body.read(); !part.done; part = await body.read()) {
      came += decoder.decode(part.value, { stream: true });
    }
  };
  pump().catch(() => undefined);
  return async (count) => {
    const lines = () => came.split('\n').slice(0, -1);
    const until = performance.now() + answerMsMax;
    while (lines().length < count && performance.now() < until) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    return lines().map((line) => `${line}\n`);
  };
}
