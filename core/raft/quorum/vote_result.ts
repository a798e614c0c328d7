/** What a set of voters says so far. Pending: the missing voices can still turn it either way. */
export type VoteResult = 'pending' | 'lost' | 'won';
