import type { PlantedBug } from './planted_bug.ts';

/** What is written in which order, and what is believed of what is found. */
export const diskBugs = [
  {
    id: 'log-cut-at-any-damage',
    code: 'D1',
    source: 'etcd #5230, planted the other way round',
    versions: 'a mistake of logs of every age',
    title: 'The log is cut wherever it is damaged',
    cause:
      'A crash can leave the last record of the log half written; at the next start it is cut off, because nobody can have been told of it. Here every record that does not fit its checksum is taken for such a torn tail. A bit that flipped in the middle of the log cuts off all entries behind it, which were synced and acknowledged long ago, and the member goes on with the shorter log as if it had never had more.',
    guarantee:
      'What a member acknowledged is on its disk after a restart, or the member does not start (Raft thesis 3.8).',
    check: 'promises outlive a crash',
    missed:
      'The leader sends the entries again and all is well, unless the members that forgot are a majority: then acknowledged writes are gone.',
    lesson: 'A repair needs a reason to believe that it repairs what a crash can do.',
  },
  {
    id: 'torn-tail-is-fatal',
    code: 'D1',
    source: 'etcd #5230',
    versions: 'etcd before 3.0',
    title: 'A member does not start after a torn write',
    cause:
      'When the power goes, a record that was being written may be on the disk in part: some of its sectors are there, others are zero. Nothing was promised about it, and cutting it off is right. Here the checksum decides alone: the record is damage, and the member refuses to start, although its disk has kept every promise.',
    guarantee: 'A member whose disk kept everything can always start again (etcd: WAL repair).',
    check: 'a good disk is enough',
    missed:
      'The others go on, and the member looks like one with a broken disk; after a power failure of the whole room it may be all of them.',
    lesson: 'What a crash may leave is part of the format.',
  },
  {
    id: 'log-chain-per-file',
    code: 'D2',
    source: 'what etcd’s checksum chain is for',
    versions: 'a mistake of logs of every age',
    title: 'A file of the log may lack its end',
    cause:
      'The checksums of the log form one chain: each file begins with the value that the file before ended with, so that a file which lost its last records does not fit the one that follows. Here each file is judged by itself. When the disk has lost the end of a file, the reader takes the zeros there for the file’s end and goes on with the next one. If the lost records had replaced older entries of a deposed leader, the older ones are back, in the middle of the log.',
    guarantee: 'Two logs with the same entry are the same up to there (Raft paper, Log Matching).',
    check: 'log matching',
    missed:
      'Indexes follow each other without a gap and every record fits its checksum; raft compares the end of logs only.',
    lesson: 'A checksum of parts says nothing about the whole; chain them.',
  },
  {
    id: 'rename-not-synced',
    code: 'D3',
    source: 'etcd #6368',
    versions: 'etcd before 3.1',
    title: 'The log’s name is not durable',
    cause:
      'A file of the log, and the log’s directory at first, is made under a temporary name and renamed when its bytes are durable. A name is a part of its directory, which has to be synced for itself; here it is not. All syncs of the file succeed, entries are acknowledged, and a power loss takes the name: the log is gone, or ends with the file before.',
    guarantee:
      'What a member acknowledged is on its disk after a restart (POSIX: fsync of the directory; Raft thesis 3.8).',
    check: 'a good disk is enough',
    missed:
      'A process that ends and a machine that goes on lose nothing: killing members never shows it, and most file systems write names within seconds.',
    lesson: 'Bytes and names are made durable separately.',
  },
  {
    id: 'log-reopens-at-start',
    code: 'D4',
    source: 'etcd #4903',
    versions: 'etcd before 3.0',
    title: 'The reopened log is written from its beginning',
    cause:
      'After a restart the log has been read to its end, and the next record belongs there. The file is opened anew for writing and the place is not carried over: new records overwrite the first ones of the file. The member works as before, because its log is in memory; what its disk holds is a log whose beginning is a later part of itself.',
    guarantee: 'A member whose disk kept everything can always start again (etcd: durability).',
    check: 'a good disk is enough',
    missed: 'One restart shows nothing. It takes a second one to read what was written after the first.',
    lesson: 'A test that restarts once tests reading; one that restarts twice tests writing.',
  },
  {
    id: 'meta-before-data',
    code: 'D6',
    source: 'bbolt’s order of a commit',
    versions: 'a mistake of databases of every age',
    title: 'The root is written before what it points to',
    cause:
      'A commit of the database writes new pages, syncs them, then writes the meta page that names the new root, and syncs that. Here the order is turned round: the meta page first. A power loss between the two leaves a meta page that is valid in itself and points to pages that were never written, while the pages of the state before are free to be used.',
    guarantee: 'A commit is there as a whole or not at all (bbolt: ACID).',
    check: 'a good disk is enough',
    missed:
      'The window is one sync wide. Only a loss of what was not synced shows it; ending the process alone does not.',
    lesson: 'Write what is pointed to, sync, then write the pointer.',
  },
  {
    id: 'page-freed-early',
    code: 'D7',
    source: 'bbolt’s rule for free pages',
    versions: 'a mistake of databases of every age',
    title: 'A page is used again while somebody needs it',
    cause:
      'A transaction that replaces a page gives the old one up. Others may still need it: readers of the state before, and a start after a power loss, which falls back to that state as long as the new meta page is not durable. Here a page that a transaction gives up is free at once, and the same commit writes something else there. If the power goes before the commit’s end, the state to fall back to has been overwritten.',
    guarantee:
      'A page freed by a transaction is used again only when no state before it is needed (bbolt: ACID).',
    check: 'a good disk is enough',
    missed:
      'Every commit that comes to its end is right. Members here read a state within one step, so the reader that is left is the next start after a crash.',
    lesson:
      'A page is free when the last one who can see it is gone, and a crash can see the last durable state.',
  },
] as const satisfies readonly PlantedBug[];
