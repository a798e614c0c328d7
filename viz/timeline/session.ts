import { Kind } from '../../sim/trace/kinds.ts';
import { type ShownCone, shownCone } from '../cone/shown_cone.ts';
import { type OperationPath, operationPath } from '../model/operation_path.ts';
import type { RunModel } from '../model/run_model.ts';
import type { LowerLanes } from '../layout/lower_lanes.ts';
import { lowerBound } from '../model/time_index.ts';
import { type TimeWindow, clampWindow } from './view.ts';

export type Change =
  | 'window'
  | 'selection'
  | 'hover'
  | 'size'
  | 'violation'
  | 'cursor'
  | 'search'
  | 'table'
  | 'cone'
  | 'inside'
  | 'lanes'
  | 'model'
  | 'rest';

/** How much of a live run is shown unless one has zoomed. */
const liveWindowNs = 3_000_000_000;

/** What the open page is looking at: the run, the stretch of time, the selected event. All parts of the page listen to it. */
export class Session {
  /** Replaced when a live run goes on. */
  model: RunModel;
  /** The run goes on: it is not judged yet. */
  live = false;
  window: TimeWindow;
  /** Trace event, -1 for none. Messages are selected by an end, operations by their invocation. */
  selected = -1;
  /** Operation under the pointer, -1 for none. */
  hoveredOperation = -1;
  /** The moment that is pointed at, in the timeline or the table; -1 for none. */
  cursorNs = -1;
  /** Events that the search found, ascending. */
  hits: Int32Array = new Int32Array(0);
  /** Whether the table of events is shown. */
  tableShown = false;
  /** Whether the inspector runs the run again to look inside the members. */
  insideShown = false;
  /** What is shown below the members. */
  lowerLanes: LowerLanes = 'clients';
  /** Index of the violation that was shown last, -1 for none yet. */
  violation = -1;
  /** The causal cone that is shown, of the selected event; null for none. */
  cone: ShownCone | null = null;
  private knownPath: OperationPath | null = null;
  private readonly listeners: ((change: Change) => void)[] = [];

  constructor(model: RunModel) {
    this.model = model;
    this.window = { startNs: 0, endNs: model.durationNs };
  }

  /** Id of the operation whose invocation or return is selected, -1 for none. */
  get selectedOperation(): number {
    const { trace } = this.model;
    const kind = this.selected < 0 ? -1 : trace.kinds[this.selected];
    return kind === Kind.invoke || kind === Kind.return ? trace.arg(this.selected, 0) : -1;
  }

  /** The way of the selected operation through the cluster, null for none. */
  get path(): OperationPath | null {
    const id = this.selectedOperation;
    if (id < 0) return null;
    if (this.knownPath?.operation !== id) {
      const operation = this.model.operations.byId(id);
      this.knownPath = operation === undefined ? null : operationPath(this.model, operation);
    }
    return this.knownPath;
  }

  onChange(listener: (change: Change) => void): void {
    this.listeners.push(listener);
  }

  tell(change: Change): void {
    for (const listener of this.listeners) listener(change);
  }

  show(window: TimeWindow): void {
    const next = clampWindow(window, this.model.durationNs);
    if (next.startNs === this.window.startNs && next.endNs === this.window.endNs) return;
    this.window = next;
    this.tell('window');
  }

  /** A live run has gone on. The window moves with the end if that was in it, and shows as much as before, or all of a short run. */
  grow(model: RunModel): void {
    const { startNs, endNs } = this.window;
    const follows = endNs >= this.model.durationNs;
    const lengthNs = startNs === 0 ? Math.max(liveWindowNs, endNs) : endNs - startNs;
    this.model = model;
    this.tell('model');
    if (!follows) return;
    const end = model.durationNs;
    this.show({ startNs: Math.max(0, end - (startNs === 0 ? liveWindowNs : lengthNs)), endNs: end });
  }

  select(event: number): void {
    if (event === this.selected) return;
    this.selected = event;
    if (this.cone !== null) this.cone = this.coneOfSelected(this.cone.cone.hopsMax);
    this.tell('selection');
  }

  /** Shows what the selected event follows from and what follows from it, so many messages away; null: everything again. */
  showCone(hopsMax: number | null): void {
    this.cone = hopsMax === null ? null : this.coneOfSelected(hopsMax);
    this.tell('cone');
  }

  private coneOfSelected(hopsMax: number): ShownCone | null {
    return this.selected < 0 ? null : shownCone(this.model, this.selected, hopsMax);
  }

  pointAt(atNs: number): void {
    if (atNs === this.cursorNs) return;
    this.cursorNs = atNs;
    this.tell('cursor');
  }

  found(hits: Int32Array): void {
    this.hits = hits;
    this.tell('search');
  }

  showTable(shown: boolean): void {
    if (shown === this.tableShown) return;
    this.tableShown = shown;
    this.tell('table');
  }

  /** The hit after the selection, or before it; around the end. -1 when nothing was found. */
  hitFrom(direction: 1 | -1): number {
    const { hits, selected } = this;
    if (hits.length === 0) return -1;
    const at = direction > 0 ? lowerBound(hits, selected + 1) : lowerBound(hits, Math.max(0, selected)) - 1;
    return hits[(at + hits.length) % hits.length] as number;
  }

  showLanes(lanes: LowerLanes): void {
    if (lanes === this.lowerLanes) return;
    this.lowerLanes = lanes;
    this.tell('lanes');
  }

  showInside(shown: boolean): void {
    if (shown === this.insideShown) return;
    this.insideShown = shown;
    this.tell('inside');
  }

  turnToViolation(at: number): void {
    this.violation = at;
    this.tell('violation');
  }

  hoverOperation(operation: number): void {
    if (operation === this.hoveredOperation) return;
    this.hoveredOperation = operation;
    this.tell('hover');
  }

  /** Moves the window, without zooming, so that the event is in its middle half. */
  reveal(event: number): void {
    const atNs = this.model.trace.timesNs[event] as number;
    const { startNs, endNs } = this.window;
    const length = endNs - startNs;
    if (atNs > startNs + length * 0.1 && atNs < endNs - length * 0.1) return;
    this.show({ startNs: atNs - length / 2, endNs: atNs + length / 2 });
  }
}
