import type { ErrorResponse, SuccessResponse } from '../server/api/index.ts';

/**
 * What a client knows about its request afterwards. `fail`: it certainly did not change the store and never will. `unknown`: no
 * answer, or one that leaves it open; the request may have been applied, or may still be.
 */
export type Outcome<Response = SuccessResponse> =
  | { readonly status: 'ok'; readonly response: Response }
  /** `error` is the member's answer; null if none answered. */
  | { readonly status: 'fail'; readonly message: string; readonly error: ErrorResponse | null }
  | { readonly status: 'unknown'; readonly message: string; readonly error: ErrorResponse | null };
