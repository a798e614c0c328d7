import { type FlagSpec, boolFlag, durationFlag, listFlag, textFlag } from './flag_spec.ts';

/** Flags that every command takes: etcdctl 3.4's. */
export const globalFlags: readonly FlagSpec[] = [
  textFlag('cacert', 'certificate authorities that servers are verified with (PEM)'),
  textFlag('cert', 'the certificate of this client (PEM)'),
  durationFlag('command-timeout', 'how long a short command may take', '5s'),
  boolFlag('debug', 'tell more of the connections on stderr'),
  durationFlag('dial-timeout', 'how long making a connection may take', '2s'),
  { ...textFlag('discovery-srv', 'the domain whose SRV records name the endpoints'), short: 'd' },
  textFlag('discovery-srv-name', 'the service name in those records'),
  listFlag('endpoints', 'where the members serve clients', '127.0.0.1:2379'),
  { ...boolFlag('help', 'tell about the command'), short: 'h' },
  boolFlag('hex', 'print keys and values byte by byte in hex'),
  boolFlag('insecure-discovery', 'take SRV records of members without TLS', 'true'),
  boolFlag('insecure-skip-tls-verify', 'take any certificate of a server (for tests)'),
  boolFlag('insecure-transport', 'no TLS for endpoints that do not say https', 'true'),
  durationFlag('keepalive-time', 'how long a connection may be silent until it is tried', '2s'),
  durationFlag('keepalive-timeout', 'how long the answer to that may take', '6s'),
  textFlag('key', 'the key of --cert (PEM)'),
  textFlag('password', 'the password of --user, which then must hold none'),
  textFlag('user', 'NAME or NAME:PASSWORD; without a password it is asked for'),
  { ...textFlag('write-out', 'simple, fields, json, table or protobuf', 'simple'), short: 'w' },
];
