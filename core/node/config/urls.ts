import { ConfigError } from './config_error.ts';

export interface ListenUrl {
  readonly text: string;
  readonly isSecure: boolean;
  /** An IP address or localhost. */
  readonly host: string;
  readonly port: number;
}

/** Addresses as etcd takes them: scheme, host and port, no path; sorted. Throws ConfigError with etcd's words. */
export function parseUrls(flag: string, value: string): readonly string[] {
  const texts = value.split(',').map((text) => text.trim());
  for (const text of texts) checkUrl(flag, text);
  return texts.toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0));
}

function checkUrl(flag: string, text: string): void {
  const wrong = (reason: string): ConfigError =>
    new ConfigError(`invalid value "${text}" for flag -${flag}: ${reason}`);
  const match = /^([a-zA-Z][a-zA-Z0-9+.-]*):\/\/([^/?#]*)(.*)$/.exec(text);
  if (match === null) {
    throw wrong(`URL scheme must be http, https, unix, or unixs: ${text}`);
  }
  const [, scheme = '', authority = '', rest = ''] = match;
  if (scheme === 'unix' || scheme === 'unixs') throw wrong('unix sockets are not served');
  if (scheme !== 'http' && scheme !== 'https') {
    throw wrong(`URL scheme must be http, https, unix, or unixs: ${text}`);
  }
  const port = /^(?:\[[^\]]*\]|[^:[\]]*):(\d+)$/.exec(authority)?.[1];
  if (port === undefined) throw wrong(`URL address does not have the form "host:port": ${text}`);
  if (Number(port) > 65535) throw wrong(`port ${port} is above 65535`);
  if (rest !== '') throw wrong(`URL must not contain a path: ${text}`);
}

/** Where to listen: names other than localhost are refused, since nobody knows which addresses they mean here. */
export function parseListenUrls(flag: string, value: string): readonly ListenUrl[] {
  return parseUrls(flag, value).map((text) => {
    const [, scheme, authority] = /^(https?):\/\/(.*)$/.exec(text) as unknown as [string, string, string];
    const at = authority.lastIndexOf(':');
    const host = authority.slice(0, at).replace(/^\[|\]$/g, '');
    const isAddress = /^\d+\.\d+\.\d+\.\d+$/.test(host) || host.includes(':');
    if (!isAddress && host !== 'localhost' && host !== '') {
      throw new ConfigError(`expected IP in URL for binding (${text})`);
    }
    return { text, isSecure: scheme === 'https', host, port: Number(authority.slice(at + 1)) };
  });
}
