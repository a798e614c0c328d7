import {
  type ChannelCredentials,
  Client as GrpcClient,
  type ClientDuplexStream,
  type ClientReadableStream,
  Metadata,
  connectivityState,
  logVerbosity,
  setLogVerbosity,
} from '@grpc/grpc-js';
import type { ByteString } from '../../../base/bytes.ts';
import { type ErrorResponse, type GrpcCode, type Rpc, grpcCodes } from '../../../server/api/index.ts';
import { methodOf } from '../../grpc/method.ts';

export interface ChannelOptions {
  readonly target: string;
  readonly credentials: ChannelCredentials;
  readonly dialTimeoutMs: number;
  readonly keepaliveMs: number;
  readonly keepaliveTimeoutMs: number;
}

/** What can be ended. */
interface Cancellable {
  cancel(): void;
}

/** A gRPC status as the member's answer. */
export function errorOf(failure: object): ErrorResponse {
  const error = failure as { readonly code?: number; readonly details?: string };
  const code = (error.code ?? grpcCodes.UNKNOWN) as GrpcCode;
  return { kind: 'error', code, message: error.details ?? '' };
}

/** Between attempts to connect; etcd's own client begins with the same order of time. */
const reconnectMs = 100;
const reconnectMsMax = 1000;

/** Who asks more often is taken for a nuisance: etcd ends such a connection, and Go's client never goes below this either. */
const keepaliveMsMin = 10_000;

/** What gRPC itself has to say of its connections is for those who look for its faults (--debug). */
export function silenceGrpc(): void {
  setLogVerbosity(logVerbosity.NONE);
  // gRPC names the server in TLS even where that is an address, and Node finds so for everybody to read.
  process.noDeprecation = true;
}

/** The connection to one member. */
export class Channel {
  private readonly client: GrpcClient;
  private readonly dialTimeoutMs: number;
  private readonly underWay = new Set<Cancellable>();

  constructor(options: ChannelOptions) {
    this.dialTimeoutMs = options.dialTimeoutMs;
    this.client = new GrpcClient(options.target, options.credentials, {
      'grpc.max_receive_message_length': -1,
      'grpc.max_send_message_length': -1,
      'grpc.keepalive_time_ms': Math.max(keepaliveMsMin, options.keepaliveMs),
      'grpc.keepalive_timeout_ms': options.keepaliveTimeoutMs,
      'grpc.initial_reconnect_backoff_ms': reconnectMs,
      'grpc.max_reconnect_backoff_ms': reconnectMsMax,
      'grpc.use_local_subchannel_pool': 1,
      'grpc.enable_retries': 0,
    });
  }

  /** Calls back with true when there is a connection, with false when the attempt to make one failed or took too long. */
  connect(done: (connected: boolean) => void): void {
    const channel = this.client.getChannel();
    const deadline = Date.now() + this.dialTimeoutMs;
    const look = (isFirst: boolean): void => {
      const state = channel.getConnectivityState(true);
      if (state === connectivityState.READY) done(true);
      else if (
        state === connectivityState.SHUTDOWN ||
        (state === connectivityState.TRANSIENT_FAILURE && !isFirst)
      )
        done(false);
      else if (state === connectivityState.TRANSIENT_FAILURE) setImmediate(done, false);
      else
        channel.watchConnectivityState(state, deadline, (error) => {
          if (error === undefined || error === null) look(false);
          else done(false);
        });
    };
    look(true);
  }

  unary<Request, Response>(
    rpc: Rpc<Request, Response>,
    request: Request,
    token: ByteString | undefined,
    done: (answer: Response | ErrorResponse, failed: boolean) => void,
  ): void {
    const { path, requestSerialize, responseDeserialize } = methodOf(rpc, 'unary');
    const call = this.client.makeUnaryRequest(
      path,
      requestSerialize,
      responseDeserialize,
      request,
      metadataOf(token),
      (error, response) => {
        this.underWay.delete(call);
        if (error !== null) done(errorOf(error), true);
        else done(response as Response, false);
      },
    );
    this.underWay.add(call);
  }

  duplex<Request, Response>(
    rpc: Rpc<Request, Response>,
    token: ByteString | undefined,
  ): ClientDuplexStream<Request, Response> {
    const { path, requestSerialize, responseDeserialize } = methodOf(rpc, 'bothStream');
    const metadata = metadataOf(token);
    // A member that is cut off from its leader is to say so rather than to keep silent (clientv3: WithRequireLeader).
    metadata.set('hasleader', 'true');
    return this.keep(
      this.client.makeBidiStreamRequest(path, requestSerialize, responseDeserialize, metadata),
    );
  }

  download<Request, Response>(
    rpc: Rpc<Request, Response>,
    request: Request,
    token: ByteString | undefined,
  ): ClientReadableStream<Response> {
    const { path, requestSerialize, responseDeserialize } = methodOf(rpc, 'serverStream');
    return this.keep(
      this.client.makeServerStreamRequest(
        path,
        requestSerialize,
        responseDeserialize,
        request,
        metadataOf(token),
      ),
    );
  }

  private keep<Call extends Cancellable & NodeJS.EventEmitter>(call: Call): Call {
    this.underWay.add(call);
    const forget = (): void => void this.underWay.delete(call);
    call.on('end', forget);
    // Also heard by who uses the stream; one that was ended here has nobody else who listens.
    call.on('error', forget);
    return call;
  }

  close(): void {
    for (const call of this.underWay) call.cancel();
    this.underWay.clear();
    this.client.close();
  }
}

function metadataOf(token: ByteString | undefined): Metadata {
  const metadata = new Metadata();
  if (token !== undefined) metadata.set('token', token);
  return metadata;
}
