import { authAppliedTwice } from './auth/auth_applied_twice.ts';
import { openEndAsSingleKey } from './auth/open_end_as_single_key.ts';
import { permissionsNotReloaded } from './auth/permissions_not_reloaded.ts';
import { tokensOffAfterSnapshot } from './auth/tokens_off_after_snapshot.ts';
import { txnHalfChecked } from './auth/txn_half_checked.ts';
import type { BugScript } from './bug_script.ts';

export const authScripts: readonly BugScript[] = [
  authAppliedTwice,
  permissionsNotReloaded,
  tokensOffAfterSnapshot,
  openEndAsSingleKey,
  txnHalfChecked,
];
