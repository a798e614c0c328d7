import { JwtTokens, SimpleTokens, type TokenProvider } from '../../auth/index.ts';
import { nsPerSecond } from '../../limits.ts';
import type { Clock } from '../../ports.ts';
import type { ServeConfig } from '../config/serve_config.ts';
import { systemRandom } from '../host/system_random.ts';
import { jwtSigner } from './jwt_signer.ts';

/** Makes the token provider as soon as there is a clock to judge expiries by; reads the keys at once. Throws ConfigError. */
export function tokensOf(config: ServeConfig): (clock: Clock) => TokenProvider {
  const { authToken, authTokenTtlSeconds } = config;
  if (authToken.kind === 'simple') return () => new SimpleTokens(systemRandom, authTokenTtlSeconds);
  const signer = jwtSigner(authToken);
  const { ttlSeconds } = authToken;
  return (clock) => {
    const unixSeconds = Number(clock.wallNs() / BigInt(nsPerSecond));
    const originUnixSeconds = unixSeconds - Math.floor(clock.nowNs() / nsPerSecond);
    return new JwtTokens({ signer, ttlSeconds, originUnixSeconds });
  };
}
