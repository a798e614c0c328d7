import type { MissingBug } from './planted_bug.ts';

/** Bugs of the list that this core can't be given by a switch. Each says why. */
export const missingBugs: readonly MissingBug[] = [
  {
    code: 'D6',
    source: 'what bbolt’s meta checksum is for',
    title: 'A damaged meta page of the database is believed (the second plant of D6)',
    why: 'A meta lies in one sector, which a disk writes whole or not at all, so no crash damages it: only a bit that flips there can, and of a disk that changes the database nothing is promised, so that no check would count it. Where the damage leads to the meta before, the log repeats what that one lacks; where it leads astray, the checksums of the pages refuse what they find.',
  },
  {
    code: 'R13',
    source: 'etcd raft: asynchronous storage writes, the ABA problem of their answers',
    title: 'The disk’s answer of an earlier term counts for entries that were replaced and written back',
    why: 'A member here, as etcd itself, saves one Ready at a time and takes the next only when the disk has answered: between a write and its answer no other write can have been begun, so what the answer names is on the disk whatever was replaced in memory meanwhile, and leaving the check out changes nothing. It takes a driver with several writes under way, whose answers to the node itself may come later than those to others; raft’s own transcripts play that.',
  },
  {
    code: 'R10',
    source: 'Raft paper, section 6',
    title: 'In a joint configuration the outgoing voters are not asked (the third plant of R10)',
    why: 'A joint configuration is entered only when several voters change at once. etcd’s API adds, removes and promotes one member at a time, so no request of a client leads there; with one voter changed any majority of the new members meets any of the old, and leaving one of them out breaks nothing. Raft itself is tested with joint configurations by its transcripts and quorum tables.',
  },
];
