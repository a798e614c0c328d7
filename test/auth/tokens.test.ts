import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { JwtTokens, SimpleTokens } from '../../core/auth/index.ts';
import { decodeBase64, decodeBase64Url, encodeBase64, encodeBase64Url } from '../../core/auth/base64.ts';
import { fromBytes, fromText as text, type ByteString } from '../../core/base/bytes.ts';
import { nsPerSecond } from '../../core/limits.ts';
import { RandomStream } from '../../sim/random.ts';
import { AuthBench, done, errorOf, newTokens, valueOf } from './support.ts';
import { toySigner } from './toy_signer.ts';

describe('simple tokens', () => {
  function signIn(bench: AuthBench, name: string, index: number, nowNs = 0): ByteString {
    return valueOf(bench.auth.authenticate(text(name), bench.auth.newSimpleToken(), index, nowNs));
  }

  function ready(): AuthBench {
    const bench = new AuthBench();
    bench.enable();
    bench.addUser('ann');
    return bench;
  }

  it('the letters come from the given stream, all 52 of them', () => {
    const tokens = newTokens();
    const drawn = Array.from({ length: 60 }, () => tokens.newSimpleToken());
    expect(newTokens().newSimpleToken()).toBe(drawn[0]);
    expect(new Set(drawn).size).toBe(60);
    expect(new Set(drawn.join('')).size).toBe(52);
    expect(drawn.every((each) => each.length === 16)).toBe(true);
  });

  it("end with the user's password and with the user; others' go on", () => {
    const bench = ready();
    const root = signIn(bench, 'root', 1);
    const ann = signIn(bench, 'ann', 2);
    done(bench.auth.userChangePassword(text('ann'), text('hash')));
    expect(errorOf(bench.auth.authInfo(ann, 0))).toBe('invalidAuthToken');
    const again = signIn(bench, 'ann', 3);
    expect(errorOf(bench.auth.authInfo(again, 0))).toBe(null);
    done(bench.auth.userDelete(text('ann')));
    bench.addUser('ann');
    expect(errorOf(bench.auth.authInfo(again, 0))).toBe('invalidAuthToken');
    expect(errorOf(bench.auth.authInfo(root, 0))).toBe(null);
  });

  it('end when auth is disabled, at a restart and with a snapshot', () => {
    const bench = ready();
    const before = signIn(bench, 'root', 1);
    done(bench.auth.disable());
    expect(valueOf(bench.auth.authInfo(before, 0))).toBe(null);
    done(bench.auth.enable());
    expect(errorOf(bench.auth.authInfo(before, 0))).toBe('invalidAuthToken');
    const second = signIn(bench, 'root', 2);
    bench.restart();
    expect(errorOf(bench.auth.authInfo(second, 0))).toBe('invalidAuthToken');
    const third = signIn(bench, 'root', 3);
    expect(errorOf(bench.auth.authInfo(third, 0))).toBe(null);
    bench.auth.recover(bench.backend);
    expect(errorOf(bench.auth.authInfo(third, 0))).toBe('invalidAuthToken');
  });

  it('that nobody uses any more do not pile up', () => {
    const tokens = new SimpleTokens(new RandomStream('pile'), 10);
    tokens.enable();
    const grant = (index: number, seconds: number): ByteString => {
      const simpleToken = tokens.newSimpleToken();
      const nowNs = seconds * nsPerSecond;
      return valueOf(tokens.assign({ username: text('u'), revision: 1, index, simpleToken, nowNs }));
    };
    const used = grant(1, 0);
    for (let i = 2; i < 50; i++) grant(i, 0);
    expect(tokens.info(used, 1, 5 * nsPerSecond)).toEqual({ username: 'u', revision: 1 });
    expect(tokens.size).toBe(49);
    grant(50, 11);
    // The one used at 5 s and the new one.
    expect(tokens.size).toBe(2);
  });

  it('are not kept while auth is off', () => {
    const tokens = newTokens();
    const grant = { username: text('u'), revision: 1, index: 1, simpleToken: text('letters'), nowNs: 0 };
    expect(valueOf(tokens.assign(grant))).toBe('letters.1');
    expect(tokens.info(text('letters.1'), 1, 0)).toBe(null);
  });
});

