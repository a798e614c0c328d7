import type { DiskErrorCode, Token } from '../../../ports.ts';
import { DirectoryDisk } from '../../directory_disk.ts';
import { CtlFailure, ctlExit } from '../failure.ts';

/** Takes completed syncs of its own: a log, a publisher of files, a database. */
interface Stepper {
  onDisk(token: Token): boolean;
}

/** A real directory for parts of a member that work step by step, and for whoever waits until all of it is durable. */
export class SettledDisk {
  readonly disk: DirectoryDisk;
  private readonly steppers: Stepper[] = [];
  private readonly waiting = new Map<Token, { resolve: () => void; reject: (error: Error) => void }>();
  private nextToken = 1000;

  constructor(root: string) {
    this.disk = new DirectoryDisk(root, (token, error) => this.onDisk(token, error));
  }

  add(stepper: Stepper): void {
    this.steppers.push(stepper);
  }

  private onDisk(token: Token, error: DiskErrorCode | null): void {
    if (error !== null) {
      const failure = new CtlFailure(ctlExit.error, `${this.disk.root}: write: ${error}`);
      for (const { reject } of this.waiting.values()) reject(failure);
      this.waiting.clear();
      return;
    }
    if (this.steppers.some((stepper) => stepper.onDisk(token))) return;
    const waiter = this.waiting.get(token);
    this.waiting.delete(token);
    waiter?.resolve();
  }

  /** Resolves when what `submit` asks for under this token is durable. Rejects with CtlFailure. */
  durable(submit: (token: Token) => void): Promise<void> {
    const token = this.nextToken++;
    return new Promise((resolve, reject) => {
      this.waiting.set(token, { resolve, reject });
      submit(token);
    });
  }

  close(): Promise<void> {
    return new Promise((resolve) => this.disk.close(resolve));
  }
}
