import type { Metadata, ServerUnaryCall } from '@grpc/grpc-js';
import { type ByteString, fromText } from '../../base/bytes.ts';
import type { CertificateNames } from '../security/certificate_names.ts';

/** What all kinds of calls have. */
type SurfaceCall = Pick<ServerUnaryCall<unknown, unknown>, 'metadata' | 'getAuthContext'>;

/** Tells who calls: by a token, or, with --client-cert-auth, by the certificate's name. */
export class Credentials {
  /** Null: certificates name nobody. */
  private readonly names: CertificateNames | null;

  constructor(names: CertificateNames | null) {
    this.names = names;
  }

  ofCall(call: SurfaceCall): ByteString | undefined {
    return (
      firstOf(call.metadata, 'token') ?? firstOf(call.metadata, 'authorization') ?? this.ofCertificate(call)
    );
  }

  private ofCertificate(call: SurfaceCall): ByteString | undefined {
    if (this.names === null) return undefined;
    const name = call.getAuthContext()?.sslPeerCertificate?.subject.CN;
    return typeof name === 'string' && name !== '' ? this.names.tokenFor(name) : undefined;
  }

  /** The same for a request of the JSON gateway, whose connection has no name of its own (etcd, too, refuses to take it). */
  ofHeader(authorization: string | undefined): ByteString | undefined {
    return authorization === undefined || authorization === '' ? undefined : fromText(authorization);
  }
}

function firstOf(metadata: Metadata, name: string): ByteString | undefined {
  const [value] = metadata.get(name);
  return typeof value === 'string' ? fromText(value) : undefined;
}

/** Whether the caller wants no answer from a member that knows no leader (clientv3: WithRequireLeader). */
export function requiresLeader(metadata: Metadata): boolean {
  return metadata.get('hasleader')[0] === 'true';
}
