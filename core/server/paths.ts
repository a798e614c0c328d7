/** etcd's layout of a member's data directory. */
export const memberDirectory = 'member';
export const walDirectory = 'member/wal';
export const snapDirectory = 'member/snap';
export const dbPath = 'member/snap/db';
