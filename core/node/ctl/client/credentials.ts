import { readFileSync } from 'node:fs';
import { type ConnectionOptions, createSecureContext } from 'node:tls';
import { type ChannelCredentials, credentials } from '@grpc/grpc-js';
import { badArgs, fileReason, reasonOf } from '../failure.ts';
import type { FlagValues } from '../flags/flag_values.ts';
import type { Endpoint } from './endpoint.ts';

export interface TlsChoice {
  readonly caFile: string;
  readonly certFile: string;
  readonly keyFile: string;
  readonly skipsVerification: boolean;
  /** No TLS for endpoints that do not say what they want. */
  readonly insecureTransport: boolean;
}

export function tlsChoiceOf(flags: FlagValues): TlsChoice {
  return {
    caFile: flags.text('cacert'),
    certFile: flags.text('cert'),
    keyFile: flags.text('key'),
    skipsVerification: flags.isSet('insecure-skip-tls-verify'),
    insecureTransport: flags.isSet('insecure-transport'),
  };
}

/** The same for a connection that is no gRPC. Throws CtlFailure. */
export function clientTlsOf(tls: TlsChoice): ConnectionOptions {
  const [ca, cert, key] = [read(tls.caFile), read(tls.certFile), read(tls.keyFile)];
  return {
    ...(ca === null ? {} : { ca }),
    ...(cert === null ? {} : { cert }),
    ...(key === null ? {} : { key }),
    rejectUnauthorized: !tls.skipsVerification,
  };
}

/** How a member is spoken to: its address decides, and where that says nothing, whether there is anything about TLS among the flags. */
export function credentialsFor({ isSecure }: Endpoint, tls: TlsChoice): ChannelCredentials {
  const { caFile, certFile, keyFile, skipsVerification, insecureTransport } = tls;
  const files = { ca: read(caFile), cert: read(certFile), key: read(keyFile) };
  if ((files.cert === null) !== (files.key === null))
    throw badArgs(`KeyFile and CertFile must both be present[key: ${keyFile}, cert: ${certFile}]`);
  const isWanted = caFile !== '' || certFile !== '' || !insecureTransport;
  if (!(isSecure ?? isWanted)) return credentials.createInsecure();
  checkFiles(tls, files);
  return credentials.createSsl(files.ca, files.key, files.cert, { rejectUnauthorized: !skipsVerification });
}

function read(path: string): Buffer | null {
  if (path === '') return null;
  try {
    return readFileSync(path);
  } catch (error) {
    throw badArgs(fileReason('open', path, error));
  }
}

type Files = { readonly [name in 'ca' | 'cert' | 'key']: Buffer | null };

function checkFiles({ caFile, certFile, keyFile }: TlsChoice, { ca, cert, key }: Files): void {
  try {
    createSecureContext({
      ...(ca === null ? {} : { ca }),
      ...(cert === null || key === null ? {} : { cert, key }),
    });
  } catch (error) {
    const names = [caFile, certFile, keyFile].filter((name) => name !== '').join(', ');
    throw badArgs(`tls: ${names}: expected certificates and a key in PEM: ${reasonOf(error)}`);
  }
}
