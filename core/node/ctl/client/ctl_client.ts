import { type ByteString, fromText } from '../../../base/bytes.ts';
import { type NodeId, nodeId } from '../../../base/ids.ts';
import { assertDefined } from '../../../base/assert.ts';
import {
  Client,
  type ClientObserver,
  type EtcdClient,
  type Outcome,
  type Task,
  type WaitId,
  etcdClient,
} from '../../../client/index.ts';
import {
  type RequestBodies,
  type RequestKind,
  type ResponseBodies,
  errors,
} from '../../../server/api/index.ts';
import { requestOf } from '../../../server/api/wire.ts';
import { systemRandom } from '../../host/system_random.ts';
import { CtlFailure, ctlExit } from '../failure.ts';
import { Channel } from './channel.ts';
import { type TlsChoice, credentialsFor } from './credentials.ts';
import { type Endpoint, parseEndpoint } from './endpoint.ts';
import { errorText } from './error_text.ts';
import { GrpcPorts } from './grpc_ports.ts';

export interface ConnectOptions {
  readonly endpoints: readonly string[];
  readonly tls: TlsChoice;
  readonly dialTimeoutMs: number;
  readonly commandTimeoutMs: number;
  readonly keepaliveMs: number;
  readonly keepaliveTimeoutMs: number;
  readonly observer?: ClientObserver;
}

/** A request or a script may end with this: why it failed, in the words of etcd's client. */
export class CallFailure extends Error {
  override readonly name = 'CallFailure';
  /** The member's own words; null if none answered. */
  readonly said: string | null;

  constructor(outcome: Exclude<Outcome<never>, { readonly status: 'ok' }>) {
    super(errorText(outcome.error));
    this.said = outcome.error?.message ?? null;
  }
}

/** The client of core/client, with its rules of failover and retry, on real connections. Scripts run on it as in a simulation. */
export class CtlClient {
  readonly endpoints: readonly Endpoint[];
  /** For scripts. */
  readonly api: EtcdClient = etcdClient(systemRandom);
  private readonly client: Client;
  private readonly ports: GrpcPorts;
  private readonly channels: ReadonlyMap<NodeId, Channel>;
  private readonly waiting = new Map<WaitId, (answer: unknown) => void>();
  private token: ByteString | undefined;

  /** Throws CtlFailure if the files of TLS can't be used. Connections are made when they are needed. */
  constructor(options: ConnectOptions) {
    const { dialTimeoutMs, keepaliveMs, keepaliveTimeoutMs, commandTimeoutMs: timeoutMs } = options;
    this.endpoints = options.endpoints.map(parseEndpoint);
    if (this.endpoints.length === 0) throw new CtlFailure(ctlExit.badConnection, 'no endpoints provided');
    const shared = { dialTimeoutMs, keepaliveMs, keepaliveTimeoutMs };
    this.channels = new Map(
      this.endpoints.map((endpoint, position) => {
        const credentials = credentialsFor(endpoint, options.tls);
        return [
          nodeId(position + 1),
          new Channel({ ...shared, target: endpoint.target, credentials }),
        ] as const;
      }),
    );
    this.ports = new GrpcPorts(this.channels, (wait, answer) => this.resume(wait, answer));
    this.client = new Client(
      this.ports,
      { endpoints: [...this.channels.keys()], timeoutMs },
      options.observer ?? null,
    );
    this.ports.serve(this.client);
  }

  private resume(wait: WaitId, answer: unknown): void {
    const resolve = this.waiting.get(wait);
    this.waiting.delete(wait);
    resolve?.(answer);
  }

  /** Runs a script. */
  async run<Result>(task: Task<Result>): Promise<Result> {
    let next = task.next();
    while (next.done !== true) {
      const begun = this.client.begin(next.value);
      const answer = begun.done
        ? begun.answer
        : await new Promise((resolve) => this.waiting.set(begun.wait, resolve));
      next = task.next(answer);
    }
    return next.value;
  }

  /** Rejects with CallFailure. */
  async call<Kind extends RequestKind>(kind: Kind, body: RequestBodies[Kind]): Promise<ResponseBodies[Kind]> {
    const outcome = await this.run(this.api.call(requestOf(kind, body)));
    if (outcome.status !== 'ok') throw new CallFailure(outcome);
    return (outcome.response as unknown as Readonly<Record<Kind, ResponseBodies[Kind]>>)[kind];
  }

  /** Is this user from now on; where nobody needs to be a user, nothing happens. Rejects with CtlFailure. */
  async signIn(name: string, password: string): Promise<void> {
    try {
      const { token } = await this.call('authenticate', {
        name: fromText(name),
        password: fromText(password),
      });
      this.token = token;
    } catch (error) {
      if (!(error instanceof CallFailure)) throw error;
      if (error.said === errors.authNotEnabled.message) return;
      throw new CtlFailure(ctlExit.badConnection, error.message);
    }
  }

  /** The connection to the only endpoint, for what is no call, and the token for it. Null: there is no connection. */
  direct(): Promise<{ readonly channel: Channel; readonly token: ByteString | undefined } | null> {
    const channel = assertDefined(this.channels.get(nodeId(1)), 'the first channel');
    const { token } = this;
    return new Promise((resolve) =>
      channel.connect((connected) => resolve(connected ? { channel, token } : null)),
    );
  }

  close(): void {
    this.ports.close();
  }
}
