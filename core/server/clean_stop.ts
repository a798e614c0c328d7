import type { Backend } from '../backend/index.ts';
import type { Token } from '../ports.ts';
import type { Wal } from '../wal/index.ts';
import type { SnapshotMaker } from './storage/snapshot_maker.ts';
import { Owner, type Tokens } from './tokens.ts';

export interface CleanStopParts {
  readonly maker: Pick<SnapshotMaker, 'busy'>;
  readonly wal: Pick<Wal, 'sync'>;
  readonly backend: Pick<Backend, 'commit'>;
  readonly tokens: Tokens;
}

/** What is awaited. */
type Stage = 'snapshot' | 'log' | 'backend' | 'done';

/**
 * The way of a member to its end, once nothing is applied any more: the snapshot that is being made is finished, the log is synced,
 * then the backend is committed with the position of the last applied entry. So the backend never knows of more than the log does.
 */
export class CleanStop {
  private readonly parts: CleanStopParts;
  private stage: Stage = 'snapshot';
  private token: Token = -1;

  constructor(parts: CleanStopParts) {
    this.parts = parts;
    this.onSynced(this.token);
  }

  /** Everything is durable. */
  get done(): boolean {
    return this.stage === 'done';
  }

  /** Call after every completed sync that did not fail. */
  onSynced(token: Token): void {
    const { maker, wal, backend } = this.parts;
    if (this.stage === 'snapshot') {
      if (!maker.busy) wal.sync(this.enter('log'));
    } else if (token === this.token) {
      if (this.stage === 'log') backend.commit(this.enter('backend'));
      else this.stage = 'done';
    }
  }

  private enter(stage: Stage): Token {
    this.stage = stage;
    this.token = this.parts.tokens.next(Owner.nobody);
    return this.token;
  }
}
