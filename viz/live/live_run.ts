import type { InterventionAction } from '../../sim/trace/run_info.ts';
import { columnsOf } from '../model/build_columns.ts';
import { type RunModel, modelOfColumns } from '../model/run_model.ts';
import type { ForkPoint, LiveState, RunSpec } from '../worker_protocol.ts';
import { GrowingTrace } from './growing_trace.ts';
import { nextNs, pauseAfter, usualSpeed } from './pace.ts';
import { Simulator } from './simulator.ts';

/** `model`: there is more to see. `state`: it goes, or rests, or is over, or its speed changed. */
export type LiveChange = 'model' | 'state';

/** Between two looks whether there is an answer. */
const waitStepNs = 10_000_000;

/** A run that goes on in the worker while a person looks at it. */
export class LiveRun {
  model: RunModel;
  nowNs: number;
  /** The load's end was reached. */
  over: boolean;
  going = false;
  speed = usualSpeed;
  /** What went wrong with the worker, '' for nothing. */
  mistake = '';
  private readonly simulator: Simulator;
  private readonly trace = new GrowingTrace();
  private last: LiveState;
  private lastTurnMs = 0;
  private redrawnMs = 0;
  private pauseMs = 0;
  private stale = false;
  private readonly listeners: ((change: LiveChange) => void)[] = [];

  private constructor(simulator: Simulator, first: LiveState) {
    this.simulator = simulator;
    this.last = first;
    this.nowNs = first.nowNs;
    this.over = first.over;
    this.trace.append(first.slice);
    this.model = this.derive();
  }

  /** Opens one and lets it come to `toNs`. Throws an Error whose message is for people. */
  static async open(spec: RunSpec, fork: ForkPoint | null, toNs: number): Promise<LiveRun> {
    const simulator = new Simulator();
    try {
      const request = { type: 'live', spec, toNs, ...(fork === null ? {} : { fork }) } as const;
      return new LiveRun(simulator, await simulator.state(request));
    } catch (error) {
      simulator.close();
      throw error;
    }
  }

  onChange(listener: (change: LiveChange) => void): void {
    this.listeners.push(listener);
  }

  private tell(change: LiveChange): void {
    for (const listener of this.listeners) listener(change);
  }

  go(): void {
    if (this.going || this.over) return;
    this.going = true;
    this.lastTurnMs = performance.now();
    this.tell('state');
    requestAnimationFrame(() => this.turn());
  }

  pause(): void {
    if (!this.going) return;
    this.going = false;
    this.redraw();
    this.tell('state');
  }

  setSpeed(speed: number): void {
    this.speed = speed;
    this.tell('state');
  }

  /** One turn for each frame that the page draws; none while it is not looked at. */
  private turn(): void {
    if (!this.going) return;
    requestAnimationFrame(() => this.turn());
    if (this.simulator.busy) return;
    const nowMs = performance.now();
    const toNs = nextNs(this.nowNs, nowMs - this.lastTurnMs, this.speed);
    this.lastTurnMs = nowMs;
    void this.ask({ type: 'advance', toNs });
  }

  /** Goes on until something happens. */
  async step(): Promise<void> {
    await this.ask({ type: 'step' });
    this.redraw();
    this.tell('state');
  }

  /** Goes on, without regard to its speed, until something holds, or for so long at most. */
  async until(holds: (model: RunModel) => boolean, forNs: number): Promise<void> {
    const endNs = this.nowNs + forNs;
    while (this.nowNs < endNs && !this.over && this.mistake === '' && !holds(this.model)) {
      // oxlint-disable-next-line no-await-in-loop -- each step says whether another one is needed
      await this.ask({ type: 'advance', toNs: Math.min(endNs, this.nowNs + waitStepNs) });
      this.redraw();
    }
    this.tell('state');
  }

  /** Returns how many of the actions made sense now. */
  async act(actions: readonly InterventionAction[]): Promise<number> {
    const state = await this.ask({ type: 'act', actions });
    this.redraw();
    this.tell('state');
    return state?.done ?? 0;
  }

  /** Goes on to the load's end. */
  async toEnd(): Promise<void> {
    await this.ask({ type: 'advance', toNs: Number.MAX_SAFE_INTEGER });
    if (this.mistake !== '') throw new Error(this.mistake);
  }

  /** The run until now, healed and judged, as a file. */
  finish(): Promise<Uint8Array> {
    return this.simulator.finish();
  }

  close(): void {
    this.going = false;
    this.simulator.close();
  }

  private async ask(request: Parameters<Simulator['state']>[0]): Promise<LiveState | null> {
    try {
      const state = await this.simulator.state(request);
      this.take(state);
      return state;
    } catch (error) {
      this.mistake = error instanceof Error ? error.message : String(error);
      this.going = false;
      this.tell('state');
      return null;
    }
  }

  private take(state: LiveState): void {
    this.mistake = '';
    this.last = state;
    this.nowNs = state.nowNs;
    this.over = state.over;
    this.trace.append(state.slice);
    this.stale = true;
    if (performance.now() >= this.redrawnMs + this.pauseMs) this.redraw();
    if (state.over && this.going) this.pause();
  }

  private redraw(): void {
    if (!this.stale) return;
    const startMs = performance.now();
    this.model = this.derive();
    this.redrawnMs = performance.now();
    this.pauseMs = pauseAfter(this.redrawnMs - startMs);
    this.tell('model');
  }

  private derive(): RunModel {
    this.stale = false;
    return modelOfColumns(columnsOf(this.last.info, this.trace.columns()));
  }
}
