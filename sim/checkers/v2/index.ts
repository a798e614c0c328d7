/** etcd's v2 API: `checkV2` for operations, `checkV2History` for operations and watches together. */
export type {
  V2Action,
  V2NodeView,
  V2Operation,
  V2Request,
  V2Response,
  V2Watch,
  V2WatchEvent,
} from './operation.ts';
export { type V2Options, checkV2, v2Guarantee } from './order.ts';
export { type V2WatchGuarantee, type V2WatchViolation, v2WatchGuarantees } from './watch_guarantees.ts';
export { type V2History, type V2HistoryOptions, type V2HistoryReport, checkV2History } from './watches.ts';
