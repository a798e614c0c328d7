import { describe, expect, it } from 'vitest';
import { judgeRecorded, parseRecorded } from '../../../sim/checkers/judge.ts';
import { EtcdProcess, hasEtcd } from '../../etcd_process.ts';
import { type Draw, drawFrom } from '../linearizability/histories.ts';

type Line = Record<string, unknown>;
type Body = {
  readonly errorCode?: number;
  readonly node?: { readonly modifiedIndex: number };
  readonly prevNode?: unknown;
};

const nsPerMs = 1_000_000;
/** No event comes later than this after the last change. */
const settleMs = 1500;
const wallMsMax = 60_000;

/** Clients and watchers of a real etcd, as lines of the v2 form. */
class Recorder {
  readonly lines: Line[] = [];
  private readonly etcd: EtcdProcess;
  private readonly end = new AbortController();

  constructor(etcd: EtcdProcess) {
    this.etcd = etcd;
  }

  /** Nanoseconds of a clock that all of this process share. */
  private now(): number {
    return Math.floor(performance.now() * nsPerMs);
  }

  async change(draw: Draw, client: string, count: number): Promise<void> {
    const keys = ['/a', '/b', '/d/x', '/d/y', '/d/_z', '/d'];
    for (let number = 1; number <= count; number++) {
      const key = keys[draw(keys.length)] as string;
      const value = `${client}.${number}`;
      const kind = draw(8);
      if (kind < 4) await this.ask({ type: 'set', key, value }, 'PUT', { value });
      else if (kind === 4) await this.ask({ type: 'set', key, value, ttl: 1 }, 'PUT', { value, ttl: '1' });
      else if (kind === 5)
        await this.ask({ type: 'update', key, value }, 'PUT', { value, prevExist: 'true' });
      else if (kind === 6) await this.ask({ type: 'get', key }, 'GET', { quorum: 'true' });
      else await this.ask({ type: 'delete', key, recursive: true }, 'DELETE', { recursive: 'true' });
    }
  }

  private async ask(line: Line, method: string, fields: Record<string, string>): Promise<void> {
    const form = new URLSearchParams(fields).toString();
    const path = `/v2/keys${line['key'] as string}`;
    const call = this.now();
    const isPut = method === 'PUT';
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const { body } = isPut
      ? await this.etcd.ask(method, path, form, headers)
      : await this.etcd.ask(method, `${path}?${form}`);
    const { errorCode, ...answer } = JSON.parse(body) as Body;
    const told =
      errorCode === undefined ? { node: answer.node, prevNode: answer.prevNode } : { error: errorCode };
    this.lines.push({ ...line, call, return: this.now(), ...told });
  }

  /** One GET with wait=true, until `stop` or its one event. */
  async watch(key: string, fields: Record<string, string>): Promise<void> {
    const call = this.now();
    const query = new URLSearchParams({ wait: 'true', ...fields }).toString();
    const events: Line[] = [];
    const line: Line = {
      type: 'watch',
      key,
      call,
      return: null,
      events,
      recursive: fields['recursive'] === 'true',
      stream: fields['stream'] === 'true',
      ...(fields['waitIndex'] === undefined ? {} : { waitIndex: Number(fields['waitIndex']) }),
    };
    this.lines.push(line);
    try {
      const response = await fetch(`${this.etcd.url}/v2/keys${key}?${query}`, { signal: this.end.signal });
      line['etcdIndex'] = Number(response.headers.get('x-etcd-index'));
      const decoder = new TextDecoder();
      let text = '';
      for await (const part of response.body ?? []) {
        text += decoder.decode(part as Uint8Array, { stream: true });
        const whole = text.split('\n');
        text = whole.pop() ?? '';
        for (const each of whole) {
          const { errorCode, ...event } = JSON.parse(each) as Body;
          if (errorCode === undefined) events.push({ prevNode: null, ...event, at: this.now() });
          else line['error'] = errorCode;
        }
      }
      line['return'] = this.now();
    } catch (error) {
      if (!this.end.signal.aborted) throw error;
    }
  }

  /** As a read tells it. */
  async currentIndex(): Promise<number> {
    const response = await fetch(`${this.etcd.url}/v2/keys/?quorum=true`);
    await response.text();
    return Number(response.headers.get('x-etcd-index'));
  }

  stop(): void {
    this.end.abort();
  }

