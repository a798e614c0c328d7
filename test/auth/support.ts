import {
  AuthStore,
  type AuthAnswer,
  type AuthErrorName,
  type AuthInfo,
  type Permission,
  type PermissionType,
  SimpleTokens,
  type TokenProvider,
  unprotectedHasher,
} from '../../core/auth/index.ts';
import { fromText, type ByteString } from '../../core/base/bytes.ts';
import { type Backend, type BackendHooks, Buckets } from '../../core/backend/index.ts';
import { RandomStream } from '../../sim/random.ts';
import { StorageBench } from '../backend/support.ts';

export const text = fromText;

export function permission(permType: PermissionType, key: string, rangeEnd = ''): Permission {
  return { permType, key: text(key), range_end: text(rangeEnd) };
}

/** The value of an answer; fails on a refusal. */
export function valueOf<Value>(answer: AuthAnswer<Value>): Value {
  if (answer.kind === 'refused') throw new Error(`refused: ${answer.error}`);
  return answer.value;
}

export function errorOf(answer: AuthAnswer<unknown>): AuthErrorName | null {
  return answer.kind === 'refused' ? answer.error : null;
}

/** One member's auth: its disk, backend, tokens and store. */
export class AuthBench {
  readonly storage = new StorageBench('auth');
  tokens: TokenProvider;
  backend: Backend;
  auth: AuthStore;
  private readonly hooks: BackendHooks | undefined;

  constructor(hooks?: BackendHooks, tokens: TokenProvider = newTokens()) {
    this.hooks = hooks;
    this.tokens = tokens;
    this.backend = this.storage.backend(hooks);
    this.auth = this.open();
  }

  private open(): AuthStore {
    return AuthStore.open(this.backend, { tokens: this.tokens, hasher: unprotectedHasher });
  }

  /** Stops after a commit and starts from the disk, with tokens gone as memory is. */
  restart(): void {
    this.commit();
    this.tokens = newTokens();
    this.backend = this.storage.backend(this.hooks);
    this.auth = this.open();
  }

  commit(): void {
    this.backend.commit();
    this.storage.settle();
  }

  addUser(name: string, password = `${name}'s`): void {
    done(this.auth.userAdd(user(name, password)));
  }

  addRole(name: string, ...permissions: readonly Permission[]): void {
    done(this.auth.roleAdd(text(name)));
    for (const each of permissions) done(this.auth.roleGrantPermission(text(name), each));
  }

  /** A user with a role of its own that has these permissions. */
  addUserWith(name: string, ...permissions: readonly Permission[]): void {
    this.addUser(name);
    this.addRole(`${name}-role`, ...permissions);
    done(this.auth.userGrantRole(text(name), text(`${name}-role`)));
  }

  /** Makes root and enables auth. */
  enable(): void {
    this.addUser('root');
    done(this.auth.userGrantRole(text('root'), text('root')));
    done(this.auth.enable());
  }

  /** Someone who signed in just now. */
  as(name: string): AuthInfo {
    return { username: text(name), revision: this.auth.revision };
  }

  /** Pairs of the three buckets, as written. */
  buckets(): string[] {
    const view = this.backend.read();
    const lines: string[] = [];
    for (const bucket of [Buckets.auth, Buckets.authUsers, Buckets.authRoles]) {
      view.visit(bucket, text(''), undefined, (key, value) => {
        lines.push(`${bucket}/${key}=${Buffer.from(value).toString('hex')}`);
        return true;
      });
    }
    view.end();
    return lines;
  }
}

export function newTokens(): SimpleTokens {
  return new SimpleTokens(new RandomStream('auth/tokens'));
}

export function user(
  name: string,
  password: string,
): { name: ByteString; hashedPassword: ByteString; no_password: boolean } {
  return { name: text(name), hashedPassword: unprotectedHasher.hash(text(password)), no_password: false };
}

export function done(error: string | null): void {
  if (error !== null) throw new Error(`refused: ${error}`);
}

export function hexOf(content: string): string {
  return Buffer.from(content, 'latin1').toString('hex');
}
