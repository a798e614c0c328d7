/** Requests of the v2 API, in an order in which each finds what the earlier ones left. */
export interface V2Asked {
  readonly method: string;
  readonly path: string;
  /** A form, or JSON if it begins with a brace. */
  readonly body?: string;
}

const asked = (line: string): V2Asked => {
  const [method = '', path = '', body] = line.split(' ');
  return { method, path, ...(body === undefined ? {} : { body }) };
};

const keys = [
  'GET /v2/keys',
  'PUT /v2/keys/a value=1',
  'GET /v2/keys/a',
  'HEAD /v2/keys/a',
  'GET /v2/keys/a?quorum=true',
  'GET /v2/keys/a/',
  'GET /v2/keys//a',
  'PUT /v2/keys/a value=2',
  'PUT /v2/keys/a?prevExist=false value=1',
  'PUT /v2/keys/b?prevExist=true value=1',
  'PUT /v2/keys/b?prevExist=false value=1',
  'PUT /v2/keys/a?prevValue=2 value=3',
  'PUT /v2/keys/a?prevValue=2 value=4',
  'PUT /v2/keys/a?prevIndex=4 value=4',
  'PUT /v2/keys/a?prevValue= value=1',
  'PUT /v2/keys/a?prevIndex=x value=1',
  'PUT /v2/keys/a?prevIndex=99999999999999999999999 value=1',
  'PUT /v2/keys/a?ttl=x value=1',
  'PUT /v2/keys/a?dir=x',
  'PUT /v2/keys/a?prevExist=x',
  'PUT /v2/keys/a?refresh=x',
  'PUT /v2/keys/a a=%zz',
  'PUT /v2/keys/a?x=%zz value=1',
  'PUT /v2/keys/%zz value=1',
  'PUT /v2/keys/a?wait=true',
  'PUT /v2/keys/a?refresh=true value=3',
  'PUT /v2/keys/a?refresh=true',
  'PUT /v2/keys/a?refresh=true&ttl=100',
  'PUT /v2/keys/a value=5&ttl=',
  'PUT /v2/keys/a?noValueOnSuccess=true value=6',
  'PUT /v2/keys/a?noValueOnSuccess=maybe value=6',
  'POST /v2/keys/q value=first',
  'POST /v2/keys/q value=second',
  'GET /v2/keys/q?recursive=true&sorted=true',
  'PUT /v2/keys/d?dir=true',
  'PUT /v2/keys/d?dir=true',
  'PUT /v2/keys/d value=x',
  'PUT /v2/keys/d/x/y value=deep',
  'PUT /v2/keys/d/_hidden value=h',
  'GET /v2/keys/d',
  'GET /v2/keys/d?recursive=true&sorted=true',
  'GET /v2/keys/d/_hidden',
  'PUT /v2/keys/a/below value=1',
  'DELETE /v2/keys/d',
  'DELETE /v2/keys/d?dir=true',
  'DELETE /v2/keys/d?recursive=true',
  'DELETE /v2/keys/d?recursive=true',
  'DELETE /v2/keys/a?prevValue=nope',
  'DELETE /v2/keys/a?prevValue=6',
  'DELETE /v2/keys',
  'DELETE /v2/keys/?recursive=true',
  'PUT /v2/keys value=1',
  'GET /v2/keys/none',
  'GET /v2/keys/b?wait=true&waitIndex=1',
  'GET /v2/keys/?wait=true&recursive=true&waitIndex=5',
  'GET /v2/keys/b?wait=true&waitIndex=x',
  'PUT /v2/keys/%C3%BC%20%3C value=%C3%A4%26%3C',
  'GET /v2/keys/?sorted=true',
  'PATCH /v2/keys/b value=1',
  'GET /v2/keysx',
  'GET /v2/nope',
] as const;

const members = [
  'GET /v2/members',
  'GET /v2/members/',
  'GET /v2/members/leader',
  'GET /v2/members/123',
  'DELETE /v2/members/123',
  'DELETE /v2/members/xyz',
  'POST /v2/members a=b',
  'POST /v2/members {}',
  'POST /v2/members {"peerURLs":[]}',
  'PUT /v2/members/123 {"peerURLs":["http://127.0.0.1:1"]}',
  'PATCH /v2/members',
  'GET /v2/machines',
  'GET /v2/stats/self',
  'PUT /v2/stats/self',
  'GET /v2/stats/leader',
  'GET /v2/stats/nothing',
] as const;

const others = [
  'GET /',
  'GET /health',
  'POST /health',
  'GET /version',
  'OPTIONS /v3/kv/range',
  'GET /v3/kv/range',
  'POST /v3/kv/nope {}',
  'POST /v3/kv/range {}',
  'POST /v3/kv/range {"key":"Zm9v"}',
  'POST /v3beta/kv/put {"key":"Zm9v","value":"YmFy"}',
  'POST /v3alpha/kv/put {"key":"Zm9v","value":"YmFy"}',
  'POST /v3/kv/range {"key":"Zm9v"}',
  'POST /v3/kv/deleterange {"key":"Zm9v","prev_kv":true}',
  'POST /v3/kv/txn {"success":[{"request_put":{"key":"Zm9v"}},{"request_put":{"key":"Zm9v"}}]}',
  'POST /v3/kv/compaction {"revision":"999"}',
  'POST /v3/lease/keepalive {"ID":"1"}',
  'POST /v3/lease/timetolive {"ID":"1"}',
  'POST /v3/lease/revoke {"ID":"1"}',
  'POST /v3/maintenance/alarm {}',
  'POST /v3/maintenance/status {}',
  'POST /v3/maintenance/hash {}',
  'POST /v3/cluster/member/list {}',
  'POST /v3/auth/enable {}',
  'POST /v3/auth/authenticate {"name":"a","password":"b"}',
  'POST /v3/election/leader {"name":"ZQ=="}',
  'POST /v3/lock/unlock {"key":"bA=="}',
] as const;

export const v2Requests = keys.map(asked);
export const v2Membership = members.map(asked);
export const gatewayRequests = others.map(asked);
