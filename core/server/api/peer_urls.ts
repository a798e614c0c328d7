import type { ByteString } from '../../base/bytes.ts';
import { toText } from '../../base/bytes.ts';

const schemes = ['http', 'https', 'unix', 'unixs'];

/** Scheme, authority, path; then a query and a fragment, which nobody looks at. */
const urlParts = /^([A-Za-z][A-Za-z0-9+.-]*):\/\/([^/?#]*)([^?#]*)(?:\?[^#]*)?(?:#.*)?$/;
/** Behind an optional user: a host, in brackets if it has colons, and a port, which may be empty. */
const authorityParts = /^(?:[^@\s<>"]*@)?(?:\[[^[\]@]*\]|[^:[\]@\s<>"%]*):\d*$/;

/**
 * Whether etcd takes these for the URLs of a member: at least one, each with a known scheme, a host and a port, and without a path.
 * Space around them is forgiven.
 */
export function validPeerUrls(urls: readonly ByteString[]): boolean {
  return urls.length > 0 && urls.every((url) => validPeerUrl(toText(url).trim()));
}

function validPeerUrl(url: string): boolean {
  for (let at = 0; at < url.length; at++) {
    const code = url.charCodeAt(at);
    if (code < 0x20 || code === 0x7f) return false;
  }
  const [, scheme = '', authority = '', path = ''] = urlParts.exec(url) ?? [];
  return schemes.includes(scheme.toLowerCase()) && authorityParts.test(authority) && path === '';
}
