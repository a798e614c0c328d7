import { compareSync } from 'bcryptjs';
import { describe, expect, it } from 'vitest';
import { type ByteString, fromText, toText } from '../../core/base/bytes.ts';
import type { HashResult, HashTask } from '../../core/node/security/hash_task.ts';
import { HashThreads, waitingTasksMax } from '../../core/node/security/hash_threads.ts';
import { Passwords } from '../../core/node/security/passwords.ts';
import { type ClientRequest, type ClientResponse, errors } from '../../core/server/api/index.ts';

const password = fromText('secret');
const addition: ClientRequest = { kind: 'user_add', user_add: { name: fromText('ann'), password } };
const signIn: ClientRequest = { kind: 'authenticate', authenticate: { name: fromText('ann'), password } };
const done = { kind: 'user_add', user_add: {} } as unknown as ClientResponse;

/** Threads that do nothing by themselves. */
class HeldThreads {
  readonly tasks: HashTask[] = [];
  private readonly resolvers: ((result: HashResult) => void)[] = [];

  run(task: HashTask): Promise<HashResult> {
    this.tasks.push(task);
    return new Promise((resolve) => this.resolvers.push(resolve));
  }

  async settle(result: HashResult): Promise<void> {
    this.resolvers.shift()?.(result);
    await new Promise((resolve) => setImmediate(resolve));
  }

  close(): void {}
}

describe('passwords', () => {
  it('are hashed before the member gets the request, each for itself', async () => {
    const threads = new HeldThreads();
    const passwords = new Passwords(10, threads);
    const hashes: ByteString[] = [];
    const answers: ClientResponse[] = [];
    const ask = (): void =>
      passwords.ask(
        addition,
        (answer) => {
          hashes.push(passwords.hash(password));
          answer(done);
        },
        (response) => void answers.push(response),
      );
    ask();
    ask();
    expect([hashes, threads.tasks.length]).toEqual([[], 2]);
    await threads.settle('first');
    await threads.settle('second');
    expect([hashes, answers]).toEqual([
      ['first', 'second'],
      [done, done],
    ]);
  });

  it('of a refused request serve no other one', async () => {
    const threads = new HeldThreads();
    const passwords = new Passwords(4, threads);
    passwords.ask(
      addition,
      (answer) => answer(errors.permissionDenied),
      () => undefined,
    );
    await threads.settle('unused');
    expect(passwords.hash(password)).not.toBe('unused');
  });

  /** A member whose user has this hash. */
  const member =
    (passwords: Passwords, hashOf: () => string) =>
    (answer: (response: ClientResponse) => void): void =>
      answer(passwords.matches(fromText(hashOf()), password) ? done : errors.authFailed);

  it('are compared elsewhere: a sign-in is asked again with the outcome', async () => {
    for (const [isRight, told] of [
      [true, done],
      [false, errors.authFailed],
    ] as const) {
      const threads = new HeldThreads();
      const passwords = new Passwords(10, threads);
      const answers: ClientResponse[] = [];
      passwords.ask(
        signIn,
        member(passwords, () => 'h'),
        (response) => void answers.push(response),
      );
      expect([answers, threads.tasks]).toEqual([[], [{ kind: 'compare', password: 'secret', hash: 'h' }]]);
      await threads.settle(isRight);
      expect(answers).toEqual([told]);
      // Nothing is remembered: the next one is compared again.
      expect(passwords.matches(fromText('h'), password)).toBe(false);
    }
  });

  it('that change meanwhile are compared again', async () => {
    const threads = new HeldThreads();
    const passwords = new Passwords(10, threads);
    const answers: ClientResponse[] = [];
    let hash = 'old';
    passwords.ask(
      signIn,
      member(passwords, () => hash),
      (response) => void answers.push(response),
    );
    hash = 'new';
    await threads.settle(true);
    expect([answers, threads.tasks.length]).toEqual([[], 2]);
    await threads.settle(false);
    expect(answers).toEqual([errors.authFailed]);
  });

  it('are bcrypt, made while the event loop goes on', async () => {
    const threads = new HashThreads();
    let turns = 0;
    const count = (): void => {
      turns++;
      next = setImmediate(count);
    };
    let next = setImmediate(count);
    const hash = await threads.run({ kind: 'hash', password: 'pässword', cost: 4 });
    clearImmediate(next);
    expect(turns).toBeGreaterThan(0);
    expect(compareSync('pässword', String(hash))).toBe(true);
    const compare = (given: string, to: string) =>
      threads.run({ kind: 'compare', password: given, hash: to });
    expect(await compare('pässword', String(hash))).toBe(true);
    expect(await compare('password', String(hash))).toBe(false);
    expect(await compare('password', 'no hash')).toBe(false);
    threads.close();
  });

  it('wait only so many, and not for a member that has stopped', async () => {
    const threads = new HashThreads();
    const passwords = new Passwords(4, threads);
    const told: string[] = [];
    const submit = (answer: (response: ClientResponse) => void): void => answer(done);
    for (let i = 0; i < waitingTasksMax + 3; i++)
      passwords.ask(
        addition,
        submit,
        (response) => void told.push(response.kind === 'error' ? toText(fromText(response.message)) : 'done'),
      );
    await new Promise((resolve) => setImmediate(resolve));
    expect(told).toContain(errors.tooManyRequests.message);
    passwords.close();
    await new Promise((resolve) => setImmediate(resolve));
    expect(told.filter((text) => text === errors.stopped.message).length).toBeGreaterThan(
      waitingTasksMax - 3,
    );
    expect(told.length).toBe(waitingTasksMax + 3);
  });
});
