import type { InterventionAction } from '../../sim/trace/run_info.ts';
import { momentText } from '../scale/time_format.ts';
import type { Shape } from './acts.ts';
import { answerOf, lastAsked } from './answers.ts';
import { CallDialog, type CallRequest, type CallStart } from './call_dialog.ts';
import type { LiveRun } from './live_run.ts';

/** A call is answered by then, or its client gives up. */
const answerNsMax = 3_000_000_000;

export interface ClientCallsHost {
  /** Does it now to the live run; whether anything was done. */
  readonly actNow: (actions: readonly InterventionAction[]) => Promise<boolean>;
  /** Asks how a fork with it is to go on. */
  readonly askFork: (actions: readonly InterventionAction[], target: string, atNs: number) => void;
}

/** What clients are asked for by hand: a form, then an intervention, and the run goes on until the answer if that was asked for. */
export class ClientCalls {
  private readonly dialog = new CallDialog();
  readonly element = this.dialog.element;
  private readonly host: ClientCallsHost;

  constructor(host: ClientCallsHost) {
    this.host = host;
  }

  /** `live`: the run that it is done to, now; undefined: it is done to the run that is shown, at `atNs`, as a fork. */
  open(start: CallStart, shape: Shape, live: LiveRun | undefined, atNs: number): void {
    const moment = momentText(Math.round(live?.nowNs ?? atNs));
    const when = live === undefined ? `From ${moment} on, as a fork` : `Now, at ${moment}`;
    this.dialog.open(start, shape, when, live?.going === false, (request) => {
      const { action } = request;
      if (live === undefined) this.host.askFork([action], `c${action.client}`, atNs);
      else void this.callNow(live, request);
    });
  }

  private async callNow(live: LiveRun, { action, goOn }: CallRequest): Promise<void> {
    const done = await this.host.actNow([action]);
    const event = lastAsked(live.model);
    // A watch is never answered for good.
    if (!done || !goOn || event < 0 || action.request.kind === 'watch') return;
    await live.until((model) => answerOf(model, event, action).state !== 'open', answerNsMax);
  }
}
