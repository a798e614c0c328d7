import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ConnectionOptions, type TlsOptions, createSecureContext } from 'node:tls';
import { generate } from 'selfsigned';
import { ConfigError } from '../config/config_error.ts';
import type { TlsFiles } from '../config/serve_config.ts';
import type { ListenUrl } from '../config/urls.ts';

/** etcd serves its own certificates for a year. */
const validDays = 365;
const dayMs = 24 * 60 * 60 * 1000;

/** Where certificates that a member makes itself are kept. */
function autoDirectory(dataDirectory: string, whose: 'client' | 'peer'): string {
  return join(dataDirectory, 'fixtures', whose);
}

/** What https addresses are served with; null if none is. Throws ConfigError, which names the file. */
export async function tlsOptions(
  files: TlsFiles,
  urls: readonly ListenUrl[],
  dataDirectory: string,
  whose: 'client' | 'peer',
): Promise<TlsOptions | null> {
  if (!urls.some(({ isSecure }) => isSecure)) return null;
  const given = files.certFile !== '';
  const directory = autoDirectory(dataDirectory, whose);
  if (!given) await makeCertificate(directory, urls);
  const certFile = given ? files.certFile : join(directory, 'cert.pem');
  const keyFile = given ? files.keyFile : join(directory, 'key.pem');
  const options: TlsOptions = {
    cert: readPem(certFile),
    key: readPem(keyFile),
    minVersion: 'TLSv1.2',
    // As in etcd: authorities ask for a certificate by themselves; the flag makes its name a user's, too.
    ...(files.clientCertAuth || files.trustedCaFile !== ''
      ? { ca: readPem(files.trustedCaFile), requestCert: true, rejectUnauthorized: true }
      : {}),
  };
  try {
    createSecureContext(options);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ConfigError(`tls: ${certFile} and ${keyFile}: expected a certificate and its key: ${reason}`);
  }
  return options;
}

/**
 * What other members are dialed with: the certificate that this one serves or was given, and whose certificates it trusts. Certificates
 * that members make themselves are nobody's, so with them nothing is checked, as in etcd. Null: as the machine trusts others.
 */
export function dialOptions(files: TlsFiles, server: TlsOptions | null): ConnectionOptions | null {
  const { certFile, keyFile, trustedCaFile, auto } = files;
  const own = server ?? (certFile === '' ? {} : { cert: readPem(certFile), key: readPem(keyFile) });
  const options: ConnectionOptions = {
    ...(own.cert === undefined ? {} : { cert: own.cert }),
    ...(own.key === undefined ? {} : { key: own.key }),
    ...(trustedCaFile === '' ? {} : { ca: readPem(trustedCaFile) }),
    ...(auto && certFile === '' ? { rejectUnauthorized: false } : {}),
  };
  return Object.keys(options).length === 0 ? null : options;
}

function readPem(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    throw new ConfigError(error instanceof Error ? error.message : String(error));
  }
}

/** Makes a certificate for the addresses unless there is one (etcd: SelfCert). */
async function makeCertificate(directory: string, urls: readonly ListenUrl[]): Promise<void> {
  if (existsSync(join(directory, 'cert.pem')) && existsSync(join(directory, 'key.pem'))) return;
  const hosts = [...new Set(urls.map(({ host }) => host))];
  const altNames = hosts.map((host) =>
    /^[\d.]+$/.test(host) || host.includes(':')
      ? ({ type: 7, ip: host } as const)
      : ({ type: 2, value: host } as const),
  );
  const made = await generate([{ name: 'organizationName', value: 'etcd' }], {
    notBeforeDate: new Date(),
    notAfterDate: new Date(Date.now() + validDays * dayMs),
    algorithm: 'sha256',
    keyType: 'ec',
    extensions: [
      { name: 'basicConstraints', cA: false },
      { name: 'keyUsage', digitalSignature: true, keyEncipherment: true },
      { name: 'extKeyUsage', serverAuth: true, clientAuth: true },
      { name: 'subjectAltName', altNames },
    ],
  });
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  writeFileSync(join(directory, 'cert.pem'), made.cert, { mode: 0o644 });
  writeFileSync(join(directory, 'key.pem'), made.private, { mode: 0o600 });
}