describe('signing in', () => {
  it('without auth, without such a user, without a password, with a wrong one', () => {
    const bench = new AuthBench();
    const check = (name: string, password: string): string | null =>
      errorOf(bench.auth.checkPassword(text(name), text(password)));
    const apply = (name: string): string | null =>
      errorOf(bench.auth.authenticate(text(name), text('x'), 1, 0));
    expect([check('root', 'x'), apply('root')]).toEqual(['authNotEnabled', 'authNotEnabled']);
    bench.enable();
    done(bench.auth.userAdd({ name: text('cert'), hashedPassword: text('given'), no_password: true }));
    done(bench.auth.userChangePassword(text('cert'), text('given')));
    expect([check('ann', 'x'), apply('ann')]).toEqual(['authFailed', 'authFailed']);
    expect([check('cert', ''), apply('cert')]).toEqual(['noPasswordUser', 'authFailed']);
    expect([check('root', 'x'), check('root', "root's"), apply('root')]).toEqual(['authFailed', null, null]);
  });

  it('a user without a password gets none, whatever is given', () => {
    const bench = new AuthBench();
    done(bench.auth.userAdd({ name: text('cert'), hashedPassword: text('given'), no_password: true }));
    expect(bench.buckets()[1]).toBe('authUsers/cert=0a046365727422020801');
    done(bench.auth.userChangePassword(text('cert'), text('given')));
    expect(bench.buckets()[1]).toBe('authUsers/cert=0a046365727422020801');
  });

  it('the member itself can ask as root only while tokens are in use', () => {
    const bench = new AuthBench();
    bench.enable();
    expect(valueOf(bench.auth.rootInfo())).toEqual(bench.as('root'));
    bench.tokens.disable();
    expect(errorOf(bench.auth.rootInfo())).toBe('invalidAuthToken');
  });

  it('a request without a token is nobody, which apply refuses', () => {
    const bench = new AuthBench();
    expect(bench.auth.checkPut(null, text('a'))).toBe(null);
    expect(bench.auth.checkAdmin(null)).toBe(null);
    bench.enable();
    expect(valueOf(bench.auth.authInfo(undefined, 0))).toBe(null);
    expect(bench.auth.checkPut(null, text('a'))).toBe('userEmpty');
    expect(bench.auth.checkAdmin(null)).toBe('userEmpty');
  });
});

