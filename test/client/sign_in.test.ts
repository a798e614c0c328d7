import { describe, expect, it } from 'vitest';
import { bytes } from '../../core/client/index.ts';
import { errors } from '../../core/server/api/index.ts';
import { Scripted, done } from './scripted.ts';

const key = bytes('x');
const value = bytes('1');

function token(name: string) {
  return done('authenticate', { token: bytes(name) });
}

function signedIn(): Scripted {
  const world = new Scripted();
  world.run(world.etcd.authenticate(bytes('ann'), bytes('secret')));
  world.answer(token('t1'));
  return world;
}

describe('signing in', () => {
  it('puts the token on every call from then on', () => {
    const world = new Scripted();
    world.run(world.etcd.get(key));
    expect(world.last.token).toBeUndefined();
    const signingIn = world.run(world.etcd.authenticate(bytes('ann'), bytes('secret')));
    expect(world.last.token).toBeUndefined();
    world.answer(token('t1'));
    expect(signingIn.result).toMatchObject({ status: 'ok', response: { token: 't1' } });
    world.run(world.etcd.put(key, value));
    expect(world.last.token).toBe('t1');
    world.run(world.etcd.signOut());
    world.run(world.etcd.put(key, value));
    expect(world.last.token).toBeUndefined();
  });

  it('that fails changes nothing', () => {
    const world = signedIn();
    const again = world.run(world.etcd.authenticate(bytes('bob'), bytes('wrong')));
    world.answer(errors.authFailed);
    expect(again.result).toMatchObject({ status: 'fail', error: errors.authFailed });
    world.run(world.etcd.put(key, value));
    expect(world.last.token).toBe('t1');
    world.answer(errors.invalidAuthToken);
    expect(world.last.request).toMatchObject({ authenticate: { name: 'ann' } });
  });

  it.each(['invalidAuthToken', 'authOldRevision', 'userEmpty'] as const)(
    'is repeated after "%s", and the call goes again with the new token, though it writes',
    (name) => {
      const world = signedIn();
      const put = world.run(world.etcd.put(key, value));
      world.answer(errors[name]);
      expect(world.last.request).toEqual({
        kind: 'authenticate',
        authenticate: { name: 'ann', password: 'secret' },
      });
      world.answer(token('t2'));
      expect(world.last).toMatchObject({ token: 't2', request: { kind: 'put' } });
      world.answer(done('put'));
      expect(put.result?.status).toBe('ok');
      expect(world.told.filter((line) => line.includes('by client'))).toEqual([
        'invoke 3 authenticate by client',
      ]);
    },
  );

  it('is repeated once for all calls that need it, and new ones wait for it', () => {
    const world = signedIn();
    const calls = [world.run(world.etcd.put(key, value)), world.run(world.etcd.get(key))];
    const [first, second] = world.sent.slice(-2);
    world.answer(errors.invalidAuthToken, first);
    const renewal = world.last;
    world.answer(errors.invalidAuthToken, second);
    calls.push(world.run(world.etcd.delete(key)));
    expect(world.last).toBe(renewal);
    world.answer(token('t2'), renewal);
    expect(world.sent.slice(-3).map(({ request, token: sent }) => [request.kind, sent])).toEqual([
      ['put', 't2'],
      ['range', 't2'],
      ['delete_range', 't2'],
    ]);
  });

  it('is not repeated without end, nor by a client that never signed in', () => {
    const world = signedIn();
    const put = world.run(world.etcd.put(key, value));
    for (let i = 0; i < 20 && !put.done; i++) {
      world.answer(world.last.request.kind === 'put' ? errors.authOldRevision : token(`t${i}`));
    }
    expect(put.result).toMatchObject({ status: 'fail', error: errors.authOldRevision });
    const stranger = new Scripted();
    const refused = stranger.run(stranger.etcd.put(key, value));
    stranger.answer(errors.userEmpty);
    expect(refused.result).toMatchObject({ status: 'fail', error: errors.userEmpty });
  });

  it('that is refused lets the calls that wait fail, for they did nothing', () => {
    const world = signedIn();
    const put = world.run(world.etcd.put(key, value));
    world.answer(errors.invalidAuthToken);
    world.answer(errors.authFailed);
    expect(put.result).toMatchObject({ status: 'fail', error: errors.invalidAuthToken });
  });

  it('is not needed any more when auth was switched off', () => {
    const world = signedIn();
    const put = world.run(world.etcd.put(key, value));
    world.answer(errors.invalidAuthToken);
    world.answer(errors.authNotEnabled);
    expect(world.last).toMatchObject({ token: undefined, request: { kind: 'put' } });
    world.answer(done('put'));
    expect(put.result?.status).toBe('ok');
  });
});
