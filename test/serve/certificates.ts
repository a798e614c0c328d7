/** Certificates for tests of TLS: an authority, and who it vouches for. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { generate } from 'selfsigned';

/** Writes `ca.pem`, and `NAME.pem` and `NAME.key` with that common name for 127.0.0.1, each for servers and clients. */
export async function makeCertificates(directory: string, names: readonly string[]): Promise<void> {
  const file = (name: string): string => join(directory, name);
  const authority = await generate([{ name: 'commonName', value: 'authority' }], {
    keyType: 'ec',
    algorithm: 'sha256',
    extensions: [
      { name: 'basicConstraints', cA: true },
      { name: 'keyUsage', keyCertSign: true },
    ],
  });
  writeFileSync(file('ca.pem'), authority.cert);
  const ca = { key: authority.private, cert: authority.cert };
  for (const name of names) {
    const made = await generate([{ name: 'commonName', value: name }], {
      keyType: 'ec',
      algorithm: 'sha256',
      ca,
      extensions: [
        { name: 'keyUsage', digitalSignature: true },
        { name: 'extKeyUsage', serverAuth: true, clientAuth: true },
        { name: 'subjectAltName', altNames: [{ type: 7, ip: '127.0.0.1' }] },
      ],
    });
    writeFileSync(file(`${name}.pem`), made.cert);
    writeFileSync(file(`${name}.key`), made.private);
  }
}
