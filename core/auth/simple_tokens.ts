import type { ByteString } from '../base/bytes.ts';
import { nsPerSecond } from '../limits.ts';
import type { Random } from '../ports.ts';
import { answered, type AuthAnswer } from './errors.ts';
import type { AuthInfo, TokenGrant, TokenProvider } from './tokens.ts';

/** etcd: simpleTokenTTL. Each use starts it anew. */
export const simpleTokenTtlSeconds = 300;

const letters = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ';
const lettersPerToken = 16;
const form = /^[^.]*\.([0-9]{1,20})$/;

interface Session {
  readonly username: ByteString;
  readonly expiresNs: number;
}

/**
 * etcd's default tokens: random letters, a dot and the raft index of the request that made them. Each member keeps them in memory
 * from the moment it applies that index; none survives a restart. They say who asks and nothing of when: what the user may do is
 * looked up as of now.
 */
export class SimpleTokens implements TokenProvider {
  private readonly random: Random;
  private readonly ttlNs: number;
  /** By token; the one used last is the last. */
  private readonly sessions = new Map<ByteString, Session>();
  private on = false;

  constructor(random: Random, ttlSeconds = simpleTokenTtlSeconds) {
    this.random = random;
    this.ttlNs = ttlSeconds * nsPerSecond;
  }

  get enabled(): boolean {
    return this.on;
  }

  /** Tokens known, the expired ones that nobody asked for included. */
  get size(): number {
    return this.sessions.size;
  }

  enable(): void {
    this.on = true;
  }

  disable(): void {
    this.on = false;
    this.sessions.clear();
  }

  newSimpleToken(): ByteString {
    let token = '';
    for (let i = 0; i < lettersPerToken; i++) token += letters.charAt(this.random.below(letters.length));
    return token as ByteString;
  }

  assign({ username, index, simpleToken, nowNs }: TokenGrant): AuthAnswer<ByteString> {
    const token = `${simpleToken}.${index}` as ByteString;
    if (!this.on) return answered(token);
    this.dropExpired(nowNs);
    this.remember(token, username, nowNs);
    return answered(token);
  }

  awaitedIndex(token: ByteString): number | null {
    const index = Number(form.exec(token)?.[1] ?? NaN);
    return Number.isSafeInteger(index) ? index : null;
  }

  info(token: ByteString, revision: number, nowNs: number): AuthInfo | null {
    const session = this.sessions.get(token);
    if (session === undefined) return null;
    if (nowNs >= session.expiresNs) {
      this.sessions.delete(token);
      return null;
    }
    this.remember(token, session.username, nowNs);
    return { username: session.username, revision };
  }

  invalidateUser(username: ByteString): void {
    for (const [token, session] of this.sessions) {
      if (session.username === username) this.sessions.delete(token);
    }
  }

  private remember(token: ByteString, username: ByteString, nowNs: number): void {
    this.sessions.delete(token);
    this.sessions.set(token, { username, expiresNs: nowNs + this.ttlNs });
  }

  /** They lie in the order of their last use, so those that expire first come first. */
  private dropExpired(nowNs: number): void {
    for (const [token, session] of this.sessions) {
      if (nowNs < session.expiresNs) return;
      this.sessions.delete(token);
    }
  }
}
