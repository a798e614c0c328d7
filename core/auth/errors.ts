/**
 * What auth answers instead of doing something: etcd's texts, whole, and its gRPC codes, as data of the shape that
 * server/api/errors.ts builds its answers from. No request that got one of these has changed anything.
 */
interface AuthErrorSpec {
  /** gRPC status code. */
  readonly code: number;
  readonly message: string;
  readonly outcome: 'not-applied';
}

/** gRPC status codes by name, as far as auth uses them. */
const codes = {
  UNKNOWN: 2,
  INVALID_ARGUMENT: 3,
  PERMISSION_DENIED: 7,
  FAILED_PRECONDITION: 9,
  UNAUTHENTICATED: 16,
} as const;

function refused<Code extends keyof typeof codes>(
  code: Code,
  text: string,
): { readonly code: (typeof codes)[Code]; readonly message: string; readonly outcome: 'not-applied' } {
  return { code: codes[code], message: `etcdserver: ${text}`, outcome: 'not-applied' };
}

/** For these etcd has neither a code nor its usual prefix. */
function uncoded(text: string): {
  readonly code: 2;
  readonly message: string;
  readonly outcome: 'not-applied';
} {
  return { code: codes.UNKNOWN, message: `auth: ${text}`, outcome: 'not-applied' };
}

export const authErrors = {
  // Turning it on.
  rootUserNotExist: refused('FAILED_PRECONDITION', 'root user does not exist'),
  rootRoleNotExist: refused('FAILED_PRECONDITION', 'root user does not have root role'),
  authNotEnabled: refused('FAILED_PRECONDITION', 'authentication is not enabled'),

  // Users and roles.
  userAlreadyExist: refused('FAILED_PRECONDITION', 'user name already exists'),
  userEmpty: refused('INVALID_ARGUMENT', 'user name is empty'),
  userNotFound: refused('FAILED_PRECONDITION', 'user name not found'),
  roleAlreadyExist: refused('FAILED_PRECONDITION', 'role name already exists'),
  roleNotFound: refused('FAILED_PRECONDITION', 'role name not found'),
  roleEmpty: refused('INVALID_ARGUMENT', 'role name is empty'),
  roleNotGranted: refused('FAILED_PRECONDITION', 'role is not granted to the user'),
  permissionNotGranted: refused('FAILED_PRECONDITION', 'permission is not granted to the role'),
  permissionNotGiven: refused('INVALID_ARGUMENT', 'permission not given'),
  invalidAuthManagement: refused('INVALID_ARGUMENT', 'invalid auth management'),

  // Who asks.
  authFailed: refused('INVALID_ARGUMENT', 'authentication failed, invalid user ID or password'),
  noPasswordUser: uncoded('authentication failed, password was given for no password user'),
  tokenVerifyOnly: uncoded('token signing attempted with verify-only key'),
  invalidAuthToken: refused('UNAUTHENTICATED', 'invalid auth token'),
  authOldRevision: refused('INVALID_ARGUMENT', 'revision of auth store is old'),
  permissionDenied: refused('PERMISSION_DENIED', 'permission denied'),
} as const satisfies Record<string, AuthErrorSpec>;

export type AuthErrorName = keyof typeof authErrors;

/** A value, or why there is none. */
export type AuthAnswer<Value> =
  | { readonly kind: 'ok'; readonly value: Value }
  | { readonly kind: 'refused'; readonly error: AuthErrorName };

export function answered<Value>(value: Value): AuthAnswer<Value> {
  return { kind: 'ok', value };
}

export function refusedWith(error: AuthErrorName): {
  readonly kind: 'refused';
  readonly error: AuthErrorName;
} {
  return { kind: 'refused', error };
}
