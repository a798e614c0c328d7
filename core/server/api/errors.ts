/** etcd's errors: texts as clients match them, gRPC codes, and what a client may conclude about its request. */

/** gRPC status codes by name. */
export const grpcCodes = {
  CANCELLED: 1,
  UNKNOWN: 2,
  INVALID_ARGUMENT: 3,
  DEADLINE_EXCEEDED: 4,
  NOT_FOUND: 5,
  PERMISSION_DENIED: 7,
  RESOURCE_EXHAUSTED: 8,
  FAILED_PRECONDITION: 9,
  OUT_OF_RANGE: 11,
  UNIMPLEMENTED: 12,
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

type CodeName = keyof typeof grpcCodes;

function refused(code: CodeName, text: string): ErrorSpec {
  return { code: grpcCodes[code], message: `etcdserver: ${text}`, outcome: 'not-applied' };
}

function undecided(code: CodeName, text: string): ErrorSpec {
  return { code: grpcCodes[code], message: `etcdserver: ${text}`, outcome: 'unknown' };
}

/** Errors that etcd's gRPC layer has no translation for: they leave as they are, with the code UNKNOWN. */
function untranslated(message: string, outcome: Outcome): ErrorSpec {
  return { code: grpcCodes.UNKNOWN, message, outcome };
}

const keyValueSpecs = {
  // Found in the request itself, before it is proposed.
  emptyKey: refused('INVALID_ARGUMENT', 'key is not provided'),
  valueProvided: refused('INVALID_ARGUMENT', 'value is provided'),
  leaseProvided: refused('INVALID_ARGUMENT', 'lease is provided'),
  tooManyOps: refused('INVALID_ARGUMENT', 'too many operations in txn request'),
  duplicateKey: refused('INVALID_ARGUMENT', 'duplicate key given in txn request'),
  /** Since 3.5; 3.4 takes an unknown order for none. */
  invalidSortOption: refused('INVALID_ARGUMENT', 'invalid sort option'),
  requestTooLarge: refused('INVALID_ARGUMENT', 'request is too large'),

  // Found while applying, alike on every member.
  keyNotFound: refused('INVALID_ARGUMENT', 'key not found'),
  compacted: refused('OUT_OF_RANGE', 'mvcc: required revision has been compacted'),
  futureRevision: refused('OUT_OF_RANGE', 'mvcc: required revision is a future revision'),
  /** Also the answer to a write that was done over the quota, so what became of it is open. */
  noSpace: undecided('RESOURCE_EXHAUSTED', 'mvcc: database space exceeded'),
  leaseNotFound: refused('NOT_FOUND', 'requested lease not found'),
  leaseExists: refused('FAILED_PRECONDITION', 'lease already exists'),
  leaseTtlTooLarge: refused('OUT_OF_RANGE', 'too large lease TTL'),
} as const satisfies Record<string, ErrorSpec>;

const membershipSpecs = {
  memberExists: refused('FAILED_PRECONDITION', 'member ID already exist'),
  peerUrlExists: refused('FAILED_PRECONDITION', 'Peer URLs already exists'),
  /** rpctypes says FAILED_PRECONDITION, but the gRPC layer lets it out without a status. */
  memberNotEnoughStarted: refused('UNKNOWN', 're-configuration failed due to not enough started members'),
  memberBadUrls: refused('INVALID_ARGUMENT', 'given member URLs are invalid'),
  memberNotFound: refused('NOT_FOUND', 'member not found'),
  memberNotLearner: refused('FAILED_PRECONDITION', 'can only promote a learner member'),
  learnerNotReady: refused(
    'FAILED_PRECONDITION',
    'can only promote a learner member which is in sync with leader',
  ),
  tooManyLearners: refused('FAILED_PRECONDITION', 'too many learner members in cluster'),
  unhealthy: refused('UNAVAILABLE', 'unhealthy cluster'),
  notLeader: refused('FAILED_PRECONDITION', 'not leader'),
  badLeaderTransferee: refused('FAILED_PRECONDITION', 'bad leader transferee'),
  notSupportedForLearner: refused('UNAVAILABLE', 'rpc not supported for learner'),
  timeoutLeaderTransfer: untranslated(
    'etcdserver: request timed out, leader transfer took too long',
    'unknown',
  ),
} as const satisfies Record<string, ErrorSpec>;

const authSpecs = {
  rootUserNotExist: refused('FAILED_PRECONDITION', 'root user does not exist'),
  rootRoleNotExist: refused('FAILED_PRECONDITION', 'root user does not have root role'),
  userExists: refused('FAILED_PRECONDITION', 'user name already exists'),
  userEmpty: refused('INVALID_ARGUMENT', 'user name is empty'),
  userNotFound: refused('FAILED_PRECONDITION', 'user name not found'),
  roleExists: refused('FAILED_PRECONDITION', 'role name already exists'),
  roleNotFound: refused('FAILED_PRECONDITION', 'role name not found'),
  roleEmpty: refused('INVALID_ARGUMENT', 'role name is empty'),
  authFailed: refused('INVALID_ARGUMENT', 'authentication failed, invalid user ID or password'),
  noPasswordUser: untranslated(
    'auth: authentication failed, password was given for no password user',
    'not-applied',
  ),
  permissionDenied: refused('PERMISSION_DENIED', 'permission denied'),
  roleNotGranted: refused('FAILED_PRECONDITION', 'role is not granted to the user'),
  permissionNotGranted: refused('FAILED_PRECONDITION', 'permission is not granted to the role'),
  /** Since 3.5; applying such a request ends every 3.4 member. */
  permissionNotGiven: refused('INVALID_ARGUMENT', 'permission not given'),
  authNotEnabled: refused('FAILED_PRECONDITION', 'authentication is not enabled'),
  invalidAuthToken: refused('UNAUTHENTICATED', 'invalid auth token'),
  invalidAuthManagement: refused('INVALID_ARGUMENT', 'invalid auth management'),
  authOldRevision: refused('INVALID_ARGUMENT', 'revision of auth store is old'),
} as const satisfies Record<string, ErrorSpec>;

const serverSpecs = {
  // The member's state when the request arrived.
  tooManyRequests: refused('RESOURCE_EXHAUSTED', 'too many requests'),
  noLeader: refused('UNAVAILABLE', 'no leader'),
  notCapable: refused('FAILED_PRECONDITION', 'not capable'),
  corrupt: refused('DATA_LOSS', 'corrupt cluster'),
  proposalDropped: untranslated('raft proposal dropped', 'not-applied'),

  // The member stopped waiting. A proposal may still commit afterwards.
  watchCanceled: undecided('CANCELLED', 'watch canceled'),
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

const specs = { ...keyValueSpecs, ...membershipSpecs, ...authSpecs, ...serverSpecs };

export type ErrorName = keyof typeof specs;

/** The error branch of ClientResponse. Plain data, equal by value. */
export interface ErrorResponse {
  readonly kind: 'error';
  readonly code: GrpcCode;
  /** Clients compare it whole. */
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

/** Whether a text is one of etcd's, and its code; for errors that arrive as texts. */
export function errorOfText(message: string): ErrorResponse | null {
  for (const name of errorNames) if (errors[name].message === message) return errors[name];
  return null;
}

/** What a client may conclude from an error. A text that is not etcd's leaves everything open. */
export function outcomeOf(error: ErrorResponse): Outcome {
  return outcomes.get(error.message) ?? 'unknown';
}

/** Names of all errors in a fixed order, for tables and tests. */
export const errorNames: readonly ErrorName[] = Object.keys(specs) as ErrorName[];
