import { EtcdSide } from './etcd_side.ts';
import { MemberSide } from './member_side.ts';
import type { Side } from './side.ts';

export interface Pair {
  readonly ours: Side;
  readonly theirs: Side;
}

/** What stands on our side, given what stands on the other. */
export type MakeOurs = (theirs: EtcdSide) => Side | Promise<Side>;

function beside({ self }: EtcdSide): Side {
  if (self === null) throw new Error('etcd is ready, so it knows itself');
  return new MemberSide(self);
}

/** Gives out fresh pairs of sides. The next etcd is already starting while the one before is in use. */
export class Pairs {
  private readonly makeOurs: MakeOurs;
  private next: Promise<EtcdSide> | null = null;

  constructor(makeOurs: MakeOurs = beside) {
    this.makeOurs = makeOurs;
  }

  async take(): Promise<Pair> {
    const theirs = await (this.next ?? EtcdSide.start());
    this.next = EtcdSide.start();
    // Whoever takes it sees that it failed; nobody may.
    this.next.catch(() => {});
    try {
      return { ours: await this.makeOurs(theirs), theirs };
    } catch (failure) {
      await theirs.stop();
      throw failure;
    }
  }

  /** Ends what nobody has taken. */
  async close(): Promise<void> {
    const unused = await this.next?.catch(() => null);
    this.next = null;
    await unused?.stop();
  }
}
