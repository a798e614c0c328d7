import type { PasswordHasher } from '../../auth/index.ts';
import { type ByteString, emptyByteString, fromText, toText } from '../../base/bytes.ts';
import { type ClientRequest, type ClientResponse, errors } from '../../server/api/index.ts';
import { RequestFailure } from '../grpc/failure.ts';
import { type HashResult, type HashTask, doHashTask } from './hash_task.ts';
import { HashThreads } from './hash_threads.ts';

type Answer = (response: ClientResponse) => void;
/** Hands a request to the member. */
type Submit = (answer: Answer) => void;

/**
 * bcrypt, as etcd stores passwords, for a member that must not wait for it: members of both can check each other's hashes. A new password's
 * hash is made before the member gets the request. A sign-in goes to the member first, which tells whose hash to compare with: it is refused, and
 * asked again when the comparison was made elsewhere. Only what others have proposed with the password itself (etcd 3.4) is hashed in one go.
 */
export class Passwords implements PasswordHasher {
  private readonly cost: number;
  private readonly threads: Pick<HashThreads, 'run' | 'close'>;
  /** By password, for requests on their way. */
  private readonly hashes = new Map<ByteString, ByteString[]>();
  /** By password: the hashes that the member asked about, with the outcome; null as long as it is open. */
  private readonly compared = new Map<ByteString, Map<ByteString, boolean | null>>();

  constructor(cost: number, threads: Pick<HashThreads, 'run' | 'close'> = new HashThreads()) {
    this.cost = cost;
    this.threads = threads;
  }

  // --- asked by the member

  hash(password: ByteString): ByteString {
    const known = this.hashes.get(password)?.shift();
    return known ?? fromText(String(doHashTask(this.hashTask(password))));
  }

  matches(hash: ByteString, password: ByteString): boolean {
    // A user without a password has no hash.
    if (hash === emptyByteString) return false;
    let outcomes = this.compared.get(password);
    if (outcomes === undefined) this.compared.set(password, (outcomes = new Map()));
    const outcome = outcomes.get(hash) ?? null;
    outcomes.set(hash, outcome);
    return outcome === true;
  }

  // --- asked by the host

  /** Hands the request over by `submit`, perhaps later or more than once, so that the member finds what it needs. */
  ask(request: ClientRequest, submit: Submit, answer: Answer): void {
    const password = newPasswordOf(request);
    if (password !== null) this.withHash(password, submit, answer);
    else if (request.kind === 'authenticate') this.signIn(request.authenticate.password, submit, answer);
    else submit(answer);
  }

  private hashTask(password: ByteString): HashTask {
    return { kind: 'hash', password: toText(password), cost: this.cost };
  }

  private withHash(password: ByteString, submit: Submit, answer: Answer): void {
    const handOver = (result: HashResult): void => {
      const hash = fromText(String(result));
      this.hashes.set(password, [...(this.hashes.get(password) ?? []), hash]);
      submit((response) => {
        this.forgetHash(password, hash);
        answer(response);
      });
    };
    this.threads.run(this.hashTask(password)).then(handOver, refusing(answer));
  }

  /** A request that was refused has not taken it. */
  private forgetHash(password: ByteString, hash: ByteString): void {
    const left = this.hashes.get(password)?.filter((one) => one !== hash) ?? [];
    if (left.length === 0) this.hashes.delete(password);
    else this.hashes.set(password, left);
  }

  private signIn(password: ByteString, submit: Submit, answer: Answer): void {
    submit((response) => {
      const open = [...(this.compared.get(password) ?? [])].filter(([, outcome]) => outcome === null);
      if (!isRefused(response) || open.length === 0) {
        this.compared.delete(password);
        answer(response);
        return;
      }
      Promise.all(open.map(([hash]) => this.compare(hash, password))).then(
        () => this.signIn(password, submit, answer),
        (failure: unknown) => {
          this.compared.delete(password);
          refusing(answer)(failure);
        },
      );
    });
  }

  private async compare(hash: ByteString, password: ByteString): Promise<void> {
    const isEqual = await this.threads.run({
      kind: 'compare',
      hash: toText(hash),
      password: toText(password),
    });
    const outcomes = this.compared.get(password) ?? new Map<ByteString, boolean | null>();
    outcomes.set(hash, isEqual === true);
    this.compared.set(password, outcomes);
  }

  /** Whoever waits is told that the member stops. */
  close(): void {
    this.threads.close();
  }
}

/** Answers with what a promise was rejected with. */
function refusing(answer: Answer): (failure: unknown) => void {
  return (failure) => {
    if (!(failure instanceof RequestFailure)) throw failure;
    answer(failure.response);
  };
}

function isRefused(response: ClientResponse): boolean {
  return response.kind === 'error' && response.message === errors.authFailed.message;
}

/** The password that is to be stored as a hash; null if there is none. */
function newPasswordOf(request: ClientRequest): ByteString | null {
  if (request.kind === 'user_change_password')
    return request.user_change_password.password ?? emptyByteString;
  if (request.kind !== 'user_add' || request.user_add.options?.no_password === true) return null;
  return request.user_add.password ?? emptyByteString;
}
