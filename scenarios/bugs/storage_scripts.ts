import type { BugScript } from './bug_script.ts';
import { defragForgetsIndex } from './storage/defrag_forgets_index.ts';
import { defragRacesSnapshot } from './storage/defrag_races_snapshot.ts';
import { deletesHiddenFromReaders } from './storage/deletes_hidden_from_readers.ts';
import { emptiedBufferReturns } from './storage/emptied_buffer_returns.ts';
import { indexBeforeData } from './storage/index_before_data.ts';
import { indexOfOldBackend } from './storage/index_of_old_backend.ts';
import { logChainPerFile } from './storage/log_chain_per_file.ts';
import { logCutAtAnyDamage } from './storage/log_cut_at_any_damage.ts';
import { logReopensAtStart } from './storage/log_reopens_at_start.ts';
import { metaBeforeData } from './storage/meta_before_data.ts';
import { pageFreedEarly } from './storage/page_freed_early.ts';
import { partialTxn } from './storage/partial_txn.ts';
import { promotionNotSaved } from './storage/promotion_not_saved.ts';
import { quotaRefusesAtApply } from './storage/quota_refuses_at_apply.ts';
import { renameNotSynced } from './storage/rename_not_synced.ts';
import { snapshotReleasedEarly } from './storage/snapshot_released_early.ts';
import { tornTailIsFatal } from './storage/torn_tail_is_fatal.ts';
import { txnReadsSkipped } from './storage/txn_reads_skipped.ts';

export const storageScripts: readonly BugScript[] = [
  indexBeforeData,
  defragForgetsIndex,
  indexOfOldBackend,
  txnReadsSkipped,
  partialTxn,
  defragRacesSnapshot,
  snapshotReleasedEarly,
  quotaRefusesAtApply,
  promotionNotSaved,
  deletesHiddenFromReaders,
  emptiedBufferReturns,
  logCutAtAnyDamage,
  tornTailIsFatal,
  logChainPerFile,
  renameNotSynced,
  logReopensAtStart,
  metaBeforeData,
  pageFreedEarly,
];