  get lastIndex(): number {
    let last = 0;
    for (const { node } of this.lines as Body[]) last = Math.max(last, node?.modifiedIndex ?? 0);
    return last;
  }
}

async function record(etcd: EtcdProcess, seed: number): Promise<readonly Line[]> {
  const recorder = new Recorder(etcd);
  const draw = drawFrom(seed);
  const watching = [
    recorder.watch('/', { recursive: 'true', stream: 'true' }),
    recorder.watch('/d', { recursive: 'true', stream: 'true' }),
    recorder.watch('/d', { stream: 'true' }),
    recorder.watch('/d/x', { stream: 'true' }),
    recorder.watch('/a', {}),
  ];
  await new Promise((resolve) => setTimeout(resolve, 200));
  for (let round = 0; round < 4; round++) {
    await Promise.all(['c1', 'c2', 'c3'].map((client) => recorder.change(draw, `${client}.${round}`, 15)));
    const since = Math.max(1, recorder.lastIndex - draw(20));
    for (const key of ['/d', '/d/x', '/b']) {
      for (const stream of ['true', 'false']) {
        watching.push(recorder.watch(key, { recursive: 'true', stream, waitIndex: String(since) }));
      }
    }
  }
  await new Promise((resolve) => setTimeout(resolve, settleMs));
  recorder.stop();
  await Promise.all(watching);
  return [{ type: 'recipe', recipe: 'v2', settled: recorder.lastIndex }, ...recorder.lines];
}

const verdictOf = (lines: readonly Line[]) =>
  judgeRecorded(parseRecorded(lines.map((line) => `${JSON.stringify(line)}\n`).join('')), {
    stepsMax: 5_000_000,
  });

describe.runIf(hasEtcd)('watches of the v2 API of a real etcd', () => {
  it(
    'are accepted, and rejected with an event less',
    async () => {
      const etcd = await EtcdProcess.start({ args: ['--enable-v2'] });
      try {
        const lines = await record(etcd, 7);
        const { violations, verdict } = verdictOf(lines);
        expect(violations.map((each) => [each.sentence, ...each.lines].join('\n'))).toEqual([]);
        expect(verdict).toBe('linearizable');
        const root = lines.find(({ type, key }) => type === 'watch' && key === '/') as Line;
        const events = root['events'] as Line[];
        expect(events.length).toBeGreaterThan(50);
        const at = events.findIndex(({ action }, index) => index > 20 && action === 'set');
        const lied = { ...root, events: events.toSpliced(at, 1) };
        const found = verdictOf(lines.map((line) => (line === root ? lied : line)));
        expect(found.violations.map(({ check }) => check)).toContain('v2 watch: reliable');
      } finally {
        await etcd.end();
      }
    },
    wallMsMax,
  );

  it(
    'are refused with 401 at the very index from which on the window of 1,000 events does not reach',
    async () => {
      const etcd = await EtcdProcess.start({ args: ['--enable-v2'] });
      try {
        const filler = new Recorder(etcd);
        await Promise.all(Array.from({ length: 10 }, (_, at) => filler.change(drawFrom(at), `f${at}`, 250)));
        // What was to expire has expired.
        await new Promise((resolve) => setTimeout(resolve, 2500));
        const index = await filler.currentIndex();
        expect(index).toBeGreaterThan(1000);
        const recorder = new Recorder(etcd);
        const asked = [index - 1000, index - 999].map((waitIndex) =>
          recorder.watch('/', { recursive: 'true', waitIndex: String(waitIndex) }),
        );
        await Promise.all(asked);
        const watches = recorder.lines.map(({ error }) => error);
        expect(watches).toEqual([401, undefined]);
        const head = { type: 'recipe', recipe: 'v2' };
        const checks = (lines: readonly Line[]): string[] =>
          verdictOf([head, ...lines])
            .violations.map(({ check }) => check)
            .filter((check) => check === 'v2 watch: history window');
        expect(checks(recorder.lines)).toEqual([]);
        const [refused, heard] = recorder.lines as [Line, Line];
        expect(checks([{ ...refused, waitIndex: index - 999 }, heard])).toHaveLength(1);
        expect(checks([refused, { ...heard, waitIndex: index - 1000 }])).toHaveLength(1);
      } finally {
        await etcd.end();
      }
    },
    wallMsMax,
  );
});
