import { compareSync, hashSync } from 'bcryptjs';
import type { PasswordHasher } from '../../auth/index.ts';
import { type ByteString, emptyByteString, fromText, toText } from '../../base/bytes.ts';

/** bcrypt, as etcd stores passwords: members of both can check each other's. */
export function bcryptHasher(cost: number): PasswordHasher {
  return {
    hash: (password: ByteString) => fromText(hashSync(toText(password), cost)),
    matches(hash, password) {
      // A user without a password has no hash; one made by something else matches nothing.
      if (hash === emptyByteString) return false;
      try {
        return compareSync(toText(password), toText(hash));
      } catch {
        return false;
      }
    },
  };
}
