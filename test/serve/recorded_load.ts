/** Clients that write and read at once, on members that come and go, and a history of what they saw, as `detcd check` reads it. */
import type { Cluster, ClusterMember } from './cluster.ts';
import { pause } from './cluster.ts';

const registers = ['r0', 'r1', 'r2', 'r3', 'r4'];
const callMsMax = 2000;
const restMs = 4;

type Moment = readonly [ns: number, sequence: number];
/** Unknown: what became of it is open. */
type Outcome = 'ok' | 'fail' | 'unknown';
type Answer = Readonly<Record<string, unknown>>;

interface GatewayPair {
  readonly key: string;
  readonly value?: string;
  readonly mod_revision: string;
  readonly create_revision: string;
  readonly version: string;
}

export class RecordedLoad {
  /** Lines of JSON. */
  readonly lines: string[] = [JSON.stringify({ type: 'history', format: 'detcd', version: 1 })];
  /** Keys that are written once, whose write was acknowledged. */
  readonly acknowledged: string[] = [];
  /** Operations that certainly happened. */
  succeeded = 0;
  private readonly cluster: Cluster;
  private readonly running: Promise<void>[] = [];
  private stopped = false;
  private processes = 0;
  private sequence = 0;
  private operations = 0;
  private values = 0;

  constructor(cluster: Cluster, clients: number) {
    this.cluster = cluster;
    for (let client = 0; client < clients; client++) this.running.push(this.client());
  }

  async stop(): Promise<void> {
    this.stopped = true;
    await Promise.all(this.running);
  }

  private async client(): Promise<void> {
    let process = ++this.processes;
    while (!this.stopped) {
      const { members } = this.cluster;
      const member = members[Math.floor(Math.random() * members.length)] as ClusterMember;
      const outcome = await this.one(process, member);
      // Who never heard is another one from then on.
      if (outcome === 'unknown') process = ++this.processes;
      await pause(restMs);
    }
  }

  private one(process: number, member: ClusterMember): Promise<Outcome> {
    const key = registers[Math.floor(Math.random() * registers.length)] as string;
    const value = `v${++this.values}`;
    const dice = Math.random();
    if (dice < 0.4) return this.put(process, member, key, value);
    if (dice < 0.6) return this.put(process, member, `once/${value}`, value);
    return this.get(process, member, key);
  }

  private now(): Moment {
    return [Math.floor(performance.now() * 1e6), ++this.sequence];
  }

  async put(process: number, member: ClusterMember, key: string, value: string): Promise<Outcome> {
    const body = { key: btoa(key), value: btoa(value) };
    const outcome = await this.recorded(
      process,
      member,
      'kv/put',
      body,
      { kind: 'put', key, value },
      () => ({}),
    );
    if (outcome === 'ok' && key.startsWith('once/')) this.acknowledged.push(key);
    return outcome;
  }

  get(process: number, member: ClusterMember, key: string): Promise<Outcome> {
    const body = { key: btoa(key) };
    return this.recorded(process, member, 'kv/range', body, { kind: 'range', key }, (answer) => ({
      kvs: ((answer['kvs'] ?? []) as readonly GatewayPair[]).map((pair) => ({
        key,
        value: atob(pair.value ?? ''),
        modRevision: Number(pair.mod_revision),
        createRevision: Number(pair.create_revision),
        version: Number(pair.version),
      })),
    }));
  }

  private async recorded(
    process: number,
    member: ClusterMember,
    method: string,
    body: unknown,
    request: { readonly kind: string; readonly key: string; readonly value?: string },
    responseOf: (answer: Answer) => object,
  ): Promise<Outcome> {
    const id = ++this.operations;
    const call = this.now();
    const line = { type: 'operation', id, process, call, request };
    try {
      const answer = await member.call(method, body, callMsMax);
      const revision = Number((answer['header'] as { readonly revision: string }).revision);
      const response = { kind: request.kind, revision, ...responseOf(answer) };
      this.lines.push(JSON.stringify({ ...line, return: this.now(), status: 'ok', response }));
      this.succeeded++;
      return 'ok';
    } catch (error) {
      const neverSent = (error as { cause?: { code?: string } }).cause?.code === 'ECONNREFUSED';
      const status = neverSent ? 'fail' : 'unknown';
      this.lines.push(JSON.stringify({ ...line, return: neverSent ? this.now() : null, status }));
      return status;
    }
  }
}
