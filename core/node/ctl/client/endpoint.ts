/** Where a member serves clients, in the forms that etcdctl takes: `host:port`, or an http, https, unix or unixs URL. */
export interface Endpoint {
  /** As it was given, which is how output names it. */
  readonly text: string;
  /** As gRPC takes it. */
  readonly target: string;
  /** True, false, or null: its text does not say. */
  readonly isSecure: boolean | null;
}

const schemes: Readonly<Record<string, boolean>> = { http: false, https: true, unix: false, unixs: true };

export function parseEndpoint(given: string): Endpoint {
  const text = given.trim();
  const match = /^([a-z]+):\/\/([^/]*)(.*)$/.exec(text);
  const secure = match === null ? undefined : schemes[match[1] as string];
  if (match === null || secure === undefined) return { text, target: `dns:${text}`, isSecure: null };
  const [, scheme = '', host = '', path = ''] = match;
  const isSocket = scheme.startsWith('unix');
  return { text, target: isSocket ? `unix:${host}${path}` : `dns:${host}`, isSecure: secure };
}
