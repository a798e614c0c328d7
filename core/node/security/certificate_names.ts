import { randomBytes } from 'node:crypto';
import type { AuthAnswer, AuthInfo, TokenGrant, TokenProvider } from '../../auth/index.ts';
import { type ByteString, fromText } from '../../base/bytes.ts';

/**
 * With --client-cert-auth a client that sends no token is the user whom its certificate names (etcd: the common name). It gets a token that only
 * this process can make, for which the member asks as for any other; the tokens of users are the inner provider's.
 */
export class CertificateNames implements TokenProvider {
  private readonly inner: TokenProvider;
  private readonly mark = `certificate-${randomBytes(32).toString('hex')}-`;

  constructor(inner: TokenProvider) {
    this.inner = inner;
  }

  /** Stands for the certificate's name within this process. */
  tokenFor(commonName: string): ByteString {
    return fromText(this.mark + commonName);
  }

  get enabled(): boolean {
    return this.inner.enabled;
  }

  enable(): void {
    this.inner.enable();
  }

  disable(): void {
    this.inner.disable();
  }

  newSimpleToken(): ByteString {
    return this.inner.newSimpleToken();
  }

  assign(grant: TokenGrant): AuthAnswer<ByteString> {
    return this.inner.assign(grant);
  }

  awaitedIndex(token: ByteString): number | null {
    return token.startsWith(this.mark) ? 0 : this.inner.awaitedIndex(token);
  }

  info(token: ByteString, revision: number, nowNs: number): AuthInfo | null {
    if (!token.startsWith(this.mark)) return this.inner.info(token, revision, nowNs);
    return { username: token.slice(this.mark.length) as ByteString, revision };
  }

  invalidateUser(username: ByteString): void {
    this.inner.invalidateUser(username);
  }
}
