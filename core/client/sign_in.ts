import type { ByteString } from '../base/bytes.ts';
import type { ClientRequest } from '../server/api/index.ts';
import { errors } from '../server/api/index.ts';
import type { Outcome } from './outcome.ts';

interface Credentials {
  readonly name: ByteString;
  readonly password: ByteString;
}

/** Who the client is: the name and password that it signed in with last, and the token it got for them. */
export class SignIn {
  token: ByteString | undefined;
  private credentials: Credentials | null = null;

  get hasCredentials(): boolean {
    return this.credentials !== null;
  }

  /** The request that gets a new token for the present credentials. */
  request(): ClientRequest | null {
    return this.credentials === null ? null : { kind: 'authenticate', authenticate: this.credentials };
  }

  /** A script's sign-in was answered: the client is that user from now on. */
  signedIn(request: ClientRequest, outcome: Outcome): void {
    if (request.kind !== 'authenticate' || !this.renewed(outcome)) return;
    const { name, password } = request.authenticate;
    this.credentials = { name, password };
  }

  /** The outcome of a sign-in. True if calls can go on: there is a new token, or none is needed any more. */
  renewed(outcome: Outcome): boolean {
    if (outcome.status === 'ok' && outcome.response.kind === 'authenticate') {
      this.token = outcome.response.authenticate.token;
      return true;
    }
    if (outcome.status === 'ok' || outcome.message !== errors.authNotEnabled.message) return false;
    this.token = undefined;
    return true;
  }

  signOut(): void {
    this.credentials = null;
    this.token = undefined;
  }
}
