/** etcd's errors: texts as clients match them, gRPC codes, and what a client may conclude about its request. */

/** gRPC status codes by name. */
export const grpcCodes = {
  INVALID_ARGUMENT: 3,
  DEADLINE_EXCEEDED: 4,
  NOT_FOUND: 5,
  PERMISSION_DENIED: 7,
  RESOURCE_EXHAUSTED: 8,
  FAILED_PRECONDITION: 9,
  OUT_OF_RANGE: 11,
  INTERNAL: 13,
  UNAVAILABLE: 14,
  DATA_LOSS: 15,
  UNAUTHENTICATED: 16,
} as const;

export type GrpcCode = (typeof grpcCodes)[keyof typeof grpcCodes];

/**
 * `not-applied`: the request certainly did not change the store and never will.
 * `unknown`: it may have been applied, may be applied later, or may be lost.
 */
export type Outcome = 'not-applied' | 'unknown';

interface ErrorSpec {
  readonly code: GrpcCode;
  readonly message: string;
  readonly outcome: Outcome;
}

function refused(code: keyof typeof grpcCodes, text: string): ErrorSpec {
  return { code: grpcCodes[code], message: `etcdserver: ${text}`, outcome: 'not-applied' };
}

function undecided(code: keyof typeof grpcCodes, text: string): ErrorSpec {
  return { code: grpcCodes[code], message: `etcdserver: ${text}`, outcome: 'unknown' };
}

const specs = {
  // Found in the request itself, before it is proposed.
  emptyKey: refused('INVALID_ARGUMENT', 'key is not provided'),
  valueProvided: refused('INVALID_ARGUMENT', 'value is provided'),
  leaseProvided: refused('INVALID_ARGUMENT', 'lease is provided'),
  tooManyOps: refused('INVALID_ARGUMENT', 'too many operations in txn request'),
  duplicateKey: refused('INVALID_ARGUMENT', 'duplicate key given in txn request'),
  invalidSortOption: refused('INVALID_ARGUMENT', 'invalid sort option'),
  requestTooLarge: refused('INVALID_ARGUMENT', 'request is too large'),

  // Found while applying, alike on every member.
  keyNotFound: refused('INVALID_ARGUMENT', 'key not found'),
  compacted: refused('OUT_OF_RANGE', 'mvcc: required revision has been compacted'),
  futureRevision: refused('OUT_OF_RANGE', 'mvcc: required revision is a future revision'),
  leaseNotFound: refused('NOT_FOUND', 'requested lease not found'),
  noSpace: refused('RESOURCE_EXHAUSTED', 'mvcc: database space exceeded'),

  // The member's state when the request arrived.
  tooManyRequests: refused('RESOURCE_EXHAUSTED', 'too many requests'),
  noLeader: refused('UNAVAILABLE', 'no leader'),
  notCapable: refused('FAILED_PRECONDITION', 'not capable'),
  corrupt: refused('DATA_LOSS', 'corrupt cluster'),

  // The member stopped waiting. A proposal may still commit afterwards.
  leaderChanged: undecided('UNAVAILABLE', 'leader changed'),
  stopped: undecided('UNAVAILABLE', 'server stopped'),
  timeout: undecided('UNAVAILABLE', 'request timed out'),
  timeoutLeaderFailure: undecided(
    'UNAVAILABLE',
    'request timed out, possibly due to previous leader failure',
  ),
  timeoutConnectionLost: undecided('UNAVAILABLE', 'request timed out, possibly due to connection lost'),
  timeoutWaitAppliedIndex: undecided(
    'UNAVAILABLE',
    'request timed out, waiting for the applied index took too long',
  ),
} as const satisfies Record<string, ErrorSpec>;

export type ErrorName = keyof typeof specs;

/** The error branch of ClientResponse. Plain data, equal by value. */
export interface ErrorResponse {
  readonly kind: 'error';
  readonly code: GrpcCode;
  /** Starts with `etcdserver: `; clients compare it whole. */
  readonly message: string;
}

/** Every error a member answers with, ready to send. */
export const errors: { readonly [Name in ErrorName]: ErrorResponse } = buildErrors();

function buildErrors(): { [Name in ErrorName]: ErrorResponse } {
  const built: Partial<Record<ErrorName, ErrorResponse>> = {};
  for (const name of Object.keys(specs) as ErrorName[]) {
    const { code, message } = specs[name];
    built[name] = Object.freeze({ kind: 'error', code, message });
  }
  return built as { [Name in ErrorName]: ErrorResponse };
}

const outcomes: ReadonlyMap<string, Outcome> = new Map(
  Object.values<ErrorSpec>(specs).map((spec) => [spec.message, spec.outcome] as const),
);

/** What a client may conclude from an error. A text that is not etcd's leaves everything open. */
export function outcomeOf(error: ErrorResponse): Outcome {
  return outcomes.get(error.message) ?? 'unknown';
}

/** Names of all errors in a fixed order, for tables and tests. */
export const errorNames: readonly ErrorName[] = Object.keys(specs) as ErrorName[];