describe('JWT', () => {
  const originUnixSeconds = 1_700_000_000;
  const signer = toySigner('key');
  const tokens = new JwtTokens({ signer, originUnixSeconds, ttlSeconds: 60 });
  const grant = {
    username: text('öl'),
    revision: 12,
    index: 9,
    simpleToken: text(''),
    nowNs: 5 * nsPerSecond,
  };
  const token = valueOf(tokens.assign(grant));

  function signed(header: string, payload: string): ByteString {
    const input = `${encodeBase64Url(text(header))}.${encodeBase64Url(text(payload))}` as ByteString;
    return `${input}.${encodeBase64Url(signer.sign?.(input) ?? text(''))}` as ByteString;
  }

  const head = '{"alg":"HS256","typ":"JWT"}';

  it('is header, claims and signature, in that form', () => {
    const [header = '', payload = '', signature = ''] = token.split('.');
    const decoded = (part: string): string => Buffer.from(part, 'base64url').toString();
    expect(decoded(header)).toBe(head);
    expect(decoded(payload)).toBe(`{"exp":${originUnixSeconds + 65},"revision":12,"username":"öl"}`);
    expect(decoded(signature)).toBe(signer.sign?.(`${header}.${payload}` as ByteString));
    expect(tokens.awaitedIndex(token)).toBe(0);
  });

  it('is good until it expires, whatever the revision is now', () => {
    expect(tokens.info(token, 99, 5 * nsPerSecond)).toEqual({ username: text('öl'), revision: 12 });
    expect(tokens.info(token, 99, 65 * nsPerSecond - 1)).not.toBe(null);
    expect(tokens.info(token, 99, 65 * nsPerSecond)).toBe(null);
  });

  it('is read strictly', () => {
    const good = { exp: originUnixSeconds + 60, revision: 3, username: 'ann' };
    const json = JSON.stringify(good);
    const read = (each: ByteString): unknown => tokens.info(each, 3, 0);
    expect(read(signed(head, json))).toEqual({ username: 'ann', revision: 3 });
    const without = (name: string): string =>
      JSON.stringify(Object.fromEntries(Object.entries(good).filter(([key]) => key !== name)));
    const bad = [
      signed('{"alg":"none"}', json),
      signed('{"alg":"HS384"}', json),
      signed('{"typ":"JWT"}', json),
      signed('["HS256"]', json),
      signed('', json),
      signed(head, ''),
      signed(head, 'null'),
      signed(head, `[${json}]`),
      signed(head, `${json}}`),
      signed(head, without('exp')),
      signed(head, without('revision')),
      signed(head, without('username')),
      signed(head, JSON.stringify({ ...good, revision: '3' })),
      signed(head, JSON.stringify({ ...good, revision: -1 })),
      signed(head, JSON.stringify({ ...good, revision: 2.5 })),
      signed(head, JSON.stringify({ ...good, exp: '9e99' })),
      signed(head, JSON.stringify({ ...good, username: 7 })),
      signed(head, JSON.stringify({ ...good, username: '' })),
      `${signed(head, json)}.` as ByteString,
      `${signed(head, json)}=` as ByteString,
      signed(head, json).replace(/\.[^.]*$/, '') as ByteString,
      text(''),
      text('..'),
    ];
    for (const [i, each] of bad.entries()) expect([i, read(each)]).toEqual([i, null]);
  });

  it('holds text: bytes that are no UTF-8 are refused, not replaced', () => {
    const claims = `{"exp":${originUnixSeconds + 60},"revision":3,"username":"\xff"}`;
    const input = `${encodeBase64Url(text(head))}.${encodeBase64Url(claims as ByteString)}` as ByteString;
    const signature = encodeBase64Url(signer.sign?.(input) ?? text(''));
    expect(tokens.info(`${input}.${signature}` as ByteString, 3, 0)).toBe(null);
  });

  it('does not survive any change to it, nor another key', () => {
    for (let i = 0; i < token.length; i++) {
      const letter = token[i] === 'A' ? 'B' : 'A';
      const changed = `${token.slice(0, i)}${letter}${token.slice(i + 1)}` as ByteString;
      expect(tokens.info(changed, 12, 0)).toBe(null);
    }
    expect(new JwtTokens({ signer: toySigner('other'), originUnixSeconds }).info(token, 12, 0)).toBe(null);
  });

  it('needs the private key to be made, and a name that is text', () => {
    const verifyOnly = new JwtTokens({ signer: { ...signer, sign: null }, originUnixSeconds });
    expect(errorOf(verifyOnly.assign(grant))).toBe('tokenVerifyOnly');
    expect(verifyOnly.info(token, 12, 0)).toEqual({ username: text('öl'), revision: 12 });
    expect(errorOf(tokens.assign({ ...grant, username: '\xff' as ByteString }))).toBe('invalidAuthToken');
  });
});

describe('base64', () => {
  const bytes = fc.uint8Array({ maxLength: 40 });

  it('is the one that others write', () => {
    fc.assert(
      fc.property(bytes, (content) => {
        const here = fromBytes(content);
        expect(encodeBase64(here)).toBe(Buffer.from(content).toString('base64'));
        expect(encodeBase64Url(here)).toBe(Buffer.from(content).toString('base64url'));
        expect(decodeBase64(encodeBase64(here))).toBe(here);
        expect(decodeBase64Url(encodeBase64Url(here))).toBe(here);
      }),
      { numRuns: 300, seed: 1 },
    );
  });

  it('reads nothing else', () => {
    for (const each of ['A', 'AB', 'AA=', 'A===', 'AB==', 'AAB=', 'A A=', 'AA-_', 'AAAA=', '====']) {
      expect([each, decodeBase64(text(each))]).toEqual([each, null]);
    }
    for (const each of ['A', 'AB', 'AAB', 'AA==', 'AA+/', 'A A', 'ÄA', 'AAAAA']) {
      expect([each, decodeBase64Url(text(each))]).toEqual([each, null]);
    }
    expect([decodeBase64(text('')), decodeBase64Url(text(''))]).toEqual(['', '']);
  });
});
