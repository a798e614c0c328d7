import { fromText } from '../../base/bytes.ts';
import { nsPerMs, v2SyncIntervalMs } from '../../limits.ts';
import { makeV2Request } from '../../v2store/index.ts';
import { type RequestContext, isLeader } from '../requests/context.ts';
import { Timer } from '../tokens.ts';

const sync = fromText('SYNC');

/** The leader tells everybody the time, so that keys of the v2 store expire on all members at the same log index (etcd: sync). */
export class V2Clock {
  private readonly context: RequestContext;
  private armed = false;

  constructor(context: RequestContext) {
    this.context = context;
  }

  /** Call it after every input. */
  arm(): void {
    if (this.armed || !isLeader(this.context) || !this.context.state.v2.hasExpiringKeys()) return;
    this.armed = true;
    this.context.ports.clock.armTimer(Timer.v2Sync, v2SyncIntervalMs * nsPerMs);
  }

  onTimer(): void {
    this.armed = false;
    const { proposer, ports } = this.context;
    if (!isLeader(this.context)) return;
    proposer.proposeV2(makeV2Request({ method: sync, time: ports.clock.wallNs() }), ports.clock.nowNs());
  }
}
