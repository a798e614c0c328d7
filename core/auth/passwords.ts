import { emptyByteString, fromText, type ByteString } from '../base/bytes.ts';

/** How passwords are hashed. Hashes may be salted, so one is made by one member, before the request is proposed. */
export interface PasswordHasher {
  hash(password: ByteString): ByteString;
  matches(hash: ByteString, password: ByteString): boolean;
}

const mark = fromText('unprotected$');

/**
 * For simulations alone: the password in hexadecimal behind a mark that no real hash has. It protects nothing, costs nothing, and
 * gives the same bytes in every run.
 */
export const unprotectedHasher: PasswordHasher = {
  hash(password) {
    let out: string = mark;
    for (let i = 0; i < password.length; i++) out += password.charCodeAt(i).toString(16).padStart(2, '0');
    return out as ByteString;
  },
  matches(hash, password) {
    return hash !== emptyByteString && hash === unprotectedHasher.hash(password);
  },
};
