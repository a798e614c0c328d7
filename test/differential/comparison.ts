import type { ByteString } from '../../core/base/bytes.ts';
import {
  type ClientRequest,
  type ClientResponse,
  type WatchRequest,
  grpcCodes,
} from '../../core/server/api/index.ts';
import {
  type Difference,
  type DifferenceCounts,
  differences,
  signingInWithAToken,
  tokensWhileAuthIsOff,
} from './differences.ts';
import { Names, noSuchId } from './names.ts';
import { normalised } from './normalise.ts';
import type { Side } from './side.ts';
import { type Identity, type Step, describeStep, nobody } from './steps.ts';
import { type Symbolic, resolve } from './symbolic.ts';
import { type WatchMismatch, WatchPairs } from './watch_pairs.ts';

/** Two answers that should have been equal. */
export interface Mismatch {
  /** Position of the step in its sequence. */
  readonly step: number;
  readonly what: string;
  readonly ours: string;
  readonly theirs: string;
}

/** A lease shorter than this could end while a sequence runs, here or there. */
const lastingSeconds = 30;

export interface Tally {
  calls: number;
  readonly byKind: Map<string, number>;
  readonly differences: DifferenceCounts;
}

/** Does one sequence of steps on both sides, and compares every answer. */
export class Comparison {
  private readonly ours: Side;
  private readonly theirs: Side;
  private readonly tally: Tally;
  private readonly ourNames = new Names();
  private readonly theirNames = new Names();
  private readonly watches: WatchPairs;

  constructor(ours: Side, theirs: Side, tally: Tally) {
    this.ours = ours;
    this.theirs = theirs;
    this.tally = tally;
    this.watches = new WatchPairs(ours, theirs, this.ourNames, this.theirNames);
  }

  /** The first difference, or null. */
  async run(steps: readonly Step[]): Promise<Mismatch | null> {
    const members = await this.call(nobody, { kind: 'member_list', member_list: {} });
    if (members !== null) return { step: 0, what: 'the list of members before the first step', ...members };
    for (const [position, step] of steps.entries()) {
      const mismatch = await this.step(step);
      if (mismatch !== null) return { step: position, what: describeStep(step), ...mismatch };
    }
    const left = await this.watches.finish();
    return left === null ? null : { step: steps.length - 1, what: 'watches at the end', ...left };
  }

  private async step(step: Step): Promise<WatchMismatch | null> {
    if (step.kind === 'call') {
      const mismatch = await this.call(step.as, step.request);
      return mismatch ?? (await this.watches.compare());
    }
    const ourRequest = resolve<WatchRequest>(step.request, this.ourNames);
    const spared = differences.find(
      (difference) => difference.sparesWatch?.(ourRequest, this.ourNames) === true,
    );
    if (spared !== undefined) {
      this.tally.differences.count(spared);
      return null;
    }
    this.ourNames.learnWatch(ourRequest);
    this.count(`watch_${step.request.kind}`);
    const theirRequest = resolve<WatchRequest>(step.request, this.theirNames);
    // A stream keeps its token; one that means nothing yet would be refused by etcd, see `tokensWhileAuthIsOff`.
    const as = this.ourNames.authIsOn ? step.as : nobody;
    return this.watches.request(as, ourRequest, theirRequest);
  }

  private count(kind: string): void {
    this.tally.calls++;
    this.tally.byKind.set(kind, (this.tally.byKind.get(kind) ?? 0) + 1);
  }

  private async call(as: Identity, symbolic: Symbolic<ClientRequest>): Promise<WatchMismatch | null> {
    const request = resolve<ClientRequest>(symbolic, this.ourNames);
    const kept = differences.find((difference) => difference.sparesBoth?.(request, this.ourNames) === true);
    if (kept !== undefined) {
      this.tally.differences.count(kept);
      return null;
    }
    const ours = await answerOf(this.ours, request, this.ourNames.tokenOf(as));
    const spared = differences.find((difference) => difference.sparesEtcd?.({ request, ours }) === true);
    if (spared !== undefined) {
      this.tally.differences.count(spared);
      return null;
    }
    this.count(request.kind);
    const theirRequest = resolve<ClientRequest>(symbolic, this.theirNames);
    const theirs = await answerOf(this.theirs, theirRequest, this.theirToken(as, request));
    this.ourNames.learn(request, ours);
    this.theirNames.learn(theirRequest, theirs);
    const mismatch = this.differ(request, ours, theirs);
    return mismatch ?? (await this.settle(as, request, ours));
  }

  private theirToken(as: Identity, { kind }: ClientRequest): ByteString | undefined {
    const token = this.theirNames.tokenOf(as);
    const leftOut = this.ourNames.authIsOn
      ? kind === 'authenticate' && signingInWithAToken
      : tokensWhileAuthIsOff;
    if (token === undefined || leftOut === false) return token;
    this.tally.differences.count(leftOut);
    return undefined;
  }

  private differ(request: ClientRequest, ours: ClientResponse, theirs: ClientResponse): WatchMismatch | null {
    const ourText = normalised(request, ours, this.ourNames);
    const theirText = normalised(request, theirs, this.theirNames);
    if (ourText === theirText) return null;
    const explained = (difference: Difference): boolean =>
      difference.explains?.({ request, ours }, theirs) === true;
    const difference = differences.find(explained);
    if (difference === undefined) return { ours: ourText, theirs: theirText };
    this.tally.differences.count(difference);
    return null;
  }

  /** What time would change must not be left standing. */
  private async settle(
    as: Identity,
    request: ClientRequest,
    ours: ClientResponse,
  ): Promise<WatchMismatch | null> {
    if (ours.kind === 'lease_grant' && ours.lease_grant.TTL < lastingSeconds) {
      const ID = this.ourNames.lastLease;
      return this.call(as, { kind: 'lease_revoke', lease_revoke: { ID } });
    }
    // etcd answers a change of members before its raft knows that the entry is applied, and raft drops without a word a change
    // that is proposed before that. An entry that commits comes after it; this one changes nothing.
    if (request.kind.startsWith('member_') && request.kind !== 'member_list') {
      return this.call(as, { kind: 'lease_revoke', lease_revoke: { ID: noSuchId } });
    }
    return null;
  }
}

/** A side that breaks down instead of answering differs from one that answers; the text makes sure of it. */
async function answerOf(
  side: Side,
  request: ClientRequest,
  token: ByteString | undefined,
): Promise<ClientResponse> {
  try {
    return await side.call(request, token);
  } catch (error) {
    return {
      kind: 'error',
      code: grpcCodes.INTERNAL,
      message: `${side.name} did not answer: ${String(error)}`,
    };
  }
}
