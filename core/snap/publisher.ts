import { assert } from '../base/assert.ts';
import type { Disk, Token } from '../ports.ts';

interface Publication {
  readonly making: string;
  readonly path: string;
  readonly directory: string;
  readonly token: Token;
}

/** Names of files whose bytes are not durable yet. */
export const makingSuffix = '.tmp';

/**
 * Gives files their names only when their bytes are durable, so that a name always stands for a whole file. Any number may be under
 * way; they are named in the order of submission.
 */
export class Publisher {
  private readonly disk: Disk;
  private readonly stepToken: Token;
  private readonly underWay: Publication[] = [];

  /** `stepToken` is this object's own: the member hands its completions to `onDisk`. */
  constructor(disk: Disk, stepToken: Token) {
    this.disk = disk;
    this.stepToken = stepToken;
  }

  /** Syncs `making`, renames it to `path`, syncs the directory; then `token` completes: the file is durable under its name. */
  publish(making: string, path: string, token: Token): void {
    this.underWay.push({ making, path, directory: path.slice(0, path.lastIndexOf('/')), token });
    this.disk.sync(making, this.stepToken);
  }

  /**
   * Tells of a completed sync. True if it was one of the steps. A sync that failed must not be handed over: the member stops.
   */
  onDisk(token: Token): boolean {
    if (token !== this.stepToken) return false;
    const next = this.underWay.shift();
    assert(next !== undefined, 'a completed step of a snapshot was under way');
    this.disk.rename(next.making, next.path);
    this.disk.syncDirectory(next.directory, next.token);
    return true;
  }
}
